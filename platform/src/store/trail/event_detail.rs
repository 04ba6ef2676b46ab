//! What each kind of event says in its detail. The stored names never change; SQL writes some of them as well.

use casework::{
    callback::{CallResult, FollowUp},
    ticket::{
        TicketState,
        motion::{MotionKind, ReturnGround},
        opening::{Finding, Way},
    },
    words::TicketClock,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::store::{AccountId, FloodGroundKind, MotionId, OpeningId, StageId, TicketId};

/// `assigned`, `unassigned`, `rung-by-hand`: to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// That person's name; none where nobody has it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Why, where nobody of the unit chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<GivenWhy>,
}

casework::words! {
    /// Why a ticket was given to somebody else.
    GivenWhy {
        /// Who had it left.
        Left = "left",
    }
}

/// `due-moved`: which clock, and when it was due and is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueMoved {
    /// The clock.
    pub clock: TicketClock,
    /// By the calendar before.
    pub was: DateTime<Utc>,
    /// By the new one.
    pub due: DateTime<Utc>,
}

/// `requested`: what was asked of whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Obligation code.
    pub obligation: String,
    /// The asked unit's code.
    pub unit: String,
    /// Its ticket.
    pub ticket: TicketId,
}

/// `clock-started`: which clock, by what event, and until when it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockStarted {
    /// The clock.
    pub clock: TicketClock,
    /// Event code of the pack.
    pub event: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// By when.
    pub due: DateTime<Utc>,
}

/// `contacted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacted {
    /// When the child was seen, as that person said.
    pub seen_at: DateTime<Utc>,
}

/// `evidence`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceOf {
    /// Code of the pack.
    #[serde(rename = "kind")]
    pub material: String,
}

/// `resolved`, `close-requested`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedWith {
    /// Outcome code of the pack.
    pub outcome: String,
    /// The unit that is to take over, of a transfer.
    pub unit: Option<String>,
    /// The child was seen.
    pub seen: bool,
}

/// `close-confirmed`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Outcome code of the pack.
    pub outcome: Option<String>,
    /// Who asked for the closing.
    pub requested_by: Option<String>,
}

/// `close-refused`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Outcome code that was asked for.
    pub outcome: Option<String>,
    /// The unit that was to take over.
    pub unit: Option<String>,
}

/// `close-taken-back`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// Outcome code that it had or waited for.
    pub outcome: Option<String>,
    /// How far it was.
    pub was: TicketState,
}

/// What the page of an event about a closing reads: it is of all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct OfClosing {
    /// Outcome code of the pack.
    #[serde(default)]
    pub outcome: Option<String>,
    /// The unit that was to take over.
    #[serde(default)]
    pub unit: Option<String>,
}

/// `transfer-approved`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transferred {
    /// The unit that takes over.
    pub unit: Option<String>,
    /// Its ticket.
    pub ticket: TicketId,
}

/// `transferred-in`, `returned-in`; and what the page of every event between two units reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherUnit {
    /// The other unit's code.
    pub unit: String,
}

/// `joined-in`: who asked for this unit, and by which pack its clocks were planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinedIn {
    /// Code of the unit that asked.
    pub unit: String,
    /// The motion.
    pub motion: MotionId,
    /// Version of the pack.
    pub pack: i32,
}

/// `motion-…`: which, and what is its kind's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfMotion {
    /// The motion.
    pub motion: MotionId,
    /// What is asked.
    pub kind: MotionKind,
    /// A return: on which ground.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground: Option<ReturnGround>,
    /// A return, or another unit: code of the unit that is proposed, or that the office named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Granted: the ticket that takes over, or that joins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// An extension: of which clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<TicketClock>,
    /// When that was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<DateTime<Utc>>,
    /// By when it is asked for, or granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
}

impl OfMotion {
    /// Nothing but which motion it is.
    pub(in crate::store) fn new(motion: MotionId, kind: MotionKind) -> Self {
        Self {
            motion,
            kind,
            ground: None,
            unit: None,
            ticket: None,
            clock: None,
            was: None,
            due: None,
        }
    }
}

/// `triage-assigned`, `triage-rerouted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// New tickets.
    pub tickets: usize,
    /// Whether nothing waits for a human any more.
    pub closed: bool,
    /// Which decision of the report, from 1.
    pub round: i16,
}

/// Of an act by command line, beside its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByMachine {
    /// The user of the machine: no account stands behind the name.
    pub os_user: String,
}

/// `reopened`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    /// The generation of its new clocks.
    pub due_generation: i32,
}

