//! Which open dues a calendar would move.

use std::collections::BTreeMap;

use casework::{calendar::Calendar, routing::due_by};
use chrono::{DateTime, Utc};
use platform::store::{CalendarMove, StageId, StoreError};

use crate::internal::Internal;

/// Clocks read at once.
const CHUNK: i64 = 5_000;
/// Clocks that are looked at: a county has fewer. Beyond it the page says that it stopped.
const MOST: usize = 100_000;
/// Moves that are listed.
pub(super) const LISTED: usize = 200;

/// What a calendar would move.
#[derive(Default)]
pub(super) struct Moves {
    /// How many.
    pub(super) moved: usize,
    /// Provisional dues that stay and are none any more.
    pub(super) settled: usize,
    /// By unit.
    pub(super) units: BTreeMap<String, usize>,
    /// The first of them.
    pub(super) listed: Vec<CalendarMove>,
    /// More clocks than are looked at.
    pub(super) stopped: bool,
}

/// Goes through the open clocks with limits in days.
pub(super) async fn moves(internal: &Internal, calendar: &Calendar, now: DateTime<Utc>) -> Result<Moves, StoreError> {
    let mut found = Moves::default();
    let (mut after, mut looked) = (Some(StageId(0)), 0);
    while let Some(from) = after {
        if looked >= MOST {
            found.stopped = true;
            break;
        }
        let (clocks, next) = internal.board.day_clocks(&internal.county, from, CHUNK).await?;
        looked += clocks.len();
        after = next;
        for clock in clocks {
            let (due, provisional) = due_by(calendar, clock.limit, (clock.started_at, clock.due_at), now);
            if due == clock.due_at {
                found.settled += usize::from(clock.provisional && !provisional);
                continue;
            }
            found.moved += 1;
            *found.units.entry(clock.unit.clone()).or_default() += 1;
            if found.listed.len() < LISTED {
                found.listed.push(CalendarMove {
                    report_id: clock.report,
                    unit: clock.unit,
                    clock: clock.clock,
                    was: clock.due_at,
                    due,
                });
            }
        }
        // Others wait for this thread too.
        tokio::task::yield_now().await;
    }
    Ok(found)
}
