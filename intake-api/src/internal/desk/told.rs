//! What the report tells, as far as the ticket shows it.

use casework::disclosure::Part;
use platform::{foreign::Foreign, text::Lang};

use crate::parts::Opened;

/// A child: a heading and facts.
pub(crate) struct ChildWords {
    pub(crate) heading: String,
    pub(crate) facts: Vec<(&'static str, String)>,
}

/// Children with what is shown of them. While the words are shut, sex and age come from the facts.
pub(crate) fn children(lang: Lang, opened: &Opened) -> Vec<ChildWords> {
    let of_facts = |n: usize| opened.facts.children.get(n);
    let known = opened.count().max(opened.facts.children.len());
    let child = |n: usize| {
        let said = opened.children.as_ref().and_then(|children| children.get(n));
        let (sex, living, left_behind) = match (said, of_facts(n)) {
            (Some(c), _) => (Some(c.sex), Some(c.living_with), c.left_behind),
            (None, Some(f)) => (Some(f.sex), Some(f.living_with), f.left_behind),
            (None, None) => (None, None, None),
        };
        // An age that was computed when the report was accepted stands in its facts alone.
        let age = said.and_then(|c| c.age).or_else(|| of_facts(n).and_then(|f| f.age));
        let name = said.and_then(|c| c.name.as_ref()).map(Foreign::to_string);
        let name = name.unwrap_or_else(|| lang.fill("desk.child", &[("n", &(n + 1).to_string())]));
        let mut facts = Vec::new();
        let mut add = |key: &str, value: Option<String>| facts.extend(value.map(|value| (lang.t(key), value)));
        add(
            "form.label.living_with",
            living.map(|living| lang.t(&format!("form.living_with.{living}")).to_owned()),
        );
        add(
            "desk.left_behind",
            left_behind.map(|yes| lang.t(if yes { "form.yes" } else { "form.no" }).to_owned()),
        );
        let birth = opened.birth.as_ref().and_then(|births| births.get(n));
        let line = |list: &Option<Vec<Option<Foreign>>>| {
            let said = list.as_ref().and_then(|list| list.get(n)?.as_ref());
            said.map(Foreign::to_string)
        };
        add("form.label.home_address", line(&opened.home));
        add("form.label.school", line(&opened.school));
        add(
            "form.label.birth_date",
            birth.and_then(|b| b.birth_date).map(|day| day.to_string()),
        );
        add(
            "form.label.id_number",
            birth.and_then(|b| b.id_number.as_ref()).map(Foreign::to_string),
        );
        let heading = match sex {
            None => name,
            Some(sex) => {
                let age = match age {
                    None => lang.t("desk.age_unknown").to_owned(),
                    Some(0) => lang.t("form.age.under_one").to_owned(),
                    Some(age) => lang.fill("form.age.years", &[("age", &age.to_string())]),
                };
                format!("{name} · {} · {age}", lang.t(&format!("form.sex.{sex}")))
            }
        };
        ChildWords { heading, facts }
    };
    (0..known).map(child).collect()
}

/// What is shown of who reported; a named reporter can be called.
pub(super) fn reporter(lang: Lang, opened: &Opened) -> Vec<String> {
    if !opened.shows.has(Part::Reporter) {
        return Vec::new();
    }
    let facts = &opened.facts;
    let mut said = vec![
        lang.t(&format!("form.reporter_kind.{}", facts.reporter_kind))
            .to_owned(),
        lang.t(&format!("desk.identity.{}", facts.identity)).to_owned(),
    ];
    if let Some(reporter) = &opened.reporter {
        let contact = [&reporter.organization, &reporter.name, &reporter.phone];
        said.extend(contact.into_iter().flatten().map(Foreign::to_string));
    }
    said
}

/// What this ticket does not show, said so that nobody takes it for empty.
pub(super) fn hidden(lang: Lang, opened: &Opened) -> Option<String> {
    // Who reported is opened apart, by whoever may; that it is sealed is said there.
    let parts = opened.shows.hidden().filter(|part| *part != Part::Identity);
    let names: Vec<&str> = parts.map(|part| lang.t(&format!("parts.{part}"))).collect();
    let joined = names.join(lang.t("words.and"));
    (!names.is_empty()).then(|| lang.fill("desk.hidden", &[("parts", &joined)]))
}
