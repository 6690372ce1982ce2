//! What axe thinks of the screens.

use aldis_window_tests::{App, ChatServer, Key};

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_screen_in_either_theme() {
    let server = ChatServer::start().await;
    let ann = App::open(&server).await;
    ann.find("form", "Connect").await;
    for theme in ["light", "dark"] {
        ann.choose_theme(theme).await;
        ann.is_accessible(&format!("to connect, {theme}")).await;
    }

    ann.connect_as("ann").await;
    ann.join_room("workshop").await;
    server.say("lobby", "ben", "Look at https://example.org");
    server.say("workshop", "ben", "Sawdust");
    ann.reads("ben", "Sawdust").await;
    ann.say("workshop", "Everywhere").await;
    for theme in ["light", "dark"] {
        ann.choose_theme(theme).await;
        ann.is_accessible(&format!("the chat, {theme}")).await;
        ann.chord(Key::Control, 'k').await;
        ann.type_text("dust").await;
        ann.find("list", "Results").await;
        ann.is_accessible(&format!("search, {theme}")).await;
        ann.picture(&format!("search-{theme}")).await;
        ann.press(Key::Escape).await;
    }

    server.break_line().await;
    ann.find("button", "Reconnect now").await;
    ann.say("workshop", "Is it on?").await;
    ann.find("button", "Send again").await;
    for theme in ["dark", "light"] {
        ann.choose_theme(theme).await;
        ann.is_accessible(&format!("without a line, {theme}")).await;
    }
}
