//! What happened, in words that are not sealed: at most what the disclosure row `own` shows, and of an illness never which.

use casework::county::Located;
use casework::pack::Pack;
use casework::report::Facts;
use casework::words::{Lang as PackLang, Urgency};

use platform::store::NoticeFlood;

use super::{
    row::Row,
    texts::{fill, t},
    when::moment,
};

/// Rows about the report: urgency, danger, children, township.
pub(super) fn rows(facts: &Facts, pack: &Pack, urgency: Urgency) -> Vec<Row> {
    let danger = if facts.present_danger {
        "notice.value.danger"
    } else {
        "notice.value.no-danger"
    };
    let mut rows = vec![
        Row::new("urgency", urgency.zh().to_owned()),
        Row {
            strong: facts.present_danger,
            ..Row::new("danger", t(danger).into())
        },
    ];
    rows.extend(children(facts).map(|children| Row::new("children", children)));
    rows.push(Row::new("area", township(facts.area.as_deref(), pack)));
    rows
}

/// Rows about a flood: urgency, what its reports have in common, how many, and how many tickets. `own`: those of the
/// recipient; else those that the mail is about, of which the first are listed.
pub(super) fn flood_rows(flood: &NoticeFlood, own: bool, pack: &Pack, urgency: Urgency) -> Vec<Row> {
    let of = match flood.township.as_deref() {
        None => t("notice.value.one-source").to_owned(),
        Some("") => t("notice.value.no-area").to_owned(),
        Some(code) => township(Some(&format!("{code}000")), pack),
    };
    let reports = fill(
        "notice.value.flood-reports",
        &[("n", &flood.reports.to_string()), ("at", &moment(flood.began_at))],
    );
    let tickets = if own {
        fill("notice.value.flood-own", &[("n", &flood.of_unit.to_string())])
    } else {
        fill("notice.value.flood-listed", &[("n", &flood.tickets.to_string())])
    };
    vec![
        Row::new("urgency", urgency.zh().to_owned()),
        Row::new("flood-of", of),
        Row::new("flood-reports", reports),
        Row::new("flood-tickets", tickets),
    ]
}

/// `2名，9岁、年龄不详`; nothing where the children can't be read.
fn children(facts: &Facts) -> Option<String> {
    let age = |age: Option<u8>| {
        age.map_or_else(
            || t("notice.value.no-age").to_owned(),
            |n| fill("notice.value.age", &[("n", &n.to_string())]),
        )
    };
    let ages: Vec<String> = facts.children.iter().map(|child| age(child.age)).collect();
    let n = ages.len().to_string();
    (!ages.is_empty()).then(|| fill("notice.value.children", &[("n", &n), ("ages", &ages.join("、"))]))
}

/// The township and no more: a village of forty families names one.
fn township(area: Option<&str>, pack: &Pack) -> String {
    let Some(code) = area else {
        return t("notice.value.no-area").to_owned();
    };
    match pack.areas().locate(Some(code)) {
        Located::Listed(area) => pack.areas().township_of(&area.code).unwrap_or(area).name.clone(),
        Located::InTownship(area) => fill(
            "notice.value.in-township-area",
            &[("township", area.name.as_str()), ("code", code)],
        ),
        Located::InCounty => fill("notice.value.in-county-area", &[("code", code)]),
        Located::Foreign | Located::Unknown => t("notice.value.foreign-area").to_owned(),
    }
}

/// The situations in short names, each once; nothing where none is known.
pub(super) fn situations(codes: &[String], pack: &Pack) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for name in codes
        .iter()
        .filter_map(|code| pack.vocabulary().discreet(code, PackLang::Zh))
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join("；"))
}
