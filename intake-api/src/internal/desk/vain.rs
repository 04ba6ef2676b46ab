//! Visits in vain: how often somebody of a ticket's unit went and did not see the child, and what comes next.

use casework::words::TicketClock;
use chrono::{DateTime, Utc};
use platform::{
    store::{DeskTicket, EventKind, Loose},
    text::Lang,
};
use serde::Serialize;

use crate::internal::page::words;

/// Visits since the child was last seen.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct InVain {
    visits: usize,
    /// When the last was recorded.
    last_at: DateTime<Utc>,
}

/// By a ticket's acts, the newest first; none: nobody went in vain since the child was last seen.
pub(crate) fn in_vain<'a>(acts: impl Iterator<Item = (&'a Loose<EventKind>, DateTime<Utc>)>) -> Option<InVain> {
    let since = acts.take_while(|(kind, _)| !kind.is(EventKind::Contacted));
    let mut visits = since.filter(|(kind, _)| kind.is(EventKind::VisitFailed));
    let (_, last_at) = visits.next()?;
    Some(InVain {
        visits: 1 + visits.count(),
        last_at,
    })
}

/// Those of a ticket.
pub(super) fn of_ticket(ticket: &DeskTicket) -> Option<InVain> {
    in_vain(ticket.events.iter().rev().map(|event| (&event.kind, event.at)))
}

impl InVain {
    /// In words. `clocks`: those of the ticket that have not ended.
    pub(crate) fn say(
        self,
        clocks: impl IntoIterator<Item = (TicketClock, Option<DateTime<Utc>>)>,
        lang: Lang,
        now: DateTime<Utc>,
    ) -> String {
        let due = clocks
            .into_iter()
            .find_map(|(clock, due)| (clock == TicketClock::Contact).then_some((clock, due?)));
        let (visits, at) = (self.visits.to_string(), words::moment(lang, self.last_at, now));
        let visited = lang.fill("desk.in_vain", &[("n", &visits), ("at", &at)]);
        format!("{visited}{}", next(due, lang, now))
    }
}

/// The next step after visits in vain: the clock by which somebody is to see the child.
pub(crate) fn next(due: Option<(TicketClock, DateTime<Utc>)>, lang: Lang, now: DateTime<Utc>) -> String {
    let Some((clock, due)) = due else {
        return lang.t("desk.in_vain_open").to_owned();
    };
    let key = if due <= now {
        "desk.in_vain_over"
    } else {
        "desk.in_vain_next"
    };
    let values = [
        ("stage", words::stage(lang, clock)),
        ("at", &words::due(lang, due, now)),
    ];
    lang.fill(key, &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_came_after_the_child_was_seen_is_in_vain() {
        let at = |hour: i64| DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour);
        let (failed, seen, said) = (
            Loose::Known(EventKind::VisitFailed),
            Loose::Known(EventKind::Contacted),
            Loose::Known(EventKind::Progress),
        );
        let acts = [
            (&said, at(5)),
            (&failed, at(4)),
            (&failed, at(3)),
            (&seen, at(2)),
            (&failed, at(1)),
        ];
        let found = in_vain(acts.into_iter()).expect("two visits");
        assert_eq!((found.visits, found.last_at), (2, at(4)));
        assert!(in_vain(acts[3..].iter().copied()).is_none());
        let open = found.say([], Lang::Zh, at(6));
        assert!(open.ends_with(Lang::Zh.t("desk.in_vain_open")), "{open}");
        let due = |hour| found.say([(TicketClock::Contact, Some(at(hour)))], Lang::Zh, at(6));
        assert_ne!(due(5), due(7));
    }
}
