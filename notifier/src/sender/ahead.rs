//! Notices leased ahead of their turn, so that a place that becomes free is filled at once and a lease is shared by many.
//!
//! Few are held: what a killed notifier holds waits until its lease ends, and an urgent notice must overtake. So P1 has room
//! of its own here, as it has places of its own among the mails under way.

use std::collections::VecDeque;

use casework::words::Urgency;
use platform::store::{LeaseOf, LeasedNotice};

/// Notices held for each place among the mails under way.
const PER_PLACE: usize = 6;

/// The places among the mails under way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    /// All of them.
    pub(super) all: usize,
    /// Taken.
    pub(super) busy: usize,
    /// Taken by notices that are not P1.
    pub(super) ordinary: usize,
}

impl Places {
    pub(super) fn new(all: usize) -> Self {
        Self { all, ..Self::default() }
    }

    pub(super) fn take(&mut self, notice: &LeasedNotice) {
        self.busy += 1;
        self.ordinary += usize::from(notice.urgency != Urgency::P1);
    }

    pub(super) fn free(&mut self, urgent: bool) {
        self.busy -= 1;
        self.ordinary -= usize::from(!urgent);
    }

    /// Some places are kept for P1, so that ordinary mails to a hanging server can't hold up an urgent one.
    fn for_ordinary(self) -> usize {
        let kept_for_p1 = if self.all > 1 { (self.all / 4).max(1) } else { 0 };
        (self.all - kept_for_p1)
            .saturating_sub(self.ordinary)
            .min(self.all.saturating_sub(self.busy))
    }
}

/// Leased and not begun, in the order of the queue.
#[derive(Default)]
pub(super) struct Ahead {
    urgent: VecDeque<LeasedNotice>,
    ordinary: VecDeque<LeasedNotice>,
}

impl Ahead {
    pub(super) fn add(&mut self, leased: Vec<LeasedNotice>) {
        for notice in leased {
            if notice.urgency == Urgency::P1 {
                self.urgent.push_back(notice);
            } else {
                self.ordinary.push_back(notice);
            }
        }
    }

    /// The next notice that there is a place for.
    pub(super) fn next(&mut self, places: Places) -> Option<LeasedNotice> {
        if places.busy >= places.all {
            return None;
        }
        let urgent = self.urgent.pop_front();
        urgent.or_else(|| (places.for_ordinary() > 0).then(|| self.ordinary.pop_front()).flatten())
    }

    /// How many to lease, and of which urgency; `None` while enough are held. Half of the room is refilled at the least.
    pub(super) fn wants(&self, places: usize) -> Option<(usize, LeaseOf)> {
        let room = (places * PER_PLACE).max(2);
        if self.urgent.len() > room / 2 {
            None
        } else if self.ordinary.len() > room / 2 {
            Some((room - self.urgent.len(), LeaseOf::Urgent))
        } else {
            Some((room - self.ordinary.len(), LeaseOf::All))
        }
    }

    /// Everything, to be given back.
    pub(super) fn take(&mut self) -> impl Iterator<Item = LeasedNotice> {
        self.urgent.drain(..).chain(self.ordinary.drain(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_for_p1() {
        for (all, busy, ordinary, left) in [
            (8, 0, 0, 6),
            (8, 6, 6, 0),
            (8, 7, 5, 1),
            (8, 7, 6, 0),
            (8, 8, 5, 0),
            (1, 0, 0, 1),
            (1, 1, 1, 0),
            (2, 0, 0, 1),
            (2, 1, 1, 0),
        ] {
            let places = Places { all, busy, ordinary };
            assert_eq!(places.for_ordinary(), left, "{places:?}");
        }
    }

    #[test]
    fn little_is_held_and_p1_always_has_room() {
        let mut ahead = Ahead::default();
        assert_eq!(ahead.wants(8), Some((48, LeaseOf::All)));
        assert_eq!(ahead.wants(1), Some((6, LeaseOf::All)));
        assert!(
            ahead
                .next(Places {
                    all: 8,
                    ..Places::default()
                })
                .is_none()
        );
        assert_eq!(ahead.take().count(), 0);
    }
}
