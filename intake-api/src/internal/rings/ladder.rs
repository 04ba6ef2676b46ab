//! The calls of a ticket in words: the evidence ladder.

use casework::words::Channel;
use chrono::{DateTime, Utc};
use platform::{
    store::{
        AnsweredHow, CallFault, CallState, CallStep, FolderFault, LadderCall, LadderRing, LadderStep, OutletKind,
        PostState, TicketPost,
    },
    text::Lang,
};

use crate::internal::page::words;

/// A ticket's calls.
#[derive(Default)]
pub(crate) struct Ladder {
    /// It rings, and nobody has answered.
    pub(crate) rings: bool,
    /// Who answered while the act is still owed.
    pub(crate) answered: Option<String>,
    /// The last first.
    pub(crate) calls: Vec<CallWords>,
    /// What group chats and units' own systems were told, the last first. Nobody is reached by it.
    pub(crate) told: Vec<CallWords>,
}

/// One call.
pub(crate) struct CallWords {
    pub(crate) title: String,
    pub(crate) state: &'static str,
    pub(crate) bad: bool,
    pub(crate) steps: Vec<String>,
}

/// In words.
pub(crate) fn say(
    (calls, posts): (&[LadderCall], &[TicketPost]),
    letters: bool,
    lang: Lang,
    now: DateTime<Utc>,
) -> Ladder {
    Ladder {
        told: posts.iter().map(|post| told(post, lang, now)).collect(),
        rings: calls.iter().any(|call| call.open),
        answered: calls.iter().find_map(|call| answered(call, lang, now)),
        calls: calls.iter().map(|call| one(call, letters, lang, now)).collect(),
    }
}

fn one(call: &LadderCall, letters: bool, lang: Lang, now: DateTime<Utc>) -> CallWords {
    let who = match (&call.person, call.last_resort) {
        (Some(person), _) => lang.fill("rings.person", &[("name", person), ("unit", &call.unit_name)]),
        (None, Some(place)) => lang.fill("rings.last_resort", &[("number", &place.to_string())]),
        (None, None) => call.unit_name.clone(),
    };
    let about: Vec<String> = call.rings.iter().map(|ring| ring_words(ring, letters, lang)).collect();
    let mut title = [channel(lang, call.channel).to_owned(), who, about.join("、")].join(" · ");
    if let Some(waiting) = call.waiting {
        title.push_str(&lang.fill("rings.many", &[("count", &waiting.to_string())]));
    }
    if call.system_late {
        title.push_str(&lang.fill("rings.late", &[("at", &words::moment(lang, call.planned_at, now))]));
    }
    CallWords {
        title,
        state: state(lang, call.channel, call.state),
        bad: call.state == CallState::Failed,
        steps: call
            .steps
            .iter()
            .map(|step| step_words(call.channel, step, lang, now))
            .collect(),
    }
}

fn told(post: &TicketPost, lang: Lang, now: DateTime<Utc>) -> CallWords {
    let at = words::moment(lang, post.at, now);
    let event = lang.t(&format!("posts.event.{}", post.event));
    let written = post
        .written_at
        .map(|at| lang.fill("posts.written_at", &[("at", &words::moment(lang, at, now))]));
    let finished = post.finished_at.map(|at| words::moment(lang, at, now));
    let failed = post
        .last_error
        .as_ref()
        .filter(|_| post.state != PostState::Sent)
        .map(|said| post_why(lang, post.kind, said));
    CallWords {
        title: [lang.t(&format!("posts.kind.{}", post.kind)), &post.unit_name, event].join(" · "),
        state: match (post.kind, post.state) {
            (OutletKind::Robot, PostState::Sent) => lang.t("posts.state.said"),
            (OutletKind::Folder, PostState::Queued) => lang.t("posts.state.unwritten"),
            (_, state) => lang.t(&format!("posts.state.{state}")),
        },
        bad: post.state == PostState::Failed || post.state == PostState::Queued && failed.is_some(),
        steps: [Some(at), written, finished, failed].into_iter().flatten().collect(),
    }
}

/// Why something was not told or written, in the page's language where it is a word of ours.
fn post_why(lang: Lang, kind: OutletKind, said: &str) -> String {
    match FolderFault::from_word(said).filter(|_| kind == OutletKind::Folder) {
        Some(fault) => lang.t(&format!("outlets.fault.{fault}")).to_owned(),
        None => said.to_owned(),
    }
}

