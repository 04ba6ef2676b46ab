//! What a duty page does: begin, say that it is there, answer, open, end; and its asking where no stream comes through.

use axum::{
    Form, Json,
    extract::{Path, Query},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use casework::calendar::rfc3339;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AnsweredHow, BellAnswer, CallId, DutyPage, DutyPageEnd, DutyPageId, OnDuty, Role, Word},
};
use serde::{Deserialize, Serialize};
use tracing::info;

use super::{
    own::{Which, look, own_page, scope, units, until},
    page,
};
use crate::internal::{By, Visit, auth::OnRoster, detached, error::PageError};

/// Most calls that a page says it has shown, in one beat: it has at most fifty of each kind.
const SHOWN: usize = 200;

/// How a page stands, as it is told.
#[derive(Serialize)]
pub(super) struct Standing {
    page: DutyPageId,
    unit: String,
    began_at: String,
    /// Null: it is open. `lost`: it was not heard of for a minute, and has to begin anew.
    ended: Option<Word<DutyPageEnd>>,
    /// When the session ends unless its person does something.
    session_until: String,
}

impl Standing {
    pub(super) fn of(page: DutyPage, until: DateTime<Utc>) -> Self {
        Self {
            page: page.id,
            unit: page.unit,
            began_at: rfc3339(page.began_at),
            ended: page.ended_how,
            session_until: rfc3339(until),
        }
    }
}

/// What rings, for a page that asks.
#[derive(Serialize)]
pub(super) struct Ringing {
    calls: Vec<CallId>,
    count: usize,
}

/// For which unit.
#[derive(Deserialize)]
pub(super) struct Beginning {
    #[serde(default)]
    unit: String,
}

/// A page that is there.
#[derive(Deserialize)]
pub(super) struct Beating {
    page: DutyPageId,
    /// Ids of calls that it has shown, with spaces between.
    #[serde(default)]
    shown: String,
}

/// `POST /on-duty/begin`
pub(super) async fn begin(by: By<OnRoster>, Form(form): Form<Beginning>) -> Result<Json<Standing>, PageError> {
    let page = began(&by, &form.unit).await?;
    Ok(Json(Standing::of(page, until(&by, clock::now()))))
}

/// Begins a page for a unit of the person.
pub(super) async fn began(visit: &Visit, unit: &str) -> Result<DutyPage, PageError> {
    if !units(visit).contains(&unit) {
        return Err(PageError::NotFound);
    }
    let (store, scope, county) = (visit.internal.desk.clone(), scope(visit), visit.internal.county.clone());
    let (account, code) = (visit.me(), unit.to_owned());
    let page = detached(async move {
        let who = OnDuty {
            county: &county,
            unit: &code,
            account,
        };
        store.duty_page_begin(&scope, who, clock::now()).await
    })
    .await?;
    info!(unit, by = visit.me().0, "a duty page began");
    Ok(page)
}

/// `POST /on-duty/beat`
pub(super) async fn beat(by: By<OnRoster>, Form(form): Form<Beating>) -> Result<Json<Standing>, PageError> {
    let shown = form.shown.split_whitespace().filter_map(|id| id.parse().ok());
    let page = beaten(&by, form.page, shown.take(SHOWN).collect()).await?;
    Ok(Json(Standing::of(page, until(&by, by.actor.used_at))))
}

/// A page of this person is there, and has shown these.
pub(super) async fn beaten(visit: &Visit, id: DutyPageId, shown: Vec<CallId>) -> Result<DutyPage, PageError> {
    let (store, scope, me) = (visit.internal.desk.clone(), scope(visit), visit.me());
    let page = detached(async move { store.duty_page_beat(&scope, (id, me), &shown, clock::now()).await });
    page.await?.ok_or(PageError::NotFound)
}

/// `POST /on-duty/here`: a person says that they are there, which keeps the session.
pub(super) async fn here(by: By<OnRoster>, Form(form): Form<Beating>) -> Result<Json<Standing>, PageError> {
    let page = beaten(&by, form.page, Vec::new()).await?;
    Ok(Json(Standing::of(page, until(&by, clock::now()))))
}

/// `POST /on-duty/end`
pub(super) async fn end(by: By<OnRoster>, Form(form): Form<Beating>) -> Result<Json<Standing>, PageError> {
    ended(&by, form.page).await?;
    let page = beaten(&by, form.page, Vec::new()).await?;
    Ok(Json(Standing::of(page, until(&by, clock::now()))))
}

/// 结束值班; whether it was open.
pub(super) async fn ended(visit: &Visit, id: DutyPageId) -> Result<bool, PageError> {
    let (store, scope, me) = (visit.internal.desk.clone(), scope(visit), visit.me());
    detached(async move { store.duty_page_finish(&scope, (id, me), clock::now()).await }).await
}

/// `GET /on-duty/state`
pub(super) async fn state(by: By<OnRoster>, Query(which): Query<Which>) -> Result<Json<Ringing>, PageError> {
    let page = own_page(&by, which.page).await?;
    let rings = look(&by, &page.unit).await?;
    Ok(Json(Ringing {
        count: rings.calls.len(),
        calls: rings.calls,
    }))
}

/// Which unit's list is shown again.
#[derive(Deserialize)]
pub(super) struct Answering {
    #[serde(default)]
    unit: String,
}

/// `POST /on-duty/acknowledge`: 知悉接手 of all that the page shows.
pub(super) async fn acknowledge(
    by: By<OnRoster>,
    headers: HeaderMap,
    Form(form): Form<Answering>,
) -> Result<Response, PageError> {
    if !units(&by).contains(&form.unit.as_str()) {
        return Err(PageError::NotFound);
    }
    let rings = look(&by, &form.unit).await?;
    let (store, scope) = (by.internal.desk.clone(), scope(&by));
    let answer = BellAnswer {
        by: by.me(),
        how: AnsweredHow::Login,
        recorded_by: None,
        at: clock::now(),
    };
    detached(async move { store.desk_bell_answer(&scope, &rings.calls, answer).await }).await?;
    if headers.contains_key("hx-request") {
        page::fragment(&by, &form.unit).await
    } else {
        Ok(Redirect::to("/on-duty").into_response())
    }
}

/// `GET /on-duty/open/{call}`: to its ticket, each to their own page of it. Nothing is answered by that.
pub(super) async fn open(by: By<OnRoster>, Path(call): Path<CallId>) -> Result<Response, PageError> {
    let (store, scope, me) = (by.internal.desk.clone(), scope(&by), by.me());
    let ticket = detached(async move { store.duty_call_opened(&scope, (call, me), clock::now()).await }).await?;
    let ticket = ticket.ok_or(PageError::NotFound)?;
    let to = if by.actor.is(&[Role::Office]) && !by.actor.is(&Role::HOLDERS) {
        format!("/board/tickets/{ticket}")
    } else if by.actor.is(&[Role::LeadingGroup]) && !by.actor.is(&Role::HOLDERS) {
        "/leading".to_owned()
    } else {
        format!("/tickets/{ticket}")
    };
    Ok(Redirect::to(&to).into_response())
}
