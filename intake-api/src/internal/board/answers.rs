//! The board as programs read it. Its order of fields is the one that programs have read from the first version on.

use casework::ticket::TicketState;
use casework::words::{TicketClock, Urgency};
use chrono::{DateTime, Utc};
use platform::store::{
    self, BoardNow, CallAbout, Listed, MailState, NoticeId, NoticeKind, NoticeState, ReportId, SubjectKind, TicketId,
    UndeliveredNotice, UnitCall, UnitContact, UnlistedArea, Unread, VisitsInVain, Word,
};
use serde::Serialize;

use crate::internal::gateways::Gateway;

/// What needs a call now. Counts stop at 1,001, which means "more than 1,000"; drills and floods are the page's alone.
#[derive(Serialize)]
pub(crate) struct Now {
    unsigned_count: i64,
    triage_count: i64,
    failed_count: i64,
    unsigned: Vec<About>,
    overdue: Vec<About>,
    /// Level and count.
    overdue_by_level: Vec<(i16, i64)>,
    triage: Vec<Triage>,
    failed: Vec<Undelivered>,
    callbacks_undecided: i64,
    parked: i64,
    unlisted: Vec<Unlisted>,
    /// Null when no notifier ever said so.
    mail: Option<Mail>,
    mail_waiting: i64,
    /// Router and notifier, as far as they ever ran.
    watch: Vec<Watched>,
    closings: i64,
    motions: i64,
    openings: i64,
    openings_overdue: i64,
    gateways: Vec<Gateway>,
    in_vain_count: i64,
    /// Children who were looked for in vain, the most often first.
    in_vain: Vec<InVain>,
    /// Rows of these lists that can't be read, so that no program takes a part for the whole.
    unread: Vec<UnreadRow>,
}

/// A row that this version can't read.
#[derive(Serialize)]
pub(crate) struct UnreadRow {
    /// Of which list of the answer.
    list: &'static str,
    /// Receipt of its report, or number of the ticket or the notice.
    number: String,
}

/// The rows of a list that can't be read.
pub(crate) fn unread(list: &'static str, rows: Vec<Unread>) -> impl Iterator<Item = UnreadRow> {
    rows.into_iter().map(move |row| UnreadRow {
        list,
        number: row.number(),
    })
}

/// A ticket that somebody should call about.
#[derive(Serialize)]
struct About {
    ticket_id: TicketId,
    report_id: ReportId,
    unit: String,
    unit_name: String,
    obligation: String,
    urgency: Urgency,
    stage: Option<Word<TicketClock>>,
    /// Dispatch, or the due time that passed.
    since: DateTime<Utc>,
    level: Option<i16>,
    call: Call,
    drill: bool,
}

/// Whom to call.
#[derive(Serialize)]
pub(crate) struct Call {
    unit: String,
    duty_phone: Option<String>,
    mailbox: String,
    /// Nobody has confirmed the mailbox yet (示例).
    example: bool,
    /// Leaders first.
    people: Vec<Contact>,
}

/// Somebody of a unit.
#[derive(Serialize)]
struct Contact {
    name: String,
    login: String,
    phone: Option<String>,
    leader: bool,
}

/// A report that waits for a human.
#[derive(Serialize)]
pub(crate) struct Triage {
    ticket_id: TicketId,
    report_id: ReportId,
    urgency: Urgency,
    state: TicketState,
    signed_by: Option<String>,
    reasons: Vec<String>,
    next_due_at: Option<DateTime<Utc>>,
    dispatched_at: DateTime<Utc>,
}

/// A notice that will never arrive by itself.
#[derive(Serialize)]
struct Undelivered {
    id: NoticeId,
    ticket_id: Option<TicketId>,
    subject_kind: Option<Word<SubjectKind>>,
    subject_id: Option<i64>,
    unit: String,
    unit_name: String,
    kind: NoticeKind,
    urgency: Urgency,
    state: NoticeState,
    finished_at: DateTime<Utc>,
    last_error: Option<String>,
    call: Call,
}

/// A child whom somebody went to see in vain, and nobody of the case has seen since.
#[derive(Serialize)]
struct InVain {
    /// On which the last visit was recorded.
    ticket_id: TicketId,
    report_id: ReportId,
    unit: String,
    unit_name: String,
    obligation: String,
    urgency: Urgency,
    visits: i32,
    /// When the last was recorded.
    last_at: DateTime<Utc>,
    /// By which somebody is to see the child; null: no clock asks for it.
    next_stage: Option<Word<TicketClock>>,
    next_due_at: Option<DateTime<Utc>>,
    /// Name of the unit that owes it.
    next_unit: Option<String>,
    call: Call,
}

/// An area code of the county that the list does not have.
#[derive(Serialize)]
struct Unlisted {
    code: String,
    township: Option<String>,
    reports: i64,
    /// Ids of the newest reports.
    receipts: Vec<ReportId>,
    last_at: DateTime<Utc>,
}

/// The last word of a service.
#[derive(Serialize)]
struct Watched {
    service: store::Service,
    /// When its slowest part last did a whole turn.
    beat_at: DateTime<Utc>,
    considered: i64,
    due: i64,
    /// Null when nothing was due.
    oldest_due: Option<DateTime<Utc>>,
}

