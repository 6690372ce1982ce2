//! Several clients in one process, several threads at one client.

use std::thread;

use aldis::SendError;
use aldis_server::Target;

use crate::host::{Host, config, until, within};
use crate::server::TestServer;

#[tokio::test]
async fn two_clients_talk_to_each_other() {
    let server = TestServer::start().await;
    let mut ann = Host::connected(server.url(), "good-ann").await;
    let mut bea = Host::connected(server.url(), "good-bea").await;
    for n in 0..100 {
        let data = format!(r#"{{"userId":"bea","event":"hello","data":{n}}}"#);
        ann.client.send("to-user", &data, None).unwrap();
        let mut brought = bea.calls.find(|call| call.brings("hello")).await.messages();
        brought.retain(|message| message.event == "hello");
        assert_eq!(brought[0].data, n.to_string());
        let data = format!(r#"{{"userId":"ann","event":"hi","data":{n}}}"#);
        bea.client.send("to-user", &data, None).unwrap();
        ann.calls.find(|call| call.brings("hi")).await;
    }
    // The end of one is nothing to the other.
    ann.client.shutdown();
    until("ann to leave", || server.handle().client_count() == 1).await;
    bea.assert_works().await;
    server.publish_to(Target::User("bea"), "still", 1);
    bea.calls.find(|call| call.brings("still")).await;
}

#[tokio::test]
async fn a_client_made_while_another_one_ends_works() {
    let server = TestServer::start().await;
    for _ in 0..20 {
        let mut old = Host::new(config(server.url(), "good-ann"));
        old.connect().await;
        let ends = thread::spawn(move || drop(old));
        let mut new = Host::new(config(server.url(), "good-ann"));
        new.connect().await;
        new.assert_works().await;
        ends.join().unwrap();
    }
}

#[tokio::test]
async fn sixteen_threads_send_at_once() {
    const THREADS: usize = 16;
    const EACH: usize = 200;
    let server = TestServer::start().await;
    let mut host = Host::connected(server.url(), "good-ann").await;
    let runtime = tokio::runtime::Handle::current();
    let senders: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (client, runtime) = (host.client.clone(), runtime.clone());
            thread::spawn(move || {
                for n in 0..EACH {
                    loop {
                        match client.send("echo", &format!("[{thread},{n}]"), None) {
                            Ok(()) => break,
                            Err(SendError::OutboxFull { .. }) => {
                                let ready = client.outbox_ready(false);
                                runtime.block_on(within("room in the outbox", ready));
                            }
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
            })
        })
        .collect();
    let mut next = [0; THREADS];
    for message in host.calls.messages(THREADS * EACH).await {
        let numbers = message.data.trim_matches(['[', ']']).split_once(',').unwrap();
        let (thread, n): (usize, usize) = (numbers.0.parse().unwrap(), numbers.1.parse().unwrap());
        assert_eq!(n, next[thread], "of thread {thread}");
        next[thread] += 1;
    }
    assert_eq!(next, [EACH; THREADS]);
    for sender in senders {
        sender.join().unwrap();
    }
    host.assert_works().await;
}
