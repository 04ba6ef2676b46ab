//! The county pack in the database: one transaction loads it, every service reads the same version.

use std::{borrow::Cow, collections::BTreeSet};

use casework::county::{HOLIDAYS, MODEL, PackFiles, RINGING};
use casework::office::soundness::ringing;
use casework::pack::{Pack, with_calendar};
use chrono::{DateTime, Datelike, Utc};
use sqlx::{PgExecutor, PgTransaction, types::Json};

use super::digest::{files_digest, rules_digest};
use super::lock::pack_lock;
use super::succession::{self, MailboxKept, PackError, Successors, UnitMoved};
use crate::store::{
    CalendarChangeId, CalendarSource, Login, NewCalendar, Owner, RuleSetState, Store, StoreError, Word,
    calendars::propose::propose,
};

/// The files that are rules: seeded once, changed only by a draft that a second person approves.
const RULE_FILES: [&str; 4] = [MODEL, "ranking.csv", "recusal.csv", RINGING];

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

/// A load with all that it changed around it.
#[derive(Debug, PartialEq, Eq)]
pub struct PackDone {
    /// The pack.
    pub loaded: PackLoaded,
    /// Open tickets that went to a successor.
    pub moved: Vec<UnitMoved>,
    /// Confirmed mailboxes that the pack names otherwise: they stayed.
    pub kept: Vec<MailboxKept>,
    /// Units whose contacts nobody has confirmed.
    pub examples: i64,
    /// The calendar that the folder has.
    pub calendar: CalendarKept,
}

/// What is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PackVersions {
    /// Version of the pack.
    pub pack: i32,
    /// Version of the rule set.
    pub rule_set: i32,
    /// When an approved rule set takes over.
    pub until: Option<DateTime<Utc>>,
}

/// What the services work with.
#[derive(Clone, Debug)]
pub struct ActivePack {
    /// Which.
    pub versions: PackVersions,
    /// All files, the rules being those in force.
    pub files: PackFiles,
}

impl Store<Owner> {
    /// Loads a pack that was read from `files`, in one transaction.
    ///
    /// Refuses ([`PackError::Unfit`]) when the pack does not fit the rules in force, for instance when it drops a word they use,
    /// and when it would ring nobody.
    pub async fn pack_load(&self, pack: &Pack, files: &PackFiles, now: DateTime<Utc>) -> Result<PackLoaded, PackError> {
        let done = self.pack_load_with(pack, files, &Successors::new(), now).await?;
        Ok(done.loaded)
    }

    /// As [`Store::pack_load`], with who takes over the open tickets of units that the pack has dropped. Nothing is loaded
    /// while such a unit holds tickets and has no successor.
    pub async fn pack_load_with(
        &self,
        pack: &Pack,
        files: &PackFiles,
        successors: &Successors,
        now: DateTime<Utc>,
    ) -> Result<PackDone, PackError> {
        let county = pack.county();
        let mut tx = self.pool.begin().await.map_err(StoreError::from)?;
        pack_lock(&mut tx, county).await?;
        let (files, calendar) = keep_calendar(&mut tx, pack, files, now).await?;
        let loaded = version(&mut tx, pack, &files, now).await?;
        let moved = succession::settle(&mut tx, pack, successors, now).await?;
        let (kept, examples) = succession::contacts(&mut tx, pack).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(PackDone {
            loaded,
            moved,
            kept,
            examples,
            calendar,
        })
    }
}

/// What a load did about the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CalendarKept {
    /// It is that in force, or the first.
    #[default]
    Same,
    /// The folder has another one, which waits for a person of the office.
    Proposed(CalendarChangeId),
    /// The folder has another one, and one waits already.
    Waiting,
}

