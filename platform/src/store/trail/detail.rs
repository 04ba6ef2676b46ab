//! What an event, an act or a line of the trail says besides its kind, who and when: each kind has a struct of its own
//! (`event_detail`, `act_detail`), by which it is written and read.

use casework::calendar::rfc3339;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// The detail of one row, an object. A row of another version may hold more, less or something else; programs are given it as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Detail(Value);

impl Default for Detail {
    fn default() -> Self {
        Self(Value::Object(Map::new()))
    }
}

impl Detail {
    /// What this struct says.
    pub fn of(said: &impl Serialize) -> Self {
        // A struct of names and words is always an object.
        serde_json::to_value(said).map_or_else(|_| Self::default(), Self)
    }

    /// It as this struct; `None` where it is not of that shape.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(&self.0).ok()
    }

    /// With its times as the county reads them.
    #[must_use]
    pub fn in_local_time(self) -> Self {
        Self(local(self.0))
    }

    /// With all that this struct says besides.
    pub(in crate::store) fn and(mut self, said: &impl Serialize) -> Self {
        if let (Value::Object(all), Value::Object(more)) = (&mut self.0, Self::of(said).0) {
            all.extend(more);
        }
        self
    }
}

fn local(value: Value) -> Value {
    match value {
        Value::String(text) => match text.parse::<DateTime<Utc>>() {
            Ok(at) if text.contains('T') => rfc3339(at).into(),
            _ => Value::String(text),
        },
        Value::Array(list) => list.into_iter().map(local).collect(),
        Value::Object(map) => map.into_iter().map(|(name, value)| (name, local(value))).collect(),
        other => other,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Written, it is exactly this text; read again, it is the same.
    pub(in crate::store::trail) fn holds<T>(said: &T, text: &str)
    where
        T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let detail = Detail::of(said);
        let wanted: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(serde_json::to_string(&detail).unwrap(), wanted.to_string());
        assert_eq!(detail.read::<T>().as_ref(), Some(said), "{text}");
    }

    #[test]
    fn more_is_said_beside_it_and_what_has_another_shape_is_not_read() {
        #[derive(Serialize, Deserialize)]
        struct Counted {
            n: i64,
        }
        let both = Detail::of(&Counted { n: 3 }).and(&serde_json::json!({"os_user": "root"}));
        assert_eq!(serde_json::to_string(&both).unwrap(), r#"{"n":3,"os_user":"root"}"#);
        assert_eq!(both.read::<Counted>().map(|counted| counted.n), Some(3));
        assert_eq!(serde_json::to_string(&Detail::default()).unwrap(), "{}");
        assert!(Detail::default().read::<Counted>().is_none());
        let told = Detail::of(&serde_json::json!({"seen": ["2026-11-24T08:00:00Z", "2026"]})).in_local_time();
        assert_eq!(
            serde_json::to_string(&told).unwrap(),
            r#"{"seen":["2026-11-24T16:00:00+08:00","2026"]}"#
        );
    }
}
