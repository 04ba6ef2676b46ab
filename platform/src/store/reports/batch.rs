//! The accept transaction: many reports in one statement, all or none.
//!
//! A writer owns its connection (no pool, so no borrowed transaction can be stale). One data-modifying statement is one
//! transaction; its answer arrives after the commit. Rows are ordered by idempotency key, so that two writers that meet the
//! same keys wait for each other instead of deadlocking. (One client that sends two used keys with changed bodies at once can
//! still make two writers meet crosswise; the database ends one of the two and its batch is tried again.)

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Connection, PgConnection, Row};
use uuid::Uuid;

use crate::store::{OutboxRow, ReportId, StoreError, options, reports::outbox};

/// A report, sealed and ready to store.
#[derive(Clone, Debug)]
pub struct NewReport {
    /// See [`crate::receipt::ReportId`].
    pub id: ReportId,
    /// When it was accepted.
    pub received_at: DateTime<Utc>,
    /// `form` or `api`.
    pub channel: &'static str,
    /// A drill, marked by the drill secret.
    pub drill: bool,
    /// HMAC of the follow-up code.
    pub follow_up_mac: Vec<u8>,
    /// The wrapped data key.
    pub data_key: Vec<u8>,
    /// What was typed, sealed part by part.
    pub parts: SealedParts,
    /// Routing facts as JSON.
    pub facts: String,
    /// Which queue.
    pub urgent: bool,
    /// HMACs of the idempotency key, if one came.
    pub key: Option<KeyMacs>,
    /// Sealed answer, empty without a key.
    pub answer: Vec<u8>,
    /// Salt of the audit leaf.
    pub salt: Vec<u8>,
    /// The audit leaf.
    pub leaf: Vec<u8>,
    /// Blind index tokens.
    pub tokens: Vec<BlindToken>,
    /// Where it came from, kept for a day.
    pub source: Vec<u8>,
    /// The first nine digits of its area; empty where that is unknown.
    pub township: String,
}

/// A report's sealed parts, each for its own column; `None` where nothing was given.
#[derive(Clone, Debug, Default)]
pub struct SealedParts {
    /// Where the child is in words, when it was found.
    pub place: Option<Vec<u8>>,
    /// Names, sexes, ages, with whom.
    pub child: Option<Vec<u8>>,
    /// Birth dates, numbers of papers.
    pub birth: Option<Vec<u8>>,
    /// Schools.
    pub school: Option<Vec<u8>>,
    /// Home addresses.
    pub home: Option<Vec<u8>>,
    /// What happened.
    pub narrative: Option<Vec<u8>>,
    /// What units may know of who reported.
    pub reporter: Option<Vec<u8>>,
    /// Who reported, whole.
    pub identity: Option<Vec<u8>>,
}

impl SealedParts {
    /// All of them in the order of the columns, for the audit leaf; what was not given is empty.
    pub fn each(&self) -> [&[u8]; 8] {
        [
            &self.place,
            &self.child,
            &self.birth,
            &self.school,
            &self.home,
            &self.narrative,
            &self.reporter,
            &self.identity,
        ]
        .map(|part| part.as_deref().unwrap_or_default())
    }
}

/// What is stored of an idempotency key: whether this very report came before, and whether the client used the key at all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyMacs {
    /// Over key, drill mark and parsed body.
    pub report: Vec<u8>,
    /// Over key and client.
    pub client: Vec<u8>,
}

/// One row of the blind index.
#[derive(Clone, Debug)]
pub struct BlindToken {
    /// Position of the child in the report.
    pub child: i16,
    /// `name-birth` or `id-number`.
    pub kind: &'static str,
    /// Keyed hash.
    pub token: Vec<u8>,
}

/// What became of one report of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Committed now, or by an earlier try of the same batch whose answer was lost.
    Now,
    /// The same report came before under this key: which it is, and the sealed first answer.
    Before {
        /// The report that the key belongs to.
        report_id: ReportId,
        /// Sealed first answer.
        answer: Vec<u8>,
    },
    /// The client used this key for another report.
    KeyUsed,
    /// Another report has this id: take a new one and try again.
    IdTaken,
}

