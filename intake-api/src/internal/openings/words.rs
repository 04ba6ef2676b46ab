//! An opening in words, the same at the desk, on the board and in the trail.

use casework::ticket::opening::{OpeningState, Way};
use casework::{disclosure::Shows, pack::Pack, words::Urgency};
use chrono::{DateTime, Utc};
use platform::{
    store::{Opening, OpeningId, TicketId},
    text::Lang,
};

use crate::internal::page::words;

/// An opening as a list shows it.
pub(crate) struct Line {
    pub(crate) id: OpeningId,
    pub(crate) version: i32,
    pub(crate) ticket: Option<TicketId>,
    pub(crate) receipt: String,
    pub(crate) urgency: &'static str,
    pub(crate) hot: bool,
    pub(crate) drill: bool,
    pub(crate) unit: String,
    pub(crate) obligation: String,
    /// What is opened.
    pub(crate) parts: String,
    /// Who reported is among it.
    pub(crate) identity: bool,
    pub(crate) asked: String,
    /// Where it stands.
    pub(crate) state: String,
    /// What is late or waits.
    pub(crate) late: bool,
    /// What the review found, or that it waits.
    pub(crate) review: String,
    pub(crate) way: &'static str,
    pub(crate) waits: bool,
    pub(crate) open: bool,
    pub(crate) to_review: bool,
}

/// Parts of a report, one after the other.
pub(crate) fn parts(lang: Lang, words: &[String]) -> String {
    let shows = Shows::from_words(words.iter().map(String::as_str));
    let names: Vec<&str> = shows.iter().map(|part| lang.t(&format!("parts.{part}"))).collect();
    names.join(lang.t("words.and"))
}

/// An opening in words.
pub(crate) fn line(o: &Opening, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let label = |code: &String| pack.vocabulary().obligations.label(code, lang.pack()).to_owned();
    Line {
        id: o.id,
        version: o.version,
        ticket: o.ticket_id,
        receipt: o.report_id.to_string(),
        urgency: words::urgency(lang, o.urgency),
        hot: o.urgency == Urgency::P1,
        drill: o.drill,
        unit: o.unit_name.clone(),
        obligation: o
            .obligation
            .as_ref()
            .map_or_else(|| lang.t(&format!("openings.side_{}", o.side)).to_owned(), label),
        parts: parts(lang, &o.parts),
        identity: o.parts.iter().any(|part| part == "identity"),
        asked: lang.fill(
            "openings.asked",
            &[("by", &o.asked_by), ("at", &words::moment(lang, o.asked_at, now))],
        ),
        state: state(o, lang, now),
        late: o.is_overdue(now),
        review: review(o, lang, now),
        way: lang.t(&format!("openings.way_{}", o.way)),
        waits: o.state == OpeningState::Asked,
        open: o.is_open(now),
        to_review: o.is_to_review(),
    }
}

fn state(o: &Opening, lang: Lang, now: DateTime<Utc>) -> String {
    let moment = |at: Option<DateTime<Utc>>| at.map(|at| words::moment(lang, at, now)).unwrap_or_default();
    let nobody = String::new();
    match o.state {
        OpeningState::Asked => {
            let due = o.due_at.map(|at| words::due(lang, at, now)).unwrap_or_default();
            let key = if o.is_overdue(now) {
                "openings.is_overdue"
            } else {
                "openings.is_asked"
            };
            lang.fill(key, &[("at", &due)])
        }
        OpeningState::Open if o.is_open(now) => lang.fill("openings.is_open", &[("at", &moment(o.ends_at))]),
        OpeningState::Open => lang.fill("openings.is_over", &[("at", &moment(o.ends_at))]),
        OpeningState::Refused => lang.fill(
            "openings.is_refused",
            &[
                ("by", o.decided_by.as_ref().unwrap_or(&nobody)),
                ("at", &moment(o.decided_at)),
            ],
        ),
        _ => lang.fill(
            ended_key(o, "openings.is"),
            &[
                ("by", o.ended_by.as_ref().unwrap_or(&nobody)),
                ("at", &moment(o.ended_at)),
            ],
        ),
    }
}

