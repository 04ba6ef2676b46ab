//! A PostgreSQL that takes connections and says nothing: what a hung disk or a paused machine looks like.

use std::{collections::HashMap, fs, process::Command};

use sqlx::PgPool;

use crate::Servers;

/// Every process of the server is stopped until this is dropped.
pub struct Frozen(Vec<String>);

impl Servers {
    /// Freezes a private PostgreSQL. `db` is any pool of it.
    pub async fn freeze_postgres(&self, db: &PgPool) -> Frozen {
        assert!(self.is_private(), "shared servers are not frozen");
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(db)
            .await
            .expect("a backend");
        let parents = parents();
        let postmaster = parents[&backend];
        let children = parents.iter().filter(|(_, parent)| **parent == postmaster);
        let all = children.map(|(pid, _)| pid).chain([&postmaster]);
        let frozen = Frozen(all.map(ToString::to_string).collect());
        frozen.signal("-STOP");
        frozen
    }
}

impl Frozen {
    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(signal).args(&self.0).status();
        // A process that ended meanwhile is no fault.
        sent.expect("kill");
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.signal("-CONT");
    }
}

/// Parents of all processes.
fn parents() -> HashMap<i32, i32> {
    let stats = fs::read_dir("/proc").expect("/proc");
    let stats = stats.filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("stat")).ok());
    let parent = |stat: String| {
        // The name stands in brackets and may hold anything.
        let (pid, rest) = stat.split_once(' ')?;
        let parent = rest.rsplit_once(") ")?.1.split(' ').nth(1)?;
        Some((pid.parse().ok()?, parent.parse().ok()?))
    };
    stats.filter_map(parent).collect()
}
