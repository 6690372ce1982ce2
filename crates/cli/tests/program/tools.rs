//! The commands beside `session`.

use std::process::Stdio;

use aldis_protocol::cipher::{EncryptedFrame, SessionCipher};
use aldis_protocol::handshake::{KeyPair, PublicKey, SessionKey, salt_from_base64};
use aldis_server::auth::StaticTokens;
use aldis_server::{Server, User};
use aldis_testkit::{TestPki, TlsFront};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::support::{aldis, run, server, soon, text};

#[tokio::test]
async fn every_command_has_help_with_an_example() {
    let help = run(&["--help"]).await;
    assert!(help.status.success() && text(&help.stdout).contains("Examples:"));
    for command in ["serve", "listen", "send", "session", "proxy", "doctor", "vectors"] {
        let help = run(&[command, "--help"]).await;
        assert!(help.status.success());
        assert!(text(&help.stdout).contains("Example"), "{command}");
    }
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value["hex"].as_str().unwrap();
    let digits = (0..text.len()).step_by(2);
    digits.map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[tokio::test]
async fn the_vectors_agree_with_the_protocol() {
    let output = run(&["vectors"]).await;
    assert_eq!(output.stdout, run(&["vectors"]).await.stdout);
    let vectors: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (handshake, session) = (&vectors["handshake"], &vectors["session"]);

    let secret = hex(&handshake["client"]["privateKey"]).try_into().unwrap();
    let client = KeyPair::from_secret_bytes(&secret).unwrap();
    let connected: Value = serde_json::from_str(handshake["connected"].as_str().unwrap()).unwrap();
    let data = &connected["data"];
    let server = PublicKey::from_base64(data["serverPublicKey"].as_str().unwrap()).unwrap();
    assert_eq!(server.to_bytes().to_vec(), hex(&handshake["server"]["publicKey"]));
    let salt = salt_from_base64(data["salt"].as_str().unwrap()).unwrap();
    let key = client.agree(&server, &salt, session["info"]["text"].as_str().unwrap());
    assert_eq!(key.expose_bytes().to_vec(), hex(&session["key"]));

    let key = SessionKey::from_bytes(hex(&session["key"]).try_into().unwrap());
    for direction in ["clientToServer", "serverToClient"] {
        for frame in vectors[direction].as_array().unwrap() {
            let mut cipher = SessionCipher::new(&key, [0; 8], 10);
            let sealed = EncryptedFrame::parse(frame["frame"].as_str().unwrap()).unwrap();
            assert_eq!(cipher.open(&sealed).unwrap(), hex(&frame["plaintext"]));
            assert_eq!([hex(&frame["ciphertext"]), hex(&frame["tag"])].concat(), hex(&frame["ct"]));
        }
    }
}

#[tokio::test]
async fn send_asks_and_listen_hears() {
    let server = server().await;
    let url = server.url();
    let mut listen =
        aldis(&["listen", "--url", &url, "--token", "ann", "--room", "lobby", "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
    let mut heard = BufReader::new(listen.stdout.take().unwrap()).lines();
    let mut next = async || {
        let line = soon("a line", heard.next_line()).await.unwrap().unwrap();
        serde_json::from_str::<Value>(&line).unwrap()
    };
    while next().await["type"] != "connected" {}

    let as_ben = ["send", "--url", &url, "--token", "ben", "--room", "lobby", "--request"];
    let ask = async |rest: &[&str]| run(&[&as_ben, rest].concat()).await;
    // The listener's join is asynchronous: ask until the server has it.
    let who = ask(&["who"]).await;
    assert!(who.status.success());
    let who: Value = serde_json::from_slice(&who.stdout).unwrap();
    assert_eq!(who["userId"], "ben");
    soon("the listener's join", async {
        while server
            .handle()
            .members("lobby")
            .iter()
            .all(|client| client.user().id() != Some("ann"))
        {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let said = ask(&["room", r#"{"room":"lobby","event":"chat","data":"hi"}"#]).await;
    assert_eq!(text(&said.stdout), "{}\n");
    let line = next().await;
    assert_eq!((&line["event"], &line["data"]), (&"chat".into(), &"hi".into()));

    let wrong = ask(&["echo", "hello"]).await;
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains("not JSON"), "{}", text(&wrong.stderr));
}

#[tokio::test]
async fn listen_ends_when_it_is_refused() {
    let tokens = StaticTokens::new().with("good", User::new("ann"));
    let server = Server::builder().authenticator(tokens).build().unwrap();
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let output = run(&["listen", "--url", &server.url(), "--token", "bad"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("Set a token"), "{}", text(&output.stdout));
}

#[tokio::test]
async fn the_doctor_goes_as_far_as_it_can() {
    let server = server().await;
    let url = server.url();
    let healthy = run(&["doctor", &url, "--token", "ann"]).await;
    let report = text(&healthy.stdout);
    for step in ["AES-256", "TLS store", "DNS", "TCP", "upgrade", "handshake", "round trip"] {
        assert!(report.contains(step), "{step}: {report}");
    }
    assert!(!report.contains('✗') || report.contains("✗ TLS store"), "{report}");
    assert!(!report.contains('\u{1b}'), "no colours in a pipe");

    let without_token = run(&["doctor", &url]).await;
    let report = text(&without_token.stdout);
    assert!(report.contains("✓ upgrade") && report.contains("needs --token"), "{report}");

    let wrong_path = run(&["doctor", &url.replace("/ws", "/nothing")]).await;
    assert_eq!(wrong_path.status.code(), Some(1));
    assert!(text(&wrong_path.stdout).contains("HTTP 404"), "{}", text(&wrong_path.stdout));

    let nobody = run(&["doctor", "ws://127.0.0.1:1/ws"]).await;
    assert_eq!(nobody.status.code(), Some(1));
    assert!(text(&nobody.stdout).contains("✗ TCP"), "{}", text(&nobody.stdout));
}

#[tokio::test]
async fn the_doctor_says_why_it_was_refused() {
    let tokens = StaticTokens::new().with("good", User::new("ann"));
    let server = Server::builder().authenticator(tokens).build().unwrap();
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let refused = run(&["doctor", &server.url(), "--token", "bad"]).await;
    assert_eq!(refused.status.code(), Some(1));
    let report = text(&refused.stdout);
    assert!(report.contains("✗ handshake") && report.contains("4003"), "{report}");
}

#[tokio::test]
async fn the_doctor_looks_at_the_certificate() {
    let server = server().await;
    let pki = TestPki::new().unwrap();
    let certificate = pki.issue(&["localhost"]).unwrap();
    let front = TlsFront::start(server.local_addr(), &certificate).await.unwrap();
    let url = format!("wss://localhost:{}/ws", front.addr().port());
    let ca = pki.ca_file().to_str().unwrap();

    let trusted = run(&["doctor", &url, "--token", "ann", "--ca", ca]).await;
    let report = text(&trusted.stdout);
    assert!(report.contains("✓ TLS ") && report.contains("✓ round trip"), "{report}");
    let pin = certificate.pin();
    assert!(report.contains(pin), "{report}");

    for tls in ["native", "rustls"] {
        let args = ["doctor", &url, "--token", "ann", "--ca", ca, "--tls", tls, "--pin", pin];
        let report = run(&args).await;
        assert!(text(&report.stdout).contains("✓ round trip"), "{}", text(&report.stdout));
    }
    let unknown = run(&["doctor", &url, "--token", "ann"]).await;
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stdout).contains("✗ TLS "), "{}", text(&unknown.stdout));
}

#[tokio::test]
async fn the_demo_ends_well_and_plainly_in_a_pipe() {
    let demo = run(&["demo"]).await;
    assert!(demo.status.success(), "{}", text(&demo.stderr));
    assert!(!text(&demo.stdout).contains('\u{1b}'), "no colours in a pipe");
}
