//! What the commands on lines of input have in common.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The fields that every command has.
#[derive(Deserialize)]
pub(crate) struct Head<'a> {
    /// The name of the command.
    #[serde(borrow)]
    pub(crate) cmd: Cow<'a, str>,
    /// Comes back in the answer, as it was written.
    #[serde(borrow, default)]
    pub(crate) tag: Option<&'a RawValue>,
}

/// Why a line asks for nothing.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct BadLine<'a> {
    reason: String,
    /// The line's tag, where it could be read.
    pub(crate) tag: Option<&'a RawValue>,
}

impl<'a> Head<'a> {
    pub(crate) fn parse(line: &'a str) -> Result<Self, BadLine<'a>> {
        // A list would pass for an object whose fields come in the order of their declaration.
        if !line.trim_ascii_start().starts_with('{') {
            return Err(BadLine::new(&"not a JSON object", None));
        }
        serde_json::from_str(line).map_err(|error| BadLine::new(&error, None))
    }
}

impl<'a> BadLine<'a> {
    /// The code of the error that answers a bad line.
    pub(crate) const CODE: &'static str = "bad_line";

    pub(crate) fn new(reason: &impl ToString, tag: Option<&'a RawValue>) -> Self {
        Self { reason: reason.to_string(), tag }
    }
}
