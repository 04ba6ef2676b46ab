//! A database with the Taihe pack and without any process: for tests of the store.

use std::path::PathBuf;

use casework::pack::Pack;
use casework::report::Report;
use casework::routing;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    pack::dir,
    receipt::ReportId,
    store::{
        self, BatchWriter, KeyMacs, Login, NewReport, Owner, Pinned, Recorded, ReportToRoute, Router, SealedParts,
        Store, Stored,
    },
};
use rand::Rng;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{Sample, Servers, root, system, template};

/// A migrated database with pack and logins.
pub struct Fixture {
    /// Owner's URL.
    pub url: String,
    /// Owner's store.
    pub store: Store<Owner>,
    /// The owner's own pool, for what no store asks.
    pub db: PgPool,
    /// The pack.
    pub pack: Pack,
    logins: PathBuf,
}

impl Fixture {
    /// On the shared servers.
    pub async fn new() -> Self {
        let (_, url) = template::database(&Servers::shared(), &[]).await;
        let logins = std::env::temp_dir().join(format!("sw-logins-{}", Uuid::new_v4().simple()));
        store::logins_write(&url, &logins, &mut rand::rng())
            .await
            .expect("logins");
        let store = Store::open(&url, "test", 8).expect("a store");
        let files = dir::read(&root().join("counties/taihe")).expect("the pack's files");
        let pack = Pack::read(&files).expect("a sound pack");
        Self {
            db: PgPool::connect_lazy(&url).expect("a pool"),
            url,
            store,
            pack,
            logins,
        }
    }

    /// A number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.db).await.expect(sql)
    }

    /// `router show --json`.
    pub async fn show(&self, report: ReportId) -> String {
        system::shown(&self.url, &report.to_string()).await
    }

    /// A task's own connection URL.
    pub fn login(&self, task: &str) -> String {
        std::fs::read_to_string(self.logins.join(format!("{task}.url")))
            .expect("a login")
            .trim()
            .to_owned()
    }

    /// A task's own store.
    pub fn store_as<L: Login>(&self) -> Store<L> {
        let task = L::TASK.expect("a task");
        Store::open(&self.login(task), task, 4).expect("a store")
    }

    /// The intake's writer, with its own login.
    pub fn writer(&self) -> BatchWriter {
        BatchWriter::new(&self.login("intake"), "taihe", "mk-test", None)
    }

    /// Stores a sample as the intake does, and gives what the router reads.
    pub async fn stored(&self, sample: Sample) -> ReportToRoute {
        let report = new_report(sample.body(), None);
        assert_eq!(
            self.writer()
                .report_insert_batch(std::slice::from_ref(&report))
                .await
                .expect("stored"),
            [Stored::Now]
        );
        self.store
            .lend::<Router>()
            .report_to_route(report.id)
            .await
            .expect("the database")
            .expect("the report")
    }

    /// Routes it as the router does.
    pub async fn route(&self, report: &ReportToRoute, now: DateTime<Utc>) -> Recorded {
        let facts = report.facts.whole().expect("facts");
        let decision = routing::decide(&self.pack, &facts, now);
        self.store
            .lend::<Router>()
            .decision_record(report, &decision, self.pinned(now))
            .await
            .expect("a record")
    }

    /// What decisions of this fixture are pinned to.
    pub fn pinned(&self, at: DateTime<Utc>) -> Pinned<'_> {
        Pinned {
            pack_version: 1,
            rule_set: 1,
            calendar: self.pack.calendar().version(),
            by: "router",
            at,
        }
    }
}

/// How many reports stand in the list of call-backs wrongly, at the wrong time, or not at all though they wait: by definition, over
/// all tickets and calls.
pub async fn callbacks_astray(db: &PgPool) -> i64 {
    sqlx::query_scalar(
        "WITH should AS (
             SELECT t.report_id, greatest(max(t.resolved_at), (SELECT max(retry_at) FROM callbacks c WHERE c.report_id = t.report_id)) AS due_at
             FROM tickets t WHERE t.state NOT IN ('returned', 'waived') GROUP BY t.report_id
             HAVING bool_and(t.resolved_at IS NOT NULL) AND bool_or(t.state = 'resolved' AND t.callback_shut IS DISTINCT FROM t.resolved_at))
         SELECT count(*) FROM should s FULL JOIN callbacks_waiting w USING (report_id) WHERE s.due_at IS DISTINCT FROM w.due_at",
    )
    .fetch_one(db)
    .await
    .expect("what waits for a call-back")
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.logins);
    }
}

/// A report as the intake seals it, but with ciphertexts that nobody needs to open.
pub fn new_report(body: &str, key: Option<&str>) -> NewReport {
    let report = Report::parse(body.as_bytes()).expect("a report");
    let rng = &mut rand::rng();
    let received_at = clock::now();
    let mut bytes = || {
        let mut bytes = vec![0; 32];
        rng.fill_bytes(&mut bytes);
        bytes
    };
    let (follow_up_mac, data_key, answer, salt, leaf) = (bytes(), bytes(), bytes(), bytes(), bytes());
    let mut part = || Some(bytes());
    let parts = SealedParts {
        place: part(),
        child: part(),
        birth: part(),
        school: part(),
        home: part(),
        narrative: part(),
        reporter: part(),
        identity: part(),
    };
    let facts = report.facts(received_at);
    NewReport {
        id: ReportId::new(received_at, rng),
        received_at,
        channel: "api",
        drill: false,
        follow_up_mac,
        data_key,
        parts,
        urgent: facts.is_urgent(),
        facts: serde_json::to_string(&facts).expect("facts"),
        key: key.map(|k| KeyMacs {
            report: format!("{k} {body}").into_bytes(),
            client: format!("{k} from here").into_bytes(),
        }),
        answer,
        salt,
        leaf,
        tokens: Vec::new(),
        source: b"from somewhere".to_vec(),
        township: report.area.as_deref().map_or("", |area| &area[..9]).to_owned(),
    }
}
