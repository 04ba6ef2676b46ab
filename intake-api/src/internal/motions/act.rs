//! The office grants what a unit asks, or refuses it with a reason. Page and API share one way through.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::report::salvage;
use casework::routing;
use casework::ticket::motion::MotionKind;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    pack::watch::LoadedPack,
    store::{ActDone, Granting, MotionCase, MotionId, Successor, TicketDeed, Waiving},
};
use serde_json::{Map, Value};

use super::{
    answers::Done,
    page::{joins, may_name, show},
};
use crate::internal::{
    Answer, By, Visit,
    again::{Again, Fields, Wrong},
    auth::Office,
    desk::{
        act::version,
        end_of, fields, invalid,
        reader::{Reader, TEXT},
        undone, waivable,
    },
    error::{ApiError, PageError},
    office_act::OfficeAct,
    wire::JsonBody,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Grant,
    Refuse,
}

/// What was done, for the address after it and for programs: a first yes to a waiver grants nothing yet.
fn done(deed: &TicketDeed) -> &'static str {
    match deed {
        TicketDeed::Agree(_) => "agree",
        TicketDeed::Deny(..) => Verb::Refuse.word(),
        _ => Verb::Grant.word(),
    }
}

impl Verb {
    fn of(word: &str) -> Option<Self> {
        match word {
            "grant" => Some(Self::Grant),
            "refuse" => Some(Self::Refuse),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Refuse => "refuse",
        }
    }
}

/// `POST /motions/{id}/{act}`: `grant` or `refuse`.
pub(super) async fn submit(
    by: By<Office>,
    Path((id, act)): Path<(MotionId, String)>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let verb = Verb::of(&act).ok_or(PageError::NotFound)?;
    let (case, now) = (found(&by, id).await?, clock::now());
    let deed = match read(&by.internal.pack.current(), &case, verb, &fields, now) {
        Ok(deed) => deed,
        Err(wrong) => {
            let said = wrong.values().next().and_then(|key| by.said(key));
            return show(&by, id, Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, said, fields)).await;
        }
    };
    let word = done(&deed);
    match decide(&by, &case, deed, &fields, now).await? {
        ActDone::Done => Ok(Redirect::to(&format!("/motions?done={word}")).into_response()),
        other => {
            let said = undone::said(&other, by.lang, now)?;
            show(&by, id, Again::keeping(StatusCode::CONFLICT, Some(said), fields)).await
        }
    }
}

