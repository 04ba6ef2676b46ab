//! What waits behind the link 值班: holes of the days to come, and what a person is asked.

use std::{collections::BTreeMap, sync::Arc};

use casework::pack::Pack;
use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{DeskScope, DutyBook, Role, StoreError};

use super::scope;
use crate::internal::{Internal, auth::Actor, counts::UnitHoles};

/// How far ahead holes are counted: days in which a roster can still be mended. The unit's own page looks further.
pub(super) const AHEAD: TimeDelta = TimeDelta::days(3);

/// Seconds for which the holes of the county are kept: all units are looked through for them.
const KEPT_SECONDS: i64 = 60;

/// For the office the units that have begun with a roster and have a hole in the next days, for whoever keeps a roster its holes,
/// for everybody the swaps that they are asked for and what was handed over to them.
pub(crate) async fn waiting(internal: &Internal, actor: &Actor, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let me = actor.person.account.id;
    let mut waiting = internal.people.roster_swaps_waiting(me, now).await?;
    let held = actor.units(&Role::HOLDERS);
    if !held.is_empty() {
        waiting += internal.desk.handovers_waiting(&DeskScope::new(held), me).await?;
    }
    let kept = scope::led_units(actor);
    let office = actor.is(&[Role::Office]);
    if office || !kept.is_empty() {
        let holes = holes(internal, now).await?;
        waiting += if office {
            let amiss = holes.values().filter(|holes| holes.begun && holes.count > 0);
            i64::try_from(amiss.count()).unwrap_or(i64::MAX)
        } else {
            kept.iter()
                .filter_map(|unit| holes.get(*unit))
                .map(|holes| holes.count)
                .sum()
        };
    }
    Ok(waiting)
}

/// Nothing that was counted holds any more: somebody changed a roster.
pub(crate) fn forget(internal: &Internal) {
    if let Ok(mut kept) = internal.holes.lock() {
        *kept = None;
    }
}

/// Holes of the next days by unit.
pub(super) async fn holes(
    internal: &Internal,
    now: DateTime<Utc>,
) -> Result<Arc<BTreeMap<String, UnitHoles>>, StoreError> {
    let kept = internal.holes.lock().ok().and_then(|kept| kept.clone());
    if let Some((at, holes)) = kept
        && now - at < TimeDelta::seconds(KEPT_SECONDS)
    {
        return Ok(holes);
    }
    let loaded = internal.pack.current();
    let book = internal.people.duty_book(&loaded.pack, now).await?;
    // Some tens of milliseconds of work, which no other request of this thread should wait for.
    let counted = tokio::task::spawn_blocking(move || count(&book, &loaded.pack, now)).await;
    let counted = Arc::new(counted.unwrap_or_default());
    if let Ok(mut kept) = internal.holes.lock() {
        *kept = Some((now, counted.clone()));
    }
    Ok(counted)
}

fn count(book: &DutyBook, pack: &Pack, now: DateTime<Utc>) -> BTreeMap<String, UnitHoles> {
    let watch = book.watch(pack);
    let of = |code: &String| UnitHoles {
        begun: book.posts.get(code).is_some_and(|post| post.roster.is_begun()),
        count: i64::try_from(watch.holes(code, now, now + AHEAD).len()).unwrap_or(i64::MAX),
    };
    book.posts.keys().map(|code| (code.clone(), of(code))).collect()
}
