//! What a ticket's page says of requests: what its unit may ask for, who may ask for the rest, and what was asked.

use casework::words::reserved::POLICE;
use platform::{
    store::{DeskTicket, RequestLine},
    text::Lang,
};

use super::asking::{askable, unit_kind, who_may};
use crate::internal::{
    desk::attempt::Choice,
    page::words::{self, Telling},
};

/// Id of the form.
pub(super) const FORM: &str = "requests";

/// The obligation of which the police are reminded before they question a child. No reserved word: a pack without it has no reminder.
const APPROPRIATE_ADULT: &str = "appropriate-adult";

/// The part of a page.
#[derive(Default)]
pub(crate) struct Requests {
    /// What the unit may ask for, while the ticket is in hand.
    pub(crate) choices: Vec<Choice>,
    /// What it may not, and who may.
    pub(crate) others: Vec<String>,
    /// What was asked, and how far it is.
    pub(crate) lines: Vec<String>,
    /// What to think of before a child is questioned.
    pub(crate) reminder: Option<&'static str>,
}

impl Requests {
    /// Whether there is anything to say.
    pub(crate) fn any(&self) -> bool {
        !(self.choices.is_empty() && self.others.is_empty() && self.lines.is_empty())
    }
}

/// What the page of a ticket says.
pub(crate) fn of_ticket(ticket: &DeskTicket, lines: &[RequestLine], how: Telling<'_>) -> Requests {
    let Telling { pack, lang, .. } = how;
    let kind = unit_kind(pack, ticket);
    let mut said = Requests {
        lines: lines.iter().map(|line| told(line, how)).collect(),
        ..Requests::default()
    };
    if !ticket.state.is_in_hand() {
        return said;
    }
    for (obligation, kinds) in askable(pack, ticket) {
        if !kinds.contains(kind) {
            said.others.push(who_may(pack, lang, &obligation, &kinds));
            continue;
        }
        if kind == POLICE && obligation == APPROPRIATE_ADULT {
            said.reminder = Some(lang.t("requests.reminder"));
        }
        said.choices.push(Choice {
            label: pack.vocabulary().obligations.label(&obligation, lang.pack()).to_owned(),
            value: obligation,
        });
    }
    said
}

/// One request: what, of whom, since when, how far.
fn told(line: &RequestLine, how: Telling<'_>) -> String {
    let Telling { pack, lang, now } = how;
    let vocabulary = pack.vocabulary();
    let mut text = lang.fill(
        "requests.line",
        &[
            ("what", vocabulary.obligations.label(&line.obligation, lang.pack())),
            ("unit", &words::unit_name(pack, &line.unit)),
            ("at", &words::moment(lang, line.asked_at, now)),
            ("state", words::state(lang, line.state)),
        ],
    );
    if let Some(at) = line.started_at {
        text += &besides(lang, "requests.line_started", &words::moment(lang, at, now));
    }
    if let Some(outcome) = &line.outcome {
        text += &besides(
            lang,
            "requests.line_outcome",
            vocabulary.outcomes.label(outcome, lang.pack()),
        );
    }
    text
}

fn besides(lang: Lang, key: &str, what: &str) -> String {
    lang.fill(key, &[("what", what)])
}
