//! `GET /rules/{version}`: one version, its next step first: what changed, what the check says, what a replay shows.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::calendar::shanghai;
use casework::county::{MODEL, PackFiles};
use casework::dmn;
use chrono::{DateTime, Days, Utc};
use platform::{
    clock,
    store::{Legible, Role, RuleSet, RuleSetAct, RuleSetState},
    text::Lang,
};

use super::{
    changes::{TableChanges, changes},
    examined,
    findings::{FindingLine, lines},
    holes::{self, Holes},
    list, outcome,
    outcome::OutcomeView,
};
use crate::internal::{
    By, Visit,
    again::Again,
    auth::{Actor, Overseer},
    error::PageError,
    page::{Frame, render, words},
};

#[derive(Template)]
#[template(path = "internal/rules/version.html")]
struct VersionPage {
    frame: Frame,
    office: bool,
    version: i32,
    state: &'static str,
    word: &'static str,
    draft: bool,
    reason: String,
    reason_typed: String,
    lines: Vec<String>,
    error: Option<String>,
    /// Key of its word, done, the present one.
    steps: Vec<(&'static str, bool, bool)>,
    next: &'static str,
    can: Can,
    decline_key: &'static str,
    restore_key: &'static str,
    tomorrow: String,
    sound: bool,
    findings: Vec<FindingLine>,
    /// Times in which nobody of a unit would answer, or nobody but the last resort.
    holes: Holes,
    differences_title: String,
    differences: Vec<TableChanges>,
    running: bool,
    replay: Option<OutcomeView>,
    /// Id, name, how many rows.
    tables: Vec<(String, String, String)>,
    trail: Vec<Act>,
}

/// Steps that the state allows, for whoever reads the page.
#[expect(clippy::struct_excessive_bools, reason = "one per button")]
struct Can {
    replay: bool,
    submit: bool,
    approve: bool,
    decline: bool,
    withdraw: bool,
    restore: bool,
}

struct Act {
    at: String,
    actor: String,
    what: &'static str,
    reason: String,
}

/// `GET /rules/{version}`
pub(super) async fn page(by: By<Overseer>, Path(version): Path<i32>) -> Result<Response, PageError> {
    show(&by, version, Again::default()).await
}

/// The page, with what could not be done.
pub(super) async fn show(visit: &Visit, version: i32, again: Again) -> Result<Response, PageError> {
    let page = read(visit, version, again.said).await?;
    Ok(render(again.status, &page))
}

async fn read(visit: &Visit, version: i32, error: Option<String>) -> Result<VersionPage, PageError> {
    let (internal, actor, lang) = (&visit.internal, &visit.actor, visit.lang);
    let (store, county, now) = (&internal.board, &*internal.county, clock::now());
    // Before the outcome is read: a replay that ends in between is asked for again and not missed.
    let running = internal.replays.get(version).is_some();
    let Some((set, rules)) = store.rules_open(county, version).await? else {
        return Err(PageError::NotFound);
    };
    let against = match set.base {
        Some(base) => store.rules_files(county, base).await?,
        None => None,
    };
    let (replayed, acts) = (
        store.rules_replay(county, version).await?,
        store.rules_acts(county, version).await?,
    );
    let examined = examined::check(internal, &rules).await?;
    let loaded = internal.pack.current();
    let in_force = store
        .pack_versions(county, now)
        .await?
        .map_or(0, |versions| versions.rule_set);
    let state = list::state(&set, in_force, now);
    let can = can(&set, actor, examined.sound(), in_force, now);
    let differences = against.map_or_else(Vec::new, |against| changes(&against, &rules, &loaded.pack, lang));
    let changed = !differences.is_empty() || set.restores.is_some();
    let page = VersionPage {
        frame: visit.frame("/rules"),
        office: actor.is(&[Role::Office]),
        version,
        state,
        word: lang.t(&format!("rules.state.{state}")),
        draft: set.state == RuleSetState::Draft,
        reason: list::reason(&set, lang),
        reason_typed: set.reason.clone(),
        lines: life_lines(&set, lang, now),
        error,
        steps: steps(&set, state, changed, examined.sound()),
        next: lang.t(next(state, &can, (changed, examined.sound()), actor)),
        decline_key: if set.authors.contains(&actor.person.account.id) {
            "rules.take_back"
        } else {
            "rules.decline"
        },
        restore_key: if set.active_from.is_some_and(|from| from <= now) && state != "in-force" {
            "rules.restore"
        } else {
            "rules.copy"
        },
        can,
        tomorrow: now
            .with_timezone(&shanghai())
            .date_naive()
            .checked_add_days(Days::new(1))
            .map_or_else(String::new, |day| day.to_string()),
        sound: examined.sound(),
        findings: lines(&examined, &loaded.pack, lang),
        holes: holes::look(internal, examined.pack.as_deref().unwrap_or(&loaded.pack), lang, now).await?,
        differences_title: set.base.map_or_else(String::new, |base| {
            lang.fill("rules.differences", &[("n", &base.to_string())])
        }),
        differences,
        running,
        // What another version of the program wrote is not shown.
        replay: replayed
            .as_ref()
            .and_then(Legible::known)
            .map(|outcome| outcome::view(outcome, &set, &loaded.pack, lang, now)),
        tables: tables(&rules, lang),
        trail: acts.into_iter().map(|act| trail(act, lang, now)).collect(),
    };
    Ok(page)
}

fn can(set: &RuleSet, actor: &Actor, sound: bool, in_force: i32, now: DateTime<Utc>) -> Can {
    let wrote = set.authors.contains(&actor.person.account.id);
    let (draft, submitted) = (set.state == RuleSetState::Draft, set.state == RuleSetState::Submitted);
    Can {
        replay: draft && sound,
        submit: draft && set.is_checked() && set.is_replayed() && set.replayed_against == Some(in_force),
        approve: submitted && !wrote,
        decline: submitted,
        withdraw: draft
            || submitted
            || set.state == RuleSetState::Approved && set.active_from.is_some_and(|from| from > now),
        restore: matches!(set.state, RuleSetState::Approved | RuleSetState::Withdrawn),
    }
}

/// Key of the sentence that says what comes next, for whoever reads the page.
fn next(state: &str, can: &Can, (changed, sound): (bool, bool), actor: &Actor) -> &'static str {
    match state {
        _ if !actor.is(&[Role::Office]) => "rules.next_step.read",
        "scheduled" => "rules.next_step.scheduled",
        "submitted" if can.approve => "rules.next_step.approve",
        "submitted" => "rules.next_step.second_person",
        _ if !sound => "rules.next_step.mend",
        _ if can.submit => "rules.next_step.submit",
        _ if !changed => "rules.next_step.edit",
        _ => "rules.next_step.replay",
    }
}

