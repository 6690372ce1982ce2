//! The lines that a proxy takes.

use std::borrow::Cow;
use std::time::Duration;

use aldis_testkit::{Counts, Cut, Direction, Traffic};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::lines::request::{BadLine, Head};

/// Longest time that a command may name: an hour.
const MAX_MS: u64 = 3_600_000;

/// What one line asks for.
pub(super) struct Request<'a> {
    pub(super) command: Command,
    /// The command's name, for the answer.
    pub(super) name: Cow<'a, str>,
    /// Comes back in the answer.
    pub(super) tag: Option<&'a RawValue>,
}

/// With braces even where there are no fields: only so are unknown ones refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "cmd", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Command {
    Cut {
        how: How,
    },
    Stall {
        #[serde(default)]
        direction: Way,
    },
    Swallow {
        #[serde(default)]
        direction: Way,
    },
    Resume {
        #[serde(default)]
        direction: Way,
    },
    Delay {
        ms: Milliseconds,
        #[serde(default)]
        direction: Way,
    },
    Throttle {
        bytes_per_second: u64,
        #[serde(default)]
        direction: Way,
    },
    Split {
        bytes: usize,
        #[serde(default)]
        direction: Way,
    },
    Corrupt {
        #[serde(default)]
        skip: u64,
        #[serde(default)]
        direction: Way,
    },
    Clear {},
    Refuse {},
    Accept {},
    Upstream {
        addr: String,
    },
    Counts {},
    Wait(Wait),
}

/// How connections end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum How {
    Close,
    Reset,
}

/// Which way a fault applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    ToServer,
    ToClient,
    #[default]
    Both,
}

/// A time in milliseconds, up to an hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u64")]
pub(super) struct Milliseconds(u64);

/// What to wait for, all of it, and for how long.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wait {
    accepted: Option<u64>,
    open: Option<u64>,
    unreachable: Option<u64>,
    #[serde(default)]
    to_server: Bytes,
    #[serde(default)]
    to_client: Bytes,
    pub(super) timeout_ms: Milliseconds,
}

/// Bytes to wait for, at least.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Bytes {
    received: u64,
    forwarded: u64,
    swallowed: u64,
    corrupted: u64,
}

impl<'a> Request<'a> {
    pub(super) fn parse(line: &'a str) -> Result<Self, BadLine<'a>> {
        let Head { cmd: name, tag } = Head::parse(line)?;
        let command = Command::parse(line).map_err(|reason| BadLine::new(&reason, tag))?;
        Ok(Self { command, name, tag })
    }
}

impl Command {
    fn parse(line: &str) -> Result<Self, serde_json::Error> {
        let mut fields: Map<String, Value> = serde_json::from_str(line)?;
        fields.remove("tag");
        let command = Self::deserialize(Value::Object(fields))?;
        match command {
            Self::Wait(wait) if wait.is_for_nothing() => Err(serde::de::Error::custom(
                "one of `accepted`, `open`, `unreachable`, `to_server`, `to_client` is needed",
            )),
            command => Ok(command),
        }
    }
}

impl From<How> for Cut {
    fn from(how: How) -> Self {
        match how {
            How::Close => Self::Fin,
            How::Reset => Self::Reset,
        }
    }
}

impl From<Way> for Direction {
    fn from(way: Way) -> Self {
        match way {
            Way::ToServer => Self::ToServer,
            Way::ToClient => Self::ToClient,
            Way::Both => Self::Both,
        }
    }
}

impl Milliseconds {
    pub(super) fn duration(self) -> Duration {
        Duration::from_millis(self.0)
    }
}

impl TryFrom<u64> for Milliseconds {
    type Error = String;

