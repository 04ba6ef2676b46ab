//! What the form's template shows.

use askama::Template;
use casework::county::Situation;
use casework::pack::Pack;
use casework::report::limits;
use casework::words::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect};
use platform::{pack::watch::LoadedPack, text::Lang};

use super::{
    errors::Errors,
    typed::{AREA_UNKNOWN, Typed},
    words::{Choice, choices},
};
use crate::public::{page::Page, places};

/// Why a readable form was not filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Busy,
    NotStored,
    /// No answer in time: perhaps stored, perhaps not.
    Unsure,
    TooLarge,
    Changed,
    /// A page of another site sent it.
    Elsewhere,
}

struct Tick<'a> {
    code: &'a str,
    /// Plain words.
    plain: &'a str,
    /// The words of the law.
    legal: &'a str,
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
    places_path: String,
}

impl<'a> FormPage<'a> {
    /// The form with what was typed, mistakes beside their fields, and one sentence above everything.
    pub(super) fn new(
        page: Page,
        loaded: &'a LoadedPack,
        typed: &'a Typed,
        errors: Errors,
        trouble: Option<Trouble>,
    ) -> Self {
        let (lang, pack) = (page.lang, &*loaded.pack);
        let areas = pack.areas();
        Self {
            page,
            typed,
            errors,
            trouble: trouble.map(|trouble| lang.t(trouble.key())),
            groups: groups(pack, lang),
            places_path: places::path(loaded),
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

/// The commonest first, then the rest under their headings; each once.
fn groups(pack: &Pack, lang: Lang) -> Vec<Group<'_>> {
    let common_name = lang.t("form.common");
    let lang = lang.pack();
    let tick = |one| tick(one, lang);
    let mut common: Vec<_> = pack
        .vocabulary()
        .situations
        .offered()
        .filter_map(|one| Some((one.common?, one)))
        .collect();
    common.sort_by_key(|(place, _)| *place);
    let mut groups: Vec<Group<'_>> = Vec::new();
    if !common.is_empty() {
        groups.push(Group {
            name: common_name,
            ticks: common.into_iter().map(|(_, one)| tick(one)).collect(),
        });
    }
    for one in pack
        .vocabulary()
        .situations
        .offered()
        .filter(|one| one.common.is_none())
    {
        let name = one.group.get(lang);
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.ticks.push(tick(one)),
            None => groups.push(Group {
                name,
                ticks: vec![tick(one)],
            }),
        }
    }
    groups
}

fn tick(one: &Situation, lang: casework::words::Lang) -> Tick<'_> {
    Tick {
        code: &one.term.code,
        plain: one.plain.get(lang),
        legal: one.term.label.get(lang),
    }
}

/// What a child can say, in a child's words; only what the county offers.
const FOR_CHILD: [&str; 8] = [
    "domestic-violence",
    "sexual-other",
    "bullying",
    "abandoned",
    "abnormal-harm",
    "internet-harm",
    "dropout",
    "other-serious",
];

/// 我就是这个孩子: the same form, asked shortly and in a child's words.
#[derive(Template)]
#[template(path = "public/child.html")]
pub(super) struct ChildPage<'a> {
    form: FormPage<'a>,
    for_child: Vec<Choice>,
}

impl<'a> ChildPage<'a> {
    pub(super) fn new(form: FormPage<'a>, pack: &Pack) -> Self {
        let lang = form.page.lang;
        let for_child = FOR_CHILD.into_iter().filter(|code| {
            let mut offered = pack.vocabulary().situations.offered();
            offered.any(|one| one.term.code == *code)
        });
        Self {
            for_child: for_child
                .map(|code| Choice {
                    code,
                    label: lang.t(&format!("child.situation.{code}")),
                })
                .collect(),
            form,
        }
    }
}

impl<'a> std::ops::Deref for ChildPage<'a> {
    type Target = FormPage<'a>;

    fn deref(&self) -> &FormPage<'a> {
        &self.form
    }
}

impl Trouble {
    fn key(self) -> &'static str {
        match self {
            Self::Busy => "form.trouble.busy",
            Self::NotStored => "form.trouble.not_stored",
            Self::Unsure => "form.trouble.unsure",
            Self::TooLarge => "form.trouble.too_large",
            Self::Changed => "form.trouble.changed",
            Self::Elsewhere => "form.trouble.elsewhere",
        }
    }
}
