//! What is shown of a report in words: to who decides about it without holding a ticket, and to the office with its own.

use casework::{disclosure::Part, pack::Pack};
use platform::{foreign::Foreign, text::Lang};

use crate::{
    internal::page::words,
    parts::{Child, Opened},
};

/// Label and value of each fact that is shown; the last says what is not.
pub(crate) fn lines(opened: &Opened, pack: &Pack, lang: Lang) -> Vec<(&'static str, String)> {
    let t = |key: &str| lang.t(key);
    let (facts, shows) = (&opened.facts, |part| opened.shows.has(part));
    let label = |code: &String| pack.vocabulary().situations.label(code, lang.pack()).to_owned();
    let danger = match facts.present_danger {
        true if !opened.raw.tells_danger() => "board.fact.danger_assumed",
        true => "board.fact.danger_yes",
        false => "board.fact.danger_no",
    };
    let mut lines = vec![(t("board.fact.danger"), t(danger).to_owned())];
    if !facts.situations.is_empty() {
        lines.push((t("board.fact.situations"), join(facts.situations.iter().map(label))));
    }
    if shows(Part::Place) {
        let area = words::place(lang, pack, facts.area.as_deref());
        let now = opened.place.as_ref().and_then(|place| place.where_now.as_ref());
        let now = now.map(Foreign::to_string);
        lines.push((t("board.fact.area"), join([area].into_iter().chain(now))));
    }
    if shows(Part::Situations) {
        let place = t(&format!("form.place.{}", facts.place.as_str()));
        lines.push((t("board.fact.place"), place.to_owned()));
    }
    if shows(Part::Suspect) {
        let suspect = t(&format!("form.suspect.{}", facts.suspect.as_str()));
        lines.push((t("board.fact.suspect"), suspect.to_owned()));
    }
    let count = opened.count().max(facts.children.len());
    lines.extend((0..count).map(|n| (t("board.fact.child"), child(opened, n, lang))));
    lines.extend(
        opened
            .narrative
            .as_ref()
            .map(|text| (t("board.fact.narrative"), text.to_string())),
    );
    if shows(Part::Reporter) {
        let said = [
            t(&format!("form.reporter_kind.{}", facts.reporter_kind.as_str())),
            t(&format!("desk.identity.{}", facts.identity.as_str())),
        ];
        let contact = opened
            .reporter
            .iter()
            .flat_map(|r| [&r.organization, &r.name, &r.phone]);
        let contact = contact.flatten().map(Foreign::to_string);
        lines.push((
            t("board.fact.reporter"),
            join(said.map(str::to_owned).into_iter().chain(contact)),
        ));
    }
    let flags = [
        (facts.guardian_absent, "board.fact.guardian_absent"),
        (facts.adult_co_offender, "board.fact.adult_co_offender"),
        (facts.repeat, "board.fact.repeat"),
    ];
    let held = flags.iter().filter(|(holds, _)| *holds && shows(Part::Situations));
    let held: Vec<String> = held.map(|(_, key)| t(key).to_owned()).collect();
    if !held.is_empty() {
        lines.push((t("board.fact.flags"), join(held.into_iter())));
    }
    lines.extend(hidden(opened, lang).map(|parts| (t("board.fact.hidden"), parts)));
    if opened.shut {
        lines.push((t("board.fact.shut"), t("board.fact.shut_text").to_owned()));
    }
    lines
}

/// Names of the parts that are not shown. The identity is opened apart.
fn hidden(opened: &Opened, lang: Lang) -> Option<String> {
    let parts = opened.shows.hidden().filter(|part| *part != Part::Identity);
    let names: Vec<&str> = parts.map(|part| lang.t(&format!("parts.{part}"))).collect();
    (!names.is_empty()).then(|| names.join(lang.t("words.and")))
}

/// What is shown of a child: from the sealed words, where those can't be opened from the facts.
fn child(opened: &Opened, n: usize, lang: Lang) -> String {
    let known: Option<&Child> = opened.children.as_ref().and_then(|children| children.get(n));
    let fact = opened.facts.children.get(n);
    let mut said: Vec<String> = known
        .and_then(|child| child.name.as_ref())
        .map(Foreign::to_string)
        .into_iter()
        .collect();
    if let Some(fact) = fact {
        let age = match (fact.age, fact.age_from) {
            (None, _) => lang.t("board.fact.age_unknown").to_owned(),
            (Some(age), from) => {
                let key = from.map_or("board.fact.age".to_owned(), |from| format!("board.fact.age_by.{from}"));
                lang.fill(&key, &[("n", &age.to_string())])
            }
        };
        let sex = match fact.sex {
            casework::words::Sex::Unknown => lang.t("board.fact.sex_unknown").to_owned(),
            sex => lang.t(&format!("form.sex.{sex}")).to_owned(),
        };
        let with = lang
            .t(&format!("form.living_with.{}", fact.living_with.as_str()))
            .to_owned();
        let left = match fact.left_behind {
            Some(true) => Some("board.fact.left_behind"),
            Some(false) => None,
            None => Some("board.fact.left_behind_unknown"),
        };
        said.extend(
            [sex, age, with]
                .into_iter()
                .chain(left.map(|key| lang.t(key).to_owned())),
        );
    }
    let birth = opened.birth.as_ref().and_then(|births| births.get(n));
    said.extend(birth.and_then(|birth| birth.birth_date).map(|day| day.to_string()));
    said.extend(birth.and_then(|birth| birth.id_number.as_ref()).map(Foreign::to_string));
    for list in [&opened.school, &opened.home] {
        let line = list.as_ref().and_then(|list| list.get(n)?.as_ref());
        said.extend(line.map(Foreign::to_string));
    }
    join(said.into_iter())
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" · ")
}
