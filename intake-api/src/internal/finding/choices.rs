//! What the filters of a list offer.

use casework::{
    ticket::TicketState,
    words::{Stage, Urgency},
};
use platform::store::{ClockKept, ListSort, ListTab, Role, StoreError};

use super::{asked::Asked, line, reach::Reach};
use crate::internal::{Visit, page::words};

/// A value to choose.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// A filter of which one value is chosen.
pub(super) struct Select {
    /// Name of its field.
    pub(super) name: &'static str,
    /// What it is called.
    pub(super) label: &'static str,
    /// What none chosen is called; none: one is always chosen.
    pub(super) any: Option<&'static str>,
    pub(super) choices: Vec<Choice>,
}

/// A tab.
pub(super) struct Tab {
    pub(super) label: &'static str,
    pub(super) path: String,
    pub(super) current: bool,
}

/// The tabs of a list.
pub(super) fn tabs(visit: &Visit, reach: &Reach, asked: &Asked) -> Vec<Tab> {
    let current = asked.tab(reach);
    let offered = ListTab::ALL
        .iter()
        .filter(|tab| !matches!((tab, reach), (ListTab::Mine, Reach::County)));
    offered
        .map(|tab| Tab {
            label: visit.t(&format!("finding.tab.{tab}")),
            path: asked.address(reach.path(), &[("tab", tab.as_str())]),
            current: current == Ok(*tab),
        })
        .collect()
}

/// The filters of a list.
pub(super) async fn selects(visit: &Visit, reach: &Reach, asked: &Asked) -> Result<Vec<Select>, StoreError> {
    let (internal, lang) = (&visit.internal, visit.lang);
    let loaded = internal.pack.current();
    let pack = &loaded.pack;
    let select = |name: &'static str, chosen: &str, choices: Vec<(String, String)>| Select {
        name,
        label: visit.t(&format!("finding.field.{name}")),
        any: Some(visit.t("finding.any")),
        choices: choices
            .into_iter()
            .map(|(value, label)| Choice {
                chosen: value == chosen,
                value,
                label,
            })
            .collect(),
    };
    let units: Vec<(String, String)> = match reach {
        Reach::County => pack.units().iter().map(|unit| unit.code.as_str()).collect(),
        Reach::Unit { .. } => visit.actor.units(&Role::HOLDERS),
    }
    .into_iter()
    .map(|code| (code.to_owned(), line::unit(pack, code, lang)))
    .collect();
    let mut all = Vec::new();
    match reach {
        Reach::County => all.push(select("unit", &asked.unit, units)),
        Reach::Unit { unit: Some(unit), .. } if units.len() > 1 => all.push(Select {
            any: None,
            ..select("unit", unit, units)
        }),
        Reach::Unit { .. } => {}
    }
    // People are asked for by the number of their account, so they are chosen among those of a unit.
    let people = match reach
        .unit()
        .or(Some(asked.unit.as_str()).filter(|unit| !unit.is_empty()))
    {
        Some(unit) => internal.desk.desk_people(&internal.county, unit).await?,
        None => Vec::new(),
    };
    if !people.is_empty() || !asked.officer.is_empty() {
        let people = people.into_iter().map(|(id, name, ..)| (id.to_string(), name));
        all.push(select("officer", &asked.officer, people.collect()));
    }
    let areas = pack.areas().townships();
    all.push(select(
        "area",
        &asked.area,
        areas.map(|area| (area.code.clone(), area.name.clone())).collect(),
    ));
    let situations = pack.vocabulary().situations.iter().map(|situation| {
        let code = &situation.term.code;
        let label = pack.vocabulary().discreet(code, lang.pack()).unwrap_or(code);
        (code.clone(), label.to_owned())
    });
    all.push(select("situation", &asked.situation, situations.collect()));
    let obligations = &pack.vocabulary().obligations;
    let offered = obligations
        .iter()
        .map(|term| (term.code.clone(), term.label.get(lang.pack()).to_owned()));
    all.push(select("obligation", &asked.obligation, offered.collect()));
    let urgencies = Urgency::ALL
        .iter()
        .map(|urgency| (urgency.to_string(), words::urgency(lang, *urgency).to_owned()));
    all.push(select("urgency", &asked.urgency, urgencies.collect()));
    let states = TicketState::ALL
        .iter()
        .map(|state| (state.to_string(), words::state(lang, *state).to_owned()));
    all.push(select("state", &asked.state, states.collect()));
    if reach.is_county() {
        let stages = Stage::ALL
            .iter()
            .map(|stage| (stage.to_string(), words::stage(lang, (*stage).into()).to_owned()));
        all.push(select("clock", &asked.clock, stages.collect()));
        let kept = ClockKept::ALL
            .iter()
            .map(|kept| (kept.to_string(), visit.t(&format!("finding.kept.{kept}")).to_owned()));
        all.push(select("kept", &asked.kept, kept.collect()));
    }
    all.push(sorts(visit, reach, asked));
    Ok(all)
}

fn sorts(visit: &Visit, reach: &Reach, asked: &Asked) -> Select {
    let tab = asked.tab(reach).unwrap_or(ListTab::All);
    let open = tab.is_open() || !asked.overdue.is_empty();
    let chosen = asked.sort(tab);
    let offered = ListSort::ALL
        .iter()
        .filter(|sort| open || matches!(sort, ListSort::New | ListSort::Old));
    Select {
        name: "sort",
        label: visit.t("finding.field.sort"),
        any: None,
        choices: offered
            .map(|sort| Choice {
                value: sort.to_string(),
                label: visit.t(&format!("finding.sort.{sort}")).to_owned(),
                chosen: chosen == Ok(*sort),
            })
            .collect(),
    }
}