/// A writer's own connection.
pub struct BatchWriter {
    url: String,
    county: String,
    key_id: String,
    relay: Option<Uuid>,
    connection: Option<PgConnection>,
    /// The last batch was sent to the server, so it may be stored whatever came back.
    sent: bool,
    /// When the server last answered.
    answered: Instant,
}

/// A connection that was silent for so long is asked whether it lives before a batch goes into it. What goes into a dead one may
/// be stored for all we know; what was never sent certainly is not, and the reporter can be told so. Under load nobody asks.
const SILENT: Duration = Duration::from_millis(50);

impl BatchWriter {
    /// Connects at the first batch. `relay` is the relay beside this writer: new outbox rows are leased to it.
    pub fn new(url: &str, county: &str, key_id: &str, relay: Option<Uuid>) -> Self {
        Self {
            url: url.into(),
            county: county.into(),
            key_id: key_id.into(),
            relay,
            connection: None,
            sent: false,
            answered: Instant::now(),
        }
    }

    /// Whether the last batch may be stored although it ended with this error.
    pub fn may_be_stored(&self, error: &StoreError) -> bool {
        self.sent && !error.is_certain()
    }

    /// The outbox row that a stored report has, for the relay beside this writer.
    pub fn outbox_row(&self, report: &NewReport) -> OutboxRow {
        OutboxRow {
            report_id: report.id,
            county: self.county.clone(),
            urgent: report.urgent,
            publishes: 0,
        }
    }

    /// Whether the database takes writes from this writer.
    pub async fn ping(&mut self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(self.connection().await?).await?;
        Ok(())
    }

    /// The next question takes a new connection: this one failed, or holds a question without an answer.
    pub fn disconnect(&mut self) {
        self.connection = None;
    }

