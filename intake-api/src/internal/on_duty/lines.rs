//! What rings on a duty page, in words. Nothing of a child: what, whose, how urgent, since when.

use casework::{pack::Pack, words::Urgency};
use chrono::{DateTime, Utc};
use platform::{
    store::{CallId, PageDrill, PageRing},
    text::Lang,
};

use crate::internal::{
    page::{tail, words},
    rings::ladder::cause,
};

/// One thing that rings.
pub(super) struct Line {
    pub(super) call: CallId,
    pub(super) what: String,
    pub(super) unit: String,
    pub(super) urgency: &'static str,
    pub(super) hot: bool,
    pub(super) why: String,
    /// The end of its receipt; none: a 点验, which has no ticket to open.
    pub(super) receipt: Option<String>,
    pub(super) drill: bool,
}

/// A drill in words.
pub(super) fn drill(ring: &PageDrill, lang: Lang, now: DateTime<Utc>) -> Line {
    let span = words::span(lang, now - ring.since);
    Line {
        call: ring.call_id,
        what: lang.t("drills.title").to_owned(),
        unit: ring.unit_name.clone(),
        urgency: words::urgency(lang, Urgency::P1),
        hot: false,
        why: lang.fill("on_duty.drill", &[("span", &span)]),
        receipt: None,
        drill: true,
    }
}

/// In words.
pub(super) fn line(ring: &PageRing, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let values = [
        ("stage", words::stage(lang, *ring.stage)),
        ("cause", &cause(lang, &ring.cause, false)),
        ("span", &words::span(lang, now - ring.since)),
    ];
    Line {
        call: ring.call_id,
        what: pack
            .vocabulary()
            .obligations
            .label(&ring.obligation, lang.pack())
            .to_owned(),
        unit: ring.unit_name.clone(),
        urgency: words::urgency(lang, ring.urgency),
        hot: ring.urgency == Urgency::P1,
        why: lang.fill("on_duty.ring", &values),
        receipt: Some(tail(&ring.report_id.to_string()).to_owned()),
        drill: ring.drill,
    }
}
