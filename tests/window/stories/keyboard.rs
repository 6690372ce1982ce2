//! Somebody without a mouse.

use aldis_window_tests::{App, ChatServer, Key};

#[tokio::test(flavor = "multi_thread")]
async fn everything_can_be_done_with_the_keyboard() {
    let server = ChatServer::start().await;
    let ann = App::open(&server).await;

    // The focus is where one begins.
    ann.has_focus("Your name").await;
    ann.type_text("ann").await;
    ann.press(Key::Enter).await;
    ann.banner_says("Connected as ann").await;
    ann.has_focus("Message #lobby").await;
    ann.type_text("First line").await;
    ann.chord(Key::Shift, Key::Enter).await;
    ann.type_text("second line").await;
    ann.press(Key::Enter).await;
    ann.reads("ann", "First line\nsecond line").await;

    ann.tab_to("Room name").await;
    ann.type_text("workshop").await;
    ann.press(Key::Enter).await;
    ann.chord(Key::Control, '2').await;
    ann.has_focus("Message #workshop").await;
    ann.type_text("The sawdust is everywhere").await;
    ann.press(Key::Enter).await;
    ann.reads("ann", "The sawdust is everywhere").await;
    ann.chord(Key::Control, '1').await;
    ann.has_focus("Message #lobby").await;
    ann.chord(Key::Alt, Key::Down).await;
    ann.has_focus("Message #workshop").await;
    ann.chord(Key::Alt, Key::Up).await;
    ann.has_focus("Message #lobby").await;

    ann.chord(Key::Control, 'k').await;
    ann.has_focus("Search messages and people").await;
    ann.type_text("sawd").await;
    ann.find("list", "Results").await;
    ann.picture("search").await;
    ann.press(Key::Escape).await;
    ann.find_none("list", "Results").await;
    ann.has_focus("Message #lobby").await;

    ann.chord(Key::Control, 'k').await;
    ann.type_text("sawd").await;
    ann.find("list", "Results").await;
    ann.press(Key::Enter).await;
    ann.is_in("workshop").await;

    // The line that was found has the focus, so this is no text.
    ann.type_text("?").await;
    ann.find("dialog", "Keys").await;
    ann.picture("keys").await;
    ann.press(Key::Escape).await;
    ann.find_none("dialog", "Keys").await;
}
