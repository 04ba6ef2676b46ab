//! The county pack in the database: one transaction loads it, every service reads the same version.

use std::collections::BTreeMap;

use casework::pack::{Pack, PackFiles};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::types::Json;

use super::{Store, StoreError};

/// The files that are rules: seeded once, changed only by a draft that a second person approves.
const RULE_FILES: [&str; 3] = ["routing.dmn", "ranking.csv", "recusal.csv"];

/// What a load did.
#[derive(Debug, PartialEq, Eq)]
pub enum PackLoaded {
    /// The same content was loaded before.
    Unchanged {
        /// The version that holds it.
        version: i32,
    },
    /// A new version is in force.
    Loaded {
        /// Its number.
        version: i32,
        /// The rules differ from the active ones and wait as this draft.
        draft_rules: Option<i32>,
    },
}

/// What the services work with.
#[derive(Clone, Debug)]
pub struct ActivePack {
    /// Version of the pack.
    pub version: i32,
    /// Version of the rule set in force.
    pub rule_set: i32,
    /// All files, the rules being those in force.
    pub files: PackFiles,
}

impl Store {
    /// Loads a pack that was read from `files`, in one transaction.
    ///
    /// Refuses (`Unreadable`) when the pack does not fit the rules in force, for instance when it drops a word they use.
    pub async fn pack_load(
        &self,
        pack: &Pack,
        files: &PackFiles,
        now: DateTime<Utc>,
    ) -> Result<PackLoaded, StoreError> {
        let county = pack.county();
        let mut tx = self.pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock(hashtext('pack ' || $1))")
            .bind(county)
            .execute(&mut *tx)
            .await?;
        let last: Option<(i32, String)> =
            sqlx::query_as("SELECT version, digest FROM packs WHERE county = $1 ORDER BY version DESC LIMIT 1")
                .bind(county)
                .fetch_optional(&mut *tx)
                .await?;
        let content = digest(files.iter());
        if let Some((version, seen)) = &last
            && *seen == content
        {
            return Ok(PackLoaded::Unchanged { version: *version });
        }
        let version = last.map_or(1, |(v, _)| v + 1);
        sqlx::query("INSERT INTO packs (county, version, digest, files, loaded_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(county)
            .bind(version)
            .bind(&content)
            .bind(Json(files))
            .bind(now)
            .execute(&mut *tx)
            .await?;

        let rules: BTreeMap<&String, &String> = files
            .iter()
            .filter(|(name, _)| RULE_FILES.contains(&name.as_str()))
            .collect();
        let rule_digest = digest(rules.iter().map(|(k, v)| (*k, *v)));
        let known: Vec<(i32, String, String, Json<PackFiles>)> =
            sqlx::query_as("SELECT version, digest, state, files FROM rule_sets WHERE county = $1 ORDER BY version")
                .bind(county)
                .fetch_all(&mut *tx)
                .await?;
        let active = known.iter().find(|(_, _, state, _)| state == "active");
        let next = known.last().map_or(1, |(last, ..)| last + 1);
        let mut draft_rules = None;
        if let Some((_, active_digest, _, Json(active_rules))) = active
            && *active_digest != rule_digest
        {
            fits(files, active_rules)?;
            let same = known
                .iter()
                .find(|(_, digest, state, _)| *digest == rule_digest && state == "draft");
            draft_rules = Some(same.map_or(next, |(version, ..)| *version));
        }
        let new_version = draft_rules.unwrap_or(next);
        if active.is_none() || new_version == next && draft_rules.is_some() {
            let (state, activated) = if active.is_none() {
                ("active", Some(now))
            } else {
                ("draft", None)
            };
            sqlx::query(
                "INSERT INTO rule_sets (county, version, digest, files, state, created_at, activated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(county)
            .bind(new_version)
            .bind(&rule_digest)
            .bind(Json(&rules))
            .bind(state)
            .bind(now)
            .bind(activated)
            .execute(&mut *tx)
            .await?;
        }
        project(&mut tx, pack, now).await?;
        tx.commit().await?;
        Ok(PackLoaded::Loaded { version, draft_rules })
    }

    /// The pack and rule set versions in force; cheap enough to ask every few seconds. `None` before the first load.
    pub async fn pack_versions(&self, county: &str) -> Result<Option<(i32, i32)>, StoreError> {
        let row = sqlx::query_as(
            "SELECT p.version, r.version FROM
                 (SELECT max(version) AS version FROM packs WHERE county = $1) p
                 JOIN rule_sets r ON r.county = $1 AND r.state = 'active'
             WHERE p.version IS NOT NULL",
        )
        .bind(county)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// The files in force.
    pub async fn pack_active(&self, county: &str) -> Result<Option<ActivePack>, StoreError> {
        let Some((version, rule_set)) = self.pack_versions(county).await? else {
            return Ok(None);
        };
        let (Json(mut files), Json(rules)): (Json<PackFiles>, Json<PackFiles>) = sqlx::query_as(
            "SELECT p.files, r.files FROM packs p JOIN rule_sets r ON r.county = p.county AND r.version = $3
             WHERE p.county = $1 AND p.version = $2",
        )
        .bind(county)
        .bind(version)
        .bind(rule_set)
        .fetch_one(&self.pool)
        .await?;
        files.extend(rules);
        Ok(Some(ActivePack {
            version,
            rule_set,
            files,
        }))
    }
}

/// Whether the pack works with the rules in force, which stay: it may not drop a word they use.
fn fits(files: &PackFiles, active_rules: &PackFiles) -> Result<(), StoreError> {
    let mut in_force = files.clone();
    in_force.extend(active_rules.clone());
    let Err(problems) = Pack::read(&in_force) else {
        return Ok(());
    };
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    let count = problems.len();
    Err(StoreError::Unreadable(format!(
        "the pack does not fit the rules in force ({count} problems): {first}"
    )))
}

/// Rewrites areas and units; a unit that left the pack is retired, not deleted, since old tickets name it.
async fn project(tx: &mut sqlx::PgTransaction<'_>, pack: &Pack, now: DateTime<Utc>) -> Result<(), StoreError> {
    let county = pack.county();
    let areas: Vec<_> = pack.areas().iter().collect();
    sqlx::query("DELETE FROM areas WHERE county = $1")
        .bind(county)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "INSERT INTO areas (county, code, name, level, parent)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])",
    )
    .bind(county)
    .bind(areas.iter().map(|a| a.code.as_str()).collect::<Vec<_>>())
    .bind(areas.iter().map(|a| a.name.as_str()).collect::<Vec<_>>())
    .bind(areas.iter().map(|a| a.level.as_str()).collect::<Vec<_>>())
    .bind(areas.iter().map(|a| a.parent.as_deref()).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    let units: Vec<_> = pack.units().iter().collect();
    sqlx::query(
        "INSERT INTO units (county, code, kind, name, area, parent, mailbox)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         ON CONFLICT (county, code) DO UPDATE SET kind = excluded.kind, name = excluded.name, area = excluded.area,
             parent = excluded.parent, mailbox = excluded.mailbox, retired_at = NULL",
    )
    .bind(county)
    .bind(units.iter().map(|u| u.code.as_str()).collect::<Vec<_>>())
    .bind(units.iter().map(|u| u.kind.as_str()).collect::<Vec<_>>())
    .bind(units.iter().map(|u| u.name.as_str()).collect::<Vec<_>>())
    .bind(units.iter().map(|u| u.area.as_str()).collect::<Vec<_>>())
    .bind(units.iter().map(|u| u.parent.as_deref()).collect::<Vec<_>>())
    .bind(units.iter().map(|u| u.mailbox.as_str()).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    sqlx::query("UPDATE units SET retired_at = $3 WHERE county = $1 AND retired_at IS NULL AND code <> ALL($2)")
        .bind(county)
        .bind(units.iter().map(|u| u.code.as_str()).collect::<Vec<_>>())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn digest<'a>(files: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    hex::encode(hash.finalize())
}
