//! `GET /grants`: roles that were asked for somebody and wait for a second person, and what was decided. Page and API share one way.

use askama::Template;
use axum::{Form, extract::Path, http::StatusCode, response::Response};
use platform::{
    clock,
    store::{AccountActKind, Decide, GrantDecided, GrantRequest, GrantRequestId, Listed, StoreError},
};
use serde::Deserialize;
use tracing::info;

use super::{
    answers::{Decided, Request},
    fields,
    said::{Again, Said},
    trail::new_act,
};
use crate::internal::{
    Answer, By, Visit,
    auth::Confirmer,
    detached,
    error::{ApiError, PageError},
    page::{Frame, render, words},
};

struct Line {
    id: GrantRequestId,
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
    /// Of each row that can't be read.
    unread: Vec<String>,
    said: Said,
}

/// `GET /grants`
pub(super) async fn page(by: By<Confirmer>) -> Result<Response, PageError> {
    show(&by, Again::default()).await
}

/// `GET /api/v1/grants`
pub(super) async fn api(by: By<Confirmer>) -> Result<Answer<Vec<Request>>, ApiError> {
    let (people, county) = (&by.internal.people, &by.internal.county);
    let found = people.grants_asked(county, clock::now()).await?;
    Ok(Answer(Listed::whole(found)?.into_iter().map(Into::into).collect()))
}

/// Nothing is typed: the token alone.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// `POST /grants/{id}/{act}`: `confirm`, `decline`, `withdraw`.
pub(super) async fn act(
    by: By<Confirmer>,
    Path((id, word)): Path<(GrantRequestId, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, PageError> {
    let decide = read(&word).ok_or(PageError::NotFound)?;
    let done = detached(decided(Visit::clone(&by), id, decide)).await?;
    let (status, key) = answer(decide, &done);
    let text = by.t(key);
    let said = if status == StatusCode::OK {
        Said::done(text)
    } else {
        Said::error(text)
    };
    show(&by, Again::saying(status, said)).await
}

/// `POST /api/v1/grants/{id}/{act}`
pub(super) async fn api_act(
    by: By<Confirmer>,
    Path((id, word)): Path<(GrantRequestId, String)>,
) -> Result<Answer<Decided>, ApiError> {
    let decide = read(&word).ok_or(ApiError::said(404, "confirm, decline or withdraw"))?;
    let done = detached(decided(Visit::clone(&by), id, decide)).await;
    match done.map_err(|e| ApiError::undone_saying(e, "try again later"))? {
        GrantDecided::Done { account, unit, role } => Ok(Answer(Decided {
            account,
            unit,
            role,
            decision: decide.decision(),
        })),
        GrantDecided::Gone => Err(ApiError::said(404, "no such request waits")),
        other => Err(ApiError::key(409, answer(decide, &other).1)),
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

async fn decided(by: Visit, id: GrantRequestId, decide: Decide) -> Result<GrantDecided, StoreError> {
    let act = new_act(&by, AccountActKind::Granted, None, clock::now());
    let done = by.internal.people.grant_decide(id, decide, &act).await?;
    if let GrantDecided::Done { account, .. } = &done {
        info!(
            account = account.0,
            by = by.me().0,
            decision = decide.decision().as_str(),
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

async fn show(visit: &Visit, again: Again) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let (found, unread) = Listed::sorted(internal.people.grants_asked(&internal.county, now).await?);
    let loaded = internal.pack.current();
    let me = visit.me();
    let say = |g: &GrantRequest| Line {
        id: g.id,
        who: format!("{}（{}）", bare(&g.name, &g.login), g.login),
        what: format!(
            "{} · {}",
            words::unit_name(&loaded.pack, &g.unit),
            fields::role_name(lang, g.role)
        ),
        asked: lang.fill(
            "grants.asked",
            &[("by", &g.asker), ("at", &words::moment(lang, g.asked_at, now))],
        ),
        state: match &g.decision {
            None => lang.fill("grants.until", &[("at", &words::moment(lang, g.expires_at, now))]),
            Some(decision) => lang.fill(
                &format!("grants.was.{}", decision.0),
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
        unread: unread.into_iter().map(|row| words::unread(lang, row)).collect(),
        said: again.said,
        frame: visit.frame("/grants"),
    };
    Ok(render(again.status, &page))
}

/// A name whose login stands beside it anyway.
fn bare<'n>(name: &'n str, login: &str) -> &'n str {
    name.strip_suffix(&format!("（{login}）")).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use platform::{
        store::{Role, Unread},
        text::Lang,
    };

    use super::*;
    use crate::internal::testing;

    #[test]
    fn pages_of_grants() {
        let line = |decides: bool, state: &str| Line {
            id: GrantRequestId(3),
            who: "李娜（lina）".into(),
            what: "县公安局 · 负责人".into(),
            asked: "王芳 11月24日 16:05 申请".into(),
            state: state.into(),
            decides,
            withdraws: !decides,
        };
        let mut page = GrantsPage {
            frame: testing::frame(&[("office", Role::Admin)], Lang::Zh, "/grants"),
            waiting: vec![line(true, "11月27日 前有效"), line(false, "11月27日 前有效")],
            decided: vec![line(false, "已确认")],
            unread: Vec::new(),
            said: Said::default(),
        };
        testing::page("grants", &page);
        page.said = Said::error(Lang::Zh.t("grants.gone"));
        page.waiting.clear();
        page.unread
            .push(words::unread(Lang::Zh, Unread::Request(GrantRequestId(3))));
        testing::page("grants-refused", &page);
    }
}
