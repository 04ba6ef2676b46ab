//! `router show RECEIPT`: everything about one report that needs no key.

mod text;

use std::str::FromStr;

use anyhow::Context;
use casework::calendar::rfc3339;
use casework::office::explain::Sight;
use casework::routing::Unsent;
use casework::words::Urgency;
use platform::{
    foreign,
    office::why::{Explained, Why},
    receipt::ReportId,
    run::config::Config,
    store::{DecisionShown, EventShown, Legible, Loose, Office, Owner, ReportShown, ReportState, TicketShown},
};
use serde::Serialize;

/// What is printed.
#[derive(Serialize)]
struct Shown {
    receipt: String,
    received_at: String,
    drill: bool,
    state: ReportState,
    /// Of the newest decision, and so are the next three; null where there is none.
    urgency: Option<Loose<Urgency>>,
    unsent: Legible<Vec<Unsent>>,
    triage_reasons: Legible<Vec<String>>,
    attempts: i32,
    tickets: Vec<Ticket>,
    decisions: Vec<DecisionShown>,
    events: Vec<EventShown>,
}

#[derive(Serialize)]
struct Ticket {
    #[serde(flatten)]
    shown: TicketShown,
    /// Why it is as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explained>,
}

/// Prints the report as JSON, or as a readable text. An unknown receipt is an error.
pub(crate) async fn run(receipt: &str, as_json: bool, explain: bool) -> anyhow::Result<()> {
    let id = ReportId::from_str(receipt).with_context(|| format!("{receipt:?}"))?;
    let config = Config::load()?;
    let store = config.store::<Owner>("show", 1)?.lend::<Office>();
    let stored = store
        .report_show(id)
        .await?
        .with_context(|| format!("there is no report {id}"))?;
    let mut shown = Shown::of(id, stored);
    if as_json || explain {
        let why = Why::new(store, &config.county, None);
        for ticket in &mut shown.tickets {
            let told = why.ticket(ticket.shown.made.as_ref(), &Sight::whole()).await;
            ticket.explanation = Some(told.explained());
        }
    }
    if as_json {
        // By way of a value: the keys of each object stand in the order of the alphabet.
        platform::say!("{}", foreign::json(&serde_json::to_value(&shown)?.to_string()))?;
    } else {
        platform::say::answer(format_args!("{}", foreign::text(&text::of(&shown))))?;
    }
    Ok(())
}

impl Shown {
    fn of(id: ReportId, stored: ReportShown) -> Self {
        let last = stored.decisions.0.last();
        let events = stored.events.0.into_iter().map(|event| EventShown {
            detail: event.detail.in_local_time(),
            ..event
        });
        Self {
            receipt: id.to_string(),
            received_at: rfc3339(stored.received_at),
            drill: stored.drill,
            state: stored.state,
            urgency: last.map(|last| last.urgency.clone()),
            unsent: last.map_or_else(|| Legible::Read(Vec::new()), |last| last.unsent.clone()),
            triage_reasons: last.map_or_else(|| Legible::Read(Vec::new()), |last| last.triage_reasons.clone()),
            attempts: stored.attempts,
            tickets: stored.tickets.0.into_iter().map(Ticket::of).collect(),
            events: events.collect(),
            decisions: stored.decisions.0,
        }
    }
}

impl Ticket {
    fn of(shown: TicketShown) -> Self {
        Self {
            shown,
            explanation: None,
        }
    }
}
