//! One loop for every listener: public, internal, private. Connections are counted, heads, bodies and answers have their
//! times, and whoever is slow on purpose costs nobody else anything.
//!
//! A full house refuses nobody at the door: the new connection takes the place of one that only waits (half of a head, an
//! idle browser), of the address that holds the most. So a thousand half-open connections of one address, even of the one
//! that a school shares, end each other and not the report that comes after them. Only where every place is at work is a new
//! connection ended, and counted.
//!
//! Errors of accepting never end the loop. Where descriptors run out it gives one back by ending a waiting connection, and
//! tries again a moment later.

mod connections;
mod descriptors;
mod paced;
mod peer;
mod stalled;
mod times;

#[cfg(test)]
mod tests;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::Service};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

pub use self::{
    connections::Places,
    descriptors::{Descriptors, PRIVATE, check as check_descriptors},
    peer::line,
};
use self::{
    connections::{Admitted, Connection, Connections},
    paced::{Answer, Paced, Turn},
    stalled::Stalled,
    times::Times,
};
use crate::run::readiness::Part;

/// Fields of a head. Browsers send about 20, a proxy adds some.
const HEADERS: usize = 64;
/// Bytes of a head: the usual limit of proxies (nginx, Apache), which every browser keeps.
const HEAD_BYTES: usize = 16 * 1024;
/// What one connection buffers of what it reads and writes. More makes nothing faster here and is memory times connections.
const BUFFER: usize = 32 * 1024;
/// Larger bodies at once, of each listener; a reader of bodies has a limit of its own for one. The next wait for their turn.
const LARGE_AT_ONCE: usize = 32;
/// How long a new connection waits for the place of one that was ended.
const PLACE: Duration = Duration::from_secs(1);
/// Pause after an accept that failed for want of something.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// At the end: a head on its way may still come, and a request under way may end, below the drain of the service.
const LAST_HEADS: Duration = Duration::from_secs(1);
const LAST_REQUESTS: Duration = Duration::from_secs(15);

/// Where a listener listens, and how much it takes.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// `public`, `internal` or `private`: in metrics and logs.
    pub name: &'static str,
    /// Its key, for errors.
    pub key: &'static str,
    /// Its address.
    pub addr: SocketAddr,
    /// Its connections.
    pub places: Places,
}

/// Serves `routes` until `stop`, then what is under way; `open` is ready from the moment that a connection would be taken.
pub async fn serve(door: Door, routes: Router, open: Option<Part>, stop: CancellationToken) -> anyhow::Result<()> {
    let listener = TcpListener::bind(door.addr)
        .await
        .with_context(|| format!("{} = {}", door.key, door.addr))?;
    if let Some(open) = open {
        open.ready();
    }
    take(listener, door, Times::USUAL, routes, stop).await;
    Ok(())
}

async fn take(listener: TcpListener, door: Door, times: Times, routes: Router, stop: CancellationToken) {
    let house = Arc::new(House {
        door,
        times,
        routes,
        connections: Connections::new(door.places),
        turns: Arc::new(Semaphore::new(LARGE_AT_ONCE)),
        stop,
    });
    let mut guests = JoinSet::new();
    loop {
        let taken = tokio::select! {
            () = house.stop.cancelled() => break,
            Some(_) = guests.join_next(), if !guests.is_empty() => continue,
            taken = listener.accept() => taken,
        };
        match taken {
            Ok((stream, peer)) => {
                if let Some(connection) = house.admit(peer.ip()).await {
                    guests.spawn(house.clone().guest(stream, peer, connection));
                }
            }
            Err(e) => house.not_taken(&e).await,
        }
    }
    drop(listener);
    // Each connection ends by itself within its own limits; see `guest`.
    while guests.join_next().await.is_some() {}
}

struct House {
    door: Door,
    times: Times,
    routes: Router,
    connections: Connections,
    turns: Arc<Semaphore>,
    stop: CancellationToken,
}

impl House {
    /// A place for one more, if need be that of one which waits.
    async fn admit(&self, ip: IpAddr) -> Option<Connection> {
        let name = self.door.name;
        let taken = match self.connections.admit(ip) {
            Admitted::Free(connection) => Some(connection),
            Admitted::After { connection, ended } => {
                metrics::counter!("shouwang_connections_displaced_total", "listener" => name).increment(1);
                // Its descriptor must be free before ours counts.
                timeout(PLACE, ended).await.ok().map(|()| connection)
            }
            Admitted::Full => None,
        };
        if taken.is_none() {
            metrics::counter!("shouwang_connections_refused_total", "listener" => name).increment(1);
        }
        metrics::gauge!("shouwang_connections", "listener" => name).set(self.connections.count() as f64);
        taken
    }

    /// A peer that was gone before we looked is nothing; anything else is a want of ours, which passes.
    async fn not_taken(&self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
        if [ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted].contains(&error.kind()) {
            return;
        }
        metrics::counter!("shouwang_accept_errors_total", "listener" => self.door.name).increment(1);
        let ended = self.connections.end_one();
        warn!(
            listener = self.door.name,
            error = error.to_string(),
            ended,
            "a connection can't be accepted: trying again"
        );
        sleep(ACCEPT_PAUSE).await;
    }

    /// One connection to its end.
    async fn guest(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, connection: Connection) {
        let _ = stream.set_nodelay(true);
        let state = connection.state();
        let io = TokioIo::new(Stalled::new(stream, self.times.write_stall, state.clone()));
        let routes = TowerToHyperService::new(self.routes.clone());
        let answers = hyper::service::service_fn({
            let (state, times, turns) = (state.clone(), self.times, self.turns.clone());
            move |request: Request<Incoming>| {
                let turn = Turn::default();
                let paced = |body| Paced::new(body, times, state.clone(), turns.clone(), turn.clone());
                let mut request = request.map(|body| Body::new(paced(body)));
                request.extensions_mut().insert(ConnectInfo(peer));
                let (answer, state) = (routes.call(request), state.clone());
                async move {
                    let answer = answer.await;
                    state.answers();
                    drop(turn);
                    answer.map(|answer| answer.map(|body| Answer::new(body, state)))
                }
            }
        });
        let mut server = http1::Builder::new();
        server
            .timer(TokioTimer::new())
            .header_read_timeout(self.times.head)
            .max_headers(HEADERS)
            .max_header_size(HEAD_BYTES)
            .max_buf_size(BUFFER)
            .half_close(false);
        let mut served = pin!(server.serve_connection(io, answers));
        tokio::select! {
            // What goes wrong with one connection is its peer's matter and holds nothing that we could mend.
            _ = served.as_mut() => return,
            () = connection.displaced() => return,
            () = self.stop.cancelled() => {}
        }
        Pin::as_mut(&mut served).graceful_shutdown();
        let last = Instant::now() + LAST_REQUESTS;
        tokio::select! {
            _ = served.as_mut() => return,
            () = sleep(LAST_HEADS) => {}
        }
        if !state.waits() {
            let _ = tokio::time::timeout_at(last, served).await;
        }
    }
}
