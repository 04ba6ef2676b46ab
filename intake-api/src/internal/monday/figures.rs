//! The figures of a span and of the one before.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use platform::store::{Listed, StoreError};

use super::{
    kept::{Counted, Figures},
    span::Span,
};
use crate::internal::Internal;

/// Overdue clocks that a sheet lists.
pub(super) const OVERDUE: usize = 200;

/// As they were some minutes ago, or as they are.
pub(super) async fn of(internal: &Internal, span: Span, now: DateTime<Utc>) -> Result<Arc<Figures>, StoreError> {
    if let Some(kept) = internal.sheets.find(span, now) {
        return Ok(kept);
    }
    let limit = i64::try_from(OVERDUE + 1).unwrap_or(i64::MAX);
    let mut overdue = internal
        .board
        .sheet_overdue(&internal.county, span.bounds().1.min(now), limit)
        .await?;
    let more = overdue.len() > OVERDUE;
    overdue.truncate(OVERDUE);
    let (overdue, unread) = Listed::sorted(overdue);
    let (now_counted, before) = tokio::try_join!(counted(internal, span, now), counted(internal, span.before(), now))?;
    let figures = Arc::new(Figures {
        at: now,
        now: now_counted,
        before,
        overdue,
        unread,
        more,
    });
    internal.sheets.keep(span, figures.clone());
    Ok(figures)
}

async fn counted(internal: &Internal, span: Span, now: DateTime<Utc>) -> Result<Counted, StoreError> {
    let (county, bounds) = (&internal.county, span.bounds());
    let (received, judged) = tokio::try_join!(
        internal.office.sheet_received(county, bounds),
        internal.board.sheet_judged(county, now, bounds)
    )?;
    Ok(Counted { received, judged })
}
