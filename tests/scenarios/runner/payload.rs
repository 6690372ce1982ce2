//! Payloads of the table.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::names::Names;

/// A payload as a step has it: a value, or JSON text that is taken by the letter.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Payload(Value);

impl Payload {
    /// What is sent.
    pub(crate) fn to_json(&self, names: &Names) -> Box<RawValue> {
        let text =
            self.verbatim().map_or_else(|| names.resolve(&self.0).to_string(), str::to_owned);
        RawValue::from_string(text).unwrap()
    }

    /// Panics if what came is something else.
    pub(crate) fn assert_is(&self, came: &str, names: &Names) {
        if let Some(text) = self.verbatim() {
            assert_eq!(came, text);
        } else {
            let came: Value = serde_json::from_str(came).unwrap();
            assert_eq!(came, names.resolve(&self.0));
        }
    }

    /// The payload as the step has it.
    pub(crate) fn as_written(&self) -> &Value {
        &self.0
    }

    fn verbatim(&self) -> Option<&str> {
        match &self.0 {
            Value::Object(fields) if fields.len() == 1 => fields.get("$json")?.as_str(),
            _ => None,
        }
    }
}
