//! `GET /board/tickets/{id}`: what the office may see of a ticket. Everything that is not sealed, nothing that is.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use casework::pack::Pack;
use casework::ticket::closing::may_be_done_again;
use casework::words::{TicketClock, Urgency};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{
        AttemptOutcome, BoardEvent, BoardNotice, BoardOther, BoardStage, BoardTicket, Ended, EventKind, Loose,
        ReadsAsked, Role, TicketChain, TicketId,
    },
    text::{Lang, notice_kind},
};

use super::{
    call::{Call, call},
    facts,
    look::look,
};
use crate::internal::{
    By,
    auth::Overseer,
    desk::vain::in_vain,
    error::PageError,
    instructions::{self, Written},
    openings,
    page::{
        Frame, Paper, render, tail,
        words::{self, Telling},
    },
    reads::{self, ReadWords},
    rings::{
        cures::{self, Choice},
        ladder::{self, Ladder},
    },
    standing::{self, CaseWords},
};

/// Looks that the page of a ticket lists; the rest is one press away.
const LOOKS: i64 = 10;

struct StageLine {
    name: &'static str,
    when: String,
    basis: String,
    steps: Vec<String>,
}

struct EventLine {
    at: String,
    text: String,
    reason: String,
}

struct NoticeLine {
    title: String,
    state: String,
    attempts: Vec<String>,
    bad: bool,
    /// Its id, where it can be sent again.
    again: Option<String>,
}

struct OtherLine {
    id: TicketId,
    text: String,
}

