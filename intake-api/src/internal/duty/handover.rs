//! `/duty/{unit}/handover`: 交班. The person on duty gives the unit's open tickets over, and the next one takes them.

use askama::Template;
use axum::{Form, extract::Path, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AccountId, DeskScope, Handover, HandoverId, HandoverTicket, NewHandover, Taking, TicketId},
    text::Lang,
};
use serde::Deserialize;
use tracing::info;

use super::scope;
use crate::internal::{
    By, Visit,
    auth::Desk,
    detached,
    error::PageError,
    page::{
        Frame, Paper, render,
        words::{self, Countdown},
    },
};

/// Tickets that the page lists; the desk has them all.
const SHOWN: usize = 200;

/// To whom.
#[derive(Deserialize)]
pub(super) struct To {
    #[serde(default)]
    to: String,
}

struct Line {
    id: TicketId,
    receipt: String,
    obligation: String,
    urgency: &'static str,
    hot: bool,
    countdown: Countdown,
    due: Option<String>,
    drill: bool,
}

struct Past {
    id: HandoverId,
    text: String,
    /// It waits for whoever reads the page.
    mine: bool,
}

#[derive(Template)]
#[template(path = "internal/duty/handover.html")]
struct HandoverPage {
    frame: Frame,
    paper: Paper,
    unit: String,
    name: String,
    lines: Vec<Line>,
    count: String,
    colleagues: Vec<(AccountId, String)>,
    past: Vec<Past>,
    done: Option<String>,
    error: Option<String>,
}

/// The page.
pub(super) async fn page(by: By<Desk>, Path(unit): Path<String>) -> Result<Response, PageError> {
    show(&by, &unit, StatusCode::OK, (None, None)).await
}

/// `POST`: gives the tickets over.
pub(super) async fn give(by: By<Desk>, Path(unit): Path<String>, Form(form): Form<To>) -> Result<Response, PageError> {
    let of = holds(&by, &unit)?;
    let people = by.internal.desk.desk_people(&by.internal.county, &unit).await?;
    let to: Option<AccountId> = form.to.parse().ok();
    let to = to.filter(|to| *to != by.me() && people.iter().any(|(id, ..)| id == to));
    let Some(to) = to else {
        let error = by.said("duty.wrong.other");
        return show(&by, &unit, StatusCode::UNPROCESSABLE_ENTITY, (None, error)).await;
    };
    let (visit, code) = (Visit::clone(&by), unit.clone());
    let given = detached(async move {
        let new = NewHandover {
            county: &visit.internal.county,
            unit: &code,
            from: visit.me(),
            to,
            at: clock::now(),
        };
        visit.internal.desk.handover_give(&of, new).await
    });
    given.await?;
    info!(unit, by = by.me().0, "gave the duty over");
    show(&by, &unit, StatusCode::OK, (by.said("duty.handover.given"), None)).await
}

/// `POST /duty/{unit}/handovers/{handover}/take`
pub(super) async fn take(
    by: By<Desk>,
    Path((unit, handover)): Path<(String, HandoverId)>,
) -> Result<Response, PageError> {
    let of = holds(&by, &unit)?;
    let visit = Visit::clone(&by);
    let taken = detached(async move {
        let taking = Taking {
            account: visit.me(),
            name: &visit.actor.person.account.name,
            at: clock::now(),
        };
        visit.internal.desk.handover_take(&of, handover, taking).await
    });
    if taken.await? {
        info!(unit, by = by.me().0, "took the duty over");
        show(&by, &unit, StatusCode::OK, (by.said("duty.handover.taken"), None)).await
    } else {
        let error = by.said("duty.handover.not_yours");
        show(&by, &unit, StatusCode::CONFLICT, (None, error)).await
    }
}

/// The scope of one unit, whose tickets the person holds.
fn holds(by: &By<Desk>, unit: &str) -> Result<DeskScope, PageError> {
    scope::unit(by, unit)?;
    let own = by.actor.units(&platform::store::Role::HOLDERS);
    own.contains(&unit)
        .then(|| DeskScope::new([unit]))
        .ok_or(PageError::NotFound)
}

async fn show(
    by: &By<Desk>,
    code: &str,
    status: StatusCode,
    (done, error): (Option<String>, Option<String>),
) -> Result<Response, PageError> {
    let of = holds(by, code)?;
    let unit = scope::unit(by, code)?;
    let (internal, lang, now, me) = (&by.internal, by.lang, clock::now(), by.me());
    let (desk, county) = (&internal.desk, &*internal.county);
    let tickets = desk.handover_tickets(&of, (county, code)).await?;
    let people = desk.desk_people(county, code).await?;
    let past = desk.handovers(&of, (county, code)).await?;
    let loaded = internal.pack.current();
    let frame = by.frame("/duty").titled(&unit.name);
    let county_name = loaded.pack.county_name(lang.pack());
    let label = |obligation: &str| {
        loaded
            .pack
            .vocabulary()
            .obligations
            .label(obligation, lang.pack())
            .to_owned()
    };
    let page = HandoverPage {
        paper: Paper::new(
            &frame,
            county_name,
            &unit.name,
            by.t("duty.handover.title"),
            &words::moment(lang, now, now),
        ),
        count: lang.fill("duty.handover.count", &[("n", &tickets.len().to_string())]),
        lines: tickets
            .iter()
            .take(SHOWN)
            .map(|ticket| line(ticket, label(&ticket.obligation), (lang, now)))
            .collect(),
        colleagues: people
            .into_iter()
            .filter(|(id, ..)| *id != me)
            .map(|(id, name, ..)| (id, name))
            .collect(),
        past: past.iter().map(|past| said(past, me, (lang, now))).collect(),
        unit: unit.code,
        name: unit.name,
        done,
        error,
        frame,
    };
    Ok(render(status, &page))
}

fn line(ticket: &HandoverTicket, obligation: String, (lang, now): (Lang, DateTime<Utc>)) -> Line {
    let stage = ticket.next_stage.map(|stage| stage.0);
    Line {
        id: ticket.id,
        receipt: ticket.report_id.to_string(),
        obligation,
        urgency: words::urgency(lang, ticket.urgency),
        hot: ticket.urgency == casework::words::Urgency::P1,
        countdown: words::countdown(lang, stage, ticket.next_due_at, now),
        due: ticket.next_due_at.map(|due| words::due(lang, due, now)),
        drill: ticket.drill,
    }
}

fn said(past: &Handover, me: AccountId, (lang, now): (Lang, DateTime<Utc>)) -> Past {
    let moment = |at| words::moment(lang, at, now);
    let given = moment(past.at);
    let (key, taken) = match past.taken_at {
        Some(at) => ("duty.handover.past", moment(at)),
        None => ("duty.handover.waits", String::new()),
    };
    let n = past.tickets.to_string();
    let values = [
        ("from", past.from_name.as_str()),
        ("to", past.to_name.as_str()),
        ("given", &given),
        ("taken", &taken),
        ("n", &n),
    ];
    Past {
        id: past.id,
        text: lang.fill(key, &values),
        mine: past.taken_at.is_none() && past.to_id == me,
    }
}