    fn try_from(ms: u64) -> Result<Self, Self::Error> {
        if ms > MAX_MS {
            return Err(format!("{ms} ms are too long: 0 to {MAX_MS} are allowed"));
        }
        Ok(Self(ms))
    }
}

impl Wait {
    pub(super) fn holds(&self, counts: &Counts) -> bool {
        self.accepted.is_none_or(|least| counts.accepted >= least)
            && self.open.is_none_or(|exactly| counts.open == exactly)
            && self.unreachable.is_none_or(|least| counts.unreachable >= least)
            && self.to_server.passed(&counts.to_server)
            && self.to_client.passed(&counts.to_client)
    }

    fn is_for_nothing(&self) -> bool {
        *self == Self { timeout_ms: self.timeout_ms, ..Self::default() }
    }
}

impl Bytes {
    fn passed(&self, traffic: &Traffic) -> bool {
        traffic.received >= self.received
            && traffic.forwarded >= self.forwarded
            && traffic.swallowed >= self.swallowed
            && traffic.corrupted >= self.corrupted
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
    fn fields_have_their_defaults_and_the_tag_stays_as_it_was_written() {
        let request = Request::parse(r#"{"cmd":"corrupt","tag":{"a":1.0e2}}"#).unwrap();
        assert_eq!(request.command, Command::Corrupt { skip: 0, direction: Way::Both });
        assert_eq!(request.name, "corrupt");
        assert_eq!(request.tag.unwrap().get(), r#"{"a":1.0e2}"#);
    }

    #[test]
    fn a_bad_line_says_what_is_allowed() {
        for (line, allowed) in [
            ("", "JSON object"),
            (r#"["clear"]"#, "JSON object"),
            ("{}", "`cmd`"),
            (r#"{"cmd":"fly"}"#, "`cut`"),
            (r#"{"cmd":"cut"}"#, "`how`"),
            (r#"{"cmd":"cut","how":"off"}"#, "`close` or `reset`"),
            (r#"{"cmd":"stall","direction":"up"}"#, "`to_server`, `to_client`, `both`"),
            (r#"{"cmd":"stall","dir":"both"}"#, "`direction`"),
            (r#"{"cmd":"clear","now":true}"#, "no fields"),
            (r#"{"cmd":"delay"}"#, "`ms`"),
            (r#"{"cmd":"delay","ms":3600001}"#, "0 to 3600000"),
            (r#"{"cmd":"delay","ms":-1}"#, "u64"),
            (r#"{"cmd":"throttle","bytes_per_second":"9"}"#, "u64"),
            (r#"{"cmd":"split","bytes":1.5}"#, "usize"),
            (r#"{"cmd":"wait","open":0}"#, "`timeout_ms`"),
            (r#"{"cmd":"wait","timeout_ms":1}"#, "`accepted`, `open`, `unreachable`"),
            (r#"{"cmd":"wait","to_client":{},"timeout_ms":1}"#, "`to_client`"),
            (r#"{"cmd":"wait","to_client":{"sent":1},"timeout_ms":1}"#, "`forwarded`"),
            (r#"{"cmd":"wait","closed":1,"timeout_ms":1}"#, "`unreachable`"),
        ] {
            let reason = reason(line);
            assert!(reason.contains(allowed), "{line}: {reason}");
        }
    }

    #[test]
    fn a_wait_holds_when_all_of_it_does() {
        let wait = |fields: &str| {
            let line = format!(r#"{{"cmd":"wait","timeout_ms":9,{fields}}}"#);
            match Request::parse(&line).unwrap().command {
                Command::Wait(wait) => wait,
                other => panic!("{other:?}"),
            }
        };
        // Without any traffic all counts are zero.
        let counts = Counts::default();
        assert!(wait(r#""accepted":0,"open":0,"unreachable":0"#).holds(&counts));
        for fields in [
            r#""accepted":1,"open":0"#,
            r#""open":1"#,
            r#""open":0,"unreachable":1"#,
            r#""open":0,"to_server":{"received":1}"#,
            r#""to_client":{"forwarded":1}"#,
            r#""to_client":{"swallowed":1}"#,
            r#""to_client":{"corrupted":1}"#,
        ] {
            assert!(!wait(fields).holds(&counts), "{fields}");
        }
    }
}
