//! What needs a call now. Live, and alone refreshed every 15 seconds where the browser can.

use askama::Template;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use casework::pack::Pack;
use casework::words::reserved::OFFICE;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    receipt::ReportId,
    store::{BoardNow, CallAbout, StoreError, Subject, TriageLine, UnlistedArea},
    text::{Lang, notice_kind},
};

use super::{
    call::{Call, call},
    mail,
};
use crate::internal::{
    Internal, api_unavailable,
    auth::{Actor, Overseer},
    floods::page as floods,
    page::{Frame, Language, render, words},
    unavailable,
};

/// More than this is not counted; the page then says "1000+".
const COUNTED: i64 = 1000;

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
    pub(crate) again: Option<uuid::Uuid>,
}

/// A number with the matters behind it.
pub(crate) struct Group {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) calm: &'static str,
    pub(crate) count: String,
    pub(crate) zero: bool,
    /// Style of its number.
    pub(crate) tone: &'static str,
    /// Where the whole list is.
    pub(crate) all: Option<String>,
    pub(crate) lines: Vec<Line>,
    /// Said when the list is shorter than the count.
    pub(crate) more: bool,
    /// Counts by level, of the overdue ones.
    pub(crate) parts: Vec<(&'static str, String)>,
}

/// The live part.
pub(crate) struct Now {
    pub(crate) at: String,
    pub(crate) groups: Vec<Group>,
    pub(crate) parked: Option<String>,
    pub(crate) undecided: Option<String>,
    /// Mail does not go out: what the office must know at once.
    pub(crate) mail: Vec<String>,
    /// Closings and transfers that wait for the office.
    pub(crate) closings: Option<String>,
    /// Openings that wait for a decision or a review.
    pub(crate) openings: Option<String>,
    /// Those of them that are overdue.
    pub(crate) openings_overdue: Option<String>,
    /// Area codes that the list does not have.
    pub(crate) unlisted: Vec<Unlisted>,
    /// Possibly floods.
    pub(crate) floods: Vec<floods::OnBoard>,
}

/// A code with where its reports went.
pub(crate) struct Unlisted {
    pub(crate) said: String,
    pub(crate) receipts: String,
}

#[derive(Template)]
#[template(path = "internal/board/now.html")]
struct NowPart {
    frame: Frame,
    now: Now,
}

/// `GET /board/now`: the part alone, for the page that refreshes itself; anybody else gets the whole page.
pub(crate) async fn part(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    headers: HeaderMap,
) -> Response {
    if !headers.contains_key("hx-request") {
        return Redirect::to("/board").into_response();
    }
    match look(&internal, &actor, lang).await {
        Ok(now) => render(
            StatusCode::OK,
            &NowPart {
                frame: frame(&actor, lang, &now),
                now,
            },
        ),
        Err(e) => unavailable(&e),
    }
}

/// `GET /api/v1/board/now`
pub(crate) async fn api(State(internal): State<Internal>, _: Overseer) -> Response {
    match internal.board.board_now(&internal.county, clock::now()).await {
        Ok(now) => Json(now).into_response(),
        Err(e) => api_unavailable(&e),
    }
}

/// Reads it and says it in words.
pub(crate) async fn look(internal: &Internal, actor: &Actor, lang: Lang) -> Result<Now, StoreError> {
    let found = internal.board.board_now(&internal.county, clock::now()).await?;
    let office = actor.is(&["office"]);
    Ok(say(found, &internal.pack.current().pack, office, lang, clock::now()))
}

/// `office`: may have a notice sent again; the oversight reads.
fn say(found: BoardNow, pack: &Pack, office: bool, lang: Lang, now: DateTime<Utc>) -> Now {
    let overdue: i64 = found.overdue_by_level.iter().map(|(_, count)| count).sum();
    let by_level = found
        .overdue_by_level
        .iter()
        .map(|(level, count)| (words::level(lang, *level, false), counted(*count)));
    let groups = vec![
        group(
            lang,
            "unsigned",
            found.unsigned_count,
            found
                .unsigned
                .iter()
                .map(|l| about("board.unsigned_since", l, pack, lang, now))
                .collect(),
        ),
        Group {
            parts: by_level.collect(),
            ..group(
                lang,
                "overdue",
                overdue,
                found
                    .overdue
                    .iter()
                    .map(|l| about("board.overdue_since", l, pack, lang, now))
                    .collect(),
            )
        },
        group(
            lang,
            "triage",
            found.triage_count,
            found
                .triage
                .iter()
                .take(20)
                .map(|l| triage_line(l, pack, lang, now))
                .collect(),
        ),
        group(
            lang,
            "failed",
            found.failed_count,
            found
                .failed
                .iter()
                .map(|n| failed("board.failed_since", n, office, lang, now))
                .collect(),
        ),
    ];
    let mut groups = groups;
    if !found.drills.is_empty() {
        let drills = found.drills.iter().map(|line| {
            let key = if line.stage.as_deref() == Some("sign") {
                "board.unsigned_since"
            } else {
                "board.overdue_since"
            };
            about(key, line, pack, lang, now)
        });
        let drills: Vec<Line> = drills.collect();
        groups.push(group(
            lang,
            "drills",
            i64::try_from(drills.len()).unwrap_or_default(),
            drills,
        ));
    }
    let parked = (found.parked > 0).then(|| lang.fill("board.parked", &[("n", &counted(found.parked))]));
    let undecided = found.callbacks_undecided;
    let undecided = (undecided > 0).then(|| lang.fill("board.undecided", &[("n", &counted(undecided))]));
    let closings = (found.closings > 0).then(|| lang.fill("closings.count", &[("n", &counted(found.closings))]));
    let said = |key: &str, n: i64| (n > 0).then(|| lang.fill(key, &[("n", &counted(n))]));
    Now {
        closings,
        openings: said("openings.board_waiting", found.openings),
        openings_overdue: said("openings.board_overdue", found.openings_overdue),
        undecided,
        at: words::moment(lang, now, now),
        mail: mail::lines(found.mail.as_ref(), found.mail_waiting, lang, now),
        groups,
        parked,
        floods: floods::on_board(&found.floods, pack, lang, now),
        unlisted: found
            .unlisted
            .iter()
            .map(|area| unlisted(area, pack, lang, now))
            .collect(),
    }
}

