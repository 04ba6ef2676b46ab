//! The one reader of stored facts: whoever shows, sends or routes a report reads its facts here.
//!
//! Facts that can't be read whole (another version of this program wrote them, a hand mended them) are pieced together:
//! each field that can be read is kept, and where present danger can't be told it is assumed. The second value says why
//! the rules must not be asked; the safety floor is, and the suspect counts for the recusal of its unit. The lists that
//! read facts in SQL do it with `facts_danger` and `facts_area`, which say the same (tested against this).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AgeFrom, ChildFacts, Facts};
use crate::words::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect};

/// Facts as they are stored: those of this version, or whatever another one or a hand wrote. Programs are given them as they are; the
/// default is none at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoredFacts(Value);

impl StoredFacts {
    /// Whether present danger is told, in either way: otherwise it is assumed.
    pub fn tells_danger(&self) -> bool {
        self.0["present_danger"].is_boolean()
    }

    /// Whether the reporter is named, where that can be read.
    pub fn identity(&self) -> Option<Identity> {
        word(&self.0, "identity", Identity::from_word)
    }

    /// The facts, where they can be read whole.
    pub fn whole(&self) -> Result<Facts, serde_json::Error> {
        Facts::deserialize(&self.0)
    }
}

impl From<&Facts> for StoredFacts {
    fn from(facts: &Facts) -> Self {
        // Facts are names, words and numbers: that always is JSON.
        Self(serde_json::to_value(facts).unwrap_or_default())
    }
}

/// The facts, and the reason for triage when they had to be pieced together.
pub fn salvage(stored: &StoredFacts) -> (Facts, Option<String>) {
    let StoredFacts(value) = stored;
    let why = match stored.whole() {
        Ok(facts) => return (facts, None),
        Err(e) => format!("the routing facts can't be read: {e}"),
    };
    let flag = |name: &str| value.get(name).and_then(Value::as_bool);
    let facts = Facts {
        situations: list(value, "situations")
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        present_danger: flag("present_danger").unwrap_or(true),
        area: value.get("area").and_then(Value::as_str).map(str::to_owned),
        place: word(value, "place", Place::from_word).unwrap_or(Place::Unknown),
        suspect: word(value, "suspect", Suspect::from_word).unwrap_or(Suspect::Unknown),
        children: list(value, "children")
            .filter(|child| child.is_object())
            .map(child)
            .collect(),
        reporter_kind: word(value, "reporter_kind", ReporterKind::from_word).unwrap_or(ReporterKind::Public),
        // Who may have asked for secrecy is not named.
        identity: word(value, "identity", Identity::from_word).unwrap_or(Identity::Confidential),
        guardian_absent: flag("guardian_absent").unwrap_or(false),
        adult_co_offender: flag("adult_co_offender").unwrap_or(false),
        repeat: flag("repeat").unwrap_or(false),
    };
    (facts, Some(why))
}

fn child(stored: &Value) -> ChildFacts {
    let age = stored.get("age").and_then(Value::as_u64);
    ChildFacts {
        sex: word(stored, "sex", Sex::from_word).unwrap_or(Sex::Unknown),
        age: age.and_then(|age| u8::try_from(age).ok()),
        age_from: word(stored, "age_from", AgeFrom::from_word),
        left_behind: stored.get("left_behind").and_then(Value::as_bool),
        living_with: word(stored, "living_with", LivingWith::from_word).unwrap_or(LivingWith::Unknown),
    }
}

fn list<'v>(stored: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    stored.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn word<T>(stored: &Value, name: &str, read: fn(&str) -> Option<T>) -> Option<T> {
    stored.get(name).and_then(Value::as_str).and_then(read)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::StoredFacts;
    use crate::report::Facts;
    use crate::words::{Place, Sex, Suspect};

    fn salvage(stored: &Value) -> (Facts, Option<String>) {
        super::salvage(&StoredFacts(stored.clone()))
    }

    #[test]
    fn what_can_be_read_is_kept_and_danger_is_assumed() {
        let (facts, why) = salvage(&json!({
            "situations": ["abandoned", 3], "area": "341222101000", "place": "moon", "suspect": "official",
            "children": [{"sex": "female", "age": "nine"}, 7],
        }));
        assert!(facts.is_statutory() && facts.present_danger);
        assert_eq!(facts.area.as_deref(), Some("341222101000"));
        assert_eq!((facts.place, facts.suspect), (Place::Unknown, Suspect::Official));
        assert_eq!(facts.children.len(), 1);
        assert_eq!((facts.children[0].sex, facts.children[0].age), (Sex::Female, None));
        assert!(why.is_some_and(|w| w.contains("can't be read")));
    }

    /// Whatever stands there but a plain no is danger.
    #[test]
    fn danger_is_told_by_a_plain_no_alone() {
        let whole = json!({
            "situations": ["orphan"], "present_danger": false, "area": null, "place": "home", "suspect": "none",
            "children": [], "reporter_kind": "teacher", "identity": "named", "guardian_absent": false,
            "adult_co_offender": false, "repeat": false,
        });
        assert!(!salvage(&whole).0.present_danger && salvage(&whole).1.is_none());
        for odd in [json!(null), json!("false"), json!(0), json!([]), json!({"no": false})] {
            let mut stored = whole.clone();
            stored["present_danger"] = odd.clone();
            let (facts, why) = salvage(&stored);
            assert!(facts.present_danger && why.is_some(), "{odd}");
            // The rest can be read, and is.
            assert_eq!(facts.suspect, Suspect::None, "{odd}");
        }
        for odd in [json!({}), Value::Null, json!([]), json!("{}"), json!(1)] {
            let (facts, why) = salvage(&odd);
            assert!(facts.present_danger && why.is_some() && facts.is_urgent(), "{odd}");
        }
        let mut missing = whole;
        missing.as_object_mut().map(|facts| facts.remove("place"));
        assert!(!salvage(&missing).0.present_danger, "a no that can be read is a no");
    }

    /// Facts that were stored before ages could be computed read as they were.
    #[test]
    fn older_facts_are_whole() {
        let (facts, why) = salvage(&json!({
            "situations": ["orphan"], "present_danger": true, "area": "341222101000", "place": "home", "suspect": "none",
            "children": [{"sex": "male", "age": 3, "left_behind": null, "living_with": "parents"}],
            "reporter_kind": "teacher", "identity": "named", "guardian_absent": false, "adult_co_offender": false,
            "repeat": false,
        }));
        assert_eq!((why, facts.children[0].age_from), (None, None));
        let again: Facts = serde_json::from_str(&serde_json::to_string(&facts).unwrap()).unwrap();
        assert_eq!(again, facts);
    }
}
