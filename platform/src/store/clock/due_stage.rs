//! A stage that the clock finds due, and who is told of its steps.

use casework::clock::escalation::PlannedStep;
use casework::words::{Addressee, Urgency};
use chrono::{DateTime, Utc};
use sqlx::types::Json;

use crate::store::{FloodId, ReportId, StageId, TicketId};

/// A stage that is due.
#[derive(sqlx::FromRow)]
pub(super) struct DueStage {
    pub(super) id: StageId,
    pub(super) ticket_id: TicketId,
    pub(super) report_id: ReportId,
    pub(super) flood: Option<FloodId>,
    pub(super) county: String,
    pub(super) unit: String,
    #[sqlx(try_from = "String")]
    pub(super) urgency: Urgency,
    pub(super) drill: bool,
    pub(super) due_generation: i32,
    pub(super) plan: Json<Vec<PlannedStep>>,
    pub(super) next_step: i16,
    pub(super) resumed_at: Option<DateTime<Utc>>,
    pub(super) last_sent: Option<DateTime<Utc>>,
    pub(super) office: Option<String>,
    pub(super) leading_group: Option<String>,
}

impl DueStage {
    /// The unit whose mailbox is told. Of assignee and leader it is the unit itself.
    pub(super) fn recipient(&self, step: &PlannedStep) -> &str {
        let named = match step.to {
            Addressee::Office => &self.office,
            Addressee::LeadingGroup => &self.leading_group,
            Addressee::Assignee | Addressee::UnitLeader => &None,
        };
        named.as_deref().unwrap_or(&self.unit)
    }
}
