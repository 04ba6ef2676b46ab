//! One matter to call about, in words: an unsigned or overdue ticket, a report without a unit, a mail that did not arrive.

use casework::pack::Pack;
use casework::words::{TicketClock, Urgency, reserved::OFFICE};
use chrono::{DateTime, Utc};
use platform::{
    store::{AccountId, CallAbout, Listed, NoticeId, NoticeState, Subject, TicketId, TriageLine, Unread, VisitsInVain},
    text::{Lang, notice_kind},
};

use super::{
    call::{Call, call},
    said::brief,
};
use crate::internal::{desk::vain, page::words};

/// One matter to call about.
pub(crate) struct Line {
    /// Keeps the focus while the part refreshes itself.
    pub(crate) id: String,
    pub(crate) href: String,
    /// Receipt, place, sex and age, what is reported.
    pub(crate) brief: String,
    /// Red for what is overdue, amber for what soon will be.
    pub(crate) tone: &'static str,
    pub(crate) unit: String,
    pub(crate) what: String,
    pub(crate) urgency: &'static str,
    pub(crate) since: String,
    pub(crate) level: String,
    pub(crate) drill: bool,
    pub(crate) hot: bool,
    pub(crate) call: Option<Call>,
    /// A notice that can be sent again.
    pub(crate) again: Option<NoticeId>,
    /// What the office does where nobody was reached.
    pub(crate) cure: Option<Cure>,
}

/// One button for each cure.
pub(crate) struct Cure {
    pub(crate) ticket: TicketId,
    /// Who was called last, and is called again; none: nobody by name.
    pub(crate) person: Option<AccountId>,
    /// Their name.
    pub(crate) name: String,
    /// Who is called next, and what the button says; none: everybody was called.
    pub(crate) next: Option<(AccountId, String)>,
}

/// A row of these lists; one that can't be read says so in its place.
pub(crate) fn row<T>(row: &Listed<T>, lang: Lang, say: impl FnOnce(&T) -> Line) -> Line {
    let unread = match row {
        Listed::Read(line) => return say(line),
        Listed::Unread(unread) => *unread,
    };
    let (id, href) = match unread {
        Unread::Ticket { ticket, .. } => (ticket.to_string(), format!("/board/tickets/{ticket}")),
        Unread::Notice(notice) => (notice.to_string(), "/board/failed".to_owned()),
        other => (other.number(), "/board".to_owned()),
    };
    Line {
        id: format!("unread-{id}"),
        href,
        brief: String::new(),
        tone: "late",
        unit: unread.number(),
        what: String::new(),
        urgency: lang.t("words.unread_mark"),
        since: words::unread(lang, unread),
        level: String::new(),
        drill: false,
        hot: true,
        call: None,
        again: None,
        cure: None,
    }
}

/// `key`: of an unsigned ticket `since` is its dispatch, of an overdue stage its due time.
pub(crate) fn about(key: &str, line: &CallAbout, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let obligation = pack.vocabulary().obligations.label(&line.obligation, lang.pack());
    let stage = line.stage.map_or(TicketClock::Sign, |clock| *clock);
    let since = words::span(lang, now - line.since);
    Line {
        id: format!("{stage}-{}", line.ticket_id),
        href: format!("/board/tickets/{}", line.ticket_id),
        brief: brief(lang, pack, line.report_id, line.facts.as_deref()),
        tone: if key.starts_with("board.overdue") {
            "late"
        } else {
            "soon"
        },
        unit: line.unit_name.clone(),
        what: obligation.to_owned(),
        urgency: words::urgency(lang, line.urgency),
        since: lang.fill(
            key,
            &[
                ("stage", words::stage(lang, stage)),
                ("span", &since),
                ("at", &words::moment(lang, line.since, now)),
            ],
        ),
        level: line
            .level
            .filter(|level| *level > 0)
            .map(|level| words::level(lang, level, words::letters(pack, &line.unit)).to_owned())
            .unwrap_or_default(),
        drill: line.drill,
        hot: line.urgency == Urgency::P1,
        call: Some(call(&line.call)),
        again: None,
        cure: None,
    }
}

