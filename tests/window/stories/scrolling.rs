//! More than fits on the screen.

use aldis_window_tests::{App, ChatServer};

const TO_THE_BEGINNING: &str =
    "document.querySelector('[aria-label=Messages] li').scrollIntoView()";
/// Whether the last line can be seen.
const AT_THE_END: &str = "
    const { bottom } = document.querySelector('[aria-label=Messages] li:last-child').getBoundingClientRect();
    return bottom <= document.querySelector('textarea').getBoundingClientRect().top;
";

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_further_up_is_told_of_new_lines_and_left_in_peace() {
    let server = ChatServer::start().await;
    let ann = App::open(&server).await;
    ann.connect_as("ann").await;
    for number in 1..=100 {
        server.say("lobby", "ben", &format!("line {number}"));
    }
    ann.reads("ben", "line 100").await;
    is_at_the_end(&ann, true).await;

    ann.run(TO_THE_BEGINNING, &[]).await;
    ann.next_frame().await;
    is_at_the_end(&ann, false).await;
    server.say("lobby", "ben", "Are you reading?");
    ann.find("button", "1 new message").await;
    is_at_the_end(&ann, false).await;
    ann.picture("new-message").await;

    ann.click("1 new message").await;
    is_at_the_end(&ann, true).await;
    ann.find_none("button", "1 new message").await;
}

async fn is_at_the_end(app: &App, expected: bool) {
    app.until("the right place", async || match app.run(AT_THE_END, &[]).await.as_bool() {
        Some(is_there) if is_there == expected => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
}
