//! The one voice: what words, facts, cells, times, bases and laws are called for people, and the sentences made of them.
//!
//! Nothing Chinese stands in another room; `tests/tests/system/voice.rs` holds it. A file here imports the data that it
//! speaks of and decides nothing.

mod basis;
pub mod cannot;
pub mod cells;
pub mod check;
mod decision;
pub(crate) mod disclosure;
pub(crate) mod discreet;
pub(crate) mod doubts;
pub(crate) mod due;
pub(crate) mod explain;
pub mod facts;
pub(crate) mod falls;
pub(crate) mod forms;
mod law;
pub mod laws;
pub(crate) mod liveness;
pub mod notice;
pub mod parse;
pub mod replay;
pub(crate) mod ringing;
pub mod roster;
pub mod servers;
pub mod sheets;
pub(crate) mod tables;
pub mod times;
pub(crate) mod typed;
pub mod when;
mod words;

pub use basis::basis_zh;
pub use decision::decision;
pub use due::{date, moved, moved_more, put_off};
pub use law::{cited, names_county};

/// What waits for a person of the office.
pub const TRIAGE: &str = "待人工研判";
/// The product and one of its services, at a terminal.
pub const INTAKE: &str = "守望 Shouwang: takes reports, stores them, relays them";
/// Words that tell what the work is about: no title of an internal page may hold one.
pub const TELLING: [&str; 6] = ["守望", "儿童", "未成年", "报告", "工单", "救助"];
/// In place of a page whose template failed.
pub const NO_PAGE: &str = "页面暂时无法显示,请稍后再试。";
