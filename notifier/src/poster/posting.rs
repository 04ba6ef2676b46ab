//! Who tells outlets, and what it writes down.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Utc};
use platform::{
    clock,
    gateway::Robots,
    pack::watch::PackWatch,
    run::telemetry::chain,
    seal::ContactKey,
    store::{Notifier, OutletId, PostId, PostSettled, PostVerdict, Store},
    webhook::Sender,
};
use tokio::sync::Notify;
use tracing::{info, warn};
use uuid::Uuid;

use crate::hand::Hand;

/// Tells outlets.
pub(crate) struct Poster {
    pub(crate) store: Store<Notifier>,
    pub(crate) county: String,
    pub(crate) contacts: ContactKey,
    pub(crate) pack: PackWatch,
    pub(crate) robots: Robots,
    pub(crate) sender: Sender,
    /// How officers reach the desk, without a trailing slash.
    pub(crate) internal_url: String,
    /// Rung when something may be due.
    pub(crate) wake: Arc<Notify>,
}

/// A poster with an identity of its own.
pub(super) struct Posting {
    pub(super) poster: Poster,
    pub(super) owner: Uuid,
    pub(super) hand: Hand<PostId>,
    /// Outlets that are being told.
    pub(super) busy: Mutex<HashSet<OutletId>>,
}

impl Posting {
    /// Records what came of a try. What can't be recorded is told again when its lease has run out, under the same id.
    pub(super) async fn record(
        &self,
        outlet: OutletId,
        posts: &[PostId],
        verdict: PostVerdict,
        next_at: Option<DateTime<Utc>>,
    ) {
        log(outlet, posts.len(), &verdict);
        let settled = PostSettled {
            outlet,
            posts,
            verdict,
            next_at,
            at: clock::now(),
        };
        if let Err(e) = self.poster.store.post_settle(self.owner, &settled).await {
            warn!(%outlet, error = chain(&e), "what came of a post was not recorded: it is told again");
        }
    }
}

fn log(outlet: OutletId, count: usize, verdict: &PostVerdict) {
    let word = match verdict {
        PostVerdict::Sent => "sent",
        PostVerdict::Later { .. } => "later",
        PostVerdict::Failed { .. } => "failed",
        PostVerdict::Silenced => "silenced",
        PostVerdict::PutOff { .. } => return,
    };
    metrics::counter!("shouwang_posts_total", "outcome" => word).increment(count as u64);
    match verdict {
        PostVerdict::Sent => info!(%outlet, count, "told"),
        PostVerdict::Later { at, why } => warn!(%outlet, count, why, %at, "not told: trying again"),
        PostVerdict::Failed { why } => warn!(%outlet, count, why, "not told, and given up"),
        PostVerdict::Silenced => info!(%outlet, count, "not told: somebody answered, or the act was done"),
        PostVerdict::PutOff { .. } => {}
    }
}
