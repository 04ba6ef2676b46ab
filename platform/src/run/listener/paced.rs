//! Bodies: one that comes too slowly ends, and an answer says when it is written.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep_until},
};
use tokio_util::sync::PollSemaphore;

use super::{connections::State, times::Times};

/// What every request may bring: a form with some 7,000 characters. 1,024 connections bring 64 MB.
const ORDINARY: u64 = 64 * 1024;
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A request's body, at the rate that it must keep.
pub(super) struct Paced {
    body: Incoming,
    times: Times,
    begun: Instant,
    read: u64,
    state: Arc<State>,
    turns: PollSemaphore,
    turn: Turn,
    /// Made when the body has to be waited for: most come with their head.
    end: Option<Pin<Box<Sleep>>>,
}

/// The turn of a large body; over when its request is answered.
#[derive(Clone, Default)]
pub(super) struct Turn(Arc<OnceLock<OwnedSemaphorePermit>>);

/// It came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
pub(super) struct TooSlow;

impl Paced {
    pub(super) fn new(body: Incoming, times: Times, state: Arc<State>, turns: Arc<Semaphore>, turn: Turn) -> Self {
        if body.is_end_stream() {
            state.works();
        } else {
            state.receives();
        }
        Self {
            body,
            times,
            begun: Instant::now(),
            read: 0,
            state,
            turns: PollSemaphore::new(turns),
            turn,
            end: None,
        }
    }

    /// Pending, until its time is over.
    fn in_time(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let until = self.until();
        let end = self.end.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if end.deadline() != until {
            end.as_mut().reset(until);
        }
        end.as_mut().poll(cx).map(|()| Some(Err(TooSlow.into())))
    }

    fn until(&self) -> Instant {
        let earned = std::time::Duration::from_millis(self.read.saturating_mul(1000) / self.times.body_rate);
        self.begun + (self.times.body_begin + earned).min(self.times.body_longest)
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if this.read > ORDINARY && this.turn.0.get().is_none() {
            match this.turns.poll_acquire(cx) {
                Poll::Ready(Some(turn)) => _ = this.turn.0.set(turn),
                Poll::Ready(None) => return Poll::Ready(Some(Err(TooSlow.into()))),
                Poll::Pending => return this.in_time(cx),
            }
        }
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                this.read += frame.data_ref().map_or(0, |data| data.len() as u64);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(other) => {
                this.state.works();
                Poll::Ready(other.map(|end| end.map_err(Into::into)))
            }
            Poll::Pending => this.in_time(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body; dropped when it is handed to the connection whole, or given up.
pub(super) struct Answer {
    body: Body,
    state: Arc<State>,
}

impl Answer {
    pub(super) fn new(body: Body, state: Arc<State>) -> Self {
        Self { body, state }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.state.answered();
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
