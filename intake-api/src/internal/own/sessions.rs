//! `/sessions`: where one is signed in, and the end of it; and what others did to one's way in.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{EndSessions, Find, SessionLine},
    text::Lang,
};
use serde::Deserialize;
use uuid::Uuid;

use crate::internal::{
    Internal,
    auth::{Actor, Admin, SignedIn},
    detached,
    page::{Frame, Language, problem, render, words},
    people::{ActLine, act_lines, new_act},
    unavailable,
};

/// Acts on one's way in that the page tells of.
const TOLD: [&str; 11] = [
    "invited",
    "invitation-used",
    "invitation-voided",
    "password",
    "sessions-ended",
    "factor-set",
    "factor-off",
    "factor-reset-asked",
    "factor-reset",
    "recovery-codes",
    "recovery-code-used",
];

struct Line {
    id: Uuid,
    here: bool,
    agent: String,
    address: String,
    since: String,
    used: String,
    factor: bool,
}

#[derive(Template)]
#[template(path = "internal/own/sessions.html")]
struct SessionsPage {
    frame: Frame,
    lines: Vec<Line>,
    factor: bool,
    done: Option<String>,
    acts: Vec<ActLine>,
    idle: String,
}

/// Which session ends.
#[derive(Deserialize)]
pub(super) struct Which {
    session: Uuid,
}

/// `GET /sessions`
pub(super) async fn page(State(internal): State<Internal>, actor: SignedIn, Language(lang): Language) -> Response {
    show(&internal, &actor, lang, None).await
}

/// `POST /sessions/end`: one of one's own.
pub(super) async fn end(
    State(internal): State<Internal>,
    actor: SignedIn,
    Language(lang): Language,
    Form(which): Form<Which>,
) -> Response {
    ended(&internal, &actor, lang, EndSessions::One(which.session)).await
}

/// `POST /sessions/end-others`: all but this one.
pub(super) async fn end_others(
    State(internal): State<Internal>,
    actor: SignedIn,
    Language(lang): Language,
) -> Response {
    ended(&internal, &actor, lang, EndSessions::AllBut(actor.session)).await
}

async fn ended(internal: &Internal, actor: &Actor, lang: Lang, which: EndSessions) -> Response {
    let (within, by) = (internal.clone(), actor.clone());
    let done = detached(async move {
        let id = by.person.account.id;
        let act = new_act(&within, &by, "sessions-ended", Some(id), clock::now());
        within.people.sessions_end_some(id, which, &act).await
    });
    match done.await {
        Ok(count) => {
            let text = lang.fill("sessions.ended", &[("n", &count.to_string())]);
            show(internal, actor, lang, Some(text)).await
        }
        Err(response) => response,
    }
}

/// `POST /people/{id}/sessions-end`: an administrator ends all of a person's.
pub(super) async fn end_of_another(State(internal): State<Internal>, actor: Admin, Path(id): Path<i64>) -> Response {
    match internal.people.accounts_list(&internal.county, Find::One(id)).await {
        Ok(found) if found.is_empty() => return problem::not_found().into_response(),
        Ok(_) => {}
        Err(e) => return unavailable(&e),
    }
    let (within, by) = (internal.clone(), Actor::clone(&actor));
    let done = detached(async move {
        let act = new_act(&within, &by, "sessions-ended", Some(id), clock::now());
        within.people.sessions_end_some(id, EndSessions::All, &act).await
    });
    match done.await {
        Ok(_) => Redirect::to(&format!("/people/{id}")).into_response(),
        Err(response) => response,
    }
}

async fn show(internal: &Internal, actor: &Actor, lang: Lang, done: Option<String>) -> Response {
    let (now, id, idle) = (clock::now(), actor.person.account.id, internal.tokens.lifetime());
    let lines = internal.people.sessions_list(id, idle, now).await;
    let acts = internal.people.account_acts(&internal.county, id).await;
    let (lines, mut acts) = match (lines, acts) {
        (Ok(lines), Ok(acts)) => (lines, acts),
        (Err(e), _) | (_, Err(e)) => return unavailable(&e),
    };
    acts.retain(|act| TOLD.contains(&act.act.as_str()));
    acts.truncate(10);
    let page = SessionsPage {
        lines: lines.into_iter().map(|l| line(l, actor, lang, now)).collect(),
        factor: actor.person.account.factor_at.is_some(),
        done,
        acts: act_lines(&acts, &internal.pack.current().pack, lang, now),
        idle: lang.fill(
            "sessions.idle",
            &[
                ("minutes", &idle.num_minutes().to_string()),
                ("hours", &internal.session_hours.to_string()),
            ],
        ),
        frame: Frame::of(actor, lang, "/sessions"),
    };
    render(StatusCode::OK, &page)
}

fn line(line: SessionLine, actor: &Actor, lang: Lang, now: DateTime<Utc>) -> Line {
    Line {
        here: line.id == actor.session,
        id: line.id,
        agent: line
            .agent
            .unwrap_or_else(|| lang.t("sessions.unknown_agent").to_owned()),
        address: line
            .address
            .unwrap_or_else(|| lang.t("sessions.unknown_address").to_owned()),
        since: words::moment(lang, line.created_at, now),
        used: words::moment(lang, line.used_at, now),
        factor: line.factor,
    }
}
