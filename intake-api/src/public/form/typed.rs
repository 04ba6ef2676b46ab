//! What somebody typed into the form, kept as it was typed, and the report that it makes.
//!
//! Field names are flat (`c0_age`, `reporter_kind`), because that is what a form without a script can send. The report is
//! made by the same decoder that reads the API's JSON, so form and API can't disagree about what is valid.

use std::collections::BTreeMap;

use casework::county::Areas;
use casework::report::{FieldError, Report, limits};
use casework::typed::is_blank;
use casework::words::Identity;
use casework::zh::when;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The choice of the township list that stands for an unknown or foreign area.
pub(super) const AREA_UNKNOWN: &str = "unknown";
const CHILD_TEXTS: [&str; 7] = [
    "name",
    "sex",
    "birth_date",
    "id_number",
    "living_with",
    "school",
    "home_address",
];

/// What a button of the form asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Send it.
    File,
    /// Show it again: another language, the villages of a township, a draft.
    Keep,
    AddChild,
    RemoveChild(usize),
}

/// The fields as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    texts: BTreeMap<String, String>,
    situations: Vec<String>,
    children: usize,
}

impl Typed {
    /// An empty form with one child and a fresh idempotency key.
    pub(super) fn new() -> Self {
        let mut typed = Self {
            children: 1,
            ..Self::default()
        };
        typed.renew_key();
        typed
    }

    /// The short form of a child.
    pub(super) fn new_of_child() -> Self {
        let mut typed = Self::new();
        typed.texts.insert("path".into(), "child".into());
        typed.texts.insert("reporter_kind".into(), "child".into());
        typed
    }

    /// Whether it is the child's form.
    pub(super) fn is_of_child(&self) -> bool {
        self.is("path", "child")
    }

    /// Takes out what no page can show back: a browser would show it as something else.
    pub(super) fn make_showable(&mut self) {
        self.texts.values_mut().for_each(|text| text.retain(|c| c != '\0'));
    }

    /// From the pairs of a form body. Line ends become those of the wire; what nobody can see was not typed.
    pub(super) fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> (Self, Act) {
        let mut typed = Self::default();
        let mut act = Act::File;
        for (name, value) in pairs {
            let value = value.replace("\r\n", "\n").trim().to_owned();
            match name.as_str() {
                "act" => act = Act::from_word(&value),
                "children" => typed.children = value.parse().unwrap_or(1),
                "situations" if !typed.situations.contains(&value) => typed.situations.push(value),
                "situations" => {}
                _ if is_blank(&value) && !value.contains('\0') => {}
                _ => _ = typed.texts.insert(name, value),
            }
        }
        typed.children = typed.children.clamp(1, limits::CHILDREN);
        if !(1..=100).contains(&typed.get("key").len()) || !typed.get("key").bytes().all(|b| b.is_ascii_graphic()) {
            typed.renew_key();
        }
        (typed, act)
    }

    /// What was typed, or nothing.
    pub(super) fn get(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// Whether this choice was made.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == value
    }

    /// Whether this situation was ticked.
    pub(super) fn ticked(&self, code: &str) -> bool {
        self.situations.iter().any(|ticked| ticked == code)
    }

    /// How many children the form shows.
    pub(super) fn children(&self) -> usize {
        self.children
    }

    /// Lets the next sending count as another report.
    pub(super) fn renew_key(&mut self) {
        self.texts.insert("key".into(), Uuid::new_v4().to_string());
    }

    /// One more child, up to the limit.
    pub(super) fn add_child(&mut self) {
        self.children = (self.children + 1).min(limits::CHILDREN);
    }

    /// Takes a child out; those behind it move up.
    pub(super) fn remove_child(&mut self, gone: usize) {
        if self.children < 2 || gone >= self.children {
            return;
        }
        let moved = std::mem::take(&mut self.texts)
            .into_iter()
            .filter_map(|(name, value)| match child_field(&name) {
                Some((index, _)) if index == gone => None,
                Some((index, field)) if index > gone => Some((format!("c{}_{field}", index - 1), value)),
                _ => Some((name, value)),
            });
        self.texts = moved.collect();
        self.children -= 1;
    }

