//! One mail for all that the clock tells a recipient about a report in one turn.
//!
//! Steps of the same report, recipient, action and level are one notice with several crossings. A turn is cut into
//! transactions; a later one adds to a notice of the same turn as long as nobody has it in hand. Whether a crossing was told
//! is no matter of the grouping: `notice_tickets_crossing` is unique over all of them.

use std::collections::BTreeMap;

use casework::words::Urgency;
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::store::{
    FloodId, NoticeId, NoticeKind, ReportId, StageId, StoreError, TicketId,
    floods::routed::{Told, tell_unit},
};

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum About {
    Report(ReportId),
    Flood(FloodId),
}

/// What makes steps one mail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct GroupKey {
    pub(in crate::store) about: About,
    /// Who is told.
    pub(in crate::store) unit: String,
    pub(in crate::store) kind: NoticeKind,
    pub(in crate::store) level: i16,
    /// The mail says whose delay it is, so late steps are told apart.
    pub(in crate::store) late: bool,
}

/// A stage that crossed the level.
#[derive(Clone, Debug)]
pub(in crate::store) struct Crossing {
    pub(in crate::store) ticket: TicketId,
    pub(in crate::store) stage: StageId,
    pub(in crate::store) due_generation: i32,
    pub(in crate::store) urgency: Urgency,
    pub(in crate::store) drill: bool,
}

/// The notices of one transaction.
#[derive(Debug, Default)]
pub(in crate::store) struct StepNotices(BTreeMap<GroupKey, (String, Vec<Crossing>)>);

impl StepNotices {
    pub(in crate::store) fn add(&mut self, key: GroupKey, county: &str, crossing: Crossing) {
        let group = self.0.entry(key).or_insert_with(|| (county.to_owned(), Vec::new()));
        group.1.push(crossing);
    }

    /// The stages whose levels are told.
    pub(in crate::store) fn stages(&self) -> Vec<StageId> {
        let crossings = self.0.values().flat_map(|(_, crossings)| crossings);
        crossings.map(|crossing| crossing.stage).collect()
    }

    pub(in crate::store) async fn insert(
        &self,
        tx: &mut PgTransaction<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut rows = Rows::default();
        for (key, (county, crossings)) in &self.0 {
            match key.about {
                About::Report(report) => rows.add(report, key, county, crossings),
                About::Flood(flood) => tell_flood(tx, flood, (key, crossings), now).await?,
            }
        }
        rows.insert(tx, now).await
    }
}

/// A flood has one notice a unit, whatever report it is.
async fn tell_flood(
    tx: &mut PgTransaction<'_>,
    flood: FloodId,
    (key, crossings): (&GroupKey, &[Crossing]),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tickets: Vec<TicketId> = crossings.iter().map(|c| c.ticket).collect();
    let stages = crossings.iter().map(|c| c.stage).collect();
    let generations = crossings.iter().map(|c| c.due_generation).collect();
    let told = Told {
        notice: NoticeId(Uuid::new_v4()),
        unit: &key.unit,
        kind: key.kind,
        level: Some(key.level),
        late: key.late,
        urgency: highest(crossings),
        tickets: &tickets,
        crossings: Some((stages, generations)),
    };
    tell_unit(tx, flood, &told, now).await
}

fn highest(crossings: &[Crossing]) -> Urgency {
    crossings.iter().map(|c| c.urgency).max().unwrap_or(Urgency::P1)
}

/// The columns of the notices about reports, and of their crossings.
#[derive(Default)]
struct Rows<'n> {
    ids: Vec<NoticeId>,
    counties: Vec<&'n str>,
    reports: Vec<ReportId>,
    units: Vec<&'n str>,
    kinds: Vec<&'static str>,
    levels: Vec<i16>,
    late: Vec<bool>,
    urgencies: Vec<&'static str>,
    drills: Vec<bool>,
    told: Vec<NoticeId>,
    tickets: Vec<TicketId>,
    stages: Vec<StageId>,
    generations: Vec<i32>,
}

impl<'n> Rows<'n> {
    fn add(&mut self, report: ReportId, key: &'n GroupKey, county: &'n str, crossings: &[Crossing]) {
        let id = NoticeId(Uuid::new_v4());
        self.ids.push(id);
        self.counties.push(county);
        self.reports.push(report);
        self.units.push(&key.unit);
        self.kinds.push(key.kind.as_str());
        self.levels.push(key.level);
        self.late.push(key.late);
        self.urgencies.push(highest(crossings).as_str());
        self.drills.push(crossings.iter().any(|c| c.drill));
        for crossing in crossings {
            self.told.push(id);
            self.tickets.push(crossing.ticket);
            self.stages.push(crossing.stage);
            self.generations.push(crossing.due_generation);
        }
    }

    async fn insert(self, tx: &mut PgTransaction<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
        if self.ids.is_empty() {
            return Ok(());
        }
        sqlx::query(include_str!("step_notice.sql"))
            .bind(self.ids)
            .bind(self.counties)
            .bind(self.reports)
            .bind(self.units)
            .bind(self.kinds)
            .bind(self.levels)
            .bind(self.late)
            .bind(self.urgencies)
            .bind(self.drills)
            .bind(self.told)
            .bind(self.tickets)
            .bind(self.stages)
            .bind(self.generations)
            .bind(now)
            .persistent(false)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}
