//! What did not arrive, in words, at the top of the board; and for programs.

use casework::{
    calendar::rfc3339,
    county::Vocabulary,
    pack::Pack,
    ringing::beats::Wait,
    words::{Channel, Seat, TicketClock, Urgency},
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{
        self, AccountId, CallState, DutyBook, HeldRing, LateNotice, NotArrived, NoticeId, NoticeKind, ReportId,
        StoreError, TicketId,
    },
    text::{Lang, notice_kind},
};
use serde::Serialize;

use super::{
    answers,
    call::call,
    line::{Cure, Line},
    unfetched::{self, Unfetched},
};
use crate::internal::{
    Answer, By, Internal,
    auth::Overseer,
    error::ApiError,
    page::{tail, words},
    rings::{ladder, next::next},
};

/// In words.
#[derive(Default)]
pub(crate) struct Arrivals {
    /// Calls, then mails, then what nobody fetched for a closed network.
    pub(crate) lines: Vec<Line>,
    /// What is held until its unit is there.
    pub(crate) held: Vec<Line>,
    /// Units that lost a duty page.
    pub(crate) lost: Vec<String>,
}

/// The duty of the county, where the office is to be told who is called next: nothing is read where everything arrived.
pub(crate) async fn book_for(
    internal: &Internal,
    pack: &Pack,
    found: &store::Arrivals,
    now: DateTime<Utc>,
) -> Result<Option<DutyBook>, StoreError> {
    if found.not_arrived.is_empty() {
        return Ok(None);
    }
    Ok(Some(internal.people.duty_book(pack, now).await?))
}

/// `book`: the office may cure, by whoever is on duty; the oversight reads.
pub(crate) fn say(
    found: &store::Arrivals,
    pack: &Pack,
    book: Option<&DutyBook>,
    lang: Lang,
    now: DateTime<Utc>,
) -> Arrivals {
    let calls = found.not_arrived.iter();
    let calls = calls.map(|line| not_arrived(line, pack, book, lang, now));
    let mails = found.late.iter().map(|notice| late(notice, lang, now));
    let lost = found.lost.iter().map(|page| {
        let values = [
            ("unit", page.unit_name.as_str()),
            ("name", &page.person),
            ("at", &words::moment(lang, page.beat_at, now)),
        ];
        lang.fill("arrivals.lost", &values)
    });
    let folders = found.folders.iter().map(|late| unfetched::say(late, pack, lang, now));
    Arrivals {
        lines: calls.chain(mails).chain(folders).collect(),
        held: found.held.iter().map(|line| held(line, pack, lang, now)).collect(),
        lost: lost.collect(),
    }
}

fn not_arrived(line: &NotArrived, pack: &Pack, book: Option<&DutyBook>, lang: Lang, now: DateTime<Utc>) -> Line {
    let who = line.person.as_deref().unwrap_or_else(|| lang.t("arrivals.last_resort"));
    let state = ladder::state(lang, line.channel, line.state);
    let values = [
        ("stage", words::stage(lang, *line.stage)),
        ("span", &words::span(lang, now - line.since)),
        ("n", &line.calls.to_string()),
    ];
    let last = [
        ("who", who),
        ("channel", ladder::channel(lang, line.channel)),
        ("state", state),
        ("at", &words::moment(lang, line.last, now)),
    ];
    let why = line.last_error.as_deref().filter(|_| line.state == CallState::Failed);
    Line {
        id: format!("arrival-{}-{}", *line.stage, line.ticket_id),
        href: format!("/board/tickets/{}#rings", line.ticket_id),
        brief: String::new(),
        tone: "late",
        unit: line.unit_name.clone(),
        what: label(pack.vocabulary(), &line.obligation, lang, line.report_id),
        urgency: words::urgency(lang, line.urgency),
        since: lang.fill("arrivals.since", &values),
        level: std::iter::once(lang.fill("arrivals.last", &last))
            .chain(why.map(|why| ladder::why(lang, why)))
            .collect::<Vec<_>>()
            .join(" · "),
        drill: line.drill,
        hot: line.urgency == Urgency::P1,
        call: Some(call(&line.call)),
        again: None,
        cure: book.map(|book| Cure {
            next: next((book, pack), &line.unit, &line.called, now)
                .map(|next| (next.account, next.say(&line.unit, pack, lang))),
            ticket: line.ticket_id,
            person: line.account_id,
            name: line.person.clone().unwrap_or_default(),
        }),
    }
}

fn late(notice: &LateNotice, lang: Lang, now: DateTime<Utc>) -> Line {
    Line {
        id: format!("late-{}", notice.id),
        href: match notice.ticket_id {
            Some(ticket) => format!("/board/tickets/{ticket}#notices"),
            None => "/board".to_owned(),
        },
        brief: String::new(),
        tone: "soon",
        unit: notice.unit_name.clone(),
        what: lang.t(&notice_kind(notice.kind)).to_owned(),
        urgency: words::urgency(lang, notice.urgency),
        since: words::fill(
            lang,
            "arrivals.mail_since",
            "span",
            words::span(lang, now - notice.created_at),
        ),
        level: notice.last_error.clone().unwrap_or_default(),
        drill: false,
        hot: notice.urgency == Urgency::P1,
        call: Some(call(&notice.call)),
        again: None,
        cure: None,
    }
}

