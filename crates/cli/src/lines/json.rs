//! Lines of output.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;

/// What went wrong, in every command's words for it.
#[derive(Serialize)]
pub(crate) struct ErrorLine<'a> {
    pub(crate) code: &'a str,
    pub(crate) message: String,
    /// The setting at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tag: Option<&'a RawValue>,
}

impl<'a> ErrorLine<'a> {
    pub(crate) fn new(code: &'a str, message: &impl ToString, tag: Option<&'a RawValue>) -> Self {
        Self { code, message: message.to_string(), field: None, tag }
    }
}

/// The line with its end. Line breaks in raw JSON can only stand between its tokens, where a
/// space says the same.
pub(crate) fn to_text(line: &impl Serialize) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "texts, numbers and raw JSON cannot fail")]
    let mut text = serde_json::to_vec(line).expect("lines are JSON");
    for byte in &mut text {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    text.push(b'\n');
    text
}

/// Prints a line at once, byte for byte.
pub(crate) fn print(line: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(&to_text(line))?;
    out.flush()
}