    /// The report, or every mistake with the pointer of the wire.
    pub(super) fn report(&self, areas: &Areas) -> Result<Report, Vec<FieldError>> {
        let mut errors = Vec::new();
        let area = self.area(areas).unwrap_or_else(|error| {
            errors.push(error);
            None
        });
        match Report::from_value(self.value(area)) {
            Ok(report) if errors.is_empty() => Ok(report),
            Ok(_) => Err(errors),
            Err(more) => {
                errors.extend(more);
                Err(errors)
            }
        }
    }

    /// A choice is asked for, though "unknown" is one: a forgotten area would send everything to the county's seat.
    fn area(&self, areas: &Areas) -> Result<Option<String>, FieldError> {
        let wrong = |pointer: &str, code| FieldError {
            pointer: pointer.into(),
            detail: String::new(),
            code,
        };
        let (township, village) = (self.get("township"), self.get("village"));
        match township {
            "" => Err(wrong("/township", "required")),
            AREA_UNKNOWN => Ok(None),
            _ if !areas.townships().any(|area| area.code == township) => Err(wrong("/township", "not-a-word")),
            _ if village.is_empty() => Ok(Some(township.to_owned())),
            _ if areas.villages(township).any(|area| area.code == village) => Ok(Some(village.to_owned())),
            // Without a script the township can be changed under a chosen village.
            _ => Err(wrong("/village", "not-a-word")),
        }
    }

    /// As an unread report of the wire: a choice that is none of its list, or an age of letters, goes along as it was typed, and is
    /// refused by the one reader of reports, in its words.
    fn value(&self, area: Option<String>) -> Value {
        let children: Vec<_> = (0..self.children).map(|index| self.child(index)).collect();
        let text = |name: &str| self.get(name);
        // What a browser filled in by itself is not looked at: it can't make an anonymous report wrong either.
        let anonymous = text("reporter_identity") == Identity::Anonymous.as_str();
        let own = |name: &str| if anonymous { "" } else { self.get(name) };
        json!({
            "situations": self.situations,
            "present_danger": self.yes_or_no("present_danger"),
            "area": area,
            "where_now": text("where_now"),
            "place": text("place"),
            "suspect": text("suspect"),
            "found_at": when::moment(text("found_at")),
            "children": children,
            "reporter": {
                "kind": text("reporter_kind"), "identity": text("reporter_identity"), "organization": own("reporter_organization"),
                "name": own("reporter_name"), "phone": own("reporter_phone"),
            },
            "narrative": text("narrative"),
            "guardian_absent": self.yes_or_no("guardian_absent"),
            "adult_co_offender": self.yes_or_no("adult_co_offender"),
            "repeat": self.yes_or_no("repeat"),
        })
    }

    fn child(&self, index: usize) -> Value {
        let name = |field: &str| format!("c{index}_{field}");
        let mut child: Map<String, Value> = CHILD_TEXTS
            .iter()
            .map(|field| {
                let typed = self.get(&name(field));
                let value = if *field == "birth_date" {
                    when::day(typed)
                } else {
                    typed.to_owned()
                };
                ((*field).to_owned(), value.into())
            })
            .collect();
        let age = self.get(&name("age"));
        child.insert(
            "age".into(),
            age.parse::<i64>().map_or_else(|_| age.into(), Value::from),
        );
        child.insert("left_behind".into(), self.yes_or_no(&name("left_behind")));
        Value::Object(child)
    }

    fn yes_or_no(&self, name: &str) -> Value {
        match self.get(name) {
            "yes" => true.into(),
            "no" => false.into(),
            other => other.into(),
        }
    }
}

impl Act {
    fn from_word(word: &str) -> Self {
        match word {
            "keep" => Self::Keep,
            "add-child" => Self::AddChild,
            _ => word
                .strip_prefix("remove-child-")
                .and_then(|index| index.parse().ok())
                .map_or(Self::File, Self::RemoveChild),
        }
    }
}

