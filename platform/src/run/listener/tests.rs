//! Over real sockets, with times a hundred times shorter than the usual ones.

use std::net::SocketAddr;

use axum::{body::Bytes, extract::ConnectInfo, routing::get};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::*;

const SHORT: Times = Times {
    head: Duration::from_millis(400),
    body_begin: Duration::from_millis(400),
    body_rate: 20_000,
    body_longest: Duration::from_secs(3),
    write_stall: Duration::from_millis(400),
};

struct House {
    addr: SocketAddr,
    stop: CancellationToken,
    ended: tokio::task::JoinHandle<()>,
}

async fn house(connections: usize, per_address: usize, times: Times) -> House {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let routes = Router::new()
        .route(
            "/",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { format!("for {}", peer.ip()) })
                .post(|body: Bytes| async move { format!("{} bytes", body.len()) }),
        )
        .route("/large", get(|| async { "x".repeat(64 << 20) }));
    let door = Door {
        name: "test",
        key: "test",
        addr,
        places: Places {
            connections,
            per_address,
        },
    };
    let stop = CancellationToken::new();
    let ended = tokio::spawn(take(listener, door, times, routes, stop.clone()));
    House { addr, stop, ended }
}

impl House {
    async fn connect(&self, begin: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.addr).await.unwrap();
        // One that is refused may be closed before this is written.
        let _ = stream.write_all(begin.as_bytes()).await;
        stream
    }

    /// Everything that comes until the other side closes.
    async fn heard(stream: &mut TcpStream) -> String {
        let mut heard = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut heard)).await;
        let _ = read.expect("the connection ends");
        String::from_utf8_lossy(&heard).into_owned()
    }

    async fn asks(&self) -> String {
        let mut stream = self
            .connect("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .await;
        Self::heard(&mut stream).await
    }
}

#[tokio::test]
async fn a_head_that_does_not_end_ends() {
    let house = house(10, 10, SHORT).await;
    let begun = Instant::now();
    let mut half = house.connect("GET / HTTP/1.1\r\nhost: a\r\nx-a: ").await;
    let mut silent = house.connect("").await;
    // One field after the other, each well in time: the whole head is what counts.
    let mut drips = house.connect("GET / HTTP/1.1\r\n").await;
    let dripping = async {
        let mut n = 0;
        while drips.write_all(format!("x-{n}: y\r\n").as_bytes()).await.is_ok() {
            n += 1;
            sleep(Duration::from_millis(50)).await;
        }
    };
    let (a, b, ()) = tokio::join!(House::heard(&mut half), House::heard(&mut silent), dripping);
    assert!(!a.contains("200") && !b.contains("200"), "{a}{b}");
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?} for 0.4 s",
        begun.elapsed()
    );
    assert!(house.asks().await.contains("for 127.0.0.1"));
}

#[tokio::test]
async fn an_idle_connection_ends() {
    let house = house(10, 10, SHORT).await;
    let mut kept = house.connect("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let heard = House::heard(&mut kept).await;
    assert!(heard.contains("200 OK") && heard.contains("for 127"), "{heard}");
}

#[tokio::test]
async fn too_many_fields_and_too_large_a_head_are_refused() {
    let house = house(10, 10, Times::USUAL).await;
    let many: String = (0..80).map(|n| format!("x-{n}: y\r\n")).collect();
    let large = format!("x-large: {}\r\n", "y".repeat(20_000));
    for field in [many, large] {
        let head = format!("GET / HTTP/1.1\r\nhost: a\r\n{field}\r\n");
        let mut stream = TcpStream::connect(house.addr).await.unwrap();
        let _ = stream.write_all(head.as_bytes()).await;
        let heard = House::heard(&mut stream).await;
        assert!(heard.starts_with("HTTP/1.1 431"), "{heard}");
    }
}

#[tokio::test]
async fn a_slow_but_honest_body_arrives_and_a_trickle_ends() {
    // The usual rate is 500 bytes a second and a bad line has 2,000: both times forty.
    let house = house(10, 10, SHORT).await;
    let size: usize = 100_000;
    let head = format!("POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {size}\r\n\r\n");
    let mut phone = house.connect(&head).await;
    for _ in 0..size / 4000 {
        phone.write_all(&[b'x'; 4000]).await.unwrap();
        sleep(Duration::from_millis(50)).await;
    }
    let heard = House::heard(&mut phone).await;
    assert!(heard.contains("100000 bytes"), "{heard}");

    let mut trickle = house.connect(&head).await;
    let begun = Instant::now();
    while trickle.write_all(b"x").await.is_ok() && begun.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(20)).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_answer_that_nobody_reads_ends() {
    let house = house(1, 1, SHORT).await;
    let deaf = house.connect("GET /large HTTP/1.1\r\nhost: a\r\n\r\n").await;
    // The only place is its until it is given up: then somebody else is served.
    let begun = Instant::now();
    while !house.asks().await.contains("200 OK") {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "the deaf one keeps its place"
        );
        sleep(Duration::from_millis(20)).await;
    }
    drop(deaf);
}

#[tokio::test]
async fn a_full_house_ends_who_waits_the_longest_and_takes_the_next() {
    let house = house(8, 8, Times::USUAL).await;
    let mut half = Vec::new();
    for _ in 0..50 {
        half.push(house.connect("GET / HTTP/1.1\r\nhost: a\r\n").await);
        assert!(
            house.asks().await.contains("200 OK"),
            "after {} half-open ones",
            half.len()
        );
    }
    // The first were ended; the last ones still may bring the rest.
    assert_eq!(House::heard(&mut half[0]).await, "");
    let last = half.last_mut().unwrap();
    last.write_all(b"connection: close\r\n\r\n").await.unwrap();
    assert!(House::heard(last).await.contains("200 OK"));
}

#[tokio::test]
async fn one_address_does_not_take_every_place() {
    let house = house(8, 3, Times::USUAL).await;
    let mut half = Vec::new();
    for _ in 0..20 {
        half.push(house.connect("GET / HTTP/1.1\r\n").await);
    }
    assert!(house.asks().await.contains("200 OK"));
    let mut open = 0;
    for stream in &mut half {
        let mut byte = [0];
        match tokio::time::timeout(Duration::from_millis(20), stream.read(&mut byte)).await {
            Err(_) => open += 1,
            Ok(read) => assert_eq!(read.unwrap_or(0), 0),
        }
    }
    assert!(open <= 3, "{open} of one address are open");
}

#[tokio::test]
async fn a_request_under_way_ends_well_when_the_service_stops() {
    let house = house(10, 10, Times::USUAL).await;
    let idle = house.connect("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let half = house.connect("GET / HTTP/1.1\r\n").await;
    let mut under_way = house
        .connect("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nab")
        .await;
    assert!(house.asks().await.contains("200 OK"), "all of them are taken");
    house.stop.cancel();
    let begun = Instant::now();
    sleep(Duration::from_millis(100)).await;
    under_way.write_all(b"cd").await.unwrap();
    let heard = House::heard(&mut under_way).await;
    assert!(heard.contains("4 bytes"), "{heard}");
    house.ended.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(
        TcpStream::connect(house.addr).await.is_err(),
        "nobody is taken any more"
    );
    drop((idle, half));
}
