//! The micro-batched writer: while one batch commits, the next gathers by itself. Under light load a batch is one report
//! and nothing waits; under heavy load the cost of a commit is shared.
//!
//! A batch is tried until the database confirms it or [`PATIENCE`] is over. The ids are fixed before the first try, so a
//! commit whose answer was lost is recognised and never doubled.

use std::{collections::HashSet, sync::Arc, time::Duration};

use platform::{
    run::{readiness::Part, telemetry::chain},
    store::{BatchWriter, NewReport, OutboxRow, ReportId, Stored},
};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

/// How long a reporter waits for a database that is away before 503 and the advice to call 110.
const PATIENCE: Duration = Duration::from_secs(8);
const PAUSE: Duration = Duration::from_millis(250);
/// A writer without work asks the database so often, on the connection that the next report will take.
const IDLE: Duration = Duration::from_secs(3);
/// Longest wait for that answer. A report that comes meanwhile waits too, and would find the same silence.
const ANSWER: Duration = Duration::from_secs(3);

/// A report on its way to the database.
pub(crate) struct Job {
    /// Sealed and ready.
    pub(crate) report: NewReport,
    /// Told after the commit.
    pub(crate) done: oneshot::Sender<Outcome>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// Committed.
    Stored,
    /// The same report came before under this key.
    Before {
        /// As this one.
        report_id: ReportId,
        /// With this sealed answer.
        answer: Vec<u8>,
    },
    /// The client used its key for another report.
    KeyUsed,
    /// Its id is another report's.
    IdTaken,
    /// It is certain that nothing was stored.
    NotStored,
    /// The database was asked and did not confirm: perhaps stored, perhaps not.
    Unknown,
}

/// Why a batch has no outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unconfirmed {
    NotStored,
    Unknown,
}

impl Unconfirmed {
    /// Once in doubt, a later certain refusal says nothing about the earlier try.
    fn or(self, earlier: Self) -> Self {
        if earlier == Self::Unknown { earlier } else { self }
    }
}

impl From<Unconfirmed> for Outcome {
    fn from(unconfirmed: Unconfirmed) -> Self {
        match unconfirmed {
            Unconfirmed::NotStored => Self::NotStored,
            Unconfirmed::Unknown => Self::Unknown,
        }
    }
}

impl From<Stored> for Outcome {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Now => Self::Stored,
            Stored::Before { report_id, answer } => Self::Before { report_id, answer },
            Stored::KeyUsed => Self::KeyUsed,
            Stored::IdTaken => Self::IdTaken,
        }
    }
}

/// One writer. Several share the queue of jobs; each gathers a batch while the others commit.
pub(crate) struct Writer {
    /// Its connection.
    pub(crate) batch: BatchWriter,
    /// Reports that wait for a writer.
    pub(crate) jobs: Arc<Mutex<mpsc::Receiver<Job>>>,
    /// Most reports of one batch.
    pub(crate) most: usize,
    /// Whom it tells what is committed.
    pub(crate) relay: mpsc::Sender<OutboxRow>,
    /// Its line in `/ready`.
    pub(crate) part: Part,
}

/// Its loop. Ends when every door is closed and the queue is drained.
pub(crate) async fn run(writer: Writer, stop: CancellationToken) -> anyhow::Result<()> {
    let Writer {
        mut batch,
        jobs,
        most,
        relay,
        part,
    } = writer;
    watch_start(&mut batch, &part, &stop).await;
    let mut gathered = Vec::with_capacity(most);
    loop {
        let next = async { jobs.lock().await.recv_many(&mut gathered, most).await };
        let Ok(got) = tokio::time::timeout(IDLE, next).await else {
            ask(&mut batch, &part).await;
            continue;
        };
        if got == 0 {
            return Ok(());
        }
        metrics::histogram!("shouwang_intake_batch_size").record(got as f64);
        write(&mut batch, std::mem::take(&mut gathered), &relay, &part).await;
    }
}

/// `/ready` says no until the database took a first question.
async fn watch_start(writer: &mut BatchWriter, part: &Part, stop: &CancellationToken) {
    while !ask(writer, part).await {
        if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
            return;
        }
    }
}

/// Whether the database answers, said in `/ready` too: nobody needs to file a report for it.
async fn ask(writer: &mut BatchWriter, part: &Part) -> bool {
    let wrong = match tokio::time::timeout(ANSWER, writer.ping()).await {
        Ok(Ok(())) => None,
        Ok(Err(e)) => Some(e.advice()),
        Err(_) => Some(format!("PostgreSQL does not answer within {} s", ANSWER.as_secs())),
    };
    match &wrong {
        None => part.ready(),
        Some(why) => {
            writer.disconnect();
            part.not_ready(why.as_str());
        }
    }
    wrong.is_none()
}

