//! How each deadline was counted, and who is pushed when it passes.

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::Serialize;

use crate::calendar::{rfc3339, shanghai};
use crate::office::explain::BasisWhy;
use crate::pack::Pack;
use crate::routing::{PlannedStage, PlannedTicket};
use crate::words::{Action, Addressee, Lang, Urgency};

/// One stage with its deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageWhy {
    /// `签收`
    pub stage: String,
    /// `30分钟`
    pub limit: String,
    /// Row of the table `deadlines`; `None` = the program's own limit, since no row has one.
    pub row: Option<usize>,
    /// Where the limit comes from.
    pub basis: BasisWhy,
    /// RFC 3339; `None` until its event has happened.
    pub due: Option<String>,
    /// The due read days beyond the published calendar.
    pub provisional: bool,
    /// How it was counted, in sentences.
    pub counted: Vec<String>,
    /// What happens if nothing is done, in one sentence; empty while there is no due.
    pub pushed: String,
}

pub(crate) fn of(pack: &Pack, urgency: Urgency, ticket: &PlannedTicket) -> Vec<StageWhy> {
    ticket
        .stages
        .iter()
        .map(|planned| stage(pack, urgency, ticket, planned))
        .collect()
}

fn stage(pack: &Pack, urgency: Urgency, ticket: &PlannedTicket, planned: &PlannedStage) -> StageWhy {
    // The plan was pinned at dispatch; a row of today's pack is named only where it says the same.
    let row = pack.rules().deadline(&ticket.obligation, urgency, planned.stage);
    let row = row
        .filter(|row| row.limit == planned.limit && row.start == planned.start)
        .map(|row| row.row);
    let counted = match planned.due {
        Some(_) => planned.derivation.clone(),
        None => {
            let event = pack.vocabulary().events.label(&planned.start, Lang::Zh);
            vec![format!("自“{event}”起算，该事件发生后才计算截止时间。")]
        }
    };
    StageWhy {
        stage: planned.stage.zh().to_owned(),
        limit: planned.limit.zh(),
        row,
        basis: BasisWhy::new(&planned.basis, &planned.grade),
        due: planned.due.map(rfc3339),
        provisional: planned.provisional,
        counted,
        pushed: pushed(planned),
    }
}

/// `10月8日08:25提醒承办人，…`
fn pushed(planned: &PlannedStage) -> String {
    let steps: Vec<String> = planned
        .steps
        .iter()
        .map(|step| {
            let to = match step.to {
                Addressee::Assignee => "承办人",
                Addressee::UnitLeader => "单位负责人",
                Addressee::Office | Addressee::LeadingGroup => "",
            };
            let what = match step.action {
                Action::Remind => format!("到期提醒{to}"),
                Action::Urge => format!("催办{to}"),
                Action::Supervise => "办公室督办".to_owned(),
                Action::SuperviseLetter => "领导小组督办".to_owned(),
                Action::AdvisoryLetter => format!("向{to}发提示函"),
            };
            format!("{}{what}", moment(step.at))
        })
        .collect();
    if steps.is_empty() {
        String::new()
    } else {
        format!("未办的：{}。", steps.join("，"))
    }
}

/// `11月24日08:40`
fn moment(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&shanghai());
    format!(
        "{}月{}日{:02}:{:02}",
        local.month(),
        local.day(),
        local.hour(),
        local.minute()
    )
}
