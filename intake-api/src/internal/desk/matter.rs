//! What a reporter wrote, for programs.

use casework::disclosure::Part;
use serde_json::{Map, Value, json};

use crate::parts::Opened;

/// What the reporter wrote, as far as it is shown: a field that is not shown is not there, one that was not given is null.
pub(crate) fn matter(opened: &Opened) -> Value {
    if opened.shut {
        return Value::Null;
    }
    let shows = |part| opened.shows.has(part);
    let mut matter = Map::new();
    if shows(Part::Place) {
        let place = opened.place.clone().unwrap_or_default();
        matter.insert("where_now".into(), json!(place.where_now));
        matter.insert("found_at".into(), json!(place.found_at));
    }
    if shows(Part::Narrative) {
        matter.insert("narrative".into(), json!(opened.narrative));
    }
    let children: Vec<Value> = (0..opened.count())
        .map(|n| {
            let mut child = Map::new();
            if let Some(known) = opened.children.as_ref().and_then(|children| children.get(n)) {
                child.extend(json!(known).as_object().cloned().unwrap_or_default());
            }
            if shows(Part::Birth) {
                let birth = opened.birth.as_ref().and_then(|births| births.get(n));
                child.insert("birth_date".into(), json!(birth.and_then(|b| b.birth_date)));
                child.insert("id_number".into(), json!(birth.and_then(|b| b.id_number.as_ref())));
            }
            for (part, name, list) in [
                (Part::School, "school", &opened.school),
                (Part::Home, "home_address", &opened.home),
            ] {
                if shows(part) {
                    child.insert(
                        name.into(),
                        json!(list.as_ref().and_then(|list| list.get(n)).cloned().flatten()),
                    );
                }
            }
            Value::Object(child)
        })
        .collect();
    if !children.is_empty() {
        matter.insert("children".into(), children.into());
    }
    Value::Object(matter)
}
