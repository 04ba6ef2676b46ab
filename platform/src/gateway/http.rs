//! One request, one connection, and a limit for each of its phases. Redirects are not followed: a provider whose address moved is
//! described anew, and a unit's own system can't send us elsewhere.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use crate::run::telemetry::chain;
use axum::body::{Body, to_bytes};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};
use tokio_util::task::AbortOnDropHandle;

use super::built::Built;
use crate::tls::{self, Stream};

/// The longest answer that is read: what a provider says of one message is far below.
const LONGEST_BYTES: usize = 64 * 1024;

/// How long each phase may take. Together they stay below the lease of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) connect: Duration,
    pub(crate) tls: Duration,
    pub(crate) answer: Duration,
    pub(crate) body: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            tls: Duration::from_secs(3),
            answer: Duration::from_secs(8),
            body: Duration::from_secs(3),
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Where a request ended without one. The words hold no address.
#[derive(Debug, thiserror::Error)]
#[error("{phase}: {detail}")]
pub(crate) struct Fault {
    pub(crate) phase: &'static str,
    pub(crate) detail: String,
}

/// A client without any memory.
#[derive(Clone)]
pub(crate) struct Http {
    tls: Arc<ClientConfig>,
    times: Times,
}

impl Http {
    pub(crate) fn new(times: Times) -> anyhow::Result<Self> {
        Ok(Self {
            tls: tls::client()?,
            times,
        })
    }

    /// Asks.
    pub(crate) async fn ask(&self, built: &Built) -> Result<Answer, Fault> {
        let stream = self.connect(built, None).await?;
        let handshake = http1::handshake::<_, String>(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(|e| fault("connect", &e))?;
        let _driven = AbortOnDropHandle::new(tokio::spawn(connection));
        let request = head(built)?;
        let response = within("answer", self.times.answer, sender.send_request(request)).await?;
        let response = response.map_err(|e| fault("answer", &e))?;
        let status = response.status().as_u16();
        let read = to_bytes(Body::new(response.into_body()), LONGEST_BYTES);
        let bytes = within("body", self.times.body, read).await?;
        let bytes = bytes.map_err(|e| fault("body", &e))?;
        Ok(Answer {
            status,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }

    /// Tells one of these addresses, whatever the name says by now; its status. Nothing of the answer's body is read.
    pub(crate) async fn tell(&self, built: &Built, addresses: &[SocketAddr]) -> Result<u16, Fault> {
        let stream = self.connect(built, Some(addresses)).await?;
        let handshake = http1::handshake::<_, String>(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(|e| fault("connect", &e))?;
        let _driven = AbortOnDropHandle::new(tokio::spawn(connection));
        let request = head(built)?;
        let response = within("answer", self.times.answer, sender.send_request(request)).await?;
        Ok(response.map_err(|e| fault("answer", &e))?.status().as_u16())
    }

    /// To these addresses, or where the name leads.
    async fn connect(&self, built: &Built, addresses: Option<&[SocketAddr]>) -> Result<Box<dyn Stream>, Fault> {
        let host = built
            .url
            .host_str()
            .unwrap_or_default()
            .trim_matches(['[', ']'])
            .to_owned();
        let port = built.url.port_or_known_default().unwrap_or(443);
        let tcp = within("connect", self.times.connect, async {
            match addresses {
                Some(addresses) => TcpStream::connect(addresses).await,
                None => TcpStream::connect((host.as_str(), port)).await,
            }
        });
        let tcp = tcp.await?;
        let tcp = tcp.map_err(|e| fault("connect", &e))?;
        tcp.set_nodelay(true).map_err(|e| fault("connect", &e))?;
        if built.url.scheme() != "https" {
            return Ok(Box::new(tcp));
        }
        let name = ServerName::try_from(host).map_err(|e| fault("tls", &e))?;
        let secured = TlsConnector::from(self.tls.clone()).connect(name, tcp);
        let secured = within("tls", self.times.tls, secured).await?;
        Ok(Box::new(secured.map_err(|e| fault("tls", &e))?))
    }
}

fn head(built: &Built) -> Result<Request<String>, Fault> {
    let path = match built.url.query() {
        Some(query) => format!("{}?{query}", built.url.path()),
        None => built.url.path().to_owned(),
    };
    let mut request = Request::builder()
        .method(built.method.as_str())
        .uri(path)
        .header("host", built.host())
        .header("connection", "close")
        .header("user-agent", "shouwang");
    for (name, value) in &built.headers {
        request = request.header(name, value);
    }
    // A header's value is never repeated: it may be a secret.
    request.body(built.body.clone()).map_err(|_| Fault {
        phase: "request",
        detail: "a field of the head is not valid".into(),
    })
}

async fn within<T>(phase: &'static str, limit: Duration, work: impl Future<Output = T>) -> Result<T, Fault> {
    timeout(limit, work).await.map_err(|_| Fault {
        phase,
        detail: format!("no answer within {} ms", limit.as_millis()),
    })
}

fn fault(phase: &'static str, error: &(dyn std::error::Error + 'static)) -> Fault {
    Fault {
        phase,
        detail: chain(error),
    }
}
