//! What the office does: looks at a text, proposes it, confirms or withdraws a proposal. Pages and API share the acts.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::office::days_off::DaysOff;
use platform::{
    clock,
    store::{CalendarChangeId, CalendarError, Clerk, NewCalendar},
    text::Lang,
};
use serde::Deserialize;

use super::{
    answers::{Looked, Made, source_of},
    moves::moves,
    page::{Pasted, show},
    typed::read,
};
use crate::internal::{
    Answer, By, Visit,
    again::Again,
    auth::Office,
    error::{ApiError, PageError},
    in_own_task,
    wire::JsonBody,
};

/// What was pasted.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Text {
    #[serde(default)]
    text: String,
}

/// `POST /calendar/look`: what the text says and would move; saves nothing.
pub(super) async fn look(by: By<Office>, Form(typed): Form<Text>) -> Result<Response, PageError> {
    match understood(&by, &typed.text, by.lang) {
        Ok(understood) => {
            let again = Again::keeping(
                StatusCode::OK,
                None,
                Pasted {
                    text: typed.text,
                    problems: Vec::new(),
                },
            );
            show(&by, again, Some(understood), None).await
        }
        Err(problems) => refused(&by, typed.text, problems).await,
    }
}

/// `POST /calendar`: proposes what was looked at.
pub(super) async fn propose(by: By<Office>, Form(typed): Form<Text>) -> Result<Response, PageError> {
    let read = match understood(&by, &typed.text, by.lang) {
        Ok(read) => read,
        Err(problems) => return refused(&by, typed.text, problems).await,
    };
    match proposed(&by, &typed.text, read).await? {
        Ok(_) => Ok(Redirect::to("/calendar?done=propose").into_response()),
        Err(key) => conflict(&by, key, typed.text).await,
    }
}

/// `POST /calendar/{id}/{act}`: `confirm` or `withdraw`.
pub(super) async fn submit(
    by: By<Office>,
    Path((id, act)): Path<(CalendarChangeId, String)>,
) -> Result<Response, PageError> {
    match decide(&by, id, &act).await? {
        None => Err(PageError::NotFound),
        Some(Ok(())) => Ok(Redirect::to(&format!("/calendar?done={act}")).into_response()),
        Some(Err(key)) => conflict(&by, key, String::new()).await,
    }
}

/// `POST /api/v1/calendar/look`: `{"text"}`.
pub(super) async fn api_look(by: By<Office>, JsonBody(typed): JsonBody<Text>) -> Result<Answer<Looked>, ApiError> {
    let read = understood(&by, &typed.text, Lang::En).map_err(|problems| ApiError::said(422, problems.join(" ")))?;
    let found = moves(&by.internal, &read.calendar, clock::now()).await?;
    Ok(Answer(Looked::of(&read, &found)))
}

/// `POST /api/v1/calendar`: `{"text"}` -> `{"id"}`.
pub(super) async fn api_propose(by: By<Office>, JsonBody(typed): JsonBody<Text>) -> Result<Answer<Made>, ApiError> {
    let read = understood(&by, &typed.text, Lang::En).map_err(|problems| ApiError::said(422, problems.join(" ")))?;
    match proposed(&by, &typed.text, read).await? {
        Ok(id) => Ok(Answer(Made { id })),
        Err(key) => Err(ApiError::key(409, key)),
    }
}

/// `POST /api/v1/calendar/{id}/{act}`: `confirm` or `withdraw` -> `{"id"}`.
pub(super) async fn api(
    by: By<Office>,
    Path((id, act)): Path<(CalendarChangeId, String)>,
) -> Result<Answer<Made>, ApiError> {
    match decide(&by, id, &act).await? {
        None => Err(ApiError::said(
            404,
            "no such calendar waits; the acts are confirm and withdraw",
        )),
        Some(Ok(())) => Ok(Answer(Made { id })),
        Some(Err(key)) => Err(ApiError::key(409, key)),
    }
}

fn understood(visit: &Visit, text: &str, lang: Lang) -> Result<DaysOff, Vec<String>> {
    read(text, visit.internal.pack.current().pack.calendar(), lang)
}

async fn refused(visit: &Visit, text: String, problems: Vec<String>) -> Result<Response, PageError> {
    let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, None, Pasted { text, problems });
    show(visit, again, None, None).await
}

async fn conflict(visit: &Visit, key: &'static str, text: String) -> Result<Response, PageError> {
    let pasted = Pasted {
        text,
        problems: Vec::new(),
    };
    show(
        visit,
        Again::keeping(StatusCode::CONFLICT, visit.said(key), pasted),
        None,
        None,
    )
    .await
}

async fn proposed(
    visit: &Visit,
    text: &str,
    read: DaysOff,
) -> Result<Result<CalendarChangeId, &'static str>, PageError> {
    let base = visit.internal.pack.current().pack.calendar().version().to_owned();
    let (office, county, person) = (
        visit.internal.office.clone(),
        visit.internal.county.clone(),
        visit.actor.person.clone(),
    );
    let said = text.to_owned();
    let write = async move {
        let new = NewCalendar {
            county: &county,
            source: source_of(&read),
            said: &said,
            years: read.years.iter().copied().collect(),
            calendar: &read.calendar,
            base: &base,
            account: Some(person.account.id),
            by: &person.account.name,
            at: clock::now(),
        };
        let done = office.calendar_propose(&new).await;
        if done.is_ok() {
            let _ = office.notices_wake().await;
        }
        done
    };
    outcome(in_own_task(write).await.map_err(PageError::undone)?)
}

/// `None`: there is no such act, or no such change waits any more.
async fn decide(visit: &Visit, id: CalendarChangeId, act: &str) -> Result<Option<Result<(), &'static str>>, PageError> {
    let confirm = match act {
        "confirm" => true,
        "withdraw" => false,
        _ => return Ok(None),
    };
    let (office, county, person) = (
        visit.internal.office.clone(),
        visit.internal.county.clone(),
        visit.actor.person.clone(),
    );
    let write = async move {
        let by = Clerk {
            account: person.account.id,
            name: &person.account.name,
            at: clock::now(),
        };
        if confirm {
            office.calendar_confirm(&county, id, by).await
        } else {
            office.calendar_withdraw(&county, id, by).await
        }
    };
    match in_own_task(write).await.map_err(PageError::undone)? {
        Err(CalendarError::NotWaiting) => {
            let known = visit.internal.board.calendar_changes(&visit.internal.county).await?;
            let decided = known.iter().any(|change| change.id == id);
            Ok(decided.then_some(Err("calendar.refused.decided")))
        }
        done => outcome(done).map(Some),
    }
}

/// The key of why it was refused; a failing database is a page of its own.
fn outcome<T>(done: Result<T, CalendarError>) -> Result<Result<T, &'static str>, PageError> {
    Ok(match done {
        Ok(done) => Ok(done),
        Err(CalendarError::NotWaiting) => Err("calendar.refused.decided"),
        Err(CalendarError::Waiting) => Err("calendar.refused.waiting"),
        Err(CalendarError::SamePerson) => Err("calendar.refused.same_person"),
        Err(CalendarError::Stale) => Err("calendar.refused.stale"),
        Err(CalendarError::Unfit(why)) => {
            tracing::error!(why, "the pack can't take a calendar");
            Err("calendar.refused.unfit")
        }
        Err(CalendarError::Store(e)) => return Err(PageError::undone(e)),
    })
}
