//! What a client is told to do, and how that ends.

use std::time::Duration;

use aldis_client::{Message, RequestError, SendError, Session, SignalClient};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::events::told_session;
use crate::names::Names;
use crate::table::{Action, End, Outgoing, SessionFields};

/// How an operation ended.
pub(crate) type Outcome = Result<Done, Failure>;

pub(crate) enum Done {
    Nothing,
    Session(Session),
    Reply(Message),
}

pub(crate) struct Failure {
    pub(crate) code: &'static str,
    /// What the server refused a request with.
    pub(crate) reply: Option<Message>,
}

/// An operation, with ids in place of their names. `None` for what is no operation of a client.
pub(crate) enum Operation {
    Connect,
    Disconnect,
    Close,
    Send { message: Sending, waits: bool },
    Request { event: String, data: Box<RawValue>, timeout: Duration },
    Join(Vec<String>),
    Leave(Vec<String>),
    UpdateToken(String),
    NetworkLost,
    NetworkAvailable,
    Suspended,
    Resumed,
}

pub(crate) struct Sending {
    event: String,
    data: Box<RawValue>,
    ttl: Option<Duration>,
}

impl Operation {
    pub(crate) fn of(action: &Action, names: &Names) -> Option<Self> {
        let sending = |message: &Outgoing| Sending {
            event: message.event.clone(),
            data: message.data.to_json(names),
            ttl: message.ttl_ms.map(Duration::from_millis),
        };
        Some(match action {
            Action::Connect => Self::Connect,
            Action::Disconnect => Self::Disconnect,
            Action::Close => Self::Close,
            Action::Send(message) => Self::Send { message: sending(message), waits: true },
            Action::TrySend(message) => Self::Send { message: sending(message), waits: false },
            Action::Request { event, data, timeout_ms } => Self::Request {
                event: event.clone(),
                data: data.to_json(names),
                timeout: Duration::from_millis(*timeout_ms),
            },
            Action::Join { rooms } => Self::Join(rooms.clone()),
            Action::Leave { rooms } => Self::Leave(rooms.clone()),
            Action::UpdateToken { token } => Self::UpdateToken(token.clone()),
            Action::NetworkLost => Self::NetworkLost,
            Action::NetworkAvailable => Self::NetworkAvailable,
            Action::Suspended => Self::Suspended,
            Action::Resumed => Self::Resumed,
            _ => return None,
        })
    }

    pub(crate) async fn run(self, client: SignalClient) -> Outcome {
        match self {
            Self::Connect => match client.connect().await {
                Ok(session) => return Ok(Done::Session(session)),
                Err(error) => return Err(Failure::new(error.code())),
            },
            Self::Request { event, data, timeout } => {
                let reply = client.request(&event, &data, timeout).await;
                return reply.map(Done::Reply).map_err(Failure::of_request);
            }
            Self::Disconnect => client.disconnect().await,
            Self::Close => client.close(),
            Self::Send { message, waits } => {
                message.send(&client, waits).await.map_err(|error| Failure::new(error.code()))?;
            }
            Self::Join(rooms) => {
                client.join(rooms).map_err(|error| Failure::new(error.code()))?;
            }
            Self::Leave(rooms) => {
                client.leave(rooms).map_err(|error| Failure::new(error.code()))?;
            }
            Self::UpdateToken(token) => {
                client.update_token(token).map_err(|error| Failure::new(error.code()))?;
            }
            Self::NetworkLost => client.network_lost(),
            Self::NetworkAvailable => client.network_available(),
            Self::Suspended => client.suspended(),
            Self::Resumed => client.resumed(),
        }
        Ok(Done::Nothing)
    }
}

impl Sending {
    async fn send(&self, client: &SignalClient, waits: bool) -> Result<(), SendError> {
        loop {
            let sent = match self.ttl {
                Some(ttl) => client.send_with_ttl(&self.event, &self.data, ttl),
                None => client.send(&self.event, &self.data),
            };
            match sent {
                Err(SendError::OutboxFull { .. }) if waits => {
                    client.outbox_ready(self.ttl.is_some()).await;
                }
                _ => return sent,
            }
        }
    }
}

impl Failure {
    pub(crate) fn new(code: &'static str) -> Self {
        Self { code, reply: None }
    }

    fn of_request(error: RequestError) -> Self {
        let code = error.code();
        let reply = match error {
            RequestError::Refused { reply } => Some(reply),
            _ => None,
        };
        Self { code, reply }
    }
}

/// Panics unless an operation ended as it was to; returns how.
pub(crate) fn judge(
    outcome: Outcome,
    end: &End,
    session: &SessionFields,
    names: &mut Names,
) -> Value {
    let mut told = json!({});
    let reply = match (outcome, &end.fails) {
        (Ok(Done::Nothing), None) => None,
        (Ok(Done::Session(found)), None) => {
            session.assert_is(&found, names);
            return told_session(&found);
        }
        (Ok(Done::Reply(reply)), None) => {
            told["event"] = reply.event().into();
            Some(reply)
        }
        (Err(failure), Some(code)) => {
            assert_eq!(failure.code, code);
            told["fails"] = failure.code.into();
            failure.reply
        }
        (Ok(_), Some(code)) => panic!("it was to fail with {code}"),
        (Err(failure), None) => panic!("it failed with {}", failure.code),
    };
    if let Some(expected) = &end.reply {
        expected.assert_is(reply.expect("a reply").data(), names);
        told["reply"] = expected.as_written().clone();
    }
    told
}
