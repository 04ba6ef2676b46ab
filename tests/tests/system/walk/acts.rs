//! What somebody does: an act of the desk or of the office on one ticket, as the pages would send it.

use casework::{
    county::Matter,
    report::salvage,
    routing,
    ticket::{
        TicketAct,
        motion::{MotionKind, ReturnGround},
    },
    words::{
        Stage,
        reserved::{NOT_APPLICABLE, TRANSFERRED},
    },
};
use chrono::TimeDelta;
use platform::store::{
    ActDone, Acting, Asking, Asks, Closing, Desk, DeskScope, Detail, Granting, MotionId, Office, Reopening, Store,
    TicketDeed, Wait,
};

use super::county::{Actor, County, Ticket};

/// Of which login an act is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Desk,
    Office,
}

/// An act that can be tried.
pub(super) struct Try {
    pub(super) side: Side,
    pub(super) deed: TicketDeed,
    /// What the state machine calls it.
    pub(super) act: TicketAct,
}

impl Try {
    fn desk(deed: TicketDeed, act: TicketAct) -> Self {
        Self {
            side: Side::Desk,
            deed,
            act,
        }
    }

    fn office(deed: TicketDeed, act: TicketAct) -> Self {
        Self {
            side: Side::Office,
            deed,
            act,
        }
    }
}

/// Which act a number stands for; `which` chooses among units and stages. `None`: there is nothing to decide.
pub(super) async fn chosen(county: &County, ticket: &Ticket, number: u8, which: u8) -> Option<Try> {
    let stage = [Stage::Contact, Stage::Resolve][usize::from(which) % 2];
    Some(match number % NUMBERS {
        0..3 => Try::desk(
            TicketDeed::Sign,
            match waiting(county, ticket).await {
                Some((_, MotionKind::Return)) => TicketAct::SignAsked,
                _ => TicketAct::Sign,
            },
        ),
        3 => {
            let seen_at = county.now - TimeDelta::minutes(30);
            Try::desk(TicketDeed::Contact { seen_at }, TicketAct::Contact)
        }
        4 => Try::desk(TicketDeed::Evidence, TicketAct::Evidence),
        5 => Try::desk(
            TicketDeed::Progress {
                failed_visit: which.is_multiple_of(2),
            },
            TicketAct::Progress,
        ),
        6 => Try::desk(closing("no-harm-found", None), TicketAct::Close),
        7 => Try::desk(
            closing("no-harm-found", Some(wait(county, ticket, Matter::Confirm, None))),
            TicketAct::RequestClose,
        ),
        8 => Try::desk(
            closing(NOT_APPLICABLE, Some(wait(county, ticket, Matter::Confirm, None))),
            TicketAct::RequestClose,
        ),
        9 => {
            let to = county.another(&ticket.unit, which);
            let wait = wait(county, ticket, Matter::Approve, Some(to));
            Try::desk(closing(TRANSFERRED, Some(wait)), TicketAct::RequestClose)
        }
        10 => Try::desk(TicketDeed::Confirm(None), TicketAct::Confirm),
        11 => Try::office(TicketDeed::Confirm(None), TicketAct::Confirm),
        12 => Try::office(TicketDeed::Refuse, TicketAct::Refuse),
        13 => {
            let to: Option<String> = of(county, ticket, "SELECT transfer_to FROM tickets WHERE id = $1").await;
            let (successor, _) = county.successor(ticket, &to?, None);
            Try::office(TicketDeed::Approve(Box::new(successor)), TicketAct::Approve)
        }
        14 => Try::desk(TicketDeed::TakeBack, TicketAct::TakeBack),
        15 => Try::desk(reopening(county, ticket), TicketAct::Reopen),
        16 => Try::office(reopening(county, ticket), TicketAct::Reopen),
        17 | 18 => {
            let unit = which.is_multiple_of(2).then(|| county.another(&ticket.unit, which));
            let ground = ReturnGround::NotOurDuty;
            Try::desk(
                asking(county, ticket, Asks::Return { ground, unit }),
                TicketAct::AskReturn,
            )
        }
        19 | 20 => {
            let (_, due) = county.running(ticket.id, stage).await?;
            let due = due + TimeDelta::days(i64::from(which) - 1);
            Try::desk(asking(county, ticket, Asks::Extension { stage, due }), TicketAct::Ask)
        }
        21..24 => granting(county, ticket, which).await?,
        24 => {
            let (motion, kind) = waiting(county, ticket).await?;
            Try::office(TicketDeed::Deny(motion, kind), ends(kind))
        }
        25 => {
            let (_, kind) = waiting(county, ticket).await?;
            Try::desk(TicketDeed::Unask, ends(kind))
        }
        _ => Try::desk(
            asking(county, ticket, Asks::Reinforcement { unit: None }),
            TicketAct::Ask,
        ),
    })
}

/// How many kinds there are.
pub(super) const NUMBERS: u8 = 27;

