//! What the office does: plans a drill, takes it back, calls again those who did not answer, and writes down who answered by telephone.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use platform::{
    clock,
    store::{AccountId, AnsweredHow, BellAnswer, CallId, DrillId, StoreError},
};
use serde::Deserialize;

use super::{
    answers::Made,
    list::{self, REFUSED},
    page,
    typed::Typed,
};
use crate::internal::{
    Answer, By, Visit,
    again::Again,
    auth::Office,
    detached,
    error::{ApiError, PageError},
    wire::JsonBody,
};

/// What an act on a drill needs beside its name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Whom {
    /// `answered`: code of the unit.
    unit: String,
    /// `answered`: account of the person.
    person: String,
}

/// What came of an act.
enum Done {
    /// This drill is to be looked at.
    See(DrillId),
    /// Not now: the key of why.
    NotNow(&'static str),
}

/// `POST /drills`
pub(super) async fn plan(by: By<Office>, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, PageError> {
    let typed = Typed::of_form(pairs);
    match planned(&by, &typed).await? {
        Ok(_) => Ok(Redirect::to("/drills").into_response()),
        Err(key) => list::show(&by, Again::keeping(REFUSED, by.said(key), typed)).await,
    }
}

/// `POST /api/v1/drills`: `{"when": "announced", "at": "2026-12-02T03:00"}` or `{"when": "random", "month": "2026-12"}`, with `units`,
/// `minutes` and `monthly` -> `{"id"}`.
pub(super) async fn api_plan(by: By<Office>, JsonBody(typed): JsonBody<Typed>) -> Result<Answer<Made>, ApiError> {
    match planned(&by, &typed).await? {
        Ok(id) => Ok(Answer(Made { id })),
        Err(key) => Err(ApiError::key(422, key)),
    }
}

async fn planned(visit: &Visit, typed: &Typed) -> Result<Result<DrillId, &'static str>, PageError> {
    let now = clock::now();
    let read = typed.plan(&visit.internal.pack.current().pack, now, &mut rand::rng());
    let plan = match read {
        Ok(plan) => plan,
        Err(key) => return Ok(Err(key)),
    };
    let (office, county, me) = (visit.internal.office.clone(), visit.internal.county.clone(), visit.me());
    let id = detached(async move { office.drill_plan(&county, &plan, me, now).await }).await?;
    Ok(Ok(id))
}

/// `POST /drills/{id}/{act}`
pub(super) async fn submit(
    by: By<Office>,
    Path((id, word)): Path<(DrillId, String)>,
    Form(whom): Form<Whom>,
) -> Result<Response, PageError> {
    match act(&by, id, &word, &whom).await? {
        None => Err(PageError::NotFound),
        Some(Done::See(id)) => Ok(Redirect::to(&format!("/drills/{id}")).into_response()),
        Some(Done::NotNow(key)) => {
            let again = Again::saying(StatusCode::CONFLICT, by.said(key));
            page::show(&by, (id, page::Asked::default()), again).await
        }
    }
}

/// `POST /api/v1/drills/{id}/{act}`: `withdraw`, `repeat`, `answered` (`{"unit", "person"}`) -> `{"id"}`.
pub(super) async fn api(
    by: By<Office>,
    Path((id, word)): Path<(DrillId, String)>,
    JsonBody(whom): JsonBody<Whom>,
) -> Result<Answer<Made>, ApiError> {
    match act(&by, id, &word, &whom).await? {
        None => Err(ApiError::said(
            404,
            "there is no such drill; the acts are withdraw, repeat and answered",
        )),
        Some(Done::See(id)) => Ok(Answer(Made { id })),
        Some(Done::NotNow(key)) => Err(ApiError::key(409, key)),
    }
}

/// `None`: there is no such act or drill.
async fn act(by: &By<Office>, id: DrillId, word: &str, whom: &Whom) -> Result<Option<Done>, PageError> {
    let (internal, me, now) = (&by.internal, by.me(), clock::now());
    if internal.board.drill(&internal.county, id).await?.is_none() {
        return Ok(None);
    }
    let (office, county) = (internal.office.clone(), internal.county.clone());
    Ok(Some(match word {
        "withdraw" => {
            let done = detached(async move { office.drill_withdraw(&county, id, me, now).await }).await?;
            if done {
                Done::See(id)
            } else {
                Done::NotNow("drills.not_now")
            }
        }
        "repeat" => match detached(async move { office.drill_repeat(&county, id, me, now).await }).await? {
            Some(round) => Done::See(round),
            None => Done::NotNow("drills.not_now"),
        },
        "answered" => match chosen(by, id, whom).await? {
            Some((person, calls)) => {
                let answer = BellAnswer {
                    by: person,
                    how: AnsweredHow::Telephone,
                    recorded_by: Some(me),
                    at: now,
                };
                detached(async move { office.bell_answer(&calls, answer).await.map(drop) as Result<(), StoreError> })
                    .await?;
                Done::See(id)
            }
            None => Done::NotNow("drills.not_now"),
        },
        _ => return Ok(None),
    }))
}

/// The person that was chosen of those who can be, and the calls for the unit; none: somebody answered before.
async fn chosen(by: &By<Office>, id: DrillId, whom: &Whom) -> Result<Option<(AccountId, Vec<CallId>)>, PageError> {
    let units = by.internal.board.drill_units(id).await?;
    let unit = units
        .iter()
        .find(|unit| unit.unit == whom.unit && unit.answered_at.is_none());
    let Some(unit) = unit else { return Ok(None) };
    let person = whom.person.parse::<AccountId>().ok();
    let people = page::people(by, unit).await?;
    let person = people.iter().find(|choice| Some(choice.id) == person);
    Ok(person.map(|person| (person.id, unit.calls.0.iter().map(|call| call.id).collect())))
}
