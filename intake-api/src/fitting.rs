//! Whether this service and this database belong together, asked once before a door opens: the master key must be the one that
//! sealed the newest report, the contact key the one that sealed the newest telephone, and demo accounts may be shown only where the database was made for a demo.
//!
//! A service with another key would look well, show no old text, and mix new reports sealed with it among the others.

use anyhow::ensure;
use platform::{
    run::config::Config,
    seal::{ContactKey, MasterKey},
    store::{Intake, People, Store},
};

/// Fails with a sentence that says what to do.
pub(crate) async fn check(store: &Store<Intake>, keys: &MasterKey, config: &Config) -> anyhow::Result<()> {
    if let Some(newest) = store.report_newest_key(&config.county).await? {
        let source = match &config.seal.master_key_file {
            Some(file) => format!("{} (SHOUWANG_MASTER_KEY_FILE)", file.display()),
            None => "SHOUWANG_MASTER_KEY".to_owned(),
        };
        ensure!(
            newest.key_id == keys.id(),
            "the master key in {source} is {}, and the newest report was sealed with {}: put that key back from its safe copy, \
             or use the database that belongs to this key. Nothing was changed",
            keys.id(),
            newest.key_id
        );
        ensure!(
            keys.open_data_key(newest.report_id, &newest.data_key).is_ok(),
            "the master key in {source} has the id {} of the newest report's key and does not open it: its digits were changed; \
             put the key back from its safe copy. Nothing was changed",
            keys.id()
        );
    }
    if let Some(file) = &config.login.demo_file {
        ensure!(
            store.installation_is_demo().await?,
            "login.demo_file (SHOUWANG_DEMO_FILE) is {}, and this database was not made for a demo: remove the setting, and run \
             `intake-api people no-demo` so that accounts of a demo are disabled",
            file.display()
        );
    }
    Ok(())
}

/// The same for the telephones of officers.
pub(crate) async fn check_contacts(store: &Store<People>, keys: &ContactKey, config: &Config) -> anyhow::Result<()> {
    keys.fits(store.phone_newest(&config.county).await?)
}
