//! Names for ids that are known only when a scenario runs.

use std::collections::BTreeMap;

use serde_json::Value;

/// The ids that have a name so far, by `$` and the name.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    /// Gives an id to a name that has none; panics if the name has another one, or the id another
    /// name.
    pub(crate) fn bind(&mut self, name: &str, id: &str) {
        if let Some(known) = self.0.get(name) {
            assert_eq!(known, id, "{name} is another one");
            return;
        }
        let other = self.0.iter().find(|(_, known)| *known == id);
        assert!(other.is_none(), "{name} is {other:?}");
        self.0.insert(name.to_owned(), id.to_owned());
    }

    /// A value with ids in place of their names.
    pub(crate) fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::String(text) if text.starts_with('$') => {
                let id = self.0.get(text);
                id.unwrap_or_else(|| panic!("nothing has the name {text} yet")).as_str().into()
            }
            Value::Array(values) => values.iter().map(|value| self.resolve(value)).collect(),
            Value::Object(fields) => {
                let resolved = |(key, value): (&String, &Value)| (key.clone(), self.resolve(value));
                fields.iter().map(resolved).collect()
            }
            _ => value.clone(),
        }
    }
}
