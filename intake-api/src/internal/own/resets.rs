//! The reset of a lost factor, in person and by two people: an administrator asks after having seen the owner, somebody else
//! confirms: another administrator, the office, or the leader of the owner's unit.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::TimeDelta;
use platform::{
    clock,
    store::{FactorReset, Find, StoreError},
    text::Lang,
};
use serde::Deserialize;
use serde_json::json;

use crate::internal::{
    Internal,
    auth::{Actor, Admin, Resetter},
    detached,
    kept::Said,
    page::{Frame, Language, problem, render, words},
    people::new_act,
    unavailable,
};

/// After this nobody can confirm it any more, and it is asked for anew.
const GOOD: TimeDelta = TimeDelta::days(3);
/// Longest reason.
const REASON: usize = 300;

struct Line {
    id: i64,
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
pub(super) async fn page(State(internal): State<Internal>, actor: Resetter, Language(lang): Language) -> Response {
    show(&internal, &actor, lang, StatusCode::OK, None, None).await
}

/// `POST /people/{id}/factor-reset`
pub(super) async fn ask(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(form): Form<Reason>,
) -> Response {
    let reason = form.reason.trim().to_owned();
    let refuse = async |key: &str| {
        let (status, error) = (StatusCode::UNPROCESSABLE_ENTITY, lang.t(key).to_owned());
        let mut page = show(&internal, &actor, lang, status, Some(error.clone()), None).await;
        // What was typed comes back on the person's page, with this sentence over it.
        page.extensions_mut().insert(Said(error));
        page
    };
    if id == actor.person.account.id {
        return refuse("factor.reset_own").await;
    }
    if reason.is_empty() || reason.chars().count() > REASON || reason.chars().any(char::is_control) {
        return refuse("factor.reset_reason").await;
    }
    match internal.people.accounts_list(&internal.county, Find::One(id)).await {
        Ok(found) if found.is_empty() => return problem::not_found().into_response(),
        Ok(_) => {}
        Err(e) => return unavailable(&e),
    }
    let (within, by) = (internal.clone(), Actor::clone(&actor));
    let done = detached(async move {
        let now = clock::now();
        let mut act = new_act(&within, &by, "factor-reset-asked", Some(id), now);
        act.detail = json!({"reason": reason});
        let asker = by.person.account.id;
        within
            .people
            .factor_reset_ask(id, asker, &reason, now + GOOD, &act)
            .await
    });
    match done.await {
        Ok(true) => Redirect::to("/factor-resets").into_response(),
        Ok(false) => refuse("factor.reset_none").await,
        Err(response) => response,
    }
}

/// `POST /factor-resets/{id}/confirm`
pub(super) async fn confirm(
    State(internal): State<Internal>,
    actor: Resetter,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    decide(&internal, &actor, lang, id, true).await
}

/// `POST /factor-resets/{id}/refuse`
pub(super) async fn refuse(
    State(internal): State<Internal>,
    actor: Resetter,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    decide(&internal, &actor, lang, id, false).await
}

async fn decide(internal: &Internal, actor: &Actor, lang: Lang, id: i64, confirmed: bool) -> Response {
    let waiting = match mine(internal, actor).await {
        Ok(waiting) => waiting,
        Err(e) => return unavailable(&e),
    };
    let Some(reset) = waiting.into_iter().find(|reset| reset.id == id) else {
        return problem::not_found().into_response();
    };
    let (within, by) = (internal.clone(), actor.clone());
    let done = detached(async move {
        let kind = if confirmed {
            "factor-reset"
        } else {
            "factor-reset-refused"
        };
        let mut act = new_act(&within, &by, kind, Some(reset.account_id), clock::now());
        act.detail = json!({"asked_by": reset.asked_by_name, "reason": reset.reason});
        let decider = by.person.account.id;
        within.people.factor_reset_decide(id, decider, confirmed, &act).await
    });
    match done.await {
        Ok(true) => {
            let key = if confirmed {
                "factor.reset_done"
            } else {
                "factor.reset_refused"
            };
            show(
                internal,
                actor,
                lang,
                StatusCode::OK,
                None,
                Some(lang.t(key).to_owned()),
            )
            .await
        }
        Ok(false) => {
            let error = Some(lang.t("factor.reset_second").to_owned());
            show(internal, actor, lang, StatusCode::CONFLICT, error, None).await
        }
        Err(response) => response,
    }
}

/// Those that this person sees: all for administrators and the office, a leader those of their own units.
async fn mine(internal: &Internal, actor: &Actor) -> Result<Vec<FactorReset>, StoreError> {
    let mut waiting = internal.people.factor_resets(&internal.county, clock::now()).await?;
    if !actor.is(&["admin", "office"]) {
        waiting.retain(|reset| reset.units.iter().any(|unit| actor.leads(unit)));
    }
    Ok(waiting)
}

async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    status: StatusCode,
    error: Option<String>,
    done: Option<String>,
) -> Response {
    let waiting = match mine(internal, actor).await {
        Ok(waiting) => waiting,
        Err(e) => return unavailable(&e),
    };
    let (now, me) = (clock::now(), actor.person.account.id);
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
        error,
        done,
        frame: Frame::of(actor, lang, "/factor-resets"),
    };
    render(status, &page)
}
