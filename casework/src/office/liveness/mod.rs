//! 有人接办检查: can any report of this county fall through?
//!
//! A sound table may still lose a child: a row for police that was deleted leaves no gap where another row asks
//! something of somebody else. So this check knows what the law and the county owe and asks for every combination of
//! situation, age, danger, area, trigger and all other facts that a row can test, at every hour of the calendar year.
//!
//! The product is large and is never walked through. It falls apart without losing a case, and why is said here:
//! - **Situations and children.** A report asks what the rows ask for each of its situations with each of its
//!   children, together; its urgency is the highest of theirs. What holds for every single pair therefore holds for
//!   every report. Of the facts a row sees only what [`space`] lists, so a row is a box there.
//! - **Areas.** The search for a unit sees levels and kinds, not names: see `places`.
//! - **Hours.** Minutes and hours run on by themselves. A due of a day regime depends on the day of the start alone,
//!   so over a day the distance between two dues is monotone and its first and last instant decide: see `year`.
//! - **Urgency and time** meet facts only through the limit that they choose; every obligation is checked at every
//!   urgency, reachable or not, since a person can send any of them by hand.
//!
//! Findings about police are by the tables. The safety floor of the program would still send the ticket, which is why
//! nobody would notice the lost row; the finding says so.

mod answers;
mod clocks;
mod duties;
pub(crate) mod example;
mod finding;
mod law;
mod model;
mod places;
pub mod space;
mod year;

use crate::pack::Pack;
pub use example::ExampleReport;
use finding::Liveness;
pub use finding::{Claim, LivenessFinding};
pub use places::{Site, sites};
use space::Undecided;

/// Checks a pack that was read and found sound. No finding = every claim holds.
pub fn check(pack: &Pack) -> Vec<LivenessFinding> {
    let liveness = Liveness::new(pack);
    let mut found = Vec::new();
    match model::Model::read(pack, &liveness.space) {
        Ok(model) => {
            let rules = duties::check(&liveness, &model, &mut found);
            if rules.is_err() {
                found.push(liveness.undecided());
            }
            clocks::check(&liveness, Some(&model), &mut found);
        }
        Err(Undecided) => {
            found.push(liveness.undecided());
            clocks::check(&liveness, None, &mut found);
        }
    }
    found
}
