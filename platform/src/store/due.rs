//! One shape for every queue: what is due is read from an index in the order in which it is served.
//!
//! A queue has ranks (P1 before P2, urgent before ordinary). Each rank is a question of its own with equalities and one bound,
//! so that an index with the rank in front answers it from its first due entry on, and what is held or waits for a retry
//! (due later, hence behind) is never walked over. One question over all ranks would walk over it or sort the backlog.
//! The ranks are asked one after the other, and only as far as the limit reaches. `SKIP LOCKED` lets several workers share.
//!
//! A lease is planned anew each time ([`sqlx::query::Query::persistent`] off): a plan kept from the days when the queue was
//! empty reads the whole table once it is long.

use chrono::{DateTime, TimeDelta, Utc};

/// The `SELECT` of what is due, locked: table, columns, the order within a rank, the limit, then each rank's condition.
macro_rules! due {
    ($table:literal, $columns:literal, $order:literal, $limit:literal, $first:literal $(, $rank:literal)* $(,)?) => {
        concat!(
            "SELECT * FROM (", $crate::store::due::due!(@rank $table, $columns, $order, $limit, $first), ") rank",
            $(" UNION ALL SELECT * FROM (", $crate::store::due::due!(@rank $table, $columns, $order, $limit, $rank), ") rank",)*
            " LIMIT ", $limit
        )
    };
    (@rank $table:literal, $columns:literal, $order:literal, $limit:literal, $rank:literal) => {
        concat!(
            "SELECT ", $columns, " FROM ", $table, " WHERE ", $rank, " ORDER BY ", $order, " LIMIT ", $limit,
            " FOR UPDATE SKIP LOCKED"
        )
    };
}
pub(super) use due;

/// Where the next turn over a long backlog begins.
///
/// What was taken leaves dead entries at the head of the index until they are swept, and while somebody holds an old
/// snapshot (a dump) none can be. A turn that got all it asked for lets the next one begin where it ended. Short of a
/// backlog, and every eight seconds in any case, a turn begins at the head, so nothing is passed over for long.
#[derive(Clone, Debug)]
pub struct Onward<const RANKS: usize> {
    from: [Option<DateTime<Utc>>; RANKS],
    head_at: Option<DateTime<Utc>>,
}

/// Entries are written a moment after the time that they carry; a turn begins so much before the end of the last.
const LATE: TimeDelta = TimeDelta::seconds(5);
/// A look at the head walks over all that was done since the last one. With the 20 s of a dead worker's lease it stays below 30 s.
const HEAD_EVERY: TimeDelta = TimeDelta::seconds(8);

impl<const RANKS: usize> Default for Onward<RANKS> {
    fn default() -> Self {
        Self {
            from: [None; RANKS],
            head_at: None,
        }
    }
}

impl<const RANKS: usize> Onward<RANKS> {
    /// Where to begin now in each rank; `None` is the head.
    pub(super) fn from(&mut self, now: DateTime<Utc>) -> [Option<DateTime<Utc>>; RANKS] {
        if self.head_at.is_none_or(|at| now >= at) {
            self.head_at = Some(now + HEAD_EVERY);
            return [None; RANKS];
        }
        self.from
    }

    /// A turn took these: the rank and the time of each. `full` says that it got all it asked for.
    pub(super) fn ended(&mut self, full: bool, taken: impl IntoIterator<Item = (usize, DateTime<Utc>)>) {
        if !full {
            self.from = [None; RANKS];
            return;
        }
        for (rank, at) in taken {
            let from = &mut self.from[rank];
            *from = (*from).max(Some(at - LATE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backlog_is_walked_onward_and_looked_at_from_its_head_now_and_then() {
        let t = |s: i64| DateTime::from_timestamp(1_000_000 + s, 0).expect("a time");
        let mut onward = Onward::<2>::default();
        assert_eq!(onward.from(t(0)), [None; 2], "the first turn begins at the head");
        onward.ended(true, [(0, t(-1000)), (0, t(-990)), (1, t(-2000))]);
        assert_eq!(
            onward.from(t(1)),
            [Some(t(-995)), Some(t(-2005))],
            "each rank for itself"
        );
        onward.ended(true, []);
        assert_eq!(
            onward.from(t(2)),
            [Some(t(-995)), Some(t(-2005))],
            "what came again moves nothing"
        );
        onward.ended(true, [(0, t(-1500)), (1, t(-1900))]);
        assert_eq!(onward.from(t(4)), [Some(t(-995)), Some(t(-1905))], "never back");
        assert_eq!(
            onward.from(t(8)),
            [None; 2],
            "the head is looked at every eight seconds"
        );
        assert_eq!(onward.from(t(9)), [Some(t(-995)), Some(t(-1905))]);
        onward.ended(false, [(1, t(-800))]);
        assert_eq!(onward.from(t(10)), [None; 2], "there is no backlog");
    }
}
