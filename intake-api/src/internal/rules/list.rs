//! `GET /rules`: what is in force, what waits for whom, and every version there ever was.

use askama::Template;
use axum::response::Response;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AccountId, Role, RuleSet, RuleSetState},
    text::Lang,
};

use crate::internal::{
    By, Visit,
    again::Again,
    auth::Overseer,
    error::PageError,
    page::{Frame, render, words},
};

/// A version as one line says it.
pub(super) struct Line {
    pub(super) version: i32,
    /// Key of its state's word under `rules.state`.
    pub(super) state: &'static str,
    /// That word.
    pub(super) word: &'static str,
    pub(super) reason: String,
    /// Since when, until when, by whom.
    pub(super) what: String,
    /// Waits for the person who reads the page.
    pub(super) mine: bool,
}

#[derive(Template)]
#[template(path = "internal/rules/list.html")]
struct ListPage {
    frame: Frame,
    office: bool,
    error: Option<String>,
    typed: String,
    in_force: i32,
    waiting: Vec<Line>,
    past: Vec<Line>,
}

/// `GET /rules`
pub(super) async fn page(by: By<Overseer>) -> Result<Response, PageError> {
    show(&by, Again::default()).await
}

/// The page with what could not be done, and the reason that was typed.
pub(super) async fn show(visit: &Visit, again: Again<String>) -> Result<Response, PageError> {
    let (internal, actor, lang, now) = (&visit.internal, &visit.actor, visit.lang, clock::now());
    let sets = internal.board.rules_list(&internal.county).await?;
    let versions = internal.board.pack_versions(&internal.county, now).await?;
    let in_force = versions.map_or(0, |versions| versions.rule_set);
    let me = visit.me();
    let lines = sets.iter().map(|set| line(set, in_force, me, lang, now));
    let (mut waiting, past): (Vec<Line>, Vec<Line>) = lines.partition(|line| {
        matches!(
            line.state,
            "draft" | "checked" | "replayed" | "submitted" | "scheduled" | "in-force"
        )
    });
    // What the reader must do first, then what is in force or soon will be, then what others are at.
    waiting.sort_by_key(|line| match line.state {
        _ if line.mine => 0,
        "scheduled" => 1,
        "in-force" => 2,
        "submitted" => 3,
        _ => 4,
    });
    let page = ListPage {
        frame: visit.frame("/rules"),
        office: actor.is(&[Role::Office]),
        error: again.said,
        typed: again.fields,
        in_force,
        waiting,
        past,
    };
    Ok(render(again.status, &page))
}

/// Where a version stands, as a key under `rules.state`.
pub(super) fn state(set: &RuleSet, in_force: i32, now: DateTime<Utc>) -> &'static str {
    match set.state {
        RuleSetState::Approved if set.version == in_force => "in-force",
        RuleSetState::Approved if set.active_from.is_some_and(|from| from > now) => "scheduled",
        RuleSetState::Approved => "retired",
        RuleSetState::Submitted => "submitted",
        RuleSetState::Withdrawn => "withdrawn",
        RuleSetState::Draft if set.is_checked() && set.is_replayed() => "replayed",
        RuleSetState::Draft if set.is_checked() => "checked",
        RuleSetState::Draft => "draft",
    }
}

fn line(set: &RuleSet, in_force: i32, me: AccountId, lang: Lang, now: DateTime<Utc>) -> Line {
    let at = |at: DateTime<Utc>| words::moment(lang, at, now);
    let state = state(set, in_force, now);
    let by = |by: &Option<String>| by.clone().unwrap_or_default();
    let what = match (state, set.active_from, set.submitted_at, set.withdrawn_at) {
        ("in-force" | "retired", Some(from), ..) => lang.fill("rules.since", &[("at", &at(from))]),
        ("scheduled", Some(from), ..) => lang.fill("rules.from", &[("at", &at(from)), ("by", &by(&set.approved_by))]),
        ("submitted", _, Some(when), _) => {
            lang.fill("rules.submitted", &[("at", &at(when)), ("by", &by(&set.submitted_by))])
        }
        ("withdrawn", _, _, Some(when)) => {
            lang.fill("rules.withdrawn", &[("at", &at(when)), ("by", &by(&set.withdrawn_by))])
        }
        _ => lang.fill(
            "rules.drafted",
            &[("at", &at(set.created_at)), ("by", author(set, lang))],
        ),
    };
    Line {
        version: set.version,
        state,
        word: lang.t(&format!("rules.state.{state}")),
        reason: reason(set, lang),
        what,
        mine: set.state == RuleSetState::Submitted && !set.authors.contains(&me),
    }
}

/// Who made a version: a person, or the load of a pack.
pub(super) fn author(set: &RuleSet, lang: Lang) -> &str {
    if set.created_by == "pack load" || set.created_by.is_empty() {
        lang.t("rules.loaded")
    } else {
        &set.created_by
    }
}

/// Why there is this version.
pub(super) fn reason(set: &RuleSet, lang: Lang) -> String {
    match (set.reason.is_empty(), set.seed) {
        (false, _) => set.reason.clone(),
        (true, true) => lang.t("rules.seed").to_owned(),
        (true, false) => lang.t("rules.no_reason").to_owned(),
    }
}
