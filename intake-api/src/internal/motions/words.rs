//! Motions in words.

use casework::pack::Pack;
use casework::ticket::motion::{MotionKind, MotionState};
use casework::words::TicketClock;
use chrono::{DateTime, Utc};
use platform::{
    store::{Motion, MotionId, TicketId, event_detail::OfMotion},
    text::Lang,
};

use crate::internal::page::words::{self, Telling};

/// One in a line.
pub(crate) struct Line {
    pub(crate) id: MotionId,
    pub(crate) ticket: TicketId,
    pub(crate) receipt: String,
    pub(crate) unit: String,
    pub(crate) obligation: String,
    pub(crate) urgency: &'static str,
    pub(crate) hot: bool,
    pub(crate) drill: bool,
    pub(crate) what: &'static str,
    /// Ground and proposed unit, stage and both dues, or who has agreed.
    pub(crate) asks: Vec<String>,
    pub(crate) asked: String,
    pub(crate) due: words::Countdown,
    pub(crate) waits: bool,
    /// What became of it.
    pub(crate) became: String,
}

pub(super) fn line(m: &Motion, how: Telling<'_>) -> Line {
    let Telling { pack, lang, now } = how;
    let at = words::moment(lang, m.asked_at, now);
    Line {
        id: m.id,
        ticket: m.ticket_id,
        receipt: m.report_id.to_string(),
        unit: m.unit_name.clone(),
        obligation: pack
            .vocabulary()
            .obligations
            .label(&m.obligation, lang.pack())
            .to_owned(),
        urgency: words::urgency(lang, m.urgency),
        hot: m.urgency == casework::words::Urgency::P1,
        drill: m.drill,
        what: kind(lang, m.kind),
        asks: asks(m, how),
        asked: lang.fill("motions.asked", &[("by", &m.asked_by), ("at", &at)]),
        due: words::countdown(lang, Some(TicketClock::Motion), Some(m.due_at), now),
        waits: m.state == MotionState::Asked,
        became: became(m, how),
    }
}

pub(super) fn kind(lang: Lang, kind: MotionKind) -> &'static str {
    lang.t(&format!("motions.kind.{kind}"))
}

/// How a unit is proposed: instead, or besides.
fn proposes(kind: MotionKind) -> &'static str {
    if kind == MotionKind::Reinforcement {
        "motions.wants"
    } else {
        "motions.proposed"
    }
}

/// What exactly is asked.
fn asks(m: &Motion, how: Telling<'_>) -> Vec<String> {
    let Telling { pack, lang, now } = how;
    let mut lines = Vec::new();
    if let Some(ground) = &m.ground {
        lines.push(words::fill(
            lang,
            "motions.ground_is",
            "ground",
            lang.t(&format!("motions.ground.{}", **ground)),
        ));
    }
    if let Some(unit) = &m.wanted_unit {
        lines.push(words::fill(
            lang,
            proposes(m.kind),
            "unit",
            words::unit_name(pack, unit),
        ));
    }
    if let Some(((stage, was), due)) = m.stage.as_ref().zip(m.was_due).zip(m.wanted_due) {
        lines.push(moves(lang, TicketClock::from(**stage), (was, due), now));
    }
    if let Some((by, at)) = m.agreed_by.as_ref().zip(m.agreed_at) {
        let at = words::moment(lang, at, now);
        lines.push(lang.fill("motions.agreed", &[("by", by), ("at", &at)]));
    }
    lines
}

/// `办结：原定……，申请延至……`
fn moves(lang: Lang, clock: TicketClock, (was, due): (DateTime<Utc>, DateTime<Utc>), now: DateTime<Utc>) -> String {
    lang.fill(
        "motions.moves",
        &[
            ("stage", words::stage(lang, clock)),
            ("was", &words::due(lang, was, now)),
            ("due", &words::due(lang, due, now)),
        ],
    )
}

/// What became of it; while it waits, nothing.
fn became(m: &Motion, how: Telling<'_>) -> String {
    let Telling { pack, lang, now } = how;
    let at = m.decided_at.or(m.ended_at);
    let at = at.map(|at| words::moment(lang, at, now)).unwrap_or_default();
    let unit = m.granted_unit.as_ref().map(|unit| words::unit_name(pack, unit));
    let due = m.granted_due.map(|due| words::due(lang, due, now));
    let key = match (m.state, m.kind) {
        (MotionState::Asked, _) => return String::new(),
        (MotionState::Granted, MotionKind::Return) => "motions.became.returned",
        (MotionState::Granted, MotionKind::Extension) => "motions.became.extended",
        (MotionState::Granted, MotionKind::Reinforcement) => "motions.became.joined",
        (MotionState::Granted, MotionKind::Waiver) => "motions.became.waived",
        (MotionState::Refused, _) => "motions.became.refused",
        (MotionState::Withdrawn, _) => "motions.became.withdrawn",
        (MotionState::Lapsed, MotionKind::Extension) => "motions.became.lapsed",
        (MotionState::Lapsed, _) => "motions.became.ended",
    };
    lang.fill(
        key,
        &[
            ("at", &at),
            ("by", m.decided_by.as_deref().unwrap_or_default()),
            ("first", m.agreed_by.as_deref().unwrap_or_default()),
            ("unit", unit.as_deref().unwrap_or_default()),
            ("due", due.as_deref().unwrap_or_default()),
        ],
    )
}

/// What an event of a ticket says of its motion.
pub(crate) fn event(of: &OfMotion, pack: &Pack, lang: Lang) -> String {
    let mut parts = vec![kind(lang, of.kind).to_owned()];
    if let Some(ground) = of.ground {
        parts.push(lang.t(&format!("motions.ground.{ground}")).to_owned());
    }
    if let Some(unit) = &of.unit {
        let key = match (of.ticket, of.kind) {
            (Some(_), MotionKind::Reinforcement) => "motions.joins",
            (Some(_), _) => "motions.named",
            (None, kind) => proposes(kind),
        };
        parts.push(words::fill(lang, key, "unit", words::unit_name(pack, unit)));
    }
    if let Some(((clock, was), due)) = of.clock.zip(of.was).zip(of.due) {
        parts.push(lang.fill(
            "desk.due_moved",
            &[
                ("clock", words::stage(lang, clock)),
                ("was", &words::due(lang, was, was)),
                ("due", &words::due(lang, due, was)),
            ],
        ));
    }
    parts.join(lang.t("motions.comma"))
}
