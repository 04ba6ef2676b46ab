//! The figures of a sheet, kept for some minutes: a month of a large county is a walk over all of its clocks, and people turn back
//! and forth between page, paper and workbook. The page says of when they are.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{Judged, OverdueLine, Received, Unread};

use super::span::Span;

/// How long figures are shown before they are read anew.
const KEPT: TimeDelta = TimeDelta::minutes(5);

/// Sheets that are kept at once.
const MOST: usize = 16;

/// What is counted of one span.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    pub(super) received: Vec<Received>,
    pub(super) judged: Vec<Judged>,
}

/// All figures of a sheet, as they were at one time.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    pub(super) at: DateTime<Utc>,
    pub(super) now: Counted,
    pub(super) before: Counted,
    /// The highest level first.
    pub(super) overdue: Vec<OverdueLine>,
    /// Of those that can't be read.
    pub(super) unread: Vec<Unread>,
    /// There are more than are listed.
    pub(super) more: bool,
}

/// Sheets that were read a moment ago.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<Read>>>);

/// Of which span, and what was read.
type Read = (Span, Arc<Figures>);

impl Kept {
    /// The figures of a span, where they are not too old.
    pub(super) fn find(&self, span: Span, now: DateTime<Utc>) -> Option<Arc<Figures>> {
        let mut kept = self.0.lock().ok()?;
        kept.retain(|(_, figures)| now - figures.at < KEPT);
        let found = kept.iter().find(|(of, _)| *of == span)?;
        Some(found.1.clone())
    }

    /// Keeps figures, instead of the oldest where there are too many.
    pub(super) fn keep(&self, span: Span, figures: Arc<Figures>) {
        let Ok(mut kept) = self.0.lock() else { return };
        kept.retain(|(of, _)| *of != span);
        if kept.len() >= MOST {
            kept.remove(0);
        }
        kept.push((span, figures));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_kept_for_minutes_and_not_longer() {
        let at: DateTime<Utc> = "2026-11-27T08:00:00Z".parse().unwrap();
        let span = Span::week_before(at.date_naive());
        let (kept, figures) = (
            Kept::default(),
            Arc::new(Figures {
                at,
                now: Counted::default(),
                before: Counted::default(),
                overdue: Vec::new(),
                unread: Vec::new(),
                more: false,
            }),
        );
        kept.keep(span, figures);
        assert!(kept.find(span, at + TimeDelta::minutes(4)).is_some());
        assert!(kept.find(span.before(), at).is_none(), "each span has its own");
        assert!(kept.find(span, at + KEPT).is_none());
    }
}
