//! `aldis serve` as people and programs start it.

use std::process::Stdio;

use aldis_client::{SignalClient, SignalConfig, SignalEvent, SignalEvents};
use tokio::io::{AsyncBufReadExt, BufReader};

#[cfg(unix)]
use crate::support::terminate;
use crate::support::{Program, aldis, run, soon, text};

async fn connected(url: &str) -> (SignalClient, SignalEvents) {
    let (client, events) = SignalClient::new(SignalConfig::new(url).token("ann")).unwrap();
    soon("a session", client.connect()).await.unwrap();
    (client, events)
}

/// The code that the server closes the connection with.
async fn goodbye(mut events: SignalEvents) -> Option<u16> {
    let code = async {
        loop {
            if let Some(SignalEvent::State(change)) = events.next().await
                && let Some(reason) = change.reason
            {
                return reason.close_code().map(|code| code.0);
            }
        }
    };
    soon("the goodbye", code).await
}

#[cfg(unix)]
#[tokio::test]
async fn it_says_where_it_is_and_shuts_down_in_order() {
    let mut serve = aldis(&["serve", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(serve.stdout.take().unwrap()).lines();
    let greeting = soon("the greeting", lines.next_line()).await.unwrap().unwrap();
    assert!(!greeting.contains('\u{1b}'), "no colours in a pipe");
    // The end of the input, which is there already, means nothing to it.
    let (_client, events) = connected(greeting.split_whitespace().last().unwrap()).await;
    terminate(&serve);
    assert_eq!(goodbye(events).await, Some(1001));
    assert!(soon("its end", serve.wait()).await.unwrap().success());
}

#[tokio::test]
async fn the_end_of_the_input_shuts_it_down_in_order_if_it_is_asked_to() {
    let mut serve = Program::start(&["serve", "--listen", "127.0.0.1:0", "--until-eof", "--json"]);
    let listening = serve.next().await;
    assert_eq!(listening["type"], "listening");
    let (_client, events) = connected(listening["url"].as_str().unwrap()).await;
    serve.write("whatever it says before").await;
    serve.close_input();
    assert_eq!(goodbye(events).await, Some(1001));
    assert!(serve.rest().await.is_empty());
    assert!(serve.exit().await.success());
}

#[tokio::test]
async fn it_says_goodbye_when_whoever_started_it_is_gone() {
    let mut serve = Program::start(&["serve", "--listen", "127.0.0.1:0", "--until-eof"]);
    let greeting = serve.line().await.unwrap();
    let (_client, events) = connected(greeting.split_whitespace().last().unwrap()).await;
    serve.close_output();
    serve.close_input();
    assert_eq!(goodbye(events).await, Some(1001));
    assert!(serve.exit().await.success());
}

#[tokio::test]
async fn programs_are_told_an_address_that_they_can_reach() {
    let everywhere = ["serve", "--listen", "0.0.0.0:0", "--path", "/live", "--user", "ann=secret"];
    let mut serve = Program::start(&[&everywhere[..], &["--until-eof", "--json"]].concat());
    let listening = serve.next().await;
    let http = listening["http"].as_str().unwrap();
    let port = http.strip_prefix("http://127.0.0.1:").unwrap();
    assert_ne!(port.parse::<u16>().unwrap(), 0);
    assert_eq!(listening["url"], format!("ws://127.0.0.1:{port}/live"));
}

#[tokio::test]
async fn without_users_it_stays_on_this_machine() {
    let refused = run(&["serve", "--listen", "0.0.0.0:0"]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("--user"), "{}", text(&refused.stderr));
}
