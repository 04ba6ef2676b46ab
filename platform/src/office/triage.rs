//! Settling a triage: the same for `router triage`, the office's page and the API.
//!
//! Facts that can't be read whole must not be routed by rules again (the rules would see guesses); a person chooses then.

use casework::report::salvage;
use casework::routing;

use crate::{
    pack::watch::LoadedPack,
    store::{Act, Office, Pinned, ReportId, Store, StoreError, TriageError, TriageSettled},
};

/// What a person does with an open triage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settle {
    /// Takes it in hand; it stays open.
    Take,
    /// Chooses one ticket.
    Assign {
        /// Code of the obligation.
        obligation: String,
        /// Code of the unit.
        unit: String,
    },
    /// Asks the rules in force again.
    Reroute,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// No such report.
    #[error("there is no such report")]
    NoReport,
    /// The facts are of another version.
    #[error("{0}")]
    Unreadable(String),
    /// A word that the pack does not know.
    #[error("{0}")]
    NotInPack(String),
    /// Not open, taken by somebody else, or the database.
    #[error(transparent)]
    Triage(#[from] TriageError),
}

impl From<StoreError> for SettleError {
    fn from(e: StoreError) -> Self {
        Self::Triage(e.into())
    }
}

/// Does it, and tells the notifiers that there is something to send.
pub async fn settle(
    store: &Store<Office>,
    loaded: &LoadedPack,
    report_id: ReportId,
    what: &Settle,
    act: Act<'_>,
) -> Result<TriageSettled, SettleError> {
    let report = store.report_to_route(report_id).await?.ok_or(SettleError::NoReport)?;
    let pack = &loaded.pack;
    let pinned = Pinned {
        pack_version: loaded.version,
        rule_set: loaded.rule_set,
        calendar: pack.calendar().version(),
        by: act.by,
        at: act.at,
    };
    let (mut facts, unreadable) = salvage(&report.facts);
    if unreadable.is_some() {
        // No urgency is judged by half a child: it stays the highest.
        facts.children.clear();
    }
    let settled = match what {
        Settle::Take => store.triage_take(report.id, act).await?,
        Settle::Assign { obligation, unit } => {
            let chosen = routing::by_hand(pack, &facts, obligation, unit, act.at).map_err(SettleError::NotInPack)?;
            store.triage_assign(&report, &chosen, pinned, act).await?
        }
        Settle::Reroute => {
            if let Some(why) = unreadable {
                return Err(SettleError::Unreadable(why));
            }
            store
                .triage_reroute(&report, &routing::decide(pack, &facts, act.at), pinned, act)
                .await?
        }
    };
    store.notices_wake().await?;
    Ok(settled)
}