/// How far a call has come.
pub(crate) fn state(lang: Lang, channel: Channel, state: CallState) -> &'static str {
    match (channel, state) {
        // Nothing is sent: it stands on the page.
        (Channel::Desk, CallState::HandedOver) => lang.t("rings.state.on-desk"),
        (Channel::Desk, CallState::Delivered) => lang.t("rings.state.shown"),
        (_, state) => lang.t(&format!("rings.state.{state}")),
    }
}

/// What it rang about: a stage, why, and for which time.
fn ring_words(ring: &LadderRing, letters: bool, lang: Lang) -> String {
    let cause = cause(lang, &ring.cause, letters);
    let number = (ring.ring + 1).to_string();
    let values = [
        ("stage", words::stage(lang, ring.stage)),
        ("cause", &cause),
        ("number", &number),
    ];
    lang.fill("rings.ring", &values)
}

/// Why something rings, as casework's `Cause` writes it.
pub(crate) fn cause(lang: Lang, cause: &str, letters: bool) -> String {
    match cause.strip_prefix("level-").and_then(|level| level.parse().ok()) {
        Some(level) => words::level(lang, level, letters).to_owned(),
        None => lang.t(&format!("rings.cause.{}", known(cause))).to_owned(),
    }
}

fn known(cause: &str) -> &'static str {
    match cause {
        "asked" => "asked",
        "again" => "again",
        _ => "dispatch",
    }
}

fn step_words(channel: Channel, step: &LadderStep, lang: Lang, now: DateTime<Utc>) -> String {
    let at = words::moment(lang, step.at, now);
    let what = match (channel, step.step) {
        (Channel::Desk, CallStep::HandedOver) => lang.t("rings.step.on-desk"),
        (Channel::Desk, CallStep::Delivered) => lang.t("rings.step.shown"),
        (_, step) => lang.t(&format!("rings.step.{step}")),
    };
    let detail = match step.step {
        CallStep::Acknowledged => AnsweredHow::from_word(&step.detail).map(|answer| how(lang, answer).to_owned()),
        CallStep::Failed if !step.detail.is_empty() => Some(why(lang, &step.detail)),
        _ => Some(step.detail.clone()),
    };
    let detail = detail.filter(|detail| !detail.is_empty());
    [Some(at), Some(what.to_owned()), detail]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Why a call reached nobody: ours in words, a gateway's as it said them.
pub(crate) fn why(lang: Lang, said: &str) -> String {
    let key = match CallFault::from_word(said) {
        Some(CallFault::Closed) => "rings.why.closed",
        Some(CallFault::NoMail) => "rings.why.no-mail",
        Some(CallFault::SharedMailbox) => "rings.why.shared-mailbox",
        Some(CallFault::DrillMail) => "rings.why.drill-mail",
        Some(CallFault::NoMessages) => "rings.why.no-messages",
        Some(CallFault::NoTelephone) => "rings.why.no-telephone",
        Some(CallFault::NoGateway) => "rings.why.no-gateway",
        Some(CallFault::GatewayAway) => "rings.why.gateway-away",
        Some(CallFault::DayLimit) => "rings.why.day-limit",
        Some(CallFault::NoPage) => "rings.why.no-page",
        Some(CallFault::NotShown) => "rings.why.not-shown",
        Some(CallFault::NoNumber) => "rings.why.no-number",
        None => return lang.fill("rings.why.gateway", &[("said", said)]),
    };
    lang.t(key).to_owned()
}

/// Who answered, and what is owed all the same.
fn answered(call: &LadderCall, lang: Lang, now: DateTime<Utc>) -> Option<String> {
    let (by, at, answer) = (call.answered_by.as_ref()?, call.answered_at?, call.answered_how?);
    if !call.owed {
        return None;
    }
    let at = words::moment(lang, at, now);
    let owed = call.rings.first().map_or("", |ring| words::stage(lang, ring.stage));
    let values = [
        ("by", by.as_str()),
        ("at", &at),
        ("how", how(lang, *answer)),
        ("stage", owed),
    ];
    Some(lang.fill("rings.answered", &values))
}

/// By what somebody answered.
pub(crate) fn how(lang: Lang, how: AnsweredHow) -> &'static str {
    lang.t(&format!("rings.how.{how}"))
}

/// By what somebody is called.
pub(crate) fn channel(lang: Lang, channel: Channel) -> &'static str {
    lang.t(&format!("rings.channel.{channel}"))
}