/// The files with the calendar in force. Days off move deadlines that run: a folder that has others proposes them, and a person
/// of the office confirms.
async fn keep_calendar<'f>(
    tx: &mut PgTransaction<'_>,
    pack: &Pack,
    files: &'f PackFiles,
    now: DateTime<Utc>,
) -> Result<(Cow<'f, PackFiles>, CalendarKept), PackError> {
    let county = pack.county();
    let last: Option<Json<PackFiles>> =
        sqlx::query_scalar("SELECT files FROM packs WHERE county = $1 ORDER BY version DESC LIMIT 1")
            .bind(county)
            .fetch_optional(&mut **tx)
            .await?;
    let held = last.and_then(|Json(last)| Pack::examine(&last).0);
    let Some(held) = held.filter(|held| held.calendar().version() != pack.calendar().version()) else {
        return Ok((Cow::Borrowed(files), CalendarKept::Same));
    };
    let changed = held.calendar().changes(pack.calendar());
    let mut years: BTreeSet<i32> = changed.iter().map(|change| change.day.year()).collect();
    years.insert(pack.calendar().published_through().year());
    let new = NewCalendar {
        county,
        source: CalendarSource::Pack,
        said: files.get(HOLIDAYS).map_or("", String::as_str),
        years: years.into_iter().collect(),
        calendar: pack.calendar(),
        base: held.calendar().version(),
        account: None,
        by: "pack load",
        at: now,
    };
    // The same content with another end of what is published changes no day that is known.
    let proposed = if new.years.is_empty() {
        None
    } else {
        propose(tx, &new).await?
    };
    let files = with_calendar(files, held.calendar()).map_or(Cow::Borrowed(files), Cow::Owned);
    Ok((files, proposed.map_or(CalendarKept::Waiting, CalendarKept::Proposed)))
}

impl<L: Login> Store<L> {
    /// The pack and rule set in force at a time; cheap enough to ask every few seconds. `None` before the first load.
    pub async fn pack_versions(&self, county: &str, now: DateTime<Utc>) -> Result<Option<PackVersions>, StoreError> {
        let row = sqlx::query_as(
            "SELECT p.version AS pack, r.version AS rule_set,
                    (SELECT min(n.active_from) FROM rule_sets n
                     WHERE n.county = $1 AND n.state = 'approved' AND n.active_from > $2) AS until
             FROM (SELECT max(version) AS version FROM packs WHERE county = $1) p
             JOIN LATERAL (SELECT version FROM rule_sets
                           WHERE county = $1 AND state = 'approved' AND active_from <= $2
                           ORDER BY active_from DESC, version DESC LIMIT 1) r ON true
             WHERE p.version IS NOT NULL",
        )
        .bind(county)
        .bind(now)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// The files in force at a time.
    pub async fn pack_active(&self, county: &str, now: DateTime<Utc>) -> Result<Option<ActivePack>, StoreError> {
        let Some(versions) = self.pack_versions(county, now).await? else {
            return Ok(None);
        };
        let files = self.pack_files(county, versions.pack, versions.rule_set).await?;
        Ok(files.map(|files| ActivePack { versions, files }))
    }

    /// The files of a pack with the rules of a version: what a decision that is pinned to both was made by.
    pub async fn pack_files(&self, county: &str, pack: i32, rule_set: i32) -> Result<Option<PackFiles>, StoreError> {
        files_with_rules(&self.pool, county, pack, rule_set).await
    }
}

/// The files of a pack with the rules of a version.
pub(in crate::store) async fn files_with_rules(
    connection: impl PgExecutor<'_>,
    county: &str,
    pack: i32,
    rule_set: i32,
) -> Result<Option<PackFiles>, StoreError> {
    let found: Option<(Json<PackFiles>, Json<PackFiles>)> = sqlx::query_as(
        "SELECT p.files, r.files FROM packs p JOIN rule_sets r ON r.county = p.county AND r.version = $3
         WHERE p.county = $1 AND p.version = $2",
    )
    .bind(county)
    .bind(pack)
    .bind(rule_set)
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|(Json(mut files), Json(rules))| {
        files.extend(rules);
        files
    }))
}

