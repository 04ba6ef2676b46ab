//! A load generator that costs little: prepared HTTP/1.1 requests over kept connections, one task per connection.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

/// What a load measured.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Answers with 201.
    pub accepted: usize,
    /// Other answers.
    pub refused: usize,
    /// How long it took.
    pub took: Duration,
    /// Latencies of the accepted ones, sorted.
    pub latencies: Vec<Duration>,
}

impl Measured {
    /// Accepted reports a second.
    pub fn per_second(&self) -> f64 {
        self.accepted as f64 / self.took.as_secs_f64()
    }

    /// The latency below which `share` of the requests stayed.
    pub fn quantile(&self, share: f64) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index below the length"
        )]
        let index = (last as f64 * share).round() as usize;
        self.latencies.get(index).copied().unwrap_or_default()
    }
}

/// Posts `body` to `http://address/api/v1/reports` over `connections` connections for `time`, each request with a fresh
/// idempotency key.
pub async fn post_reports(address: &str, body: &str, connections: usize, time: Duration) -> Measured {
    let begun = Instant::now();
    let refused = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (address, body, refused) = (address.to_owned(), body.to_owned(), refused.clone());
            tokio::spawn(async move { client(&address, &body, begun + time, &refused).await })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.expect("a connection"));
    }
    latencies.sort_unstable();
    Measured {
        accepted: latencies.len(),
        refused: refused.load(Ordering::Relaxed),
        took: begun.elapsed(),
        latencies,
    }
}

async fn client(address: &str, body: &str, end: Instant, refused: &AtomicUsize) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.expect("the public listener");
    stream.set_nodelay(true).expect("nodelay");
    let mut latencies = Vec::new();
    let mut buffer = Vec::with_capacity(4096);
    while Instant::now() < end {
        let request = format!(
            "POST /api/v1/reports HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nidempotency-key: {}\r\ncontent-length: {}\r\n\r\n{body}",
            Uuid::new_v4(),
            body.len()
        );
        let sent = Instant::now();
        stream.write_all(request.as_bytes()).await.expect("a request");
        if answer(&mut stream, &mut buffer).await == 201 {
            latencies.push(sent.elapsed());
        } else {
            refused.fetch_add(1, Ordering::Relaxed);
        }
    }
    latencies
}

/// Reads one answer with a content-length; gives its status.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> u16 {
    buffer.clear();
    loop {
        assert!(
            stream.read_buf(buffer).await.expect("an answer") > 0,
            "the server closed the connection"
        );
        let Some(head) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|n| n.trim().parse().ok())
            .expect("a content-length");
        if buffer.len() >= head + 4 + length {
            return text
                .get(9..12)
                .and_then(|code| code.parse().ok())
                .expect("a status line");
        }
    }
}
