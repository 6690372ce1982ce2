//! The lines that a session takes.

use std::borrow::Cow;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::lines::request::{BadLine, Head};

/// What one line asks for. Payload and tag are kept as they were written.
pub(super) struct Request<'a> {
    pub(super) command: Command<'a>,
    /// Comes back in the answer.
    pub(super) tag: Option<&'a RawValue>,
}

pub(super) enum Command<'a> {
    Send { event: Cow<'a, str>, data: &'a RawValue, ttl: Option<Duration> },
    Request { event: Cow<'a, str>, data: &'a RawValue, timeout: Duration },
    Join(Vec<Cow<'a, str>>),
    Leave(Vec<Cow<'a, str>>),
    Token(String),
    Network { online: bool },
    Stats,
    Explain,
    Connect,
    Disconnect,
    Exit,
}

#[derive(Deserialize)]
struct SendFields<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    ttl_ms: Option<u64>,
}

#[derive(Deserialize)]
struct RequestFields<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    timeout_ms: u64,
}

#[derive(Deserialize)]
struct RoomFields<'a> {
    #[serde(borrow)]
    rooms: Vec<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct TokenFields {
    token: String,
}

#[derive(Deserialize)]
struct NetworkFields {
    online: bool,
}

impl<'a> Request<'a> {
    pub(super) fn parse(line: &'a str) -> Result<Self, BadLine<'a>> {
        let Head { cmd, tag } = Head::parse(line)?;
        match Command::parse(&cmd, line) {
            Ok(Some(command)) => Ok(Self { command, tag }),
            Ok(None) => {
                let reason = format!("`{}` is no command", cmd.escape_debug());
                Err(BadLine::new(&reason, tag))
            }
            Err(error) => Err(BadLine::new(&error, tag)),
        }
    }
}

impl<'a> Command<'a> {
    /// `None` if there is no such command.
    fn parse(name: &str, line: &'a str) -> Result<Option<Self>, serde_json::Error> {
        Ok(Some(match name {
            "send" => {
                let fields: SendFields<'a> = serde_json::from_str(line)?;
                Self::Send {
                    event: fields.event,
                    data: fields.data.unwrap_or(RawValue::NULL),
                    ttl: fields.ttl_ms.map(Duration::from_millis),
                }
            }
            "request" => {
                let fields: RequestFields<'a> = serde_json::from_str(line)?;
                Self::Request {
                    event: fields.event,
                    data: fields.data.unwrap_or(RawValue::NULL),
                    timeout: Duration::from_millis(fields.timeout_ms),
                }
            }
            "join" => Self::Join(serde_json::from_str::<RoomFields<'a>>(line)?.rooms),
            "leave" => Self::Leave(serde_json::from_str::<RoomFields<'a>>(line)?.rooms),
            "token" => Self::Token(serde_json::from_str::<TokenFields>(line)?.token),
            "network" => {
                Self::Network { online: serde_json::from_str::<NetworkFields>(line)?.online }
            }
            "stats" => Self::Stats,
            "explain" => Self::Explain,
            "connect" => Self::Connect,
            "disconnect" => Self::Disconnect,
            "exit" => Self::Exit,
            _ => return Ok(None),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(line: &str) -> String {
        match Request::parse(line) {
            Ok(_) => panic!("{line} passes"),
            Err(bad) => bad.to_string(),
        }
    }

    #[test]
    fn payload_and_tag_stay_as_they_were_written() {
        let line =
            r#" {"tag" : {"a":1.0e2} ,"cmd":"send","event":"caf\u00e9","data": [1,  "\ud800"] }"#;
        let request = Request::parse(line).unwrap();
        assert_eq!(request.tag.unwrap().get(), r#"{"a":1.0e2}"#);
        let Command::Send { event, data, ttl } = request.command else { panic!("another command") };
        assert_eq!((&*event, data.get(), ttl), ("café", r#"[1,  "\ud800"]"#, None));
    }

    #[test]
    fn a_missing_payload_is_null() {
        for line in [r#"{"cmd":"send","event":"e"}"#, r#"{"cmd":"send","event":"e","data":null}"#] {
            let Command::Send { data, .. } = Request::parse(line).unwrap().command else {
                panic!("another command")
            };
            assert_eq!(data.get(), "null");
        }
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for line in [
            "",
            "hello",
            "null",
            r#""stats""#,
            r#"["stats"]"#,
            "{}",
            r#"{"cmd":1}"#,
            r#"{"cmd":"stats"} x"#,
            r#"{"cmd":"stats""#,
            r#"{"cmd":"Stats"}"#,
            r#"{"cmd":"send"}"#,
            r#"{"cmd":"send","event":7}"#,
            r#"{"cmd":"send","event":"e","ttl_ms":-1}"#,
            r#"{"cmd":"send","event":"e","ttl_ms":"1"}"#,
            r#"{"cmd":"send","event":"e","data":yes}"#,
            r#"{"cmd":"send","event":"e","data":1,"data":2}"#,
            r#"{"cmd":"request","event":"e"}"#,
            r#"{"cmd":"join","rooms":"lobby"}"#,
            r#"{"cmd":"join","rooms":[1]}"#,
            r#"{"cmd":"leave"}"#,
            r#"{"cmd":"token","token":null}"#,
            r#"{"cmd":"network","online":"yes"}"#,
        ] {
            assert!(!reason(line).is_empty(), "{line}");
        }
        assert_eq!(reason(r#"{"cmd":"fly"}"#), "`fly` is no command");
    }

    #[test]
    fn a_bad_line_with_a_tag_keeps_it() {
        let bad = Request::parse(r#"{"cmd":"join","tag":[7]}"#).err().unwrap();
        assert_eq!(bad.tag.unwrap().get(), "[7]");
    }
}