    async fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        let fresh = match self.connection.take() {
            Some(open) => open,
            None => PgConnection::connect_with(&options(&self.url, "intake")?).await?,
        };
        Ok(self.connection.insert(fresh))
    }

    /// Stores a batch; one result per report, in order. Keys must be distinct within the batch, by either hash.
    ///
    /// An error means that nothing of it is known to be stored; the same batch may be tried again. After an error that is
    /// one row's fault the caller tries the rows singly.
    pub async fn report_insert_batch(&mut self, batch: &[NewReport]) -> Result<Vec<Stored>, StoreError> {
        self.sent = false;
        let result = match self.wake().await {
            Ok(()) => self.insert(batch).await,
            Err(e) => Err(e),
        };
        if result.is_ok() {
            self.answered = Instant::now();
        }
        match result {
            Err(StoreError::Db(sqlx::Error::Database(e))) if batch.len() == 1 && e.is_unique_violation() => {
                Ok(vec![self.who_has_it(&batch[0]).await?])
            }
            Err(e) => {
                // After a server's plain error the connection is sound; after anything else its state is unknown.
                if !matches!(&e, StoreError::Db(sqlx::Error::Database(_))) {
                    self.connection = None;
                }
                Err(e)
            }
            ok => ok,
        }
    }

    /// Asks a connection that was silent whether it lives.
    async fn wake(&mut self) -> Result<(), StoreError> {
        if self.connection.is_some() && self.answered.elapsed() > SILENT {
            self.ping().await?;
        }
        Ok(())
    }

    async fn insert(&mut self, batch: &[NewReport]) -> Result<Vec<Stored>, StoreError> {
        let (county, key_id) = (self.county.clone(), self.key_id.clone());
        let mut sorted: Vec<&NewReport> = batch.iter().collect();
        let key = |report: &NewReport| report.key.as_ref().map(|key| key.report.clone());
        sorted.sort_by_key(|report| key(report));
        let tokens: Vec<(ReportId, &BlindToken)> =
            batch.iter().flat_map(|r| r.tokens.iter().map(|t| (r.id, t))).collect();
        let column = |f: fn(&NewReport) -> &[u8]| sorted.iter().map(|r| f(r)).collect::<Vec<_>>();
        let part = |f: fn(&SealedParts) -> Option<&[u8]>| sorted.iter().map(|r| f(&r.parts)).collect::<Vec<_>>();
        let relay = self.relay;
        self.connection().await?;
        self.sent = true;
        let connection = self.connection().await?;
        let rows = sqlx::query(include_str!("batch.sql"))
            .bind(county)
            .bind(key_id)
            .bind(sorted.iter().map(|r| r.id).collect::<Vec<_>>())
            .bind(sorted.iter().map(|r| r.received_at).collect::<Vec<_>>())
            .bind(sorted.iter().map(|r| r.channel).collect::<Vec<_>>())
            .bind(sorted.iter().map(|r| r.drill).collect::<Vec<_>>())
            .bind(column(|r| &r.follow_up_mac))
            .bind(column(|r| &r.data_key))
            .bind(part(|p| p.place.as_deref()))
            .bind(part(|p| p.child.as_deref()))
            .bind(part(|p| p.birth.as_deref()))
            .bind(part(|p| p.school.as_deref()))
            .bind(part(|p| p.home.as_deref()))
            .bind(part(|p| p.narrative.as_deref()))
            .bind(part(|p| p.reporter.as_deref()))
            .bind(part(|p| p.identity.as_deref()))
            .bind(sorted.iter().map(|r| r.facts.as_str()).collect::<Vec<_>>())
            .bind(sorted.iter().map(|r| r.urgent).collect::<Vec<_>>())
            .bind(
                sorted
                    .iter()
                    .map(|r| Some(&*r.key.as_ref()?.report))
                    .collect::<Vec<_>>(),
            )
            .bind(
                sorted
                    .iter()
                    .map(|r| Some(&*r.key.as_ref()?.client))
                    .collect::<Vec<_>>(),
            )
            .bind(column(|r| &r.answer))
            .bind(column(|r| &r.salt))
            .bind(column(|r| &r.leaf))
            .bind(tokens.iter().map(|(id, _)| *id).collect::<Vec<_>>())
            .bind(tokens.iter().map(|(_, t)| t.child).collect::<Vec<_>>())
            .bind(tokens.iter().map(|(_, t)| t.kind).collect::<Vec<_>>())
            .bind(tokens.iter().map(|(_, t)| t.token.as_slice()).collect::<Vec<_>>())
            .bind(relay)
            .bind(TimeDelta::seconds(outbox::LEASE_S))
            .bind(column(|r| &r.source))
            .bind(sorted.iter().map(|r| r.township.as_str()).collect::<Vec<_>>())
            .fetch_all(connection)
            .await?;
        let stored: std::collections::HashSet<ReportId> = rows.iter().map(|row| row.get(0)).collect();
        if stored.len() == batch.len() {
            return Ok(vec![Stored::Now; batch.len()]);
        }
        let mut results = Vec::with_capacity(batch.len());
        for report in batch {
            let known = stored.contains(&report.id);
            results.push(if known {
                Stored::Now
            } else {
                self.who_has_it(report).await?
            });
        }
        Ok(results)
    }

    /// Why a report was not stored now: its key was used before, or it is in already, or its id is another's.
    async fn who_has_it(&mut self, report: &NewReport) -> Result<Stored, StoreError> {
        let connection = self.connection().await?;
        if let Some(key) = &report.key {
            let row: Option<(ReportId, Option<Vec<u8>>)> =
                sqlx::query_as("SELECT report_id, answer FROM intake_answer($1, $2)")
                    .bind(&key.report)
                    .bind(&key.client)
                    .fetch_optional(&mut *connection)
                    .await?;
            match row {
                Some((id, Some(answer))) if id == report.id && answer == report.answer => return Ok(Stored::Now),
                Some((report_id, Some(answer))) => return Ok(Stored::Before { report_id, answer }),
                Some((_, None)) => return Ok(Stored::KeyUsed),
                None => {}
            }
        }
        let ours: bool = sqlx::query_scalar("SELECT intake_is_stored($1, $2)")
            .bind(report.id)
            .bind(&report.follow_up_mac)
            .fetch_one(connection)
            .await?;
        Ok(if ours { Stored::Now } else { Stored::IdTaken })
    }
}