/// Index and field of a child's field name.
fn child_field(name: &str) -> Option<(usize, &str)> {
    let (index, field) = name.strip_prefix('c')?.split_once('_')?;
    Some((index.parse().ok()?, field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public::testing::{self, FILLED};

    fn typed(changes: &[(&str, &str)]) -> (Typed, Act) {
        let kept = FILLED
            .iter()
            .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        Typed::from_pairs(
            kept.chain(changes)
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    fn wrong(changes: &[(&str, &str)]) -> Vec<(String, &'static str)> {
        let pack = testing::pack();
        let errors = typed(changes).0.report(pack.pack.areas()).unwrap_err();
        errors.into_iter().map(|error| (error.pointer, error.code)).collect()
    }

    #[test]
    fn a_filled_form_is_the_report_that_the_api_would_take() {
        let pack = testing::pack();
        let (form, act) = typed(&[
            ("found_at", "2026-11-24T08:10"),
            ("narrative", " 一\r\n二 "),
            ("c0_left_behind", "no"),
        ]);
        assert_eq!(act, Act::File);
        let wire = r#"{"situations":["abuse-injury","bullying"],"present_danger":false,"area":"341222101001",
            "found_at":"2026-11-24T08:10:00+08:00","children":[{"sex":"male","age":9,"left_behind":false}],
            "reporter":{"kind":"teacher"},"narrative":"一\n二"}"#;
        assert_eq!(
            form.report(pack.pack.areas()),
            Ok(Report::parse(wire.as_bytes()).unwrap())
        );
    }

    #[test]
    fn an_empty_form_names_each_required_field_once() {
        let pack = testing::pack();
        let errors = Typed::new().report(pack.pack.areas()).unwrap_err();
        let mut pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        pointers.sort_unstable();
        assert_eq!(
            pointers,
            [
                "/children/0/sex",
                "/narrative",
                "/present_danger",
                "/reporter/kind",
                "/situations",
                "/township"
            ]
        );
        assert!(errors.iter().all(|error| error.code == "required"), "{errors:?}");
    }

    #[test]
    fn areas_are_asked_but_may_be_unknown() {
        let pack = testing::pack();
        let area = |township, village| {
            typed(&[("township", township), ("village", village)])
                .0
                .report(pack.pack.areas())
                .map(|r| r.area)
        };
        assert_eq!(area("unknown", ""), Ok(None));
        assert_eq!(area("341222101000", ""), Ok(Some("341222101000".into())));
        assert_eq!(
            wrong(&[("township", "341222102000")]),
            [("/village".to_owned(), "not-a-word")]
        );
        assert_eq!(wrong(&[("township", "1")]), [("/township".to_owned(), "not-a-word")]);
    }

    #[test]
    fn what_does_not_fit_is_named_where_it_was_typed() {
        assert_eq!(
            wrong(&[("c0_age", "18")]),
            [("/children/0/age".to_owned(), "out-of-range")]
        );
        assert_eq!(
            wrong(&[("c0_age", "x")]),
            [("/children/0/age".to_owned(), "wrong-type")]
        );
        assert_eq!(
            wrong(&[("present_danger", "maybe")]),
            [("/present_danger".to_owned(), "wrong-type")]
        );
        assert_eq!(
            wrong(&[("found_at", "yesterday")]),
            [("/found_at".to_owned(), "not-a-time")]
        );
        assert_eq!(
            wrong(&[("reporter_kind", "king")]),
            [("/reporter/kind".to_owned(), "not-a-word")]
        );
    }

    #[test]
    fn removing_a_child_moves_the_others_up() {
        let (mut form, act) = typed(&[
            ("children", "3"),
            ("c1_name", "乙"),
            ("c2_name", "丙"),
            ("act", "remove-child-1"),
        ]);
        assert_eq!(act, Act::RemoveChild(1));
        form.remove_child(1);
        assert_eq!(
            (form.children(), form.get("c1_name"), form.get("c2_name")),
            (2, "丙", "")
        );
        form.remove_child(0);
        form.remove_child(0);
        assert_eq!((form.children(), form.get("c0_name")), (1, "丙"));
        (0..20).for_each(|_| form.add_child());
        assert_eq!(form.children(), limits::CHILDREN);
    }

    #[test]
    fn the_key_is_kept_unless_it_is_no_key() {
        assert_eq!(typed(&[("key", "abc")]).0.get("key"), "abc");
        for bad in ["", "a b", "键", &"x".repeat(101)] {
            assert_eq!(typed(&[("key", bad)]).0.get("key").len(), 36, "{bad}");
        }
    }
}
