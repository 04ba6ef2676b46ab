//! `router tick --at T`: turns the clock to a given time, for tests and drills. It sends what is due then, once.

use chrono::{DateTime, Utc};
use platform::{
    run::config::Config,
    store::{Owner, Router},
};

/// Prints how many steps were sent.
pub(crate) async fn run(at: DateTime<Utc>) -> anyhow::Result<()> {
    let store = Config::load()?.store::<Owner>("tick", 2)?.lend::<Router>();
    let ticked = crate::tick::until_quiet(&store, at).await?;
    if ticked.sent > 0 {
        store.notices_wake().await?;
    }
    platform::say!(
        "{}",
        serde_json::json!({"at": casework::calendar::rfc3339(at), "stages": ticked.stages, "sent": ticked.sent, "late": ticked.late})
    )?;
    Ok(())
}
