//! A unit's own system, by Standard Webhooks: one event after the other. After the first that fails the rest waits with it.

use platform::{
    clock,
    seal::ContactKey,
    store::{OutletToTell, PostId, PostSaid, PostVerdict},
    webhook::{Delivery, Secret},
};

use super::{body, delay, posting::Posting};

pub(super) async fn tell(posting: &Posting, outlet: &OutletToTell, posts: &[PostSaid]) {
    let secrets = secrets(&posting.poster.contacts, outlet);
    let (Some(url), false) = (outlet.url.as_deref(), secrets.is_empty()) else {
        // Sealed with another contact key: an administrator gives it a new secret.
        let why = "its secret can't be opened with this contact key".to_owned();
        let tries = posts.iter().map(|post| post.attempts).max().unwrap_or(0);
        let all: Vec<PostId> = posts.iter().map(|post| post.id).collect();
        let verdict = delay::again(tries, why, clock::now());
        posting.record(outlet.id, &all, verdict, None).await;
        return;
    };
    let mut rest = posts.iter();
    while let Some(post) = rest.next() {
        let written = body::of(post, &posting.poster.internal_url);
        let (id, now) = (post.id.to_string(), clock::now());
        let delivery = Delivery {
            url,
            id: &id,
            at: now,
            body: &written,
        };
        let delivered = posting.poster.sender.deliver(delivery, &secrets).await;
        let verdict = match delivered {
            Ok(()) => PostVerdict::Sent,
            Err(why) => delay::again(post.attempts, why.to_string(), clock::now()),
        };
        let put_off = match &verdict {
            PostVerdict::Later { at, .. } => Some(*at),
            _ => None,
        };
        posting.record(outlet.id, &[post.id], verdict, put_off).await;
        if let Some(at) = put_off {
            let left: Vec<PostId> = rest.map(|post| post.id).collect();
            if !left.is_empty() {
                posting.record(outlet.id, &left, PostVerdict::PutOff { at }, None).await;
            }
            return;
        }
    }
}

/// The secret in force, and the one before while it signs too.
fn secrets(key: &ContactKey, outlet: &OutletToTell) -> Vec<Secret> {
    let sealed = [outlet.secret.as_deref(), outlet.old_secret.as_deref()];
    let open = |sealed: &[u8]| Secret::of(key.open_webhook(outlet.id, sealed).ok()?).ok();
    sealed.into_iter().flatten().filter_map(open).collect()
}
