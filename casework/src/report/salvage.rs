//! The one reader of stored facts: whoever shows, sends or routes a report reads its facts here.
//!
//! Facts that can't be read whole (another version of this program wrote them, a hand mended them) are pieced together:
//! each field that can be read is kept, and where present danger can't be told it is assumed. The second value says why
//! the rules must not be asked; the safety floor is, and the suspect counts for the recusal of its unit. The lists that
//! read facts in SQL do it with `facts_danger` and `facts_area`, which say the same (tested against this).

use serde_json::Value;

use super::{AgeFrom, ChildFacts, Facts};
use crate::words::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect};

/// The facts, and the reason for triage when they had to be pieced together.
pub fn salvage(stored: &Value) -> (Facts, Option<String>) {
    let why = match serde_json::from_value(stored.clone()) {
        Ok(facts) => return (facts, None),
        Err(e) => format!("the routing facts can't be read: {e}"),
    };
    let flag = |name: &str| stored.get(name).and_then(Value::as_bool);
    let facts = Facts {
        situations: list(stored, "situations")
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        present_danger: flag("present_danger").unwrap_or(true),
        area: stored.get("area").and_then(Value::as_str).map(str::to_owned),
        place: word(stored, "place", Place::from_word).unwrap_or(Place::Unknown),
        suspect: word(stored, "suspect", Suspect::from_word).unwrap_or(Suspect::Unknown),
        children: list(stored, "children")
            .filter(|child| child.is_object())
            .map(child)
            .collect(),
        reporter_kind: word(stored, "reporter_kind", ReporterKind::from_word).unwrap_or(ReporterKind::Public),
        // Who may have asked for secrecy is not named.
        identity: word(stored, "identity", Identity::from_word).unwrap_or(Identity::Confidential),
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

    use super::salvage;
    use crate::report::Facts;
    use crate::words::{Place, Sex, Suspect};

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
