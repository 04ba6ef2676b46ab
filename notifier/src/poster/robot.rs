//! A group chat: all that waits for it is one message with the number, and the next one keeps its distance.

use chrono::TimeDelta;
use platform::{
    clock,
    gateway::{Outcome, Words},
    store::{OutletToTell, PostId, PostSaid, PostVerdict},
};

use super::{delay, posting::Posting};

/// 20 a minute, say all three providers; with this distance 15 are sent, and what comes in between is gathered.
const DISTANCE: TimeDelta = TimeDelta::seconds(4);
/// A ring of a while ago asks for nothing any more: its bell has rung again, or was answered.
const STALE: TimeDelta = TimeDelta::minutes(30);

pub(super) async fn tell(posting: &Posting, outlet: &OutletToTell, posts: &[PostSaid]) {
    let now = clock::now();
    let next = Some(now + DISTANCE);
    let ids = |posts: &[&PostSaid]| posts.iter().map(|post| post.id).collect::<Vec<PostId>>();
    let (posts, over): (Vec<&PostSaid>, Vec<&PostSaid>) = posts.iter().partition(|post| post.rings);
    if !over.is_empty() {
        // "Waits for an answer" would not be true any more.
        posting
            .record(outlet.id, &ids(&over), PostVerdict::Silenced, None)
            .await;
    }
    if posts.is_empty() {
        return;
    }
    // What is marked as a drill is not said in one sentence with what is none: that waits for the next message.
    let drill = posts.iter().all(|post| post.drill);
    let (told, left): (Vec<&PostSaid>, Vec<&PostSaid>) = posts.iter().partition(|post| post.drill == drill);
    let tries = posts.iter().map(|post| post.attempts).max().unwrap_or(0);
    let robot = outlet
        .gateway
        .as_deref()
        .and_then(|name| posting.poster.robots.named(name));
    let Some(robot) = robot else {
        // Another notifier has another file: whoever has this robot tells it.
        let why = "this notifier has no such robot".to_owned();
        let verdict = delay::again(tries, why, now);
        posting.record(outlet.id, &ids(&posts), verdict, None).await;
        return;
    };
    let outcome = robot.say(&words(posting, &told, drill), &told[0].id.to_string()).await;
    let now = clock::now();
    let verdict = match outcome {
        Outcome::HandedOver(_) => PostVerdict::Sent,
        Outcome::Never(why) => PostVerdict::Failed { why },
        Outcome::Later(why) | Outcome::Busy(why) => {
            let oldest = told.iter().map(|post| post.created_at).min();
            match oldest {
                Some(oldest) if now - oldest > STALE => PostVerdict::Failed { why },
                _ => delay::again(tries, why, now),
            }
        }
    };
    posting.record(outlet.id, &ids(&told), verdict, next).await;
    if !left.is_empty() {
        let later = PostVerdict::PutOff { at: now + DISTANCE };
        posting.record(outlet.id, &ids(&left), later, None).await;
    }
}

/// The words of a message, for all of them.
fn words(posting: &Posting, posts: &[&PostSaid], drill: bool) -> Words {
    let mut reports: Vec<_> = posts.iter().map(|post| post.report_id).collect();
    reports.sort_unstable();
    reports.dedup();
    let loaded = posting.poster.pack.current();
    Words {
        // `Urgency` is ordered, the highest last.
        urgency: posts
            .iter()
            .map(|post| post.urgency)
            .max()
            .unwrap_or(casework::words::Urgency::P1),
        count: reports.len().max(1),
        report: reports.first().copied().filter(|_| reports.len() == 1),
        drill,
        office: loaded.pack.county_name(casework::words::Lang::Zh).to_owned(),
    }
}
