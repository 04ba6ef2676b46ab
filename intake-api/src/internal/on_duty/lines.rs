//! What rings on a duty page, in words. Nothing of a child: what, whose, how urgent, since when.

use casework::{pack::Pack, words::Urgency};
use chrono::{DateTime, Utc};
use platform::{
    store::{CallId, PageRing},
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
    pub(super) receipt: String,
    pub(super) drill: bool,
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
        receipt: tail(&ring.report_id.to_string()).to_owned(),
        drill: ring.drill,
    }
}
