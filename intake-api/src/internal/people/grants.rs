//! `GET /grants`: roles that were asked for somebody and wait for a second person, and what was decided. Page and API share one way.

use askama::Template;
use axum::{
    Form, Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use casework::calendar::rfc3339;
use platform::{
    clock,
    store::{Decide, GrantDecided, GrantRequest, StoreError},
    text::Lang,
};
use serde::Deserialize;
use serde_json::json;
use tracing::info;

use super::{fields, said::Said, trail::new_act};
use crate::internal::{
    Internal, api_unavailable,
    auth::{Actor, Confirmer},
    detached,
    page::{Frame, Language, problem, render, words},
    unavailable,
};

struct Line {
    id: i64,
    who: String,
    what: String,
    asked: String,
    /// Until when, while it waits; else what was decided.
    state: String,
    /// The actor may confirm and decline it, or take it back.
    decides: bool,
    withdraws: bool,
}

#[derive(Template)]
#[template(path = "internal/people/grants.html")]
struct GrantsPage {
    frame: Frame,
    waiting: Vec<Line>,
    decided: Vec<Line>,
    said: Said,
}

/// `GET /grants`
pub(super) async fn page(State(internal): State<Internal>, actor: Confirmer, Language(lang): Language) -> Response {
    show(&internal, &actor, lang, StatusCode::OK, Said::default()).await
}

/// `GET /api/v1/grants`
pub(super) async fn api(State(internal): State<Internal>, _: Confirmer) -> Response {
    let found = internal.people.grants_asked(&internal.county, clock::now()).await;
    match found {
        Ok(found) => Json(found.iter().map(object).collect::<Vec<_>>()).into_response(),
        Err(e) => api_unavailable(&e),
    }
}

fn object(g: &GrantRequest) -> serde_json::Value {
    json!({"id": g.id, "account": g.account_id, "login": g.login, "name": g.name, "unit": g.unit, "role": g.role,
           "asked_at": rfc3339(g.asked_at), "asked_by": g.asked_by, "asker": g.asker, "expires_at": rfc3339(g.expires_at),
           "decision": g.decision, "decided_at": g.decided_at.map(rfc3339), "decider": g.decider})
}

/// Nothing is typed: the token alone.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// `POST /grants/{id}/{act}`: `confirm`, `decline`, `withdraw`.
pub(super) async fn act(
    State(internal): State<Internal>,
    actor: Confirmer,
    Language(lang): Language,
    Path((id, word)): Path<(i64, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Response {
    let Some(decide) = read(&word) else {
        return problem::not_found().into_response();
    };
    match detached(decided(internal.clone(), (*actor).clone(), id, decide)).await {
        Ok(done) => {
            let (status, key) = answer(decide, &done);
            let text = lang.t(key);
            let said = if status == StatusCode::OK {
                Said::done(text)
            } else {
                Said::error(text)
            };
            show(&internal, &actor, lang, status, said).await
        }
        Err(response) => response,
    }
}

/// `POST /api/v1/grants/{id}/{act}`
pub(super) async fn api_act(
    State(internal): State<Internal>,
    actor: Confirmer,
    Path((id, word)): Path<(i64, String)>,
) -> Response {
    let Some(decide) = read(&word) else {
        return problem::api(404, "confirm, decline or withdraw");
    };
    let done = tokio::spawn(decided(internal.clone(), (*actor).clone(), id, decide)).await;
    match done {
        Ok(Ok(GrantDecided::Done { account, unit, role })) => {
            Json(json!({"account": account, "unit": unit, "role": role, "decision": decide.word()})).into_response()
        }
        Ok(Ok(GrantDecided::Gone)) => problem::api(404, "no such request waits"),
        Ok(Ok(other)) => problem::api(409, Lang::En.t(answer(decide, &other).1)),
        Ok(Err(e)) => api_unavailable(&e),
        Err(e) => api_unavailable(&e),
    }
}

fn read(word: &str) -> Option<Decide> {
    match word {
        "confirm" => Some(Decide::Confirm),
        "decline" => Some(Decide::Decline),
        "withdraw" => Some(Decide::Withdraw),
        _ => None,
    }
}

async fn decided(internal: Internal, by: Actor, id: i64, decide: Decide) -> Result<GrantDecided, StoreError> {
    let act = new_act(&internal, &by, "granted", None, clock::now());
    let done = internal.people.grant_decide(id, decide, &act).await?;
    if let GrantDecided::Done { account, .. } = &done {
        info!(
            account,
            by = by.person.account.id,
            decision = decide.word(),
            "a grant was decided"
        );
    }
    Ok(done)
}

/// Status, and the key of what is said.
fn answer(decide: Decide, done: &GrantDecided) -> (StatusCode, &'static str) {
    match (done, decide) {
        (GrantDecided::Done { .. }, Decide::Confirm) => (StatusCode::OK, "grants.confirmed"),
        (GrantDecided::Done { .. }, Decide::Decline) => (StatusCode::OK, "grants.declined"),
        (GrantDecided::Done { .. }, Decide::Withdraw) => (StatusCode::OK, "grants.withdrawn"),
        (GrantDecided::Gone, _) => (StatusCode::CONFLICT, "grants.gone"),
        (GrantDecided::NotYours, _) => (StatusCode::CONFLICT, "grants.not_yours"),
        (GrantDecided::MayBeOne, _) => (StatusCode::CONFLICT, "grants.may_be_one"),
        (GrantDecided::Passed, _) => (StatusCode::CONFLICT, "grants.passed"),
    }
}

async fn show(internal: &Internal, actor: &Actor, lang: Lang, status: StatusCode, said: Said) -> Response {
    let now = clock::now();
    let found = match internal.people.grants_asked(&internal.county, now).await {
        Ok(found) => found,
        Err(e) => return unavailable(&e),
    };
    let loaded = internal.pack.current();
    let me = actor.person.account.id;
    let say = |g: &GrantRequest| Line {
        id: g.id,
        who: format!("{}（{}）", bare(&g.name, &g.login), g.login),
        what: format!(
            "{} · {}",
            fields::unit_name(&loaded.pack, &g.unit),
            fields::role_name(lang, &g.role)
        ),
        asked: lang.fill(
            "grants.asked",
            &[("by", &g.asker), ("at", &words::moment(lang, g.asked_at, now))],
        ),
        state: match &g.decision {
            None => lang.fill("grants.until", &[("at", &words::moment(lang, g.expires_at, now))]),
            Some(word) => lang.fill(
                &format!("grants.was.{word}"),
                &[
                    ("by", g.decider.as_deref().unwrap_or_default()),
                    ("at", &words::moment(lang, g.decided_at.unwrap_or(g.expires_at), now)),
                ],
            ),
        },
        decides: g.decision.is_none() && g.asked_by != me && g.account_id != me,
        withdraws: g.decision.is_none() && g.asked_by == me,
    };
    let (waiting, decided): (Vec<_>, Vec<_>) = found.iter().partition(|g| g.decision.is_none());
    let page = GrantsPage {
        waiting: waiting.into_iter().map(say).collect(),
        decided: decided.into_iter().map(say).collect(),
        said,
        frame: Frame::of(actor, lang, "/grants"),
    };
    render(status, &page)
}

/// A name whose login stands beside it anyway.
fn bare<'n>(name: &'n str, login: &str) -> &'n str {
    name.strip_suffix(&format!("（{login}）")).unwrap_or(name)
}
