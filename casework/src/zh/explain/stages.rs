//! How each deadline was counted, and who is pushed when it passes.

use chrono::{DateTime, Timelike, Utc};
use serde::Serialize;

use crate::calendar::{rfc3339, shanghai};
use crate::office::explain::BasisWhy;
use crate::pack::Pack;
use crate::routing::{PlannedStage, PlannedTicket};
use crate::words::{Action, Addressee, Lang, Urgency};
use crate::zh::times;

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
        basis: BasisWhy::new(pack, &planned.basis, planned.grade),
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
            // Office and leading group are named by what they do.
            let to = match step.to {
                Addressee::Office | Addressee::LeadingGroup => "",
                person => person.zh(),
            };
            let what = match step.action {
                Action::Remind | Action::Urge => format!("{}{to}", step.action.zh()),
                Action::Supervise | Action::SuperviseLetter => step.action.zh().to_owned(),
                Action::AdvisoryLetter => format!("向{to}发{}", step.action.zh()),
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
    let day = times::month_day(local.date_naive());
    format!("{day}{:02}:{:02}", local.hour(), local.minute())
}
