//! The ground floor: closed lists of words, and what a code looks like. Imports nothing of the other floors.
//!
//! A word is an enum here and a text in files, tables, JSON and the database; `words!` ties the two together.

mod code;
mod grade;
mod handling;
mod lang;
mod need;
mod push;
pub mod reserved;
mod seat;
mod stage;
mod urgency;
mod wire;

pub(crate) use code::words;
pub use code::{MAX_CODE_LEN, NoSuchWord, is_area_code, is_code};
pub use grade::Grade;
pub use handling::Handling;
pub use lang::Lang;
pub use need::Need;
pub use push::{Action, Addressee};
pub use seat::{Channel, Seat};
pub use stage::{Stage, TicketClock};
pub use urgency::Urgency;
pub use wire::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect};