/// `called-back`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalledBack {
    /// How the call ended.
    pub result: CallResult,
    /// Number of the call.
    pub attempt: i16,
    /// Which try it was to reach somebody; none: somebody was reached.
    #[serde(rename = "try")]
    pub nth: Option<i16>,
    /// No further call.
    pub ends: bool,
}

/// `callback-decided`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackDecided {
    /// Number of the call.
    pub attempt: i16,
    /// What follows.
    pub decision: FollowUp,
}

/// `opening-…`: which, of what, and what is its kind's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfOpening {
    /// The opening.
    pub opening: OpeningId,
    /// Parts of the report.
    pub parts: Vec<String>,
    /// Asked: how it comes to be open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// Reviewed: what was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// Ended or taken back by no person's act on it: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<OpeningWhy>,
}

impl OfOpening {
    /// Nothing but which opening it is.
    pub(in crate::store) fn new(opening: OpeningId, parts: Vec<String>) -> Self {
        Self {
            opening,
            parts,
            way: None,
            finding: None,
            why: None,
        }
    }
}

casework::words! {
    /// Why an opening ended.
    OpeningWhy {
        /// A review found that it was not right.
        Review = "review",
        /// Its ticket ended.
        Ticket = "ticket",
    }
}

/// `ring-answered`, as far as the program says it; SQL adds how, and which bells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Who of the office wrote it down, where it came by telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<AccountId>,
}

/// `instructed`: what was overdue at the level of the leading group then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instructed {
    /// Clocks of the ticket.
    pub stages: Vec<StageId>,
}

/// `duty-handed-over`, written by SQL.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct HandedOver {
    /// Who gave it.
    pub from: String,
}

/// `unit-moved`, written by SQL.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct UnitMoved {
    /// Name of the unit that it came from.
    pub from_name: String,
}

/// `flood-closed`, written by SQL.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FloodClosed {
    /// On what ground. Closings from before grounds were asked have none.
    pub ground: Option<FloodGroundKind>,
}

#[cfg(test)]
mod tests {
    use super::super::detail::{Detail, tests::holds};
    use super::*;

