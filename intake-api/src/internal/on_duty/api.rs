//! The duty page for programs: a screen of the unit's own that rings by itself.

use axum::extract::Path;
use casework::{
    calendar::rfc3339,
    words::{TicketClock, Urgency},
};
use platform::{
    clock,
    store::{AccountId, CallId, DutyPageId, PageDrill, PageRing, TicketId},
};
use serde::{Deserialize, Serialize};

use super::{
    acts::{Standing, beaten, began, ended},
    own::{look, own_page, scope, until},
};
use crate::internal::{Answer, By, auth::OnRoster, error::ApiError, wire::JsonBody};

/// Most calls of one beat.
const SHOWN: usize = 200;

/// Pages of the person's units that are open.
#[derive(Serialize)]
pub(super) struct Open {
    pages: Vec<OpenPage>,
}

#[derive(Serialize)]
struct OpenPage {
    page: DutyPageId,
    unit: String,
    account: AccountId,
    began_at: String,
    /// When it was last heard of.
    beat_at: String,
}

/// What rings on a page.
#[derive(Serialize)]
pub(super) struct Rings {
    /// To be named in the next beat once they were shown.
    calls: Vec<CallId>,
    rings: Vec<Ring>,
    /// 点验, which have no ticket. They are answered as any other call.
    drills: Vec<Drill>,
}

#[derive(Serialize)]
struct Drill {
    call: CallId,
    unit: String,
    unit_name: String,
    since: String,
}

#[derive(Serialize)]
struct Ring {
    call: CallId,
    ticket_id: TicketId,
    receipt: String,
    unit_name: String,
    obligation: String,
    urgency: Urgency,
    stage: TicketClock,
    cause: String,
    since: String,
    drill: bool,
}

/// For which unit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Beginning {
    unit: String,
}

/// What was shown since the last beat.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Beating {
    #[serde(default)]
    shown: Vec<CallId>,
}

/// `GET /api/v1/on-duty`
pub(super) async fn open(by: By<OnRoster>) -> Result<Answer<Open>, ApiError> {
    let open = by.internal.desk.duty_pages_open(&scope(&by), clock::now()).await?;
    let pages = open.into_iter().map(|page| OpenPage {
        page: page.id,
        unit: page.unit,
        account: page.account_id,
        began_at: rfc3339(page.began_at),
        beat_at: rfc3339(page.beat_at),
    });
    Ok(Answer(Open { pages: pages.collect() }))
}

/// `POST /api/v1/on-duty`
pub(super) async fn begin(by: By<OnRoster>, JsonBody(body): JsonBody<Beginning>) -> Result<Answer<Standing>, ApiError> {
    let page = began(&by, &body.unit).await?;
    Ok(Answer(Standing::of(page, until(&by, clock::now()))))
}

/// `GET /api/v1/on-duty/{page}`
pub(super) async fn rings(by: By<OnRoster>, Path(page): Path<DutyPageId>) -> Result<Answer<Rings>, ApiError> {
    let page = own_page(&by, page).await.map_err(ApiError::of_read)?;
    let calls = look(&by, &page.unit).await?.calls;
    let rings = by.internal.board.page_rings(&calls).await?;
    let drills = by.internal.board.page_drills(&calls).await?;
    Ok(Answer(Rings {
        calls,
        rings: rings.into_iter().map(Into::into).collect(),
        drills: drills.into_iter().map(Into::into).collect(),
    }))
}

/// `POST /api/v1/on-duty/{page}/beat`
pub(super) async fn beat(
    by: By<OnRoster>,
    Path(page): Path<DutyPageId>,
    JsonBody(mut body): JsonBody<Beating>,
) -> Result<Answer<Standing>, ApiError> {
    body.shown.truncate(SHOWN);
    let page = beaten(&by, page, body.shown).await?;
    Ok(Answer(Standing::of(page, until(&by, by.actor.used_at))))
}

/// `POST /api/v1/on-duty/{page}/end`
pub(super) async fn end(by: By<OnRoster>, Path(id): Path<DutyPageId>) -> Result<Answer<Standing>, ApiError> {
    // One that is over stands as it ended; one of somebody else is none.
    ended(&by, id).await?;
    let page = beaten(&by, id, Vec::new()).await?;
    Ok(Answer(Standing::of(page, until(&by, clock::now()))))
}

impl From<PageDrill> for Drill {
    fn from(drill: PageDrill) -> Self {
        Self {
            call: drill.call_id,
            unit: drill.unit,
            unit_name: drill.unit_name,
            since: rfc3339(drill.since),
        }
    }
}

impl From<PageRing> for Ring {
    fn from(ring: PageRing) -> Self {
        Self {
            call: ring.call_id,
            ticket_id: ring.ticket_id,
            receipt: ring.report_id.to_string(),
            unit_name: ring.unit_name,
            obligation: ring.obligation,
            urgency: ring.urgency,
            stage: *ring.stage,
            cause: ring.cause,
            since: rfc3339(ring.since),
            drill: ring.drill,
        }
    }
}