#[derive(Template)]
#[template(path = "internal/board/ticket.html")]
struct TicketPage {
    frame: Frame,
    paper: Paper,
    ticket: BoardTicket,
    receipt: String,
    title: String,
    urgency: &'static str,
    role: &'static str,
    state: &'static str,
    outcome: String,
    received: String,
    call: Call,
    facts: Vec<(&'static str, String)>,
    stages: Vec<StageLine>,
    /// Visits that did not see the child, and what comes next.
    in_vain: Option<String>,
    /// Why the case is open.
    case: Option<CaseWords>,
    events: Vec<EventLine>,
    notices: Vec<NoticeLine>,
    ladder: Ladder,
    /// Whom the office may have called, while it rings.
    cures: Vec<Choice>,
    others: Vec<OtherLine>,
    why: String,
    /// Said where the ticket was transferred: the case's clock is the first ticket's.
    case_clock: String,
    /// What was asked beyond this ticket.
    openings: Vec<openings::Line>,
    /// The last looks at the report.
    reads: Vec<ReadWords>,
    /// May have a notice sent again.
    office: bool,
    /// May have it done again.
    reopen: bool,
    /// May write down what the unit says by telephone.
    telephone: bool,
}

/// The page.
pub(crate) async fn page(by: By<Overseer>, Path(id): Path<TicketId>) -> Result<Response, PageError> {
    let (internal, lang) = (&by.internal, by.lang);
    let ticket = internal.board.board_ticket(&internal.county, id).await?;
    let ticket = ticket.ok_or(PageError::NotFound)?;
    // What explains it is judged by the program, and cut to what is seen before it is told.
    let ground = internal.office.ticket_ground(id).await?.unwrap_or_default();
    let opened = look(&by, ticket.report_id, Some(id)).await?;
    let now = clock::now();
    let asked = ReadsAsked {
        report: Some(ticket.report_id),
        ..ReadsAsked::default()
    };
    let only = [id];
    let (calls, posts, asked_for, looked, case, mut written) = tokio::try_join!(
        internal.board.ticket_calls(id),
        internal.board.ticket_posts(id),
        internal.board.openings_of_report(&internal.county, ticket.report_id),
        internal.board.reads_list(&internal.county, &asked, LOOKS),
        internal.board.board_case(&internal.county, ticket.report_id),
        instructions::of(internal, &only),
    )?;
    let written = written.remove(&id).unwrap_or_default();
    let loaded = internal.pack.current();
    let pack = &loaded.pack;
    let how = Telling { pack, lang, now };
    let label = |code: &str| pack.vocabulary().obligations.label(code, lang.pack()).to_owned();
    let receipt = ticket.report_id.to_string();
    let frame = by.frame("/board").titled(tail(&receipt));
    let (county, at) = (pack.county_name(lang.pack()), words::moment(lang, now, now));
    let page = TicketPage {
        paper: Paper::new(&frame, county, &ticket.unit_name, &receipt, &at),
        receipt,
        title: label(&ticket.obligation),
        urgency: words::urgency(lang, ticket.urgency),
        role: words::role(lang, ticket.lead),
        state: words::state(lang, ticket.state),
        outcome: ticket
            .outcome
            .as_deref()
            .map(|o| pack.vocabulary().outcomes.label(o, lang.pack()).to_owned())
            .unwrap_or_default(),
        received: words::moment(lang, ticket.received_at, now),
        call: call(&ticket.call),
        facts: facts::lines(&opened, pack, lang),
        stages: ticket
            .stages
            .iter()
            .map(|s| stage(s, pack, words::letters(pack, &ticket.unit), lang, now))
            .collect(),
        in_vain: vain(&ticket, how),
        case: case.map(|case| standing::say(&case, how)),
        events: ticket.events.iter().map(|e| event(e, &written, lang, now)).collect(),
        notices: ticket.notices.iter().map(|n| notice(n, lang, now)).collect(),
        cures: cures::people(&by, &ticket.unit, &calls).await?,
        ladder: ladder::say((&calls, &posts), words::letters(pack, &ticket.unit), lang, now),
        others: ticket
            .others
            .iter()
            .filter(|o| o.id != ticket.id)
            .map(|o| other(o, pack, lang))
            .collect(),
        case_clock: ticket
            .chain
            .as_ref()
            .and_then(|chain| case_clock(chain, lang, now))
            .unwrap_or_default(),
        openings: asked_for
            .iter()
            .filter(|o| o.ticket_id.is_none_or(|of| of == ticket.id))
            .map(|o| openings::line(o, pack, lang, now))
            .collect(),
        reads: looked.iter().map(|read| reads::say(read, lang, now)).collect(),
        why: internal
            .why
            .ticket(ground.made.as_ref(), &opened.sight(&ticket.own))
            .await
            .text(),
        office: by.actor.is(&[Role::Office]),
        reopen: by.actor.is(&[Role::Office])
            && may_be_done_again(
                ticket.state,
                &ticket.obligation,
                ticket.outcome.as_deref(),
                ticket.chain.as_ref().is_some_and(|chain| chain.is_followed()),
            ),
        telephone: by.actor.is(&[Role::Office]) && ticket.state.is_open(),
        frame,
        ticket,
    };
    Ok(render(StatusCode::OK, &page))
}

fn vain(ticket: &BoardTicket, how: Telling<'_>) -> Option<String> {
    let visits = in_vain(ticket.events.iter().map(|e| (&e.kind, e.at)))?;
    let open = ticket.stages.iter().filter(|s| s.ended_at.is_none());
    Some(visits.say(open.map(|s| (s.stage, s.due_at)), how.lang, how.now))
}

fn other(other: &BoardOther, pack: &Pack, lang: Lang) -> OtherLine {
    let obligation = pack.vocabulary().obligations.label(&other.obligation, lang.pack());
    OtherLine {
        id: other.id,
        text: [&other.unit_name, obligation, words::state(lang, other.state)].join(" · "),
    }
}

/// Where the ticket was transferred, the case's clock is that of its first ticket.
fn case_clock(chain: &TicketChain, lang: Lang, now: DateTime<Utc>) -> Option<String> {
    chain.first.as_ref()?;
    let at = words::moment(lang, chain.case_dispatched_at?, now);
    Some(lang.fill("close.case_clock", &[("at", &at)]))
}

fn stage(stage: &BoardStage, pack: &Pack, letters: bool, lang: Lang, now: DateTime<Utc>) -> StageLine {
    let limit = words::limit(lang, &stage.limit);
    let planned = match stage.due_at {
        Some(due) => lang.fill(
            "board.stage_due",
            &[("due", &words::due(lang, due, now)), ("limit", &limit)],
        ),
        None => lang.fill("board.stage_waiting", &[("limit", &limit)]),
    };
    let ended = stage.ended_at.map(|at| {
        let key = match stage.ended_how {
            Some(Ended::Closed) if stage.stage == TicketClock::Contact => "desk.ended_closed",
            Some(Ended::Void) => "desk.ended_void",
            _ => "board.stage_ended",
        };
        lang.fill(key, &[("at", &words::moment(lang, at, now))])
    });
    let steps = stage.steps.iter().map(|step| {
        let at = words::moment(lang, step.crossed_at, now);
        let key = if step.system_late {
            "board.step_late"
        } else {
            "board.step"
        };
        lang.fill(key, &[("at", &at), ("level", words::level(lang, step.level, letters))])
    });
    let earlier = stage.earlier.iter().map(|round| {
        let at = words::moment(lang, round.ended_at, now);
        let due = round.due_at.map(|due| words::due(lang, due, now)).unwrap_or_default();
        let key = if round.ended_how == Some(Ended::Closed) {
            "board.stage_before_closed"
        } else {
            "board.stage_before"
        };
        lang.fill(key, &[("at", &at), ("due", &due)])
    });
    StageLine {
        name: words::stage(lang, stage.stage),
        when: ended.into_iter().chain([planned]).collect::<Vec<_>>().join(" · "),
        basis: words::basis(lang, pack.phrases(), &stage.basis, stage.grade),
        steps: earlier.chain(steps).collect(),
    }
}

/// What an event is called here; one of a newer version than this has no name.
pub(crate) fn event_name(lang: Lang, kind: &Loose<EventKind>) -> &'static str {
    let known = kind.known();
    lang.t(&format!("board.event.{}", known.map_or("other", EventKind::as_str)))
}

