//! The unsealed facts of a report in words: enough to decide who must act, nothing that says who it is about.

use casework::{facts::Facts, pack::Pack, report::Sex, salvage::salvage};
use platform::text::Lang;
use serde_json::Value;

use crate::internal::page::words;

/// Label and value of each fact.
pub(crate) fn lines(stored: &Value, pack: &Pack, lang: Lang) -> Vec<(&'static str, String)> {
    let (facts, unreadable) = salvage(stored);
    let t = |key: &str| lang.t(key);
    let situation = |code: &String| pack.vocabulary().situations.label(code, lang.pack()).to_owned();
    let danger = match facts.present_danger {
        true if unreadable.is_some() && !stored["present_danger"].is_boolean() => "board.fact.danger_assumed",
        true => "board.fact.danger_yes",
        false => "board.fact.danger_no",
    };
    let mut lines = vec![
        (t("board.fact.danger"), t(danger).to_owned()),
        (t("board.fact.situations"), join(facts.situations.iter().map(situation))),
        (t("board.fact.area"), words::place(lang, pack, facts.area.as_deref())),
        (
            t("board.fact.place"),
            t(&format!("form.place.{}", facts.place.as_str())).to_owned(),
        ),
        (
            t("board.fact.suspect"),
            t(&format!("form.suspect.{}", facts.suspect.as_str())).to_owned(),
        ),
    ];
    lines.extend(children(&facts, lang).map(|child| (t("board.fact.child"), child)));
    let reporter = [
        t(&format!("form.reporter_kind.{}", facts.reporter_kind.as_str())),
        t(&format!("desk.identity.{}", facts.identity.as_str())),
    ];
    lines.push((t("board.fact.reporter"), join(reporter.into_iter().map(str::to_owned))));
    let flags = [
        (facts.guardian_absent, "board.fact.guardian_absent"),
        (facts.adult_co_offender, "board.fact.adult_co_offender"),
        (facts.repeat, "board.fact.repeat"),
    ];
    let held: Vec<String> = flags
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, key)| t(key).to_owned())
        .collect();
    if !held.is_empty() {
        lines.push((t("board.fact.flags"), join(held.into_iter())));
    }
    lines
}

fn children(facts: &Facts, lang: Lang) -> impl Iterator<Item = String> {
    facts.children.iter().map(move |child| {
        let age = match (child.age, child.age_from) {
            (None, _) => lang.t("board.fact.age_unknown").to_owned(),
            (Some(age), from) => {
                let key = from.map_or("board.fact.age".to_owned(), |from| format!("board.fact.age_by.{from}"));
                lang.fill(&key, &[("n", &age.to_string())])
            }
        };
        let sex = match child.sex {
            Sex::Unknown => lang.t("board.fact.sex_unknown").to_owned(),
            sex => lang.t(&format!("form.sex.{sex}")).to_owned(),
        };
        let with = lang
            .t(&format!("form.living_with.{}", child.living_with.as_str()))
            .to_owned();
        let left = match child.left_behind {
            Some(true) => Some("board.fact.left_behind"),
            Some(false) => None,
            None => Some("board.fact.left_behind_unknown"),
        };
        let left = left.map(|key| lang.t(key).to_owned());
        join([sex, age, with].into_iter().chain(left))
    })
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" · ")
}
