//! `{name}` in the texts of a description.

use std::collections::BTreeMap;

/// A text that can't be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum FillError {
    /// Nobody knows the name.
    #[error("nothing is known of {{{0}}}")]
    Unknown(String),
    /// A brace without its other half.
    #[error("a brace is open; write {{{{ for one that is meant")]
    Open,
}

/// What stands for the names in every request of a description.
#[derive(Default)]
pub(super) struct Known {
    values: BTreeMap<String, String>,
    secrets: BTreeMap<String, String>,
}

/// The same, with what one request knows.
pub(super) struct With<'a> {
    known: &'a Known,
    own: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

impl Known {
    pub(super) fn new(values: BTreeMap<String, String>, secrets: BTreeMap<String, String>) -> Self {
        Self { values, secrets }
    }

    pub(super) fn secret(&self, name: &str) -> Option<&str> {
        self.secrets.get(name).map(String::as_str)
    }

    /// The operator's words stand before those of the call.
    pub(super) fn with<'a>(&'a self, own: &'a (dyn Fn(&str) -> Option<String> + Sync)) -> With<'a> {
        With { known: self, own }
    }
}

impl With<'_> {
    fn look(&self, name: &str) -> Option<String> {
        let said = self.known.values.get(name).or_else(|| self.known.secrets.get(name));
        said.cloned().or_else(|| (self.own)(name))
    }

    /// The text with its names filled in. What is filled in is not read again.
    pub(super) fn fill(&self, text: &str) -> Result<String, FillError> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            filled.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            let after = &rest[at + 1..];
            if after.starts_with(brace) {
                filled.push_str(brace);
                rest = &after[1..];
                continue;
            }
            let (name, behind) = after.split_once('}').filter(|_| brace == "{").ok_or(FillError::Open)?;
            filled.push_str(&self.look(name).ok_or_else(|| FillError::Unknown(name.to_owned()))?);
            rest = behind;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// The same in all texts of a value.
    pub(super) fn fill_value(&self, value: &toml::Value) -> Result<serde_json::Value, FillError> {
        Ok(match value {
            toml::Value::String(text) => self.fill(text)?.into(),
            toml::Value::Integer(number) => (*number).into(),
            toml::Value::Float(number) => (*number).into(),
            toml::Value::Boolean(yes) => (*yes).into(),
            toml::Value::Datetime(at) => at.to_string().into(),
            toml::Value::Array(items) => items
                .iter()
                .map(|item| self.fill_value(item))
                .collect::<Result<_, _>>()?,
            toml::Value::Table(table) => serde_json::Value::Object(
                table
                    .iter()
                    .map(|(key, value)| Ok((key.clone(), self.fill_value(value)?)))
                    .collect::<Result<_, FillError>>()?,
            ),
        })
    }

    /// A value as one text: JSON where it is a table or a list.
    pub(super) fn fill_text(&self, value: &toml::Value) -> Result<String, FillError> {
        Ok(match self.fill_value(value)? {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        })
    }
}
