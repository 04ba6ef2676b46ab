//! `/sessions`: where one is signed in, and the end of it; and what others did to one's way in.

use askama::Template;
use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AccountActKind, AccountId, EndSessions, Find, SessionId, SessionLine},
    text::Lang,
};
use serde::Deserialize;

use crate::internal::{
    By, Visit,
    auth::{Actor, Admin, SignedIn},
    detached,
    error::PageError,
    page::{Frame, render, words},
    people::{ActLine, act_lines, new_act},
};

/// Acts on one's way in that the page tells of.
const TOLD: [AccountActKind; 11] = [
    AccountActKind::Invited,
    AccountActKind::InvitationUsed,
    AccountActKind::InvitationVoided,
    AccountActKind::Password,
    AccountActKind::SessionsEnded,
    AccountActKind::FactorSet,
    AccountActKind::FactorOff,
    AccountActKind::FactorResetAsked,
    AccountActKind::FactorReset,
    AccountActKind::RecoveryCodes,
    AccountActKind::RecoveryCodeUsed,
];

struct Line {
    id: SessionId,
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
    session: SessionId,
}

/// `GET /sessions`
pub(super) async fn page(by: By<SignedIn>) -> Result<Response, PageError> {
    show(&by, None).await
}

/// `POST /sessions/end`: one of one's own.
pub(super) async fn end(by: By<SignedIn>, Form(which): Form<Which>) -> Result<Response, PageError> {
    ended(&by, EndSessions::One(which.session)).await
}

/// `POST /sessions/end-others`: all but this one.
pub(super) async fn end_others(by: By<SignedIn>) -> Result<Response, PageError> {
    ended(&by, EndSessions::AllBut(by.actor.session)).await
}

async fn ended(by: &By<SignedIn>, which: EndSessions) -> Result<Response, PageError> {
    let count = end_some(by, by.me(), which).await?;
    let text = by.lang.fill("sessions.ended", &[("n", &count.to_string())]);
    show(by, Some(text)).await
}

/// Ends sessions of an account, in a task of its own: how many.
async fn end_some(visit: &Visit, account: AccountId, which: EndSessions) -> Result<u64, PageError> {
    let visit = visit.clone();
    detached(async move {
        let act = new_act(&visit, AccountActKind::SessionsEnded, Some(account), clock::now());
        visit.internal.people.sessions_end_some(account, which, &act).await
    })
    .await
}

/// `POST /people/{id}/sessions-end`: an administrator ends all of a person's.
pub(super) async fn end_of_another(by: By<Admin>, Path(id): Path<AccountId>) -> Result<Response, PageError> {
    let (people, county) = (&by.internal.people, &by.internal.county);
    if people.accounts_list(county, Find::One(id)).await?.is_empty() {
        return Err(PageError::NotFound);
    }
    end_some(&by, id, EndSessions::All).await?;
    Ok(Redirect::to(&format!("/people/{id}")).into_response())
}

async fn show(visit: &Visit, done: Option<String>) -> Result<Response, PageError> {
    let (internal, actor, lang) = (&visit.internal, &visit.actor, visit.lang);
    let (now, idle) = (clock::now(), internal.tokens.lifetime());
    let lines = internal.people.sessions_list(visit.me(), idle, now).await?;
    let mut acts = internal.people.account_acts(&internal.county, visit.me()).await?;
    acts.retain(|act| act.act.known().is_some_and(|kind| TOLD.contains(&kind)));
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
        frame: visit.frame("/sessions"),
    };
    Ok(render(StatusCode::OK, &page))
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
