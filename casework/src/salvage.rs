//! Reading the facts of a report that another version of this program wrote.
//!
//! Facts that can't be read whole still route the police: what is there is kept, and where danger can't be told it is
//! assumed. The second value says why the rules must not be asked.

use serde_json::Value;

use crate::{
    facts::Facts,
    report::{Identity, Place, ReporterKind, Suspect},
};

/// The facts, and the reason for triage when they had to be pieced together.
pub fn salvage(stored: &Value) -> (Facts, Option<String>) {
    let why = match serde_json::from_value(stored.clone()) {
        Ok(facts) => return (facts, None),
        Err(e) => format!("the routing facts can't be read: {e}"),
    };
    let situations = stored.get("situations").and_then(Value::as_array);
    let facts = Facts {
        situations: situations
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        present_danger: stored.get("present_danger").and_then(Value::as_bool).unwrap_or(true),
        area: stored.get("area").and_then(Value::as_str).map(str::to_owned),
        place: Place::Unknown,
        suspect: Suspect::Unknown,
        children: Vec::new(),
        reporter_kind: ReporterKind::Public,
        identity: Identity::Confidential,
        guardian_absent: false,
        adult_co_offender: false,
        repeat: false,
    };
    (facts, Some(why))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::salvage;

    #[test]
    fn what_can_be_read_is_kept_and_danger_is_assumed() {
        let (facts, why) = salvage(&json!({"situations": ["abandoned", 3], "area": "341222101000", "place": "moon"}));
        assert!(facts.is_statutory() && facts.present_danger);
        assert_eq!(facts.area.as_deref(), Some("341222101000"));
        assert!(why.is_some_and(|w| w.contains("can't be read")));
        assert!(salvage(&json!(null)).1.is_some());
    }
}