pub(crate) fn triage_line(line: &TriageLine, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let (span, at) = (
        words::span(lang, now - line.dispatched_at),
        words::moment(lang, line.dispatched_at, now),
    );
    Line {
        id: format!("triage-{}", line.report_id.get()),
        href: format!("/triage/{}", line.report_id.get()),
        brief: brief(lang, pack, line.report_id, line.facts.as_deref()),
        tone: "",
        unit: line.signed_by.as_ref().map_or_else(
            || lang.t("triage.nobody").to_owned(),
            |by| lang.fill("triage.taken_by", &[("by", by)]),
        ),
        what: line.reasons.join("；"),
        urgency: words::urgency(lang, line.urgency),
        since: lang.fill("board.waits_since", &[("span", &span), ("at", &at)]),
        level: words::countdown(
            lang,
            line.next_due_at.map(|_| {
                if line.signed_by.is_some() {
                    TicketClock::Resolve
                } else {
                    TicketClock::Sign
                }
            }),
            line.next_due_at,
            now,
        )
        .text,
        drill: line.drill,
        hot: line.urgency == Urgency::P1,
        call: None,
        again: None,
        cure: None,
    }
}

/// A child whom somebody went to see in vain: how often, and who is to see it next.
pub(crate) fn in_vain(line: &VisitsInVain, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let obligation = pack.vocabulary().obligations.label(&line.obligation, lang.pack());
    let (visits, at) = (line.visits.to_string(), words::moment(lang, line.last_at, now));
    let due = line.next_stage.map(|clock| *clock).zip(line.next_due_at);
    let next = vain::next(due, lang, now);
    Line {
        id: format!("in-vain-{}", line.report_id.get()),
        href: format!("/board/tickets/{}", line.ticket_id),
        brief: brief(lang, pack, line.report_id, line.facts.as_deref()),
        tone: if line.next_due_at.is_none_or(|due| due <= now) {
            "late"
        } else {
            "soon"
        },
        unit: line.unit_name.clone(),
        what: obligation.to_owned(),
        urgency: words::urgency(lang, line.urgency),
        since: lang.fill("desk.in_vain", &[("n", &visits), ("at", &at)]),
        level: match line.next_unit.as_deref().filter(|_| due.is_some()) {
            Some(unit) => lang.fill("board.in-vain_unit", &[("next", &next), ("unit", unit)]),
            None => next,
        },
        drill: false,
        hot: line.urgency == Urgency::P1,
        call: Some(call(&line.call)),
        again: None,
        cure: None,
    }
}

pub(crate) fn failed(
    key: &str,
    notice: &platform::store::UndeliveredNotice,
    office: bool,
    lang: Lang,
    now: DateTime<Utc>,
) -> Line {
    let at = words::moment(lang, notice.finished_at, now);
    Line {
        id: format!("failed-{}", notice.id),
        href: match (notice.ticket_id, &notice.subject_kind, notice.subject_id) {
            (Some(ticket), ..) => format!("/board/tickets/{ticket}"),
            (None, Some(kind), Some(id)) => Subject::page(**kind, id, OFFICE),
            _ => "/board".to_owned(),
        },
        brief: String::new(),
        tone: "soon",
        unit: notice.unit_name.clone(),
        what: format!(
            "{} · {}",
            lang.t(&notice_kind(notice.kind)),
            lang.t(if notice.state == NoticeState::Bounced {
                "board.notice.bounced"
            } else {
                "board.notice.failed"
            })
        ),
        urgency: words::urgency(lang, notice.urgency),
        since: lang.fill(
            key,
            &[("span", &words::span(lang, now - notice.finished_at)), ("at", &at)],
        ),
        level: notice.last_error.clone().unwrap_or_default(),
        drill: false,
        hot: notice.urgency == Urgency::P1,
        call: Some(call(&notice.call)),
        again: office.then_some(notice.id),
        cure: None,
    }
}
