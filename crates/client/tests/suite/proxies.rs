//! The way through an HTTP proxy, over real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use aldis_client::SignalConfig;
use aldis_testkit::{ScriptedServer, TestPki, TlsFront};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::settings::backends;
use crate::support::{Notes, honest};
use crate::tls::{config, outcome};

/// A small proxy that demands a password if it is told to, and notes what it was asked.
struct Proxy {
    addr: SocketAddr,
    asked: Notes<String>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    async fn start(authorization: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let asked = Notes::new();
        let noting = asked.clone();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, authorization, noting.clone()));
            }
        });
        Self { addr, asked, task }
    }

    fn url(&self, user: &str) -> String {
        format!("http://{user}localhost:{}", self.addr.port())
    }
}

async fn serve(mut client: TcpStream, authorization: Option<&str>, asked: Notes<String>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        // A client that leaves has nothing to ask.
        let Ok(byte) = client.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let target = head.split(' ').nth(1).unwrap().to_owned();
    let authorized = authorization
        .is_none_or(|needed| head.contains(&format!("Proxy-Authorization: Basic {needed}\r\n")));
    asked.add(head);
    let answer: &[u8] = if authorized {
        b"HTTP/1.1 200 Connection established\r\n\r\n"
    } else {
        b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"
    };
    client.write_all(answer).await.unwrap();
    if authorized {
        let mut server = TcpStream::connect(target).await.unwrap();
        // Either end may end it as it likes.
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    }
}

/// `user:pass word`
const AUTHORIZATION: &str = "dXNlcjpwYXNzIHdvcmQ=";

#[tokio::test]
async fn a_proxy_connects_with_and_without_a_password() {
    let server = ScriptedServer::start(honest).await.unwrap();
    for (needed, user) in [(None, ""), (Some(AUTHORIZATION), "user:pass%20word@")] {
        let proxy = Proxy::start(needed).await;
        let mut config = SignalConfig::new(server.url()).token("t");
        config.max_retries = 0;
        config.proxy = Some(proxy.url(user));
        outcome(config).await.unwrap();
        let asked = proxy.asked.take();
        assert!(asked[0].starts_with(&format!("CONNECT {} HTTP/1.1\r\n", server.addr())));
        assert_eq!((asked.len(), asked[0].contains("Proxy-Auth")), (1, needed.is_some()));
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_with_its_words() {
    let server = ScriptedServer::start(honest).await.unwrap();
    let proxy = Proxy::start(Some(AUTHORIZATION)).await;
    for user in ["", "user:wrong@"] {
        let mut config = SignalConfig::new(server.url()).token("t");
        config.max_retries = 0;
        config.proxy = Some(proxy.url(user));
        let error = outcome(config).await.unwrap_err();
        assert_eq!(error.code(), "proxy_failed");
        assert!(error.to_string().contains("HTTP 407"), "{error}");
        assert!(!error.to_string().contains("wrong"), "{error}");
    }
}

#[tokio::test]
async fn tls_goes_through_a_proxy_and_to_a_proxy() {
    let server = ScriptedServer::start(honest).await.unwrap();
    let pki = TestPki::new().unwrap();
    let (end, middle) = (pki.issue(&["localhost"]).unwrap(), pki.issue(&["localhost"]).unwrap());
    let front = TlsFront::start(server.addr(), &end).await.unwrap();
    for backend in backends() {
        let proxy = Proxy::start(Some(AUTHORIZATION)).await;
        let proxy_front = TlsFront::start(proxy.addr, &middle).await.unwrap();
        let mut through = config(front.addr(), backend, &pki);
        through.proxy = Some(proxy.url("user:pass%20word@"));
        outcome(through.clone()).await.unwrap();
        // The pins are the server's, not the proxy's.
        through.tls.pins = vec![end.pin().to_owned()];
        through.proxy =
            Some(format!("https://user:pass%20word@localhost:{}", proxy_front.addr().port()));
        outcome(through.clone()).await.unwrap();
        assert_eq!(proxy_front.counts().completed, 1);
        // The proxy saw where to, and the wrong server is noticed behind it.
        assert!(proxy.asked.take().iter().all(|asked| asked.starts_with("CONNECT localhost:")));
        through.tls.pins = vec![middle.pin().to_owned()];
        assert_eq!(outcome(through).await.unwrap_err().code(), "pin_mismatch");
    }
}

#[tokio::test]
async fn a_proxy_that_is_silent_or_gone_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let mut config = SignalConfig::new("ws://localhost/ws").token("t");
    config.max_retries = 0;
    config.dial_timeout = Duration::from_millis(200);
    config.proxy = Some(format!("http://{addr}"));
    assert_eq!(outcome(config.clone()).await.unwrap_err().code(), "dial_timeout");
    drop(listener);
    assert_eq!(outcome(config).await.unwrap_err().code(), "connect_failed");
}
