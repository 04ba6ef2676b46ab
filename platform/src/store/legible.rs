//! A column of JSON whose shape this version knows, where another version may have written another one: what can't be read costs the
//! rest of its row nothing.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;

use crate::store::StoreError;

/// What a column says, or as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Legible<T> {
    /// As this version knows it.
    Read(T),
    /// It has another shape.
    Unread {
        /// What stands there.
        found: Value,
        /// Why it can't be read.
        why: String,
    },
}

impl<T> Legible<T> {
    /// What it says, where it can be read.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Read(said) => Some(said),
            Self::Unread { .. } => None,
        }
    }

    /// What it says, or why it can't be read.
    pub fn into_read(self) -> Result<T, String> {
        match self {
            Self::Read(said) => Ok(said),
            Self::Unread { why, .. } => Err(why),
        }
    }

    /// What it says; `what` names it in the error.
    pub fn read(&self, what: &str) -> Result<&T, StoreError> {
        match self {
            Self::Read(said) => Ok(said),
            Self::Unread { why, .. } => Err(StoreError::Unreadable(format!("{what}: {why}"))),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Legible<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let found = Value::deserialize(from)?;
        Ok(match T::deserialize(&found) {
            Ok(said) => Self::Read(said),
            Err(why) => Self::Unread {
                found,
                why: why.to_string(),
            },
        })
    }
}

impl<T: Serialize> Serialize for Legible<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Read(said) => said.serialize(to),
            Self::Unread { found, .. } => found.serialize(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_another_shape_is_shown_as_it_was_found() {
        let read: Legible<Vec<i32>> = serde_json::from_str("[1, 2]").unwrap();
        assert_eq!(read.known(), Some(&vec![1, 2]));
        let odd: Legible<Vec<i32>> = serde_json::from_str(r#"{"from": "a version to come"}"#).unwrap();
        assert_eq!(odd.known(), None);
        assert_eq!(serde_json::to_string(&odd).unwrap(), r#"{"from":"a version to come"}"#);
        let why = odd.read("rows of a decision").unwrap_err().to_string();
        assert!(why.contains("rows of a decision: invalid type: map"), "{why}");
    }
}
