//! How programs talk to this one: by lines of standard input and output, one JSON object each.

pub(crate) mod input;
pub(crate) mod json;
pub(crate) mod output;
pub(crate) mod request;
