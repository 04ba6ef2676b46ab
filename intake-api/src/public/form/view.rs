//! What the form's template shows.

use askama::Template;
use casework::{
    pack::Pack,
    report::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect, limits},
};
use platform::text::Lang;

use super::{
    errors::Errors,
    typed::{AREA_UNKNOWN, Typed},
    words::{Choice, choices},
};
use crate::public::page::{Page, Switch};

/// Why a readable form was not filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Busy,
    NotStored,
    Changed,
}

struct Tick<'a> {
    code: &'a str,
    label: &'a str,
    hint: &'a str,
}

struct Group<'a> {
    name: &'a str,
    ticks: Vec<Tick<'a>>,
}

/// The page.
#[derive(Template)]
#[template(path = "public/form.html")]
pub(super) struct FormPage<'a> {
    page: Page,
    typed: &'a Typed,
    errors: Errors,
    trouble: Option<&'static str>,
    groups: Vec<Group<'a>>,
    townships: Vec<(&'a str, &'a str)>,
    villages: Vec<(&'a str, &'a str)>,
    sexes: Vec<Choice>,
    living_with: Vec<Choice>,
    places: Vec<Choice>,
    suspects: Vec<Choice>,
    reporter_kinds: Vec<Choice>,
    identities: Vec<Choice>,
}

impl<'a> FormPage<'a> {
    /// The form with what was typed.
    pub(super) fn new(lang: Lang, pack: &'a Pack, typed: &'a Typed, switch: Switch) -> Self {
        let areas = pack.areas();
        Self {
            page: Page::new(lang, switch),
            typed,
            errors: Errors::default(),
            trouble: None,
            groups: groups(pack, lang),
            townships: areas
                .townships()
                .map(|area| (area.code.as_str(), area.name.as_str()))
                .collect(),
            villages: areas
                .iter()
                .filter(|area| area.parent.as_deref() == Some(typed.get("township")))
                .map(|area| (area.code.as_str(), area.name.as_str()))
                .collect(),
            sexes: choices(lang, "sex", Sex::ALL, Sex::as_str),
            living_with: choices(lang, "living_with", LivingWith::ALL, LivingWith::as_str),
            places: choices(lang, "place", Place::ALL, Place::as_str),
            suspects: choices(lang, "suspect", Suspect::ALL, Suspect::as_str),
            reporter_kinds: choices(lang, "reporter_kind", ReporterKind::ALL, ReporterKind::as_str),
            // The protected way first: it is the default.
            identities: choices(
                lang,
                "identity",
                &[Identity::Confidential, Identity::Named, Identity::Anonymous],
                Identity::as_str,
            ),
        }
    }

    /// With mistakes beside their fields.
    pub(super) fn with_errors(self, errors: Errors) -> Self {
        Self { errors, ..self }
    }

    /// With one sentence above everything.
    pub(super) fn with_trouble(self, trouble: Trouble) -> Self {
        let key = match trouble {
            Trouble::Busy => "form.trouble.busy",
            Trouble::NotStored => "form.trouble.not_stored",
            Trouble::Changed => "form.trouble.changed",
        };
        Self {
            trouble: Some(self.page.lang.t(key)),
            ..self
        }
    }

    fn t(&self, key: &str) -> &'static str {
        self.page.lang.t(key)
    }

    /// Label of a child's field or heading: `{number}` is filled.
    fn of_child(&self, key: &str, index: &usize) -> String {
        self.page.lang.fill(key, &[("number", &(index + 1).to_string())])
    }

    fn area_unknown(&self) -> &'static str {
        AREA_UNKNOWN
    }

    /// What stands in a select or radio group before anything was chosen.
    fn chosen(&self, name: &str, value: &str, default: &str) -> bool {
        let typed = self.typed.get(name);
        value == if typed.is_empty() { default } else { typed }
    }

    fn any_typed(&self, index: &usize) -> bool {
        ["school", "home_address", "birth_date", "id_number"]
            .iter()
            .any(|field| {
                let name = format!("c{index}_{field}");
                !self.typed.get(&name).is_empty() || !self.errors.get(&name).is_empty()
            })
    }

    fn more_children(&self) -> bool {
        self.typed.children() < limits::CHILDREN
    }

    fn offence_shown(&self) -> bool {
        self.typed.ticked("minor-offence")
            || ["guardian_absent", "adult_co_offender"]
                .iter()
                .any(|name| self.typed.is(name, "yes"))
    }

    fn years(&self, age: &u8) -> String {
        match age {
            0 => self.t("form.age.under_one").to_owned(),
            _ => self.page.lang.fill("form.age.years", &[("age", &age.to_string())]),
        }
    }
}

fn groups(pack: &Pack, lang: Lang) -> Vec<Group<'_>> {
    let lang = lang.pack();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for one in pack.vocabulary().situations.offered() {
        let tick = Tick {
            code: &one.term.code,
            label: one.term.label.get(lang),
            hint: one.hint.get(lang),
        };
        let name = one.group.get(lang);
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.ticks.push(tick),
            None => groups.push(Group {
                name,
                ticks: vec![tick],
            }),
        }
    }
    groups
}