/// `POST /api/v1/motions/{id}/{act}`: `grant` (`{"version", "unit"}`, `{"version", "until"}` `{"version", "unit", "obligation"}`; of a waiver the first
/// answers `agree` and another person's grants it) or `refuse` (`{"version", "reason"}`).
pub(super) async fn api(
    by: By<Office>,
    Path((id, act)): Path<(MotionId, String)>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Result<Answer<Done>, ApiError> {
    let verb = Verb::of(&act).ok_or_else(|| ApiError::said(404, "the acts are grant and refuse"))?;
    let (case, now) = (found(&by, id).await?, clock::now());
    let fields = fields(body);
    let loaded = by.internal.pack.current();
    let deed = read(&loaded, &case, verb, &fields, now).map_err(|wrong| invalid(&wrong))?;
    let word = done(&deed);
    match decide(&by, &case, deed, &fields, now).await? {
        ActDone::Done => Ok(Answer(Done { done: word })),
        other => Err(undone::problem(other)),
    }
}

async fn found(visit: &Visit, id: MotionId) -> Result<MotionCase, PageError> {
    let internal = &visit.internal;
    let case = internal.office.motion_case(&internal.county, id).await?;
    case.ok_or(PageError::NotFound)
}

/// What the office typed, as a deed.
fn read(
    loaded: &LoadedPack,
    case: &MotionCase,
    verb: Verb,
    fields: &Fields,
    now: DateTime<Utc>,
) -> Result<TicketDeed, Wrong> {
    let mut reader = Reader {
        fields,
        wrong: Wrong::new(),
    };
    let m = &case.motion;
    let deed = match verb {
        Verb::Refuse => {
            reader.must("reason", TEXT, "motions.wrong.refuse");
            Some(TicketDeed::Deny(m.id, m.kind))
        }
        Verb::Grant => {
            reader.may("reason", TEXT);
            let granting = match m.kind {
                MotionKind::Return => {
                    grant_return(loaded, case, reader.get("unit"), now).ok_or(("unit", "motions.wrong.named"))
                }
                MotionKind::Extension => {
                    grant_extension(loaded, case, reader.get("until"), now).ok_or(("until", "motions.wrong.until"))
                }
                MotionKind::Reinforcement => {
                    let with = (reader.get("obligation"), reader.get("unit"));
                    grant_reinforcement(loaded, case, with, now).ok_or(("unit", "motions.wrong.joining"))
                }
                MotionKind::Waiver => return Ok(waiver(loaded, case)),
            };
            granting
                .map_err(|(field, key)| reader.wrong.insert(field, key))
                .map(|granting| TicketDeed::Grant(Box::new(granting)))
                .ok()
        }
    };
    deed.filter(|_| reader.wrong.is_empty()).ok_or(reader.wrong)
}

/// The unit that takes over, with its ticket.
fn grant_return(loaded: &LoadedPack, case: &MotionCase, unit: &str, now: DateTime<Utc>) -> Option<Granting> {
    let (pack, m) = (&loaded.pack, &case.motion);
    if !may_name(pack, case, unit) {
        return None;
    }
    let unit = pack.units().get(unit)?;
    let (stages, held) = routing::after_return(pack, (&m.obligation, &unit.code), m.urgency, now, case.first_due);
    Some(Granting::Return {
        motion: m.id,
        unit: unit.code.clone(),
        successor: Box::new(Successor {
            unit_kind: unit.kind.clone(),
            shows: pack.rules().shows(&m.obligation, &unit.kind),
            stages,
            rule_set: loaded.rule_set,
            calendar: pack.calendar().version().to_owned(),
        }),
        held,
    })
}

/// The due, with the escalation that leads to it.
fn grant_extension(loaded: &LoadedPack, case: &MotionCase, until: &str, now: DateTime<Utc>) -> Option<Granting> {
    let m = &case.motion;
    // A program that names no day grants what was asked.
    let due = if until.is_empty() { m.wanted_due } else { end_of(until) }?;
    let (stage, started) = (*m.stage?, case.started_at?);
    Some(Granting::Extension {
        motion: m.id,
        stage,
        due,
        steps: routing::extended(&loaded.pack, (&m.unit, m.urgency, stage), (started, due), now),
    })
}

/// The first person agrees, the second one confirms.
fn waiver(loaded: &LoadedPack, case: &MotionCase) -> TicketDeed {
    let m = &case.motion;
    let waiving = Waiving {
        motion: m.id,
        may: waivable(&loaded.pack, &m.obligation, &case.basis),
    };
    match m.agreed_account {
        None => TicketDeed::Agree(waiving),
        Some(_) => TicketDeed::Grant(Box::new(Granting::Waiver(waiving))),
    }
}

/// The unit that joins, with what it owes.
fn grant_reinforcement(
    loaded: &LoadedPack,
    case: &MotionCase,
    (obligation, unit): (&str, &str),
    now: DateTime<Utc>,
) -> Option<Granting> {
    let (pack, m) = (&loaded.pack, &case.motion);
    if !joins(pack, case, (obligation, unit)) {
        return None;
    }
    // Facts that can't be read whole say nothing of situations: then the unit is told of none.
    let (facts, _) = salvage(&case.facts);
    let ticket = routing::joining(pack, &facts, (obligation, unit), m.urgency, now)?;
    Some(Granting::Reinforcement {
        motion: m.id,
        ticket: Box::new(ticket),
        versions: (loaded.version, loaded.rule_set),
        calendar: pack.calendar().version().to_owned(),
    })
}

/// Decides in a task of its own, with the office's login.
async fn decide(
    visit: &Visit,
    case: &MotionCase,
    deed: TicketDeed,
    fields: &Fields,
    now: DateTime<Utc>,
) -> Result<ActDone, PageError> {
    let act = OfficeAct {
        ticket: case.motion.ticket_id,
        report: case.motion.report_id,
        data_key: &case.data_key,
        version: version(fields),
        reason: fields.get("reason").map_or("", String::as_str),
        now,
    };
    act.perform(visit, deed).await
}