/// The way from draft to force, for a version that is on it.
fn steps(set: &RuleSet, state: &str, changed: bool, sound: bool) -> Vec<(&'static str, bool, bool)> {
    if set.seed || matches!(state, "withdrawn" | "retired") {
        return Vec::new();
    }
    let submitted = set.state != RuleSetState::Draft;
    let done = [
        ("rules.step.edit", changed || submitted),
        ("rules.step.check", (changed || submitted) && sound && set.is_checked()),
        ("rules.step.replay", set.is_checked() && set.is_replayed()),
        ("rules.step.submit", submitted),
        ("rules.step.approve", set.approved_at.is_some()),
        ("rules.step.force", state == "in-force"),
    ];
    let present = done.iter().position(|(_, done)| !done);
    let step = |(index, (key, done)): (usize, (&'static str, bool))| (key, done, Some(index) == present);
    done.into_iter().enumerate().map(step).collect()
}

fn life_lines(set: &RuleSet, lang: Lang, now: DateTime<Utc>) -> Vec<String> {
    let at = |at: DateTime<Utc>| words::moment(lang, at, now);
    let by = |by: &Option<String>| by.clone().unwrap_or_default();
    let mut lines = vec![lang.fill(
        "rules.drafted",
        &[("at", &at(set.created_at)), ("by", list::author(set, lang))],
    )];
    if let Some(when) = set.submitted_at.filter(|_| set.state != RuleSetState::Draft) {
        lines.push(lang.fill("rules.submitted", &[("at", &at(when)), ("by", &by(&set.submitted_by))]));
    }
    if let Some(from) = set.active_from {
        let key = if set.approved_by.is_some() {
            "rules.from"
        } else {
            "rules.since"
        };
        lines.push(lang.fill(key, &[("at", &at(from)), ("by", &by(&set.approved_by))]));
    }
    if let Some(when) = set.withdrawn_at {
        lines.push(lang.fill("rules.withdrawn", &[("at", &at(when)), ("by", &by(&set.withdrawn_by))]));
    }
    lines
}

/// The tables of the model, in its order; none while it can't be read.
fn tables(rules: &PackFiles, lang: Lang) -> Vec<(String, String, String)> {
    let model = rules.get(MODEL).and_then(|text| dmn::read(text).ok());
    let tables = model.into_iter().flat_map(|model| model.tables);
    tables
        .map(|table| {
            let rows = lang.fill("rules.rows", &[("n", &table.rules.len().to_string())]);
            (table.id, table.name, rows)
        })
        .collect()
}

fn trail(act: RuleSetAct, lang: Lang, now: DateTime<Utc>) -> Act {
    Act {
        at: words::moment(lang, act.at, now),
        actor: if act.actor == "pack load" {
            lang.t("rules.loaded").to_owned()
        } else {
            act.actor
        },
        what: lang.t(&format!("rules.act.{}", act.act)),
        reason: act.reason,
    }
}
