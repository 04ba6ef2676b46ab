//! `GET /on-duty/stream`: what rings on a page, as it comes (server-sent events).
//!
//! `rings` names the calls that ring, whenever they are others than before; `beat` comes every few seconds and says how old the
//! last look at the database is, so that a page can tell silence from a server that sees nothing. It ends with the session, which is
//! looked at anew every half minute, and with the service.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::Query,
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures::stream;
use platform::{clock, store::SessionId};
use serde_json::json;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::{
    hub::{Listening, Rings},
    own::{Which, look, own_page},
};
use crate::internal::{By, Internal, auth::OnRoster, error::PageError, page::problem};

/// How often the page hears that the server is there. Proxies end what is silent for a minute, our own listener gives places of
/// silent connections away after ten seconds.
const BEAT: Duration = Duration::from_secs(4);
/// How often the session is looked at, in beats.
const SESSION_BEATS: u32 = 7;

/// A page at the other end.
struct Heard {
    internal: Internal,
    session: SessionId,
    listening: Listening,
    beat: Interval,
    beats: u32,
    /// The first event says what rings now.
    greeted: bool,
}

/// The stream; 503 where there is no place, and the page asks instead.
pub(super) async fn stream(by: By<OnRoster>, Query(which): Query<Which>) -> Result<Response, PageError> {
    let page = own_page(&by, which.page).await?;
    let first = look(&by, &page.unit).await?;
    let hub = by.internal.duty_pages.clone();
    let Some(listening) = hub.listen((by.me(), &page.unit), first) else {
        return Ok(problem::unavailable().into_response());
    };
    let mut beat = interval_at(Instant::now() + BEAT, BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let heard = Heard {
        internal: by.internal.clone(),
        session: by.actor.session,
        listening,
        beat,
        beats: 0,
        greeted: false,
    };
    let events = stream::unfold(heard, async |mut heard| {
        let event = heard.next().await?;
        Some((Ok::<_, Infallible>(event), heard))
    });
    // A proxy that gathers answers would gather the night's rings.
    let headers = [("cache-control", "no-store"), ("x-accel-buffering", "no")];
    Ok((headers, Sse::new(Box::pin(events))).into_response())
}

impl Heard {
    /// The next event; none: it is over.
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            self.greeted = true;
            let rings = self.listening.rings.borrow_and_update().clone();
            return Some(rings_event(&rings));
        }
        let stop = self.internal.duty_pages.stop.clone();
        tokio::select! {
            () = stop.cancelled() => None,
            changed = self.listening.rings.changed() => {
                changed.ok()?;
                let rings = self.listening.rings.borrow_and_update().clone();
                Some(rings_event(&rings))
            }
            _ = self.beat.tick() => {
                self.beats += 1;
                if self.beats.is_multiple_of(SESSION_BEATS) && !self.session_lives().await {
                    return None;
                }
                let now = clock::now();
                let age = (now - self.listening.rings.borrow().at).num_seconds();
                Some(Event::default().event("beat").data(json!({ "looked_s": age }).to_string()))
            }
        }
    }

    /// A database that is away ends no session; the page hears by the beat that nobody looks.
    async fn session_lives(&self) -> bool {
        let lifetime = self.internal.tokens.lifetime();
        let people = &self.internal.people;
        let found = people.session_person(self.session, lifetime, clock::now()).await;
        found.map_or(true, |live| live.is_some())
    }
}

fn rings_event(rings: &Rings) -> Event {
    let data = json!({ "calls": rings.calls, "count": rings.calls.len() });
    Event::default().event("rings").data(data.to_string())
}