/// Stores the version and its projection, unless the last one has the same content.
async fn version(
    tx: &mut PgTransaction<'_>,
    pack: &Pack,
    files: &PackFiles,
    now: DateTime<Utc>,
) -> Result<PackLoaded, PackError> {
    let county = pack.county();
    let last: Option<(i32, String)> =
        sqlx::query_as("SELECT version, digest FROM packs WHERE county = $1 ORDER BY version DESC LIMIT 1")
            .bind(county)
            .fetch_optional(&mut **tx)
            .await?;
    let content = files_digest(files);
    if let Some((version, seen)) = &last
        && *seen == content
    {
        return Ok(PackLoaded::Unchanged { version: *version });
    }
    rings(pack)?;
    let version = last.map_or(1, |(v, _)| v + 1);
    sqlx::query("INSERT INTO packs (county, version, digest, files, loaded_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(county)
        .bind(version)
        .bind(&content)
        .bind(Json(files))
        .bind(now)
        .execute(&mut **tx)
        .await?;
    let draft_rules = seed_or_draft(tx, county, files, now).await?;
    project(tx, pack, now).await?;
    Ok(PackLoaded::Loaded { version, draft_rules })
}

/// A version: number, digest, state, in force from, files.
type Known = (i32, String, Word<RuleSetState>, Option<DateTime<Utc>>, Json<PackFiles>);

/// Seeds the rules at the first load; later ones that differ wait as a draft. Gives the draft's version.
async fn seed_or_draft(
    tx: &mut PgTransaction<'_>,
    county: &str,
    files: &PackFiles,
    now: DateTime<Utc>,
) -> Result<Option<i32>, PackError> {
    let rules = rules_of(files);
    let content = rules_digest(&rules);
    let known: Vec<Known> = sqlx::query_as(
        "SELECT version, digest, state, active_from, files FROM rule_sets WHERE county = $1
         ORDER BY state = 'approved' DESC, active_from DESC, version DESC",
    )
    .bind(county)
    .fetch_all(&mut **tx)
    .await?;
    let mut in_force = None;
    // From the last of what is to come down to what is in force: the pack must fit each.
    for (version, digest, state, from, Json(rules)) in &known {
        let Some(from) = from.filter(|_| **state == RuleSetState::Approved) else {
            break;
        };
        fits(files, rules)?;
        if from <= now {
            in_force = Some((*version, digest));
            break;
        }
    }
    let waiting = |state: RuleSetState| state != RuleSetState::Withdrawn;
    match in_force {
        Some((_, digest)) if *digest == content => return Ok(None),
        Some(_) => {
            let same = known.iter().find(|(_, digest, state, from, _)| {
                *digest == content && waiting(**state) && from.is_none_or(|from| from > now)
            });
            if let Some((version, ..)) = same {
                return Ok(Some(*version));
            }
        }
        None => {}
    }
    let version = known.iter().map(|(version, ..)| *version).max().unwrap_or(0) + 1;
    sqlx::query(
        "INSERT INTO rule_sets (county, version, digest, files, state, seed, base, created_at, created_by, active_from)
         VALUES ($1, $2, $3, $4, CASE WHEN $5 IS NULL THEN 'approved' ELSE 'draft' END, $5 IS NULL, $5, $6, 'pack load',
                 CASE WHEN $5 IS NULL THEN $6 END)",
    )
    .bind(county)
    .bind(version)
    .bind(&content)
    .bind(Json(&rules))
    .bind(in_force.map(|(version, _)| version))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "INSERT INTO rule_set_acts (county, version, at, actor, act, digest) VALUES ($1, $2, $3, 'pack load', 'loaded', $4)",
    )
    .bind(county)
    .bind(version)
    .bind(now)
    .bind(&content)
    .execute(&mut **tx)
    .await?;
    Ok(in_force.map(|_| version))
}

/// The files of a pack that are rules.
pub fn rules_of(files: &PackFiles) -> PackFiles {
    let rules = files.iter().filter(|(name, _)| RULE_FILES.contains(&name.as_str()));
    rules.map(|(name, text)| (name.clone(), text.clone())).collect()
}

/// Whether the pack works with rules that are in force or will be: it may not drop a word they use.
fn fits(files: &PackFiles, rules: &PackFiles) -> Result<(), PackError> {
    let mut in_force = files.clone();
    in_force.extend(rules.clone());
    let Err(problems) = Pack::read(&in_force) else {
        return Ok(());
    };
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    let count = problems.len();
    Err(PackError::Unfit(format!(
        "the pack does not fit the rules in force ({count} problems): {first}"
    )))
}

/// Whether somebody is rung for everything that is urgent. A pack of before stays in force without; a new one needs it.
fn rings(pack: &Pack) -> Result<(), PackError> {
    let found = ringing::check(pack);
    let Some(first) = found.first() else {
        return Ok(());
    };
    let (count, reason) = (found.len(), &first.reason);
    Err(PackError::Unfit(format!(
        "the pack would ring nobody ({count} findings; router check lists them): {reason}"
    )))
}

/// Rewrites areas and units; a unit that left the pack is retired, not deleted, since old tickets name it.
async fn project(tx: &mut PgTransaction<'_>, pack: &Pack, now: DateTime<Utc>) -> Result<(), StoreError> {
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
             parent = excluded.parent, retired_at = NULL, successor = NULL,
             mailbox = CASE WHEN units.mailbox_confirmed_at IS NULL THEN excluded.mailbox ELSE units.mailbox END",
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
