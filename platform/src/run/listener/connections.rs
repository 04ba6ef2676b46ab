//! Who is connected, and who gives way.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::peer;

/// Connections of one listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// In all.
    pub connections: usize,
    /// Of one address. Behind a proxy of our own all come from one, so there the two are the same.
    pub per_address: usize,
}

/// A body or an answer that has not moved a byte for so long gives way where nothing else does.
const QUIET: Duration = Duration::from_secs(10);
/// And one that moves, after this: at 2 kB/s it is over by then, unless it is large.
const LONG: Duration = Duration::from_secs(60);
/// How many times as much as a newcomer's an address holds before a newcomer takes a place from it in any case.
const MANY_TIMES: usize = 8;

/// What a connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// It waits for a head, whole or the rest of it.
    Waits,
    /// It receives a body.
    Receives,
    /// We work on the answer.
    Works,
    /// It is given the answer.
    Answers,
}

/// What a connection does, and since when.
#[derive(Debug)]
pub(super) struct State {
    born: Instant,
    phase: AtomicU8,
    /// A write waits for the peer.
    blocked: AtomicBool,
    /// Milliseconds from `born` on: when the phase began, and when a byte moved last.
    begun_ms: AtomicU64,
    moved_ms: AtomicU64,
}

impl State {
    fn new() -> Self {
        Self {
            born: Instant::now(),
            phase: AtomicU8::new(Phase::Waits as u8),
            blocked: AtomicBool::new(false),
            begun_ms: AtomicU64::new(0),
            moved_ms: AtomicU64::new(0),
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn enter(&self, phase: Phase) {
        let now = self.now_ms();
        self.begun_ms.store(now, Ordering::Relaxed);
        self.moved_ms.store(now, Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// A head has come; its body follows.
    pub(super) fn receives(&self) {
        self.enter(Phase::Receives);
    }

    /// The request is there.
    pub(super) fn works(&self) {
        self.enter(Phase::Works);
    }

    /// The answer is made.
    pub(super) fn answers(&self) {
        self.enter(Phase::Answers);
    }

    /// The answer is handed over: the next head is waited for.
    pub(super) fn answered(&self) {
        self.enter(Phase::Waits);
    }

    /// A byte was read.
    pub(super) fn read(&self) {
        self.moved_ms.store(self.now_ms(), Ordering::Relaxed);
    }

    /// A byte was written, or waits for the peer.
    pub(super) fn moved(&self, blocked: bool) {
        self.blocked.store(blocked, Ordering::Relaxed);
        if !blocked {
            self.read();
        }
    }

    fn phase(&self) -> Phase {
        let phase = self.phase.load(Ordering::Relaxed);
        let phases = [Phase::Waits, Phase::Receives, Phase::Works, Phase::Answers];
        let phase = phases.into_iter().find(|p| *p as u8 == phase).unwrap_or(Phase::Works);
        // The rest of an answer is still on its way.
        if phase == Phase::Waits && self.blocked.load(Ordering::Relaxed) {
            return Phase::Answers;
        }
        phase
    }

    /// Whether it only waits for a head.
    pub(super) fn waits(&self) -> bool {
        self.phase() == Phase::Waits
    }

    fn begun(&self) -> Instant {
        self.born + Duration::from_millis(self.begun_ms.load(Ordering::Relaxed))
    }

    fn quiet(&self) -> Duration {
        Duration::from_millis(self.now_ms().saturating_sub(self.moved_ms.load(Ordering::Relaxed)))
    }

    /// How readily it gives way; `None` never. Whoever waits goes first; then a body or an answer that does not move; then
    /// one that moves for long. What we work on is never ended: its reporter would not know whether it was stored.
    fn rank(&self) -> Option<u8> {
        match self.phase() {
            Phase::Waits => Some(0),
            Phase::Receives | Phase::Answers if self.quiet() >= QUIET => Some(1),
            Phase::Receives | Phase::Answers if self.begun().elapsed() >= LONG => Some(2),
            Phase::Works | Phase::Receives | Phase::Answers => None,
        }
    }
}

/// One connection in the table. It leaves the table when it is dropped, which is after its socket is closed.
pub(super) struct Connection {
    id: u64,
    ip: IpAddr,
    seat: Seat,
    table: Connections,
}

#[derive(Clone)]
struct Seat {
    state: Arc<State>,
    displaced: CancellationToken,
    closed: CancellationToken,
}

impl Connection {
    pub(super) fn state(&self) -> Arc<State> {
        self.seat.state.clone()
    }

    /// Ends when another takes its place.
    pub(super) fn displaced(&self) -> WaitForCancellationFutureOwned {
        self.seat.displaced.clone().cancelled_owned()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.table.locked().remove(self.ip, self.id);
        self.seat.closed.cancel();
    }
}

/// Whether there is a place.
pub(super) enum Admitted {
    /// Yes.
    Free(Connection),
    /// Once the one that gives way has closed.
    After {
        connection: Connection,
        ended: WaitForCancellationFutureOwned,
    },
    /// Every place is at work.
    Full,
}

/// All connections of a listener. Cloning is cheap.
#[derive(Clone)]
pub(super) struct Connections(Arc<Mutex<Table>>, Places);

#[derive(Default)]
struct Table {
    next: u64,
    count: usize,
    /// By address, and by age within it: ids grow.
    of: HashMap<IpAddr, HashMap<u64, Seat>>,
}

impl Connections {
    pub(super) fn new(places: Places) -> Self {
        Self(Arc::default(), places)
    }

    fn locked(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self) -> usize {
        self.locked().count
    }

    /// A place for one more from `ip`. Where the address holds all that one may, one of its own gives way; where the house is
    /// full, one of the address that holds the most.
    pub(super) fn admit(&self, ip: IpAddr) -> Admitted {
        let (ip, mut table) = (peer::line(ip), self.locked());
        let own = table.of.get(&ip).map_or(0, HashMap::len);
        let gives_way = if own >= self.1.per_address {
            Some(table.one_of(ip))
        } else if table.count >= self.1.connections {
            Some(table.one_of_the_most(own))
        } else {
            None
        };
        let gives_way = match gives_way {
            Some(None) => return Admitted::Full,
            found => found.flatten(),
        };
        let ended = gives_way.map(|(ip, id)| table.displace(ip, id));
        let seat = Seat {
            state: Arc::new(State::new()),
            displaced: CancellationToken::new(),
            closed: CancellationToken::new(),
        };
        let id = table.insert(ip, seat.clone());
        drop(table);
        let connection = Connection {
            id,
            ip,
            seat,
            table: self.clone(),
        };
        match ended.flatten() {
            Some(ended) => Admitted::After { connection, ended },
            None => Admitted::Free(connection),
        }
    }

    /// Ends one that waits, so that its descriptor is free; whether there was one.
    pub(super) fn end_one(&self) -> bool {
        let mut table = self.locked();
        match table.one_of_the_most(usize::MAX) {
            Some((ip, id)) => table.displace(ip, id).is_some(),
            None => false,
        }
    }
}

impl Table {
    fn insert(&mut self, ip: IpAddr, seat: Seat) -> u64 {
        self.next += 1;
        self.count += 1;
        self.of.entry(ip).or_default().insert(self.next, seat);
        self.next
    }

    fn remove(&mut self, ip: IpAddr, id: u64) -> Option<Seat> {
        let own = self.of.get_mut(&ip)?;
        let seat = own.remove(&id)?;
        self.count -= 1;
        if own.is_empty() {
            self.of.remove(&ip);
        }
        Some(seat)
    }

    /// Tells it to close, and gives its place away now, so that nobody else is told for the same place.
    fn displace(&mut self, ip: IpAddr, id: u64) -> Option<WaitForCancellationFutureOwned> {
        let seat = self.remove(ip, id)?;
        seat.displaced.cancel();
        Some(seat.closed.cancelled_owned())
    }

    /// The one of an address that gives way most readily, the oldest of its rank.
    fn one_of(&self, ip: IpAddr) -> Option<(IpAddr, u64)> {
        let own = self.of.get(&ip)?.iter();
        let ranked = own.filter_map(|(id, seat)| Some((seat.state.rank()?, seat.state.begun(), *id)));
        ranked.min().map(|(.., id)| (ip, id))
    }

    /// One of the addresses that hold the most. For a newcomer whose address holds `own`, an address that holds many times as
    /// much gives a body or an answer up even while it moves: a few addresses must not fill the house with trickles.
    fn one_of_the_most(&self, own: usize) -> Option<(IpAddr, u64)> {
        let mut by_size: Vec<(usize, IpAddr)> = self.of.iter().map(|(ip, held)| (held.len(), *ip)).collect();
        by_size.sort_unstable_by(|a, b| b.cmp(a));
        let readily = by_size.iter().find_map(|(_, ip)| self.one_of(*ip));
        readily.or_else(|| {
            let (held, ip) = *by_size.first()?;
            if held < own.saturating_add(1).saturating_mul(MANY_TIMES) {
                return None;
            }
            let held = self.of.get(&ip)?.iter();
            let trickles = held.filter(|(_, seat)| [Phase::Receives, Phase::Answers].contains(&seat.state.phase()));
            let oldest = trickles.min_by_key(|(id, seat)| (seat.state.begun(), **id));
            oldest.map(|(id, _)| (ip, *id))
        })
    }
}
