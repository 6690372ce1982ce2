//! The server, and the line to it.

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::program::Program;

pub(crate) struct Server {
    program: Program,
    /// `HOST:PORT`
    pub(crate) address: String,
}

impl Server {
    pub(crate) async fn start(options: &[String]) -> Self {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--json", "--until-eof"];
        let (program, listening) = Program::start(&serve, options).await;
        let address = listening["http"].as_str().unwrap().strip_prefix("http://").unwrap();
        Self { address: address.to_owned(), program }
    }

    /// Clients get 1001.
    pub(crate) async fn stop(self) {
        self.program.end().await;
    }

    /// `POST /api/publish`, and the answer.
    pub(crate) async fn publish(&self, body: &Value) -> Value {
        let stream = TcpStream::connect(&self.address).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request = Request::post("/api/publish")
            .header("host", &self.address)
            .header("content-type", "application/json")
            .body(Full::<Bytes>::from(body.to_string()))
            .unwrap();
        let response = sender.send_request(request).await.unwrap();
        let status = response.status();
        let answer = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(status, 200, "{answer:?}");
        serde_json::from_slice(&answer).unwrap()
    }
}

/// `aldis proxy` before the server.
pub(crate) struct Line {
    program: Program,
    pub(crate) address: String,
    /// The authority of its certificate, where it speaks TLS.
    pub(crate) ca: Option<String>,
}

impl Line {
    pub(crate) async fn start(server: &Server, options: &[String]) -> Self {
        let proxy = ["proxy", "--upstream", &server.address];
        let (program, listening) = Program::start(&proxy, options).await;
        let text = |field: &str| listening[field].as_str().map(str::to_owned);
        Self { address: text("addr").unwrap(), ca: text("ca"), program }
    }

    /// Returns when the command holds.
    pub(crate) async fn command(&mut self, command: &Value) {
        let answer = self.program.ask(command).await;
        assert_ne!(answer["type"], "error", "{command}: {answer}");
    }

    /// Connects to another server from now on.
    pub(crate) async fn lead_to(&mut self, server: &Server) {
        self.command(&json!({ "cmd": "upstream", "addr": server.address })).await;
    }

    pub(crate) async fn end(self) {
        self.program.end().await;
    }
}
