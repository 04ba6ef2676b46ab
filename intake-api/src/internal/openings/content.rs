//! What somebody was handed of a report, label by label: through an opening, or by a look without a ticket.

use casework::{disclosure::Part, pack::Pack};
use chrono::{DateTime, Utc};
use platform::text::Lang;

use crate::{
    internal::page::words,
    parts::{Opened, Reporter},
};

/// The lines of the parts that are shown; a part of which nothing was given says so.
pub(crate) fn lines(opened: &Opened, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let (shows, facts) = (|part| opened.shows.has(part), &opened.facts);
    let mut lines = Vec::new();
    if shows(Part::Place) {
        let place = opened.place.as_ref();
        let said = [
            place.and_then(|place| place.where_now.clone()),
            Some(words::place(lang, pack, facts.area.as_deref())),
            place.and_then(|place| place.found_at).map(|at| {
                lang.fill("desk.found", &[("at", &words::moment(lang, at.to_utc(), now))])
            }),
        ];
        lines.push((lang.t("parts.place"), joined(lang, said)));
    }
    if shows(Part::Situations) || shows(Part::Own) {
        let labels = facts.situations.iter();
        let labels = labels.map(|code| Some(pack.vocabulary().situations.label(code, lang.pack()).to_owned()));
        lines.push((lang.t("desk.situations"), joined(lang, labels)));
    }
    if shows(Part::Suspect) {
        lines.push((
            lang.t("form.label.suspect"),
            lang.t(&format!("form.suspect.{}", facts.suspect)).to_owned(),
        ));
    }
    children(opened, lang, &mut lines);
    if shows(Part::Narrative) {
        lines.push((lang.t("parts.narrative"), joined(lang, [opened.narrative.clone()])));
    }
    if shows(Part::Reporter) {
        match &opened.reporter {
            Some(known) => lines.extend(reporter(known, lang)),
            None => lines.push((lang.t("parts.reporter"), joined(lang, [None]))),
        }
    }
    lines
}

fn children(opened: &Opened, lang: Lang, lines: &mut Vec<(&'static str, String)>) {
    let shows = |part| opened.shows.has(part);
    if ![Part::Child, Part::Birth, Part::School, Part::Home].into_iter().any(shows) {
        return;
    }
    let count = opened.count().max(opened.facts.children.len()).max(1);
    for n in 0..count {
        let mut said = Vec::new();
        let mut add = |key: &str, value: Option<String>| {
            said.push(Some(format!(
                "{}{}{}",
                lang.t(key),
                lang.t("desk.colon"),
                value.unwrap_or_else(|| lang.t("desk.reporter.not_given").to_owned())
            )));
        };
        if shows(Part::Child) {
            let child = opened.children.as_ref().and_then(|children| children.get(n));
            let known = opened.facts.children.get(n);
            let age = child.and_then(|c| c.age).or_else(|| known.and_then(|f| f.age));
            let age = match age {
                None => lang.t("desk.age_unknown").to_owned(),
                Some(0) => lang.t("form.age.under_one").to_owned(),
                Some(age) => lang.fill("form.age.years", &[("age", &age.to_string())]),
            };
            let sex = child.map(|c| c.sex).or_else(|| known.map(|f| f.sex));
            let living = child.map(|c| c.living_with).or_else(|| known.map(|f| f.living_with));
            let sex = sex.map_or_else(String::new, |sex| format!(" · {}", lang.t(&format!("form.sex.{sex}"))));
            let name = child.and_then(|c| c.name.clone());
            let name = name.unwrap_or_else(|| lang.fill("desk.child", &[("n", &(n + 1).to_string())]));
            add("desk.child_word", Some(format!("{name}{sex} · {age}")));
            add(
                "form.label.living_with",
                living.map(|with| lang.t(&format!("form.living_with.{with}")).to_owned()),
            );
        }
        if shows(Part::Birth) {
            let birth = opened.birth.as_ref().and_then(|births| births.get(n));
            add("form.label.birth_date", birth.and_then(|b| b.birth_date).map(|day| day.to_string()));
            add("form.label.id_number", birth.and_then(|b| b.id_number.clone()));
        }
        for (part, key, list) in [
            (Part::School, "form.label.school", &opened.school),
            (Part::Home, "form.label.home_address", &opened.home),
        ] {
            if shows(part) {
                add(key, list.as_ref().and_then(|list| list.get(n)).cloned().flatten());
            }
        }
        lines.push((lang.t("desk.head.child"), joined(lang, said)));
    }
}

/// Who reported, as far as it was handed out.
pub(crate) fn reporter(known: &Reporter, lang: Lang) -> Vec<(&'static str, String)> {
    let given = |value: &Option<String>| joined(lang, [value.clone()]);
    vec![
        (
            lang.t("form.label.reporter_kind"),
            lang.t(&format!("form.reporter_kind.{}", known.kind)).to_owned(),
        ),
        (
            lang.t("desk.reporter.wish"),
            lang.t(&format!("desk.identity.{}", known.identity)).to_owned(),
        ),
        (lang.t("form.label.reporter_organization"), given(&known.organization)),
        (lang.t("form.label.reporter_name"), given(&known.name)),
        (lang.t("form.label.reporter_phone"), given(&known.phone)),
    ]
}

/// One line each; nothing given is said.
fn joined(lang: Lang, said: impl IntoIterator<Item = Option<String>>) -> String {
    let said: Vec<String> = said.into_iter().flatten().filter(|text| !text.is_empty()).collect();
    if said.is_empty() {
        lang.t("desk.reporter.not_given").to_owned()
    } else {
        said.join("\n")
    }
}
