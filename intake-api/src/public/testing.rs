//! The whole public router over the repository's pack and a writer that stores nothing but says so.

use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode},
};
use casework::pack::Pack;
use platform::{
    pack::watch::LoadedPack,
    seal::{Cipher, MasterKey, new_key_line},
    store::Store,
};
use tokio::sync::mpsc;
use tower::ServiceExt;

use super::{
    app_routes,
    limit::Limiter,
    state::{App, Limits, Shared},
};
use crate::intake::{
    accept::Intake,
    writer::{Job, Outcome},
};

/// A form that is filled in well enough.
pub(super) const FILLED: [(&str, &str); 10] = [
    ("key", "a-key"),
    ("present_danger", "no"),
    ("township", "341222101000"),
    ("village", "341222101001"),
    ("situations", "abuse-injury"),
    ("situations", "bullying"),
    ("narrative", "手臂有瘀伤 <b>&\"'"),
    ("c0_sex", "male"),
    ("c0_age", "9"),
    ("reporter_kind", "teacher"),
];

pub(super) fn pack() -> Arc<LoadedPack> {
    static PACK: OnceLock<Arc<LoadedPack>> = OnceLock::new();
    let read = || {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../counties/taihe");
        let pack = Pack::read(&platform::pack::dir::read(&dir).unwrap()).unwrap();
        Arc::new(LoadedPack {
            pack: Arc::new(pack),
            version: 1,
            rule_set: 1,
        })
    };
    PACK.get_or_init(read).clone()
}

/// What the writer under test does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    Stores,
    Refuses,
    /// Asked the database and got no answer.
    Doubts,
    /// Never answers.
    Hangs,
}

/// The public listener.
pub(super) struct Site(Router);

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Site {
    pub(super) fn new(writer: Writer, rate_per_minute: u32) -> Self {
        let (jobs, queue) = mpsc::channel(64);
        tokio::spawn(write(queue, writer));
        let keys = MasterKey::parse(
            &new_key_line(&mut rand::rng()),
            Cipher::from_name("aes-256-gcm").unwrap(),
        )
        .unwrap();
        Self(app_routes(App(Arc::new(Shared {
            intake: Intake::new("taihe", keys.clone(), jobs),
            store: Store::open("postgres://nobody@127.0.0.1:1/none", "test", 1).unwrap(),
            keys,
            pack: Box::new(pack),
            reports: Limiter::new(rate_per_minute),
            status_tries: Limiter::new(3),
            limits: Limits {
                rate_per_minute,
                body_limit_bytes: 65_536,
                request_timeout: Duration::from_millis(500),
                trust_forwarded: false,
            },
            drill_secret: Some("a drill secret".into()),
            public_url: "http://127.0.0.1:8080".into(),
            phone: super::OfficePhone::default(),
        }))))
    }

    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body.into()).unwrap();
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 4000))));
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    /// Sends the filled form with changes.
    pub(super) async fn form(&self, path: &str, changes: &[(&str, &str)]) -> Answer {
        self.form_at(path, &[], changes).await
    }

    /// As [`Site::form`], with headers of a browser.
    pub(super) async fn form_as(&self, headers: &[(&str, &str)], changes: &[(&str, &str)]) -> Answer {
        self.form_at("/report", headers, changes).await
    }

    async fn form_at(&self, path: &str, headers: &[(&str, &str)], changes: &[(&str, &str)]) -> Answer {
        let kept = FILLED
            .iter()
            .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let body: Vec<_> = kept
            .chain(changes)
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", path, &[&kind[..], headers].concat(), body.join("&"))
            .await
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b == b'_' {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

/// Answers as the writer would: a repeated report gets the first answer, a client's used key is refused.
async fn write(mut queue: mpsc::Receiver<Job>, writer: Writer) {
    let mut seen = HashMap::new();
    let mut used = HashSet::new();
    let mut kept = Vec::new();
    while let Some(job) = queue.recv().await {
        let report = job.report;
        let outcome = match (writer, report.key) {
            (Writer::Refuses, _) => Outcome::NotStored,
            (Writer::Doubts, _) => Outcome::Unknown,
            (Writer::Hangs, _) => {
                kept.push(job.done);
                continue;
            }
            (Writer::Stores, None) => Outcome::Stored,
            (Writer::Stores, Some(key)) => match seen.get(&key.report).cloned() {
                Some((report_id, answer)) => {
                    used.insert(key.client);
                    Outcome::Before { report_id, answer }
                }
                None if used.contains(&key.client) => Outcome::KeyUsed,
                None => {
                    used.insert(key.client);
                    seen.insert(key.report, (report.id, report.answer));
                    Outcome::Stored
                }
            },
        };
        let _ = job.done.send(outcome);
    }
}
