//! What the router reads of a report.

use casework::report::StoredFacts;
use chrono::{DateTime, Utc};
use sqlx::types::Json;

use crate::store::{ReadsFacts, ReportId, Store, StoreError};

/// What the router reads of a report; no sealed column.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReportToRoute {
    /// The report.
    pub id: ReportId,
    /// Its county.
    pub county: String,
    /// When it was accepted.
    pub received_at: DateTime<Utc>,
    /// A drill.
    pub drill: bool,
    /// Its routing facts.
    pub facts: Json<StoredFacts>,
    /// It has a decision already: the message is a copy.
    pub routed: bool,
}

impl<L: ReadsFacts> Store<L> {
    /// A report and its facts, or `None` when there is no such report.
    pub async fn report_to_route(&self, id: ReportId) -> Result<Option<ReportToRoute>, StoreError> {
        Ok(self.reports_to_route(&[id]).await?.pop())
    }

    /// Reports and their facts, those that there are.
    pub async fn reports_to_route(&self, ids: &[ReportId]) -> Result<Vec<ReportToRoute>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT r.id, r.county, r.received_at, r.drill, f.facts,
                    EXISTS (SELECT FROM decisions d WHERE d.report_id = r.id) AS routed
             FROM reports r JOIN report_facts f ON f.report_id = r.id WHERE r.id = ANY($1)",
        )
        .bind(ids)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}