/// Who acted. No account stands behind a name from the command line, so the user of the machine is named with it.
fn actor(event: &BoardEvent, lang: Lang) -> String {
    match &event.detail.os_user {
        Some(user) => lang.fill("board.command", &[("name", &event.actor), ("user", user)]),
        None => words::actor(lang, &event.actor),
    }
}

fn event(event: &BoardEvent, written: &[Written], lang: Lang, now: DateTime<Utc>) -> EventLine {
    let instruction = event
        .kind
        .is(EventKind::Instructed)
        .then(|| written.iter().find(|line| line.at == event.at))
        .flatten();
    let at = words::moment(lang, event.at, now);
    EventLine {
        // A contact has two times: when the child was seen, and when it was written down.
        at: match event.detail.seen_at {
            Some(seen) => lang.fill(
                "desk.seen_at",
                &[("seen", &words::moment(lang, seen, now)), ("at", &at)],
            ),
            None => at,
        },
        text: [event_name(lang, &event.kind).to_owned(), actor(event, lang)]
            .into_iter()
            .chain(
                event
                    .detail
                    .telephone
                    .as_ref()
                    .map(|call| words::called(call, lang, now)),
            )
            .collect::<Vec<_>>()
            .join(" · "),
        reason: match instruction {
            Some(instruction) => instruction.text(lang),
            None => event.reason.clone().unwrap_or_default(),
        },
    }
}

fn notice(notice: &BoardNotice, lang: Lang, now: DateTime<Utc>) -> NoticeLine {
    let word = |code: &str| {
        let known = ["queued", "sent", "failed", "suppressed", "retry", "gave-up", "bounced"];
        let code = known.into_iter().find(|k| *k == code).unwrap_or("queued");
        lang.t(&format!("board.notice.{code}"))
    };
    let attempts = notice.attempts.iter().map(|attempt| {
        let at = words::moment(lang, attempt.at, now);
        let key = if attempt.outcome == AttemptOutcome::Sent {
            "board.attempt"
        } else {
            "board.attempt_failed"
        };
        let outcome = word(attempt.outcome.as_str());
        lang.fill(key, &[("at", &at), ("outcome", outcome), ("detail", &attempt.detail)])
    });
    let (state, resent) = (notice.state.as_str(), lang.t("board.notice.resent"));
    NoticeLine {
        title: format!(
            "{} · {}{}",
            lang.t(&notice_kind(notice.kind)),
            notice.unit_name,
            if notice.resent { resent } else { "" }
        ),
        state: if notice.replaced {
            format!("{} · {}", word(state), lang.t("board.notice.replaced"))
        } else {
            word(state).to_owned()
        },
        attempts: attempts.collect(),
        bad: matches!(state, "failed" | "bounced"),
        again: (matches!(state, "failed" | "bounced" | "sent") && !notice.replaced).then(|| notice.id.to_string()),
    }
}
