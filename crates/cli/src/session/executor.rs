//! Does what the lines of the input say.

use std::future::ready;
use std::ops::ControlFlow;
use std::time::Duration;

use aldis_client::{EmptyToken, RequestError, RoomError, SendError, SignalClient};
use futures_util::FutureExt;
use futures_util::future::Either;
use serde_json::value::RawValue;
use tokio::task::{JoinHandle, JoinSet};

use super::command::{Command, Request};
use crate::client_line::Line;
use crate::lines::input::{self, Lines};
use crate::lines::output::Output;
use crate::lines::request::BadLine;

/// Requests whose replies are not written yet.
const MAX_REQUESTS: usize = 1_024;

/// The commands' side of a session.
pub(super) struct Executor {
    client: SignalClient,
    output: Output,
    requests: JoinSet<()>,
}

/// Why a command has no effect.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error(transparent)]
    Room(#[from] RoomError),
    #[error(transparent)]
    Token(#[from] EmptyToken),
}

impl Refused {
    fn code(&self) -> &'static str {
        match self {
            Self::Send(error) => error.code(),
            Self::Request(error) => error.code(),
            Self::Room(error) => error.code(),
            Self::Token(error) => error.code(),
        }
    }
}

impl Executor {
    pub(super) fn new(client: SignalClient, output: Output) -> Self {
        Self { client, output, requests: JoinSet::new() }
    }

    /// Does what the lines say, until there are no more or nobody is interested any more.
    pub(super) async fn run(&mut self, mut lines: Lines, stopped: impl Future<Output = ()>) {
        let mut stopped = std::pin::pin!(stopped);
        loop {
            tokio::select! {
                biased;
                () = &mut stopped => return,
                () = self.output.closed() => return,
                Some(_) = self.requests.join_next() => {}
                line = lines.next() => match line {
                    Some(line) => if self.handle(line).await.is_break() { return },
                    None => return,
                },
            }
        }
    }

    async fn handle(&mut self, line: input::Line) -> ControlFlow<()> {
        let bad_line = |error: &dyn std::fmt::Display, tag| {
            self.output.answer(&Line::error(BadLine::CODE, &error, tag));
            ControlFlow::Continue(())
        };
        let line = match line {
            Ok(line) => line,
            Err(error) => return bad_line(&error, None),
        };
        let Request { command, tag } = match Request::parse(&line) {
            Ok(request) => request,
            Err(error) => return bad_line(&error, error.tag),
        };
        if matches!(command, Command::Exit) {
            return ControlFlow::Break(());
        }
        if let Err(refused) = self.execute(command, tag).await {
            let code = refused.code();
            self.output.answer(&Line::error(code, &refused, tag));
        }
        ControlFlow::Continue(())
    }

    async fn execute(
        &mut self,
        command: Command<'_>,
        tag: Option<&RawValue>,
    ) -> Result<(), Refused> {
        match command {
            Command::Send { event, data, ttl } => match ttl {
                Some(ttl) => self.client.send_with_ttl(&event, data, ttl)?,
                None => self.client.send(&event, data)?,
            },
            Command::Request { event, data, timeout } => {
                self.request(event.into_owned(), data.to_owned(), timeout, tag)?;
            }
            Command::Join(rooms) => self.client.join(rooms)?,
            Command::Leave(rooms) => self.client.leave(rooms)?,
            Command::Token(token) => self.client.update_token(token)?,
            Command::Network { online: true } => self.client.network_available(),
            Command::Network { online: false } => self.client.network_lost(),
            Command::Stats => {
                let stats = self.client.stats();
                self.output.answer(&Line::Stats((&stats).into()));
            }
            Command::Explain => {
                let text = self.client.explain();
                self.output.answer(&Line::Explain { text });
            }
            Command::Connect => self.connect(),
            Command::Disconnect | Command::Exit => self.client.disconnect().await,
        }
        Ok(())
    }

    pub(super) fn connect(&self) {
        // The first poll asks for the connection. What comes of it is told by the events.
        let _ = self.client.connect().now_or_never();
    }

    /// Sends a request in its turn, and leaves its reply to a task.
    fn request(
        &mut self,
        event: String,
        data: Box<RawValue>,
        timeout: Duration,
        tag: Option<&RawValue>,
    ) -> Result<(), RequestError> {
        if self.requests.len() >= MAX_REQUESTS {
            return Err(RequestError::TooManyRequests { limit: MAX_REQUESTS });
        }
        let client = self.client.clone();
        let mut reply = Box::pin(async move { client.request(&event, &data, timeout).await });
        // The first poll sends it, before the next command has its turn.
        let reply = match reply.as_mut().now_or_never() {
            Some(Err(error)) => return Err(error),
            Some(early) => Either::Left(ready(early)),
            None => Either::Right(reply),
        };
        let (output, tag) = (self.output.clone(), tag.map(ToOwned::to_owned));
        self.requests.spawn(async move {
            let (reply, tag) = (reply.await, tag.as_deref());
            let line = match &reply {
                Ok(message) => Line::reply(tag.unwrap_or(RawValue::NULL), message),
                Err(error) => Line::error(error.code(), error, tag),
            };
            output.tell(&line).await;
        });
        Ok(())
    }

    /// Disconnects, and returns when everything that is to be told has its place in the output.
    pub(super) async fn end(mut self, telling: JoinHandle<()>) {
        self.client.disconnect().await;
        let waiting = self.client.stats().outbox_messages;
        if waiting > 0 {
            let message = format!("{waiting} messages with a time to live still waited");
            let line = Line::error("messages_unsent", &message, None);
            self.output.answer(&line);
        }
        while self.requests.join_next().await.is_some() {}
        // The last handle: with it the stream of events ends.
        drop(self);
        // A task that panicked has said so already.
        let _ = telling.await;
    }
}