fn held(line: &HeldRing, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let values = [
        ("stage", words::stage(lang, *line.stage)),
        ("at", &words::moment(lang, line.until, now)),
        ("why", lang.t(&format!("arrivals.why.{}", *line.why))),
    ];
    Line {
        id: format!("held-{}-{}", *line.stage, line.ticket_id),
        href: format!("/board/tickets/{}", line.ticket_id),
        brief: String::new(),
        tone: "",
        unit: line.unit_name.clone(),
        what: label(pack.vocabulary(), &line.obligation, lang, line.report_id),
        urgency: words::urgency(lang, line.urgency),
        since: lang.fill("arrivals.held_until", &values),
        level: String::new(),
        drill: line.drill,
        hot: line.urgency == Urgency::P1,
        call: None,
        again: None,
        cure: None,
    }
}

fn label(vocabulary: &Vocabulary, obligation: &str, lang: Lang, report: ReportId) -> String {
    let label = vocabulary.obligations.label(obligation, lang.pack());
    format!("{label} · {}", tail(&report.to_string()))
}

/// For programs; each list stops at 20.
#[derive(Serialize)]
pub(crate) struct Told {
    not_arrived: Vec<ToldCall>,
    late: Vec<ToldNotice>,
    held: Vec<ToldHeld>,
    lost_pages: Vec<ToldPage>,
    folders: Vec<Unfetched>,
}

#[derive(Serialize)]
struct ToldCall {
    ticket_id: TicketId,
    report_id: ReportId,
    unit: String,
    unit_name: String,
    obligation: String,
    urgency: Urgency,
    stage: TicketClock,
    calls: i64,
    since: String,
    last_at: String,
    channel: Channel,
    state: CallState,
    reason: Option<String>,
    account: Option<AccountId>,
    person: Option<String>,
    /// Who is called by the next button; null: everybody of the chain was called within a day.
    next: Option<ToldNext>,
    call: answers::Call,
    drill: bool,
}

#[derive(Serialize)]
struct ToldNext {
    account: AccountId,
    name: String,
    unit: String,
    seat: Seat,
}

#[derive(Serialize)]
struct ToldNotice {
    id: NoticeId,
    ticket_id: Option<TicketId>,
    unit: String,
    unit_name: String,
    kind: NoticeKind,
    urgency: Urgency,
    since: String,
    reason: Option<String>,
    call: answers::Call,
}

#[derive(Serialize)]
struct ToldHeld {
    ticket_id: TicketId,
    report_id: ReportId,
    unit: String,
    unit_name: String,
    obligation: String,
    urgency: Urgency,
    stage: TicketClock,
    until: String,
    why: Wait,
    drill: bool,
}

#[derive(Serialize)]
struct ToldPage {
    unit: String,
    unit_name: String,
    person: String,
    /// When it was last heard of.
    beat_at: String,
}

/// `GET /api/v1/board/arrivals`
pub(crate) async fn api(by: By<Overseer>) -> Result<Answer<Told>, ApiError> {
    let internal = &by.internal;
    let now = clock::now();
    let found = internal.board.arrivals(&internal.county, now).await?;
    let pack = internal.pack.current().pack.clone();
    let book = book_for(internal, &pack, &found, now).await?;
    let next = |line: &NotArrived| {
        let next = next((book.as_ref()?, &pack), &line.unit, &line.called, now)?;
        Some(ToldNext {
            account: next.account,
            name: next.name,
            unit: next.unit,
            seat: next.seat,
        })
    };
    let calls = found.not_arrived.into_iter().map(|line| ToldCall {
        next: next(&line),
        ticket_id: line.ticket_id,
        report_id: line.report_id,
        unit: line.unit,
        unit_name: line.unit_name,
        obligation: line.obligation,
        urgency: line.urgency,
        stage: *line.stage,
        calls: line.calls,
        since: rfc3339(line.since),
        last_at: rfc3339(line.last),
        channel: line.channel,
        state: line.state,
        reason: line.last_error,
        account: line.account_id,
        person: line.person,
        call: line.call.0.into(),
        drill: line.drill,
    });
    let late = found.late.into_iter().map(|notice| ToldNotice {
        id: notice.id,
        ticket_id: notice.ticket_id,
        unit: notice.unit,
        unit_name: notice.unit_name,
        kind: notice.kind,
        urgency: notice.urgency,
        since: rfc3339(notice.created_at),
        reason: notice.last_error,
        call: notice.call.0.into(),
    });
    let held = found.held.into_iter().map(|line| ToldHeld {
        ticket_id: line.ticket_id,
        report_id: line.report_id,
        unit: line.unit,
        unit_name: line.unit_name,
        obligation: line.obligation,
        urgency: line.urgency,
        stage: *line.stage,
        until: rfc3339(line.until),
        why: *line.why,
        drill: line.drill,
    });
    let lost = found.lost.into_iter().map(|page| ToldPage {
        unit: page.unit,
        unit_name: page.unit_name,
        person: page.person,
        beat_at: rfc3339(page.beat_at),
    });
    Ok(Answer(Told {
        not_arrived: calls.collect(),
        late: late.collect(),
        held: held.collect(),
        lost_pages: lost.collect(),
        folders: found.folders.into_iter().map(Unfetched::from).collect(),
    }))
}
