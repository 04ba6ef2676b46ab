//! `router tick --at T`: turns the clock to a given time, for tests and drills. It sends what is due then, once.

use chrono::{DateTime, Utc};
use platform::{
    pack::watch,
    run::config::Config,
    store::{Owner, Router},
};

/// Prints how many steps were sent.
pub(crate) async fn run(at: DateTime<Utc>) -> anyhow::Result<()> {
    let config = Config::load()?;
    let store = config.store::<Owner>("tick", 2)?.lend::<Router>();
    let ticked = crate::tick::until_quiet(&store, at).await?;
    let mut calls = 0;
    if let Some(loaded) = watch::read(&store, &config.county).await? {
        let rung = crate::tick::rung_until_quiet(&store, &loaded.pack, at).await?;
        for row in rung.unreadable {
            platform::remark!("unit {}: a row of the roster can't be read: {}", row.unit, row.why);
        }
        calls = rung.calls + crate::tick::drilled_until_quiet(&store, &loaded.pack, at).await?.calls;
    }
    if ticked.sent > 0 || calls > 0 {
        store.notices_wake().await?;
    }
    platform::say!(
        "{}",
        serde_json::json!({"at": casework::calendar::rfc3339(at), "stages": ticked.stages, "sent": ticked.sent, "late": ticked.late})
    )?;
    Ok(())
}
