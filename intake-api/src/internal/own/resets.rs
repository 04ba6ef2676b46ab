//! The reset of a lost factor, in person and by two people: an administrator asks after having seen the owner, somebody else
//! confirms: another administrator, the office, or the leader of the owner's unit.

use askama::Template;
use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::TimeDelta;
use platform::{
    clock,
    store::{
        AccountActKind, AccountId, Detail, FactorReset, FactorResetId, Find, Role, StoreError,
        act_detail::{ResetAsked, ResetDecided},
    },
};
use serde::Deserialize;

use crate::internal::{
    By, Visit,
    again::Again,
    auth::{Admin, Resetter},
    detached,
    error::PageError,
    kept::Said,
    page::{Frame, render, words},
    people::new_act,
};

/// After this nobody can confirm it any more, and it is asked for anew.
const GOOD: TimeDelta = TimeDelta::days(3);
/// Longest reason.
const REASON: usize = 300;

struct Line {
    id: FactorResetId,
    who: String,
    asked: String,
    reason: String,
    /// May confirm: neither asked nor is it about them.
    mine: bool,
}

#[derive(Template)]
#[template(path = "internal/own/resets.html")]
struct ResetsPage {
    frame: Frame,
    lines: Vec<Line>,
    error: Option<String>,
    done: Option<String>,
}

/// Why it is asked for.
#[derive(Deserialize)]
pub(super) struct Reason {
    #[serde(default)]
    reason: String,
}

/// `GET /factor-resets`
pub(super) async fn page(by: By<Resetter>) -> Result<Response, PageError> {
    show(&by, Again::default(), None).await
}

/// `POST /people/{id}/factor-reset`
pub(super) async fn ask(
    by: By<Admin>,
    Path(id): Path<AccountId>,
    Form(form): Form<Reason>,
) -> Result<Response, PageError> {
    let reason = form.reason.trim().to_owned();
    if id == by.me() {
        return refuse_asking(&by, "factor.reset_own").await;
    }
    if reason.is_empty() || reason.chars().count() > REASON || reason.chars().any(char::is_control) {
        return refuse_asking(&by, "factor.reset_reason").await;
    }
    let (people, county) = (&by.internal.people, &by.internal.county);
    if people.accounts_list(county, Find::One(id)).await?.is_empty() {
        return Err(PageError::NotFound);
    }
    let visit = Visit::clone(&by);
    let done = detached(async move {
        let now = clock::now();
        let mut act = new_act(&visit, AccountActKind::FactorResetAsked, Some(id), now);
        act.detail = Detail::of(&ResetAsked { reason: reason.clone() });
        let people = &visit.internal.people;
        people.factor_reset_ask(id, visit.me(), &reason, now + GOOD, &act).await
    });
    if done.await? {
        Ok(Redirect::to("/factor-resets").into_response())
    } else {
        refuse_asking(&by, "factor.reset_none").await
    }
}

async fn refuse_asking(visit: &Visit, key: &str) -> Result<Response, PageError> {
    let again = Again::saying(StatusCode::UNPROCESSABLE_ENTITY, visit.said(key));
    let mut page = show(visit, again, None).await?;
    // What was typed comes back on the person's page, with this sentence over it.
    page.extensions_mut().insert(Said(visit.t(key).to_owned()));
    Ok(page)
}

/// `POST /factor-resets/{id}/confirm`
pub(super) async fn confirm(by: By<Resetter>, Path(id): Path<FactorResetId>) -> Result<Response, PageError> {
    decide(&by, id, true).await
}

/// `POST /factor-resets/{id}/refuse`
pub(super) async fn refuse(by: By<Resetter>, Path(id): Path<FactorResetId>) -> Result<Response, PageError> {
    decide(&by, id, false).await
}

async fn decide(by: &By<Resetter>, id: FactorResetId, confirmed: bool) -> Result<Response, PageError> {
    let waiting = mine(by).await?;
    let reset = waiting.into_iter().find(|reset| reset.id == id);
    let reset = reset.ok_or(PageError::NotFound)?;
    let visit = Visit::clone(by);
    let done = detached(async move {
        let kind = if confirmed {
            AccountActKind::FactorReset
        } else {
            AccountActKind::FactorResetRefused
        };
        let mut act = new_act(&visit, kind, Some(reset.account_id), clock::now());
        act.detail = Detail::of(&ResetDecided {
            asked_by: reset.asked_by_name,
            reason: reset.reason,
        });
        let people = &visit.internal.people;
        people.factor_reset_decide(id, visit.me(), confirmed, &act).await
    });
    if !done.await? {
        let again = Again::saying(StatusCode::CONFLICT, by.said("factor.reset_second"));
        return show(by, again, None).await;
    }
    let key = if confirmed {
        "factor.reset_done"
    } else {
        "factor.reset_refused"
    };
    show(by, Again::default(), by.said(key)).await
}

/// Those that this person sees: all for administrators and the office, a leader those of their own units.
async fn mine(visit: &Visit) -> Result<Vec<FactorReset>, StoreError> {
    let (people, county) = (&visit.internal.people, &visit.internal.county);
    let mut waiting = people.factor_resets(county, clock::now()).await?;
    if !visit.actor.is(&[Role::Admin, Role::Office]) {
        waiting.retain(|reset| reset.units.iter().any(|unit| visit.actor.leads(unit)));
    }
    Ok(waiting)
}

async fn show(visit: &Visit, again: Again, done: Option<String>) -> Result<Response, PageError> {
    let (lang, now, me) = (visit.lang, clock::now(), visit.me());
    let waiting = mine(visit).await?;
    let lines = waiting.into_iter().map(|reset| Line {
        id: reset.id,
        who: format!("{}（{}）", reset.name, reset.login),
        asked: lang.fill(
            "factor.reset_asked",
            &[
                ("by", &reset.asked_by_name),
                ("at", &words::moment(lang, reset.asked_at, now)),
                ("until", &words::moment(lang, reset.expires_at, now)),
            ],
        ),
        mine: reset.asked_by != me && reset.account_id != me,
        reason: reset.reason,
    });
    let page = ResetsPage {
        lines: lines.collect(),
        error: again.said,
        done,
        frame: visit.frame("/factor-resets"),
    };
    Ok(render(again.status, &page))
}
