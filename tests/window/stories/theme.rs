//! Light and dark.

use aldis_window_tests::{App, ChatServer};

const LOOK: &str = "
    const ink = getComputedStyle(document.body).color.match(/\\d+/g).map(Number);
    return [document.documentElement.dataset.theme, Math.max(...ink)];
";

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_theme_is_kept() {
    let server = ChatServer::start().await;
    let ann = App::open(&server).await;
    ann.connect_as("ann").await;
    server.say("lobby", "ben", "It is getting dark.");
    ann.reads("ben", "It is getting dark.").await;

    ann.click("Theme: system").await;
    ann.click("Theme: light").await;
    ann.find("button", "Theme: dark").await;
    is_shown(&ann, "dark").await;
    ann.picture("dark").await;
    ann.reload().await;
    ann.find("button", "Theme: dark").await;
    is_shown(&ann, "dark").await;

    ann.click("Theme: dark").await;
    ann.click("Theme: system").await;
    ann.find("button", "Theme: light").await;
    is_shown(&ann, "light").await;
    ann.reload().await;
    is_shown(&ann, "light").await;
    ann.picture("light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_chose_none_gets_that_of_the_system() {
    let server = ChatServer::start().await;
    for (system, theme) in [("Adwaita:dark", "dark"), ("Adwaita", "light")] {
        let ann = App::open_with(&server, &[("GTK_THEME", system)]).await;
        ann.find("button", "Theme: system").await;
        is_shown(&ann, theme).await;
    }
}

/// A theme is what the page says, and dark writing on a light ground or the other way round.
async fn is_shown(app: &App, theme: &str) {
    let look = app.run(LOOK, &[]).await;
    let (name, ink) = (look[0].as_str().unwrap(), look[1].as_u64().unwrap());
    assert_eq!((name, ink < 128), (theme, theme == "light"), "{look}");
}
