//! What a test leaves behind: when its [`System`](crate::System) ends nothing is unprocessed and nothing went wrong, unless the test
//! says so by name.

use std::{collections::BTreeSet, time::Duration};

use platform::{
    broker::{Topology, messages_waiting},
    run::telemetry::chain,
};
use sqlx::{Connection, PgConnection};

use crate::wait::within;

/// How long what is under way may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a test may leave, if it says so ([`crate::System::leaves`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// Reports that are not routed, and their messages.
    Outbox,
    /// Mails that are due and not sent.
    Notices,
    /// Posts to group chats and units' own systems that are due and not sent.
    Posts,
    /// Files for folders that are due and not written.
    Files,
    /// Clocks whose next step is due and not taken.
    Clocks,
    /// Messages that name no report, for the office to look at.
    Parked,
    /// Reports that were tried again one by one.
    Suspects,
    /// Mails that were given up or came back.
    Undelivered,
    /// Lines of level ERROR, panics among them.
    Errors,
}

/// A question to the database: what it counts, what it is called, and the services that have to run for it to become nothing.
const COUNTED: [(Left, &str, &[&str], &str); 8] = [
    (
        Left::Outbox,
        "reports in the outbox",
        &["intake-api", "router"],
        "SELECT count(*) FROM outbox",
    ),
    (
        Left::Notices,
        "mails that are due",
        &["notifier"],
        "SELECT count(*) FROM notices WHERE state = 'queued' AND (lease_owner IS NOT NULL OR greatest(due_at, created_at) <= now())",
    ),
    (
        Left::Posts,
        "posts that are due",
        &["notifier"],
        "SELECT count(*) FROM posts WHERE state = 'queued' AND (lease_owner IS NOT NULL OR greatest(due_at, created_at) <= now())",
    ),
    (
        Left::Files,
        "files for folders that are due",
        &["intake-api"],
        "SELECT count(*) FROM folder_files WHERE state = 'queued' AND (lease_owner IS NOT NULL OR greatest(due_at, created_at) <= now())",
    ),
    (
        Left::Clocks,
        "clocks with a due step",
        &["router"],
        "SELECT (SELECT count(*) FROM stages WHERE next_at <= now()) + (SELECT count(*) FROM openings WHERE next_at <= now())",
    ),
    (
        Left::Parked,
        "parked messages",
        &[],
        "SELECT count(*) FROM parked_messages",
    ),
    (
        Left::Suspects,
        "reports under suspicion",
        &["router"],
        "SELECT count(*) FROM routing_attempts",
    ),
    (
        Left::Undelivered,
        "mails that never arrived",
        &[],
        "SELECT count(*) FROM notices WHERE state IN ('failed', 'bounced') AND replaced_by IS NULL",
    ),
];

/// What is asked when a system ends.
pub(crate) struct Aftermath {
    pub(crate) database_url: String,
    pub(crate) amqp_url: String,
    /// Of the system's queues.
    pub(crate) prefix: String,
    /// The services that run at the end: what a stopped one would have done is not missed.
    pub(crate) running: Vec<&'static str>,
    /// Name and log of each service.
    pub(crate) logs: Vec<(&'static str, String)>,
    pub(crate) expected: BTreeSet<Left>,
}

impl Aftermath {
    /// What is left and was not expected, in words. Blocks; on a runtime of its own, because whoever ends is no async code.
    pub(crate) fn look(&self) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let mut left = runtime.expect("a runtime").block_on(async {
            let mut left = self.in_the_database().await;
            left.extend(self.in_the_queues().await);
            left
        });
        if !self.expected.contains(&Left::Errors) {
            for (service, log) in &self.logs {
                let wrong = log.lines().filter(|line| is_error(line));
                left.extend(wrong.take(3).map(|line| format!("{service}: {line}")));
            }
        }
        left
    }

    async fn in_the_database(&self) -> Vec<String> {
        let asked: Vec<_> = COUNTED
            .iter()
            .filter(|(left, _, need, _)| !self.expected.contains(left) && need.iter().all(|s| self.running.contains(s)))
            .collect();
        let mut connection = match PgConnection::connect(&self.database_url).await {
            Ok(connection) => connection,
            // Where servers are broken on purpose it may be away by now.
            Err(_) if self.expected.contains(&Left::Errors) => return Vec::new(),
            Err(e) => return vec![format!("the database can't be asked what is left: {e}")],
        };
        let mut left = Vec::new();
        within(PATIENCE, async || {
            left.clear();
            for (_, what, _, sql) in &asked {
                let count: i64 = sqlx::query_scalar(*sql).fetch_one(&mut connection).await.expect(sql);
                if count > 0 {
                    left.push(format!("{count} {what}"));
                }
            }
            left.is_empty().then_some(())
        })
        .await;
        _ = connection.close().await;
        left
    }

    /// Messages that a running router has not taken. What it has in hand shows in the outbox.
    async fn in_the_queues(&self) -> Option<String> {
        if self.expected.contains(&Left::Outbox) || !self.running.contains(&"router") {
            return None;
        }
        let topology = Topology::new(&self.prefix);
        let mut left = None;
        within(PATIENCE, async || {
            left = match messages_waiting(&self.amqp_url, &topology).await {
                Ok(0) => None,
                Ok(waiting) => Some(format!("{waiting} messages in the broker's queues")),
                // Where servers are broken on purpose it may be away by now.
                Err(_) if self.expected.contains(&Left::Errors) => None,
                Err(e) => Some(format!("the broker can't be asked what is left: {}", chain(&e))),
            };
            left.is_none().then_some(())
        })
        .await;
        left
    }
}

/// What lapin says of its own channels is no word of ours: it calls an orderly close that two sides begin at once an error.
fn is_error(line: &str) -> bool {
    (line.contains("\"level\":\"ERROR\"") || line.contains("panicked at")) && !line.contains("\"target\":\"lapin")
}
