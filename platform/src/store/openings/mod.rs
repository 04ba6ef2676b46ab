//! Openings: what is asked, opened, decided and reviewed beyond what a ticket or a role shows. `ask` and `act` write, each in one
//! transaction that leaves an event; here are the lists. What an opening shows is decided in SQL (`openings_shown`), never here.

pub(super) mod act;
pub(super) mod ask;
pub(super) mod opening;
pub(super) mod overdue;
pub(super) mod read;

pub use act::{OpeningActing, OpeningDeed, OpeningDenied, OpeningDone};
pub use ask::{OpeningAsk, OpeningAsked, OpeningClock, OpeningClocks};
pub use opening::{Opening, OpeningList, OpeningSealed};
pub use read::OpeningHanded;