/// Whether mail goes out.
#[derive(Serialize)]
struct Mail {
    seen_at: DateTime<Utc>,
    blocked: Option<Blocked>,
}

/// A mail server that takes nothing from us.
#[derive(Serialize)]
struct Blocked {
    since: DateTime<Utc>,
    phase: String,
    answer: String,
    ours: bool,
}

impl From<BoardNow> for Now {
    fn from(now: BoardNow) -> Self {
        let mut unread = Vec::new();
        let unsigned = sorted("unsigned", now.unsigned, &mut unread);
        let overdue = sorted("overdue", now.overdue, &mut unread);
        let triage = sorted("triage", now.triage, &mut unread);
        let failed = sorted("failed", now.failed, &mut unread);
        let in_vain = sorted("in_vain", now.in_vain, &mut unread);
        Self {
            unsigned_count: now.unsigned_count,
            triage_count: now.triage_count,
            failed_count: now.failed_count,
            unsigned,
            overdue,
            overdue_by_level: now.overdue_by_level,
            triage,
            failed,
            callbacks_undecided: now.callbacks_undecided,
            parked: now.parked,
            unlisted: now.unlisted.into_iter().map(Into::into).collect(),
            mail: now.mail.map(Into::into),
            mail_waiting: now.mail_waiting,
            watch: now.watch.into_iter().map(Into::into).collect(),
            closings: now.closings,
            motions: now.motions,
            openings: now.openings,
            openings_overdue: now.openings_overdue,
            gateways: now.gateways.into_iter().map(Into::into).collect(),
            in_vain_count: now.in_vain_count,
            in_vain,
            unread,
        }
    }
}

/// A list as the answer has it; what can't be read goes beside it.
fn sorted<T, A: From<T>>(list: &'static str, rows: Vec<Listed<T>>, beside: &mut Vec<UnreadRow>) -> Vec<A> {
    let (read, rest) = Listed::sorted(rows);
    beside.extend(unread(list, rest));
    read.into_iter().map(A::from).collect()
}

impl From<CallAbout> for About {
    fn from(line: CallAbout) -> Self {
        Self {
            ticket_id: line.ticket_id,
            report_id: line.report_id,
            unit: line.unit,
            unit_name: line.unit_name,
            obligation: line.obligation,
            urgency: line.urgency,
            stage: line.stage,
            since: line.since,
            level: line.level,
            call: line.call.0.into(),
            drill: line.drill,
        }
    }
}

impl From<UnitCall> for Call {
    fn from(call: UnitCall) -> Self {
        Self {
            unit: call.unit,
            duty_phone: call.duty_phone,
            mailbox: call.mailbox,
            example: call.example,
            people: call.people.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<UnitContact> for Contact {
    fn from(contact: UnitContact) -> Self {
        Self {
            name: contact.name,
            login: contact.login,
            phone: contact.phone,
            leader: contact.leader,
        }
    }
}

impl From<store::TriageLine> for Triage {
    fn from(line: store::TriageLine) -> Self {
        Self {
            ticket_id: line.ticket_id,
            report_id: line.report_id,
            urgency: line.urgency,
            state: line.state,
            signed_by: line.signed_by,
            reasons: line.reasons.0,
            next_due_at: line.next_due_at,
            dispatched_at: line.dispatched_at,
        }
    }
}

impl From<UndeliveredNotice> for Undelivered {
    fn from(notice: UndeliveredNotice) -> Self {
        Self {
            id: notice.id,
            ticket_id: notice.ticket_id,
            subject_kind: notice.subject_kind,
            subject_id: notice.subject_id,
            unit: notice.unit,
            unit_name: notice.unit_name,
            kind: notice.kind,
            urgency: notice.urgency,
            state: notice.state,
            finished_at: notice.finished_at,
            last_error: notice.last_error,
            call: notice.call.0.into(),
        }
    }
}

impl From<VisitsInVain> for InVain {
    fn from(line: VisitsInVain) -> Self {
        Self {
            ticket_id: line.ticket_id,
            report_id: line.report_id,
            unit: line.unit,
            unit_name: line.unit_name,
            obligation: line.obligation,
            urgency: line.urgency,
            visits: line.visits,
            last_at: line.last_at,
            next_stage: line.next_stage,
            next_due_at: line.next_due_at,
            next_unit: line.next_unit,
            call: line.call.0.into(),
        }
    }
}

impl From<UnlistedArea> for Unlisted {
    fn from(area: UnlistedArea) -> Self {
        Self {
            code: area.code,
            township: area.township,
            reports: area.reports,
            receipts: area.receipts,
            last_at: area.last_at,
        }
    }
}

impl From<store::Beat> for Watched {
    fn from(beat: store::Beat) -> Self {
        Self {
            service: beat.service,
            beat_at: beat.beat_at,
            considered: beat.considered,
            due: beat.due,
            oldest_due: beat.oldest_due,
        }
    }
}

impl From<MailState> for Mail {
    fn from(mail: MailState) -> Self {
        Self {
            seen_at: mail.seen_at,
            blocked: mail.blocked.map(|blocked| Blocked {
                since: blocked.since,
                phase: blocked.phase,
                answer: blocked.answer,
                ours: blocked.ours,
            }),
        }
    }
}
