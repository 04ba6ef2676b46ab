//! `router triage assign|reroute RECEIPT --by NAME --reason TEXT`: a named human settles what no rule could.

use std::str::FromStr;

use anyhow::Context;
use clap::{Args, Subcommand};
use platform::{
    clock,
    office::triage::{Settle, SettleError, settle},
    pack::watch,
    receipt::ReportId,
    run::{config::Config, os_user::os_user},
    store::{Act, Office, Owner},
};

/// What to do with an open triage ticket.
#[derive(Debug, Subcommand)]
pub(crate) enum Triage {
    /// Take it in hand (it is signed in your name); with --obligation and --unit: dispatch that ticket and close the triage.
    Assign {
        #[command(flatten)]
        who: Who,
        /// Code of the obligation to dispatch.
        #[arg(long, requires = "unit")]
        obligation: Option<String>,
        /// Code of the unit that gets it.
        #[arg(long, requires = "obligation")]
        unit: Option<String>,
    },
    /// Ask the rules in force again, for instance after the pack was mended.
    Reroute {
        #[command(flatten)]
        who: Who,
    },
}

/// The report and the responsible human; both are recorded.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// Receipt number of the report.
    receipt: String,
    /// Your name.
    #[arg(long)]
    by: String,
    /// Why.
    #[arg(long)]
    reason: String,
}

/// Settles and says what followed. Exit 1 when the triage stays open after routing again.
pub(crate) async fn run(triage: &Triage) -> anyhow::Result<()> {
    let (Triage::Assign { who, .. } | Triage::Reroute { who }) = triage;
    anyhow::ensure!(
        !who.by.trim().is_empty() && !who.reason.trim().is_empty(),
        "--by and --reason must not be empty: both are recorded"
    );
    let id = ReportId::from_str(&who.receipt).with_context(|| format!("{:?}", who.receipt))?;
    let config = Config::load()?;
    let store = config.store::<Owner>("triage", 2)?.lend::<Office>();
    let loaded = watch::read(&store, &config.county)
        .await?
        .context("no pack is loaded")?;
    let user = os_user();
    let act = Act {
        account: None,
        os_user: Some(&user),
        by: who.by.trim(),
        reason: who.reason.trim(),
        at: clock::now(),
    };
    let what = match triage {
        Triage::Assign {
            obligation: Some(obligation),
            unit: Some(unit),
            ..
        } => Settle::Assign {
            obligation: obligation.clone(),
            unit: unit.clone(),
        },
        Triage::Assign { .. } => Settle::Take,
        Triage::Reroute { .. } => Settle::Reroute,
    };
    let settled = match settle(&store, &loaded, id, &what, act).await {
        Err(SettleError::NoReport) => anyhow::bail!("there is no report {id}"),
        Err(SettleError::Unreadable(why)) => {
            anyhow::bail!("{why}; assign by hand: router triage assign {id} --obligation … --unit …")
        }
        other => other?,
    };
    match (settled.closed, triage) {
        (true, _) => platform::say!("{id}: {} new tickets, the triage is closed", settled.tickets)?,
        (false, Triage::Assign { .. }) => platform::say!(
            "{id}: the triage is signed by {}; it stays open until it is assigned or routed again",
            act.by
        )?,
        (false, Triage::Reroute { .. }) => anyhow::bail!(
            "{id}: the rules in force still can't settle it; {} new tickets, the triage stays open",
            settled.tickets
        ),
    }
    Ok(())
}