    #[test]
    fn of_a_unit_s_acts() {
        let to = Some("李".to_owned());
        let given = |to, why| Given { to, why };
        holds(&given(to.clone(), None), r#"{"to":"李"}"#);
        holds(&given(to, Some(GivenWhy::Left)), r#"{"to":"李","why":"left"}"#);
        holds(&given(None, Some(GivenWhy::Left)), r#"{"why":"left"}"#);
        let seen_at = "2026-11-24T00:10:00Z".parse().unwrap();
        holds(&Contacted { seen_at }, r#"{"seen_at":"2026-11-24T00:10:00Z"}"#);
        let material = "police-receipt".to_owned();
        holds(&EvidenceOf { material }, r#"{"kind":"police-receipt"}"#);
        let mut closed = ClosedWith {
            outcome: "resolved".to_owned(),
            unit: None,
            seen: true,
        };
        holds(&closed, r#"{"outcome":"resolved","unit":null,"seen":true}"#);
        closed.unit = Some("ca".to_owned());
        holds(&closed, r#"{"outcome":"resolved","unit":"ca","seen":true}"#);
        let of = Detail::of(&closed).read::<OfClosing>().unwrap();
        assert_eq!(
            (of.outcome.as_deref(), of.unit.as_deref()),
            (Some("resolved"), Some("ca"))
        );
        let back = TakenBack {
            outcome: Some("resolved".to_owned()),
            was: TicketState::CloseRequested,
        };
        holds(&back, r#"{"outcome":"resolved","was":"close-requested"}"#);
    }

    #[test]
    fn of_those_who_decide() {
        let (outcome, unit) = (Some("transferred".to_owned()), Some("ca".to_owned()));
        let confirmed = Confirmed {
            outcome: outcome.clone(),
            requested_by: Some("李".to_owned()),
        };
        holds(&confirmed, r#"{"outcome":"transferred","requested_by":"李"}"#);
        let refused = |unit| Refused {
            outcome: outcome.clone(),
            unit,
        };
        holds(&refused(None), r#"{"outcome":"transferred","unit":null}"#);
        holds(&refused(unit.clone()), r#"{"outcome":"transferred","unit":"ca"}"#);
        let ticket = TicketId(7);
        holds(&Transferred { unit, ticket }, r#"{"unit":"ca","ticket":7}"#);
        let there = Detail::of(&Transferred {
            unit: Some("ca".to_owned()),
            ticket,
        });
        assert_eq!(there.read::<OtherUnit>().unwrap().unit, "ca");
        holds(&OtherUnit { unit: "pol".to_owned() }, r#"{"unit":"pol"}"#);
        let stages = vec![StageId(3), StageId(4)];
        holds(&Instructed { stages }, r#"{"stages":[3,4]}"#);
        holds(&Reopened { due_generation: 2 }, r#"{"due_generation":2}"#);
        let settled = Settled {
            tickets: 2,
            closed: true,
            round: 3,
        };
        holds(&settled, r#"{"tickets":2,"closed":true,"round":3}"#);
        let by_machine = Detail::of(&settled).and(&ByMachine {
            os_user: "root".to_owned(),
        });
        let wanted: serde_json::Value =
            serde_json::from_str(r#"{"tickets":2,"closed":true,"round":3,"os_user":"root"}"#).unwrap();
        assert_eq!(serde_json::to_string(&by_machine).unwrap(), wanted.to_string());
    }

    #[test]
    fn of_call_backs_and_openings() {
        let mut called = CalledBack {
            result: CallResult::Unreachable,
            attempt: 2,
            nth: Some(1),
            ends: false,
        };
        holds(&called, r#"{"result":"unreachable","attempt":2,"try":1,"ends":false}"#);
        called.nth = None;
        holds(
            &called,
            r#"{"result":"unreachable","attempt":2,"try":null,"ends":false}"#,
        );
        let decided = CallbackDecided {
            attempt: 2,
            decision: FollowUp::Keep,
        };
        holds(&decided, r#"{"attempt":2,"decision":"keep"}"#);
        let mut opening = OfOpening {
            opening: OpeningId(5),
            parts: vec!["reporter".to_owned(), "home".to_owned()],
            way: None,
            finding: None,
            why: None,
        };
        holds(&opening, r#"{"opening":5,"parts":["reporter","home"]}"#);
        opening.way = Some(Way::Urgent);
        holds(&opening, r#"{"opening":5,"parts":["reporter","home"],"way":"urgent"}"#);
        (opening.way, opening.finding) = (None, Some(Finding::NotCompliant));
        holds(
            &opening,
            r#"{"opening":5,"parts":["reporter","home"],"finding":"not-compliant"}"#,
        );
        (opening.finding, opening.why) = (None, Some(OpeningWhy::Review));
        holds(&opening, r#"{"opening":5,"parts":["reporter","home"],"why":"review"}"#);
        holds(&Answered::default(), "{}");
        let recorded_by = Some(AccountId(4));
        holds(&Answered { recorded_by }, r#"{"recorded_by":4}"#);
    }

    #[test]
    fn of_motions() {
        let joined = JoinedIn {
            unit: "edu".to_owned(),
            motion: MotionId(5),
            pack: 3,
        };
        holds(&joined, r#"{"unit":"edu","motion":5,"pack":3}"#);
        assert_eq!(Detail::of(&joined).read::<OtherUnit>().unwrap().unit, "edu");
        let mut motion = OfMotion::new(MotionId(6), MotionKind::Return);
        holds(&motion, r#"{"motion":6,"kind":"return"}"#);
        (motion.ground, motion.unit, motion.ticket) = (
            Some(ReturnGround::NotOurArea),
            Some("edu".to_owned()),
            Some(TicketId(9)),
        );
        holds(
            &motion,
            r#"{"motion":6,"kind":"return","ground":"not-our-area","unit":"edu","ticket":9}"#,
        );
        let mut motion = OfMotion::new(MotionId(7), MotionKind::Extension);
        motion.clock = Some(TicketClock::Resolve);
        motion.was = Some("2026-11-24T00:10:00Z".parse().unwrap());
        motion.due = Some("2026-11-25T16:00:00Z".parse().unwrap());
        holds(
            &motion,
            r#"{"motion":7,"kind":"extension","clock":"resolve","was":"2026-11-24T00:10:00Z","due":"2026-11-25T16:00:00Z"}"#,
        );
    }

    #[test]
    fn of_what_sql_writes() {
        let read = |text: &str| serde_json::from_str::<Detail>(text).unwrap();
        let handed: HandedOver = read(r#"{"from":"李","given_at":"2026-11-24T00:10:00+00:00"}"#)
            .read()
            .unwrap();
        assert_eq!(handed.from, "李");
        let moved: UnitMoved = read(r#"{"to":"b","from":"a","from_name":"甲"}"#).read().unwrap();
        assert_eq!(moved.from_name, "甲");
        let closed: FloodClosed = read(r#"{"flood":1,"ground":"drill"}"#).read().unwrap();
        assert_eq!(closed.ground, Some(FloodGroundKind::Drill));
        assert_eq!(read(r#"{"flood":1}"#).read::<FloodClosed>().unwrap().ground, None);
    }
}