async fn write(writer: &mut BatchWriter, jobs: Vec<Job>, relay: &mpsc::Sender<OutboxRow>, part: &Part) {
    let started = Instant::now();
    let (jobs, twins) = part_twins(jobs);
    let (reports, waiting): (Vec<_>, Vec<_>) = jobs.into_iter().map(|job| (job.report, job.done)).unzip();
    let outcomes = store_all(writer, &reports, part).await;
    metrics::histogram!("shouwang_intake_commit_seconds").record(started.elapsed().as_secs_f64());
    hand_over(writer, &reports, &outcomes, relay);
    for (done, outcome) in waiting.into_iter().zip(outcomes) {
        tell(done, outcome);
    }
    // Twins come one after another, once what they may repeat is settled: the database knows the right answer for each.
    for Job { report, done } in twins {
        let mut outcomes = store_all(writer, std::slice::from_ref(&report), part).await;
        hand_over(writer, std::slice::from_ref(&report), &outcomes, relay);
        tell(done, outcomes.pop().unwrap_or(Outcome::Unknown));
    }
}

fn tell(done: oneshot::Sender<Outcome>, outcome: Outcome) {
    if matches!(outcome, Outcome::Stored) {
        metrics::counter!("shouwang_reports_accepted_total").increment(1);
    }
    // A reporter who hung up misses the answer, not the report.
    let _ = done.send(outcome);
}

/// Tells the relay what is committed. When it is behind, the rest waits for the end of its lease.
fn hand_over(writer: &BatchWriter, reports: &[NewReport], outcomes: &[Outcome], relay: &mpsc::Sender<OutboxRow>) {
    for (report, outcome) in reports.iter().zip(outcomes) {
        if matches!(outcome, Outcome::Stored) && relay.try_send(writer.outbox_row(report)).is_err() {
            return;
        }
    }
}

/// Sets apart jobs whose idempotency key an earlier job of the same batch carries, for the same report or from the same client.
fn part_twins(jobs: Vec<Job>) -> (Vec<Job>, Vec<Job>) {
    let (mut reports, mut clients) = (HashSet::new(), HashSet::new());
    jobs.into_iter().partition(|job| match &job.report.key {
        Some(key) => {
            let fresh = (reports.insert(key.report.clone()), clients.insert(key.client.clone()));
            fresh == (true, true)
        }
        None => true,
    })
}

/// Stores a batch whole, or row by row when one row spoils it, for as long as [`PATIENCE`] lasts.
async fn store_all(writer: &mut BatchWriter, reports: &[NewReport], part: &Part) -> Vec<Outcome> {
    let until = Instant::now() + PATIENCE;
    match store_until(writer, reports, until, part).await {
        Ok(stored) => stored.into_iter().map(Outcome::from).collect(),
        Err(why) if reports.len() == 1 => vec![why.into()],
        Err(earlier) => {
            let mut outcomes = Vec::with_capacity(reports.len());
            for report in reports {
                let one = store_until(writer, std::slice::from_ref(report), until, part).await;
                outcomes.push(match one {
                    Ok(mut stored) => stored.pop().map_or(Outcome::Unknown, Outcome::from),
                    Err(why) => why.or(earlier).into(),
                });
            }
            outcomes
        }
    }
}

async fn store_until(
    writer: &mut BatchWriter,
    reports: &[NewReport],
    until: Instant,
    part: &Part,
) -> Result<Vec<Stored>, Unconfirmed> {
    let mut doubt = Unconfirmed::NotStored;
    loop {
        let error = match writer.report_insert_batch(reports).await {
            Ok(stored) => {
                part.ready();
                return Ok(stored);
            }
            Err(e) => e,
        };
        let shown = chain(&error);
        if writer.may_be_stored(&error) {
            doubt = Unconfirmed::Unknown;
        }
        if !error.is_passing() {
            error!(error = shown, rows = reports.len(), "the database refuses this batch");
            return Err(doubt);
        }
        part.not_ready(error.advice());
        metrics::counter!("shouwang_intake_retries_total").increment(1);
        if Instant::now() + PAUSE >= until {
            error!(
                error = shown,
                rows = reports.len(),
                ?doubt,
                "the database did not confirm in time"
            );
            return Err(doubt);
        }
        warn!(
            error = shown,
            rows = reports.len(),
            "the database is away: trying again"
        );
        tokio::time::sleep(PAUSE).await;
    }
}
