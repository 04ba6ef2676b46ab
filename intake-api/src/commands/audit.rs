//! `audit verify`: whether every act is as it was written.

use anyhow::ensure;
use platform::{
    run::config::Config,
    say,
    store::{AuditFault, Owner},
};

/// Says for each table how many rows agree, and each row that doesn't; fails where one doesn't.
pub(crate) async fn verify() -> anyhow::Result<()> {
    let store = Config::load()?.store::<Owner>("audit", 1)?;
    let mut wrong = 0;
    for checked in store.audit_verify().await? {
        say!(
            "{}: {} rows, {} don't agree{}",
            checked.table,
            checked.rows,
            checked.wrong,
            match checked.before {
                0 => String::new(),
                n => format!("; {n} older rows have no leaf and can't be checked"),
            }
        )?;
        for row in &checked.listed {
            let at = row.at.map(|at| format!(" at {}", at.to_rfc3339())).unwrap_or_default();
            let what = match row.fault {
                AuditFault::Differs => "differs from its leaf",
                AuditFault::Missing => "is missing, its leaf or step is there",
                AuditFault::Stands => "doesn't stand as its last step says",
            };
            say!("  {} {}{at}: {what}", checked.table, row.row)?;
        }
        wrong += checked.wrong;
    }
    ensure!(wrong == 0, "{wrong} rows don't agree");
    say!("every act agrees with its leaf")?;
    Ok(())
}
