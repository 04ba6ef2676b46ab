//! What is asked, as it is read from a form or a program.

use casework::routing::PlannedClock;
use casework::ticket::motion::{MotionKind, NoMotion, ReturnGround};
use casework::words::Stage;
use chrono::{DateTime, Utc};

/// What is asked, and on which clock the office decides.
#[derive(Clone, Debug)]
pub struct Asking {
    /// What.
    pub asks: Asks,
    /// The office's clock.
    pub clock: PlannedClock,
    /// Version of the calendar.
    pub calendar: String,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// 退单
    Return {
        /// On which ground.
        ground: ReturnGround,
        /// Code of the unit that is proposed instead.
        unit: Option<String>,
    },
    /// 延期
    Extension {
        /// For which stage.
        stage: Stage,
        /// Until when.
        due: DateTime<Utc>,
    },
    /// 增派
    Reinforcement {
        /// Code of the unit that is proposed.
        unit: Option<String>,
    },
    /// 终止办理
    Waiver {
        /// Whether it may be, by the county's rows in force.
        may: Result<(), NoMotion>,
    },
}

impl Asking {
    /// The kind of it.
    pub fn kind(&self) -> MotionKind {
        match self.asks {
            Asks::Return { .. } => MotionKind::Return,
            Asks::Extension { .. } => MotionKind::Extension,
            Asks::Reinforcement { .. } => MotionKind::Reinforcement,
            Asks::Waiver { .. } => MotionKind::Waiver,
        }
    }
}