fn unlisted(area: &UnlistedArea, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Unlisted {
    let receipts = area.receipts.iter().map(|id| ReportId::from_db(*id).to_string());
    Unlisted {
        said: lang.fill(
            "board.unlisted_line",
            &[
                ("place", &words::place(lang, pack, Some(&area.code))),
                ("n", &area.reports.to_string()),
                ("at", &words::moment(lang, area.last_at, now)),
            ],
        ),
        receipts: receipts.collect::<Vec<_>>().join("、"),
    }
}

fn group(lang: Lang, id: &'static str, count: i64, lines: Vec<Line>) -> Group {
    Group {
        id,
        title: lang.t(&format!("board.{id}")),
        calm: lang.t(&format!("board.{id}_calm")),
        count: counted(count),
        zero: count == 0,
        tone: match id {
            "overdue" => "hot",
            "drills" => "",
            _ => "soon",
        },
        all: (id != "drills").then(|| {
            if id == "triage" {
                "/triage".to_owned()
            } else {
                format!("/board/{id}")
            }
        }),
        more: usize::try_from(count).is_ok_and(|count| count > lines.len()),
        lines,
        parts: Vec::new(),
    }
}

/// The frame of the board, with what is overdue in its title.
pub(crate) fn frame(actor: &Actor, lang: Lang, now: &Now) -> Frame {
    let overdue = now.groups.iter().find(|group| group.id == "overdue" && !group.zero);
    Frame::of(actor, lang, "/board").titled(overdue.map_or("", |group| group.count.as_str()))
}

/// Receipt, place, sex and age, what is reported.
pub(crate) fn brief(lang: Lang, pack: &Pack, report: i64, facts: Option<&serde_json::Value>) -> String {
    let said = facts.map_or_else(String::new, |facts| words::brief(lang, pack, facts));
    format!("{} · {said}", ReportId::from_db(report))
}

pub(crate) fn counted(count: i64) -> String {
    if count > COUNTED {
        format!("{COUNTED}+")
    } else {
        count.to_string()
    }
}

/// `key`: of an unsigned ticket `since` is its dispatch, of an overdue stage its due time.
pub(crate) fn about(key: &str, line: &CallAbout, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let obligation = pack.vocabulary().obligations.label(&line.obligation, lang.pack());
    let stage = line.stage.as_deref().unwrap_or("sign");
    let since = words::span(lang, now - line.since);
    Line {
        id: format!("{stage}-{}", line.ticket_id),
        href: format!("/board/tickets/{}", line.ticket_id),
        brief: brief(lang, pack, line.report_id, line.facts.as_ref()),
        tone: if key.starts_with("board.overdue") {
            "late"
        } else {
            "soon"
        },
        unit: line.unit_name.clone(),
        what: obligation.to_owned(),
        urgency: words::urgency(lang, &line.urgency),
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
        hot: line.urgency == "P1",
        call: Some(call(&line.call)),
        again: None,
    }
}

fn triage_line(line: &TriageLine, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let (span, at) = (
        words::span(lang, now - line.dispatched_at),
        words::moment(lang, line.dispatched_at, now),
    );
    Line {
        id: format!("triage-{}", line.report_id),
        href: format!("/triage/{}", line.report_id),
        brief: brief(lang, pack, line.report_id, line.facts.as_ref()),
        tone: "",
        unit: line.signed_by.as_ref().map_or_else(
            || lang.t("triage.nobody").to_owned(),
            |by| lang.fill("triage.taken_by", &[("by", by)]),
        ),
        what: reasons(&line.reasons).join("；"),
        urgency: words::urgency(lang, &line.urgency),
        since: lang.fill("board.waits_since", &[("span", &span), ("at", &at)]),
        level: words::countdown(
            lang,
            line.next_due_at
                .map(|_| if line.signed_by.is_some() { "resolve" } else { "sign" }),
            line.next_due_at,
            now,
        )
        .text,
        drill: line.drill,
        hot: line.urgency == "P1",
        call: None,
        again: None,
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
            (None, Some(kind), Some(id)) => Subject::page(kind, id, OFFICE),
            _ => "/board".to_owned(),
        },
        brief: String::new(),
        tone: "soon",
        unit: notice.unit_name.clone(),
        what: format!(
            "{} · {}",
            lang.t(&notice_kind(&notice.kind)),
            lang.t(if notice.state == "bounced" {
                "board.notice.bounced"
            } else {
                "board.notice.failed"
            })
        ),
        urgency: words::urgency(lang, &notice.urgency),
        since: lang.fill(
            key,
            &[("span", &words::span(lang, now - notice.finished_at)), ("at", &at)],
        ),
        level: notice.last_error.clone().unwrap_or_default(),
        drill: false,
        hot: notice.urgency == "P1",
        call: Some(call(&notice.call)),
        again: office.then_some(notice.id),
    }
}

/// The texts of a JSON array.
pub(crate) fn reasons(list: &serde_json::Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|r| r.as_str().map(str::to_owned))
        .collect()
}
