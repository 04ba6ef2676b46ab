//! `router show RECEIPT`: everything about one report that needs no key.

mod answer;
mod text;

use std::str::FromStr;

use anyhow::Context;
use casework::office::explain::Sight;
use platform::{
    foreign,
    office::why::Why,
    receipt::ReportId,
    run::config::Config,
    store::{Office, Owner},
};

use answer::Shown;

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
