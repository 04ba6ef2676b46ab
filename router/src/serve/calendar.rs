//! Newly confirmed days off: the open clocks follow them, and the office is reminded before the published ones end.

use std::{sync::Arc, time::Duration};

use platform::{
    clock,
    pack::watch::PackWatch,
    run::telemetry::chain,
    store::{CalendarFollowed, InForce, PinnedRules, Router, Store, StoreError},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether there is something to follow.
const EVERY: Duration = Duration::from_secs(3);
/// So many looks between two thoughts of the end.
const LOOKS: u32 = 200;

/// Whom a step wakes.
pub(super) struct Wakes {
    /// Stages have other times.
    pub(super) stages: Arc<Notify>,
    /// So have their rings.
    pub(super) bells: Arc<Notify>,
    /// There are mails.
    pub(super) notices: Arc<Notify>,
}

/// Runs until `stop`.
pub(super) async fn run(
    store: Store<Router>,
    pack: PackWatch,
    wakes: Wakes,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut pinned = PinnedRules::default();
    let mut look: u32 = 0;
    let mut pause = EVERY;
    while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        let remind = look.is_multiple_of(LOOKS) && pause == EVERY;
        look = look.wrapping_add(1);
        pause = match turn(&store, &pack, &mut pinned, &wakes, remind).await {
            Ok(followed) if followed.more => Duration::ZERO,
            Ok(_) => EVERY,
            Err(e) => {
                tracing::warn!(error = chain(&e), "clocks do not follow the calendar yet");
                EVERY
            }
        };
    }
    Ok(())
}

async fn turn(
    store: &Store<Router>,
    pack: &PackWatch,
    pinned: &mut PinnedRules,
    wakes: &Wakes,
    remind: bool,
) -> Result<CalendarFollowed, StoreError> {
    let (loaded, now) = (pack.current(), clock::now());
    let in_force = InForce {
        pack: &loaded.pack,
        version: loaded.version,
        rule_set: loaded.rule_set,
    };
    let followed = store.calendar_follow(in_force, pinned, now).await?;
    if followed.moved > 0 {
        tracing::info!(moved = followed.moved, "dues moved by newly published days off");
        wakes.stages.notify_one();
        wakes.bells.notify_one();
    }
    let mut mails = followed.mails;
    if remind {
        mails += store
            .calendar_remind(loaded.pack.county(), loaded.pack.calendar(), now)
            .await?;
    }
    if mails > 0 {
        wakes.notices.notify_one();
    }
    Ok(followed)
}
