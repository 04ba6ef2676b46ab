//! 申请事项: what a unit that holds a ticket asks of the office. While it is asked the ticket's clocks run on.
//!
//! **退单**: the unit says that it is not the one, on a ground and with a reason; it need not sign first. The office names the unit
//! that takes over, or leaves the ticket where it is. A P1 ticket of the police is never returned: whoever is there acts. An
//! obligation of a case is returned twice at most: whom the office names then keeps it.
//!
//! **延期**: more time for a stage, asked before its time is up and once a stage. A limit that the law gives is not moved.
//!
//! **增派**: the case needs another unit. The office names it with what it owes: a ticket of its own in the same case.
//!
//! **终止办理**: nothing of what the unit owes is needed any more. One person of the office agrees, another one confirms. What the law
//! asks is never waived.
//!
//! A motion is asked by one person and decided by another.

use chrono::{DateTime, TimeDelta, Utc};

use super::closing::Place;
use crate::words::reserved::{LEADING_GROUP, POLICE, POLICE_ACCEPT, TRIAGE};
use crate::words::{Grade, Stage, Urgency, words};

words! {
    /// What is asked.
    MotionKind {
        /// 退单
        Return = "return",
        /// 延期
        Extension = "extension",
        /// 增派: another unit joins the case.
        Reinforcement = "reinforcement",
        /// 终止办理: what is owed is waived.
        Waiver = "waiver",
    }
}

words! {
    /// Where it stands.
    MotionState {
        /// It waits for the office.
        Asked = "asked",
        /// 同意
        Granted = "granted",
        /// 不同意
        Refused = "refused",
        /// The unit took it back.
        Withdrawn = "withdrawn",
        /// What more time was asked for was done, or ended, before anybody decided.
        Lapsed = "lapsed",
    }
}

words! {
    /// Why a ticket is returned; what words add to it is sealed.
    ReturnGround {
        /// 不属本单位职责
        NotOurDuty = "not-our-duty",
        /// 不属本辖区
        NotOurArea = "not-our-area",
        /// 重复派单
        Duplicate = "duplicate",
        /// 其他
        Other = "other",
    }
}

/// How often an obligation of a case is returned; after that the owner that the office named is final.
pub const RETURNS: i64 = 2;

/// The farthest that a due may be put off; what is later is a slip in the year.
pub const LONGEST: TimeDelta = TimeDelta::days(366);

/// Why something can't be asked, or not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoMotion {
    /// A P1 ticket of the police is acted on, and moved by a transfer.
    PoliceUrgent,
    /// It was returned twice: the owner that the office named is final.
    Final,
    /// It comes by a transfer, and the unit that gives it away is free only when this one has signed.
    Awaited,
    /// The law gives this limit.
    Statutory,
    /// The stage is over, has not begun, or its time is up.
    Over,
    /// Once a stage.
    Once,
    /// Not later than the due that there is, or too far away.
    NotLater,
    /// That unit has the same in hand in the case already.
    InCase,
    /// The law asks it, or a person has to judge: neither is waived.
    ByLaw,
}

/// A ticket as its unit asks to return it.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// How urgent it is.
    pub urgency: Urgency,
    /// Kind of the unit that holds it.
    pub kind: &'a str,
    /// How often its obligation was returned in the case.
    pub returns: i64,
    /// A transfer waits for its signature.
    pub awaited: bool,
}

/// Whether a ticket may be returned.
pub fn may_return(held: Held<'_>) -> Result<(), NoMotion> {
    if held.urgency == Urgency::P1 && held.kind == POLICE {
        Err(NoMotion::PoliceUrgent)
    } else if held.returns >= RETURNS {
        Err(NoMotion::Final)
    } else if held.awaited {
        Err(NoMotion::Awaited)
    } else {
        Ok(())
    }
}

/// Whether a unit may join a case with this, where another one holds the ticket: the leading group supervises, judging is the office's
/// own, and what the police accept is the police's.
pub fn may_join(holder: &str, obligation: &str, unit: Place<'_>) -> bool {
    unit.unit != holder
        && unit.kind != LEADING_GROUP
        && obligation != TRIAGE
        && (obligation != POLICE_ACCEPT || unit.kind == POLICE)
}

/// Whether what a ticket asks may be waived. `statutory`: the county's statutory rows name the obligation; `basis`: how well each of its
/// bases is known, since law that only a secondary source tells is law until somebody has read otherwise.
pub fn may_waive(obligation: &str, statutory: bool, mut basis: impl Iterator<Item = Grade>) -> Result<(), NoMotion> {
    let reserved = obligation == POLICE_ACCEPT || obligation == TRIAGE;
    if reserved || statutory || basis.any(|grade| grade != Grade::P) {
        Err(NoMotion::ByLaw)
    } else {
        Ok(())
    }
}

/// A stage as somebody asks for more time.
#[derive(Debug, Clone, Copy)]
pub struct Extends {
    /// How firm its limit is.
    pub grade: Grade,
    /// Its due, where it runs.
    pub due: Option<DateTime<Utc>>,
    /// It was asked for this stage before.
    pub asked_before: bool,
}

