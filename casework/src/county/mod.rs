//! The data of a county: places, units, words, days off, limits of law and decisions. No rules; those are [`crate::rules`].
//!
//! Each file of a pack is read in `read/`; every mistake is collected and named by file and line ([`PackProblem`]).

mod areas;
mod confirmations;
mod duty_hours;
mod files;
mod last_resort;
mod phrases;
mod problem;
mod ranking;
pub(crate) mod read;
mod statutes;
mod units;
mod vocabulary;

pub use areas::{Area, AreaLevel, Areas, Located, Unlisted};
pub use confirmations::{Confirmations, DecisionLimit, Matter};
pub use duty_hours::{DutyHours, DutyRow};
pub use files::{DUTY, FILES, HOLIDAYS, MODEL, OPTIONAL, PHRASES, PINYIN, PackFiles, RINGING};
pub use last_resort::LastResort;
pub use phrases::Phrases;
pub(crate) use problem::Problems;
pub use problem::{Line, PackProblem};
pub use ranking::Ranking;
pub use read::is_mailbox;
pub use statutes::{Duty, DutyOf, Maximum, Statutes};
pub use units::{EVERY_KIND, Recusals, Unit, Units};
pub use vocabulary::{Label, Outcome, Situation, Term, Terms, UnitKind, Vocabulary};