/// Which sentence says how it ended before its time.
fn ended_key(o: &Opening, begin: &str) -> &'static str {
    match (begin, o.state, o.ended_why.as_deref()) {
        ("openings.is", OpeningState::Withdrawn, Some(_)) => "openings.is_withdrawn_ticket",
        ("openings.is", OpeningState::Withdrawn, None) => "openings.is_withdrawn",
        ("openings.is", _, Some("review")) => "openings.is_ended_review",
        ("openings.is", _, Some(_)) => "openings.is_ended_ticket",
        ("openings.is", _, None) => "openings.is_ended",
        (_, OpeningState::Withdrawn, Some(_)) => "openings.trail_withdrawn_ticket",
        (_, OpeningState::Withdrawn, None) => "openings.trail_withdrawn",
        (_, _, Some("review")) => "openings.trail_ended_review",
        (_, _, Some(_)) => "openings.trail_ended_ticket",
        (_, _, None) => "openings.trail_ended",
    }
}

fn review(o: &Opening, lang: Lang, now: DateTime<Utc>) -> String {
    let Some(due) = o.review_due_at else {
        return String::new();
    };
    match (&o.review, &o.reviewed_by, o.reviewed_at) {
        (Some(found), Some(by), Some(at)) => lang.fill(
            &format!("openings.reviewed_{}", **found),
            &[("by", by), ("at", &words::moment(lang, at, now))],
        ),
        _ => {
            let key = if o.is_overdue(now) {
                "openings.review_overdue"
            } else {
                "openings.review_due"
            };
            lang.fill(key, &[("at", &words::due(lang, due, now))])
        }
    }
}

/// The life of an opening, line by line, the first first: what was done by whom, each look, and its end by itself.
pub(super) fn trail(
    o: &Opening,
    reads: &[platform::store::ReadLine],
    lang: Lang,
    now: DateTime<Utc>,
) -> Vec<(String, String)> {
    let mut lines: Vec<(DateTime<Utc>, String)> = Vec::new();
    let by = |name: Option<&String>| name.cloned().unwrap_or_default();
    let said = |key: &str, name: String| lang.fill(key, &[("by", &name)]);
    if o.way == Way::Approval {
        lines.push((o.asked_at, said("openings.trail_asked", o.asked_by.clone())));
    } else {
        lines.push((o.asked_at, said("openings.trail_opened", o.asked_by.clone())));
    }
    if let Some(at) = o.decided_at {
        let key = if o.state == OpeningState::Refused {
            "openings.trail_refused"
        } else {
            "openings.trail_approved"
        };
        lines.push((at, said(key, by(o.decided_by.as_ref()))));
    }
    for read in reads {
        let what = parts(lang, &read.parts);
        lines.push((
            read.at,
            lang.fill(
                "openings.trail_read",
                &[("by", read.name.as_deref().unwrap_or_default()), ("what", &what)],
            ),
        ));
    }
    match (o.ended_at, o.ends_at) {
        (Some(at), _) => lines.push((at, said(ended_key(o, "openings.trail"), by(o.ended_by.as_ref())))),
        (None, Some(at)) if at <= now => lines.push((at, lang.t("openings.trail_over").to_owned())),
        _ => {}
    }
    if let (Some(at), Some(found)) = (o.reviewed_at, &o.review) {
        lines.push((
            at,
            said(&format!("openings.trail_{}", **found), by(o.reviewed_by.as_ref())),
        ));
    }
    lines.sort_by_key(|(at, _)| *at);
    lines
        .into_iter()
        .map(|(at, text)| (words::moment(lang, at, now), text))
        .collect()
}

/// Why not, as a text key.
pub(super) fn denied(why: platform::store::OpeningDenied) -> &'static str {
    use platform::store::OpeningDenied as D;
    match why {
        D::Own => "openings.denied_own",
        D::OwnUnit => "openings.denied_own-unit",
        D::Role => "openings.denied_role",
        D::TicketClosed => "openings.denied_ticket-closed",
        D::NotYours => "openings.denied_not-yours",
    }
}
