//! Two people in two rooms.

use aldis_window_tests::{App, ChatServer};

#[tokio::test(flavor = "multi_thread")]
async fn two_people_chat_in_two_rooms() {
    let server = ChatServer::start().await;
    let (ann, ben) = tokio::join!(App::open(&server), App::open(&server));
    tokio::join!(ann.connect_as("ann"), ben.connect_as("ben"));

    ann.say("lobby", "Anybody here?").await;
    ben.reads("ann", "Anybody here?").await;
    ben.say("lobby", "In the workshop.").await;
    ann.reads("ben", "In the workshop.").await;

    tokio::join!(ann.join_room("workshop"), ben.join_room("workshop"));
    ann.go_to("lobby").await;
    ben.say("workshop", "The lathe is free.").await;
    ben.say("workshop", "And the kettle is on.").await;
    ann.find("button", "#workshop, 2 unread").await;
    assert_eq!(ann.said().await, ["Anybody here?", "In the workshop."]);
    ann.picture("unread").await;

    ann.click("#workshop, 2 unread").await;
    ann.reads("ben", "And the kettle is on.").await;
    ann.find("button", "#workshop").await;
    ann.picture("workshop").await;

    ben.click("Leave #workshop").await;
    ben.find_none("button", "#workshop").await;
    ann.say("workshop", "Coming!").await;
    ann.reads("ann", "Coming!").await;
    ann.go_to("lobby").await;
    ann.say("lobby", "Where did you go?").await;
    ben.reads("ann", "Where did you go?").await;
    assert_eq!(ben.said().await, ["Anybody here?", "In the workshop.", "Where did you go?"]);
}