/// Stages for which more time may be asked: signing says that somebody has read it, and takes no time.
pub fn is_extended(stage: Stage) -> bool {
    matches!(stage, Stage::Contact | Stage::Resolve)
}

/// Whether more time may be asked now.
pub fn may_extend(stage: Extends, wanted: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), NoMotion> {
    let Some(due) = stage.due else {
        return Err(NoMotion::Over);
    };
    if stage.grade == Grade::V {
        Err(NoMotion::Statutory)
    } else if stage.asked_before {
        Err(NoMotion::Once)
    } else if due <= now {
        Err(NoMotion::Over)
    } else {
        is_later(due, wanted, now)
    }
}

/// Whether a due may be put off to this time. Nobody is given time that has passed already.
pub fn is_later(due: DateTime<Utc>, wanted: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), NoMotion> {
    let far = wanted - due > LONGEST;
    if wanted <= due || wanted <= now || far {
        Err(NoMotion::NotLater)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_police_keep_what_is_urgent_and_the_third_time_nobody_returns() {
        let held = |urgency, kind, returns| Held {
            urgency,
            kind,
            returns,
            awaited: false,
        };
        assert_eq!(may_return(held(Urgency::P1, POLICE, 0)), Err(NoMotion::PoliceUrgent));
        assert_eq!(may_return(held(Urgency::P2, POLICE, 0)), Ok(()));
        assert_eq!(may_return(held(Urgency::P1, "education", 1)), Ok(()));
        assert_eq!(may_return(held(Urgency::P3, "education", 2)), Err(NoMotion::Final));
        let awaited = Held {
            awaited: true,
            ..held(Urgency::P2, "education", 0)
        };
        assert_eq!(may_return(awaited), Err(NoMotion::Awaited));
    }

    #[test]
    fn more_time_is_asked_in_time_once_and_never_of_the_law() {
        let day = |day: i64| DateTime::UNIX_EPOCH + TimeDelta::days(day);
        let stage = Extends {
            grade: Grade::P,
            due: Some(day(10)),
            asked_before: false,
        };
        assert_eq!(may_extend(stage, day(15), day(9)), Ok(()));
        assert_eq!(may_extend(stage, day(10), day(9)), Err(NoMotion::NotLater));
        assert_eq!(may_extend(stage, day(380), day(9)), Err(NoMotion::NotLater));
        assert_eq!(
            may_extend(stage, day(15), day(10)),
            Err(NoMotion::Over),
            "the time is up"
        );
        let other = |stage| may_extend(stage, day(15), day(9));
        assert_eq!(other(Extends { due: None, ..stage }), Err(NoMotion::Over));
        assert_eq!(
            other(Extends {
                asked_before: true,
                ..stage
            }),
            Err(NoMotion::Once)
        );
        assert_eq!(
            other(Extends {
                grade: Grade::V,
                ..stage
            }),
            Err(NoMotion::Statutory)
        );
        assert_eq!(
            is_later(day(10), day(12), day(13)),
            Err(NoMotion::NotLater),
            "that time has passed"
        );
    }

    #[test]
    fn another_unit_joins_with_what_can_be_its() {
        let unit = |unit, kind| Place { unit, kind };
        assert!(may_join("edu-1", "family-support", unit("wf-1", "womens-federation")));
        assert!(
            !may_join("edu-1", "family-support", unit("edu-1", "education")),
            "it has it"
        );
        assert!(!may_join("edu-1", POLICE_ACCEPT, unit("edu-2", "education")));
        assert!(may_join("edu-1", POLICE_ACCEPT, unit("pol-1", POLICE)));
        assert!(!may_join("edu-1", TRIAGE, unit("office", "office")));
        assert!(!may_join("edu-1", "family-support", unit("lg", LEADING_GROUP)));
    }

    #[test]
    fn what_the_law_asks_is_not_waived() {
        let may = |obligation, statutory, basis: &[Grade]| may_waive(obligation, statutory, basis.iter().copied());
        assert_eq!(may("companionship", false, &[Grade::P]), Ok(()));
        assert_eq!(may("companionship", false, &[Grade::P, Grade::S]), Err(NoMotion::ByLaw));
        assert_eq!(may("companionship", false, &[Grade::V]), Err(NoMotion::ByLaw));
        assert_eq!(may("protection-order", true, &[Grade::P]), Err(NoMotion::ByLaw));
        assert_eq!(may(POLICE_ACCEPT, false, &[]), Err(NoMotion::ByLaw));
        assert_eq!(may(TRIAGE, false, &[]), Err(NoMotion::ByLaw));
    }

    #[test]
    fn signing_takes_no_time() {
        let extended: Vec<Stage> = Stage::ALL.iter().copied().filter(|stage| is_extended(*stage)).collect();
        assert_eq!(extended, [Stage::Contact, Stage::Resolve]);
    }
}