/// Does it, on the version of the ticket that the person has read.
pub(super) async fn perform(county: &County, ticket: &Ticket, tried: &Try, (actor, unit): (&Actor, &str)) -> ActDone {
    let acting = Acting {
        by: &actor.name,
        account: actor.account,
        version: ticket.version,
        at: county.now,
        sealed: Some(b"sealed".to_vec()),
        detail: Detail::default(),
        telephone: None,
    };
    let (desk, office): (&Store<Desk>, &Store<Office>) = (&county.desk, &county.office);
    let done = match tried.side {
        Side::Desk => {
            desk.desk_act(&DeskScope::new([unit]), ticket.id, &tried.deed, &acting)
                .await
        }
        Side::Office => office.office_act("taihe", ticket.id, &tried.deed, &acting).await,
    };
    done.unwrap()
}

fn closing(outcome: &str, wait: Option<Wait>) -> TicketDeed {
    TicketDeed::Close(Box::new(Closing {
        outcome: outcome.into(),
        wait,
        ..Closing::default()
    }))
}

fn wait(county: &County, ticket: &Ticket, matter: Matter, transfer_to: Option<String>) -> Wait {
    Wait {
        office: matter == Matter::Approve,
        transfer_to,
        clock: routing::waiting(county.pack(), matter, ticket.urgency, county.now),
        calendar: county.pack().calendar().version().to_owned(),
    }
}

fn reopening(county: &County, ticket: &Ticket) -> TicketDeed {
    let owed = (ticket.obligation.as_str(), ticket.unit.as_str());
    TicketDeed::Reopen(Box::new(Reopening::plan(
        county.pack(),
        owed,
        ticket.urgency,
        county.now,
    )))
}

fn asking(county: &County, ticket: &Ticket, asks: Asks) -> TicketDeed {
    TicketDeed::Ask(Box::new(Asking {
        asks,
        clock: routing::waiting(county.pack(), Matter::Approve, ticket.urgency, county.now),
        calendar: county.pack().calendar().version().to_owned(),
    }))
}

/// What the office grants of what waits.
async fn granting(county: &County, ticket: &Ticket, which: u8) -> Option<Try> {
    let (motion, _) = waiting(county, ticket).await?;
    let case = county.office.motion_case("taihe", motion).await.unwrap()?;
    let granting = match case.motion.kind {
        MotionKind::Return => {
            let unit = case
                .motion
                .wanted_unit
                .unwrap_or_else(|| county.another(&ticket.unit, which));
            let (successor, held) = county.successor(ticket, &unit, case.first_due);
            Granting::Return {
                motion,
                unit,
                successor: Box::new(successor),
                held,
            }
        }
        MotionKind::Extension => {
            let (stage, due) = (*case.motion.stage?, case.motion.wanted_due?);
            let of = (ticket.unit.as_str(), ticket.urgency, stage);
            Granting::Extension {
                motion,
                stage,
                due,
                steps: routing::extended(county.pack(), of, (case.started_at?, due), county.now),
            }
        }
        MotionKind::Reinforcement => {
            let unit = county.another(&ticket.unit, which);
            let obligation = ["companionship", "psychological-support"][usize::from(which) % 2];
            let (facts, _) = salvage(&case.facts);
            let joining = routing::joining(county.pack(), &facts, (obligation, &unit), ticket.urgency, county.now);
            Granting::Reinforcement {
                motion,
                ticket: Box::new(joining?),
                versions: (1, 1),
                calendar: county.pack().calendar().version().to_owned(),
            }
        }
        // Nobody asks it here: what a walk begins with is never lost.
        MotionKind::Waiver => return None,
    };
    let act = match case.motion.kind {
        MotionKind::Return => TicketAct::GrantReturn,
        MotionKind::Extension | MotionKind::Reinforcement | MotionKind::Waiver => TicketAct::Answer,
    };
    Some(Try::office(TicketDeed::Grant(Box::new(granting)), act))
}

/// What ends a motion that is not granted.
fn ends(kind: MotionKind) -> TicketAct {
    match kind {
        MotionKind::Return => TicketAct::EndReturn,
        MotionKind::Extension | MotionKind::Reinforcement | MotionKind::Waiver => TicketAct::Answer,
    }
}

async fn waiting(county: &County, ticket: &Ticket) -> Option<(MotionId, MotionKind)> {
    let waits: Option<(MotionId, String)> =
        sqlx::query_as("SELECT id, kind FROM motions WHERE ticket_id = $1 AND state = 'asked'")
            .bind(ticket.id)
            .fetch_optional(&county.fixture.db)
            .await
            .unwrap();
    waits.map(|(id, kind)| (id, MotionKind::from_word(&kind).unwrap()))
}

async fn of(county: &County, ticket: &Ticket, sql: &'static str) -> Option<String> {
    sqlx::query_scalar(sql)
        .bind(ticket.id)
        .fetch_one(&county.fixture.db)
        .await
        .unwrap()
}
