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
        for (key, (county, crossings)) in &self.0 {
            let tickets: Vec<TicketId> = crossings.iter().map(|c| c.ticket).collect();
            let stages: Vec<StageId> = crossings.iter().map(|c| c.stage).collect();
            let generations: Vec<i32> = crossings.iter().map(|c| c.due_generation).collect();
            let urgency = crossings.iter().map(|c| c.urgency).max();
            let report = match key.about {
                About::Report(report) => report,
                About::Flood(flood) => {
                    let told = Told {
                        notice: NoticeId(Uuid::new_v4()),
                        unit: &key.unit,
                        kind: key.kind,
                        level: Some(key.level),
                        late: key.late,
                        urgency: urgency.unwrap_or(Urgency::P1),
                        tickets: &tickets,
                        crossings: Some((stages, generations)),
                    };
                    tell_unit(tx, flood, &told, now).await?;
                    continue;
                }
            };
            sqlx::query(include_str!("step_notice.sql"))
                .bind(report)
                .bind(&key.unit)
                .bind(key.kind.as_str())
                .bind(key.level)
                .bind(key.late)
                .bind(now)
                .bind(county)
                .bind(Uuid::new_v4())
                .bind(tickets)
                .bind(stages)
                .bind(generations)
                .bind(urgency.map(Urgency::as_str))
                .bind(crossings.iter().any(|c| c.drill))
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }
}
