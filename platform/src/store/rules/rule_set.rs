//! The life of a rule set: draft, checked, replayed, submitted, approved by a second person, in force from a date.
//!
//! `steps` writes it, each with its trail in one transaction. What must not happen (a changed version, an unchecked
//! one in force, one person doing both) the database refuses by itself; here it is found first and said in words.

use casework::county::PackFiles;
use casework::office::replay::Outcome;
use chrono::{DateTime, Utc};
use sqlx::types::Json;

use crate::store::{AccountId, Detail, Legible, SeesCounty, Store, StoreError};

casework::words! {
    /// How far a version of the rules is.
    RuleSetState {
        /// It is worked on.
        Draft = "draft",
        /// It waits for a second person.
        Submitted = "submitted",
        /// A second person said yes: in force from its date on.
        Approved = "approved",
        /// Given up before it was in force.
        Withdrawn = "withdrawn",
    }
}

casework::words! {
    /// A line of a version's trail.
    RuleSetStep {
        /// Brought by the first load of the pack.
        Loaded = "loaded",
        /// Begun.
        Drafted = "drafted",
        /// Its content changed.
        Saved = "saved",
        /// Compared over past reports.
        Replayed = "replayed",
        /// Handed to a second person.
        Submitted = "submitted",
        /// Back to a draft.
        Declined = "declined",
        /// A second person said yes.
        Approved = "approved",
        /// Given up.
        Withdrawn = "withdrawn",
    }
}

/// A version as lists show it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct RuleSet {
    /// Its number.
    pub version: i32,
    /// SHA-256 over its files.
    pub digest: String,
    /// How far it is.
    #[sqlx(try_from = "String")]
    pub state: RuleSetState,
    /// Brought by the first load of the pack.
    pub seed: bool,
    /// Rises with every save.
    pub revision: i32,
    /// The version it was drawn from.
    pub base: Option<i32>,
    /// The older version that it publishes again.
    pub restores: Option<i32>,
    /// Which circular, or why.
    pub reason: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: String,
    /// Accounts that may not approve it.
    pub authors: Vec<AccountId>,
    /// Last change.
    pub saved_at: Option<DateTime<Utc>>,
    /// By whom.
    pub saved_by: Option<String>,
    /// The content that was checked.
    pub checked_digest: Option<String>,
    /// Whether nothing was found.
    pub check_sound: bool,
    /// When it was checked.
    pub checked_at: Option<DateTime<Utc>>,
    /// The content that was replayed.
    pub replayed_digest: Option<String>,
    /// Against which version.
    pub replayed_against: Option<i32>,
    /// When.
    pub replayed_at: Option<DateTime<Utc>>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
    /// By whom.
    pub submitted_by: Option<String>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// By whom.
    pub approved_by: Option<String>,
    /// In force from then on.
    pub active_from: Option<DateTime<Utc>>,
    /// When it was given up.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// By whom.
    pub withdrawn_by: Option<String>,
}

impl RuleSet {
    /// Whether its present content was checked and found sound.
    pub fn is_checked(&self) -> bool {
        self.check_sound && self.checked_digest.as_deref() == Some(&self.digest)
    }

    /// Whether its present content was replayed.
    pub fn is_replayed(&self) -> bool {
        self.replayed_digest.as_deref() == Some(&self.digest)
    }
}

/// One line of a version's trail.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct RuleSetAct {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What was done.
    #[sqlx(try_from = "String")]
    pub act: RuleSetStep,
    /// Of the content at that time.
    pub digest: String,
    /// Why.
    pub reason: String,
    /// What else.
    pub detail: Detail,
}

/// A person of the office who acts on rules.
#[derive(Clone, Copy, Debug)]
pub struct Clerk<'a> {
    /// Account.
    pub account: AccountId,
    /// Name.
    pub name: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// Why a step can't be taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// There is no such version.
    #[error("there is no such version of the rules")]
    NoVersion,
    /// The step does not fit the state.
    #[error("the version is {state}")]
    WrongState {
        /// As it is.
        state: RuleSetState,
    },
    /// Somebody saved in between.
    #[error("{by} changed this draft in between")]
    Stale {
        /// Who.
        by: String,
        /// When.
        at: Option<DateTime<Utc>>,
    },
    /// The present content was not checked, or something was found.
    #[error("the check has not passed")]
    NotChecked,
    /// The present content was not replayed against the rules in force.
    #[error("the replay has not been looked at")]
    NotReplayed,
    /// Who wrote or submitted it can't approve it.
    #[error("a second person must approve")]
    SamePerson,
    /// Another version is approved and not yet in force.
    #[error("version {version} is to take over at {from}")]
    Scheduled {
        /// Which.
        version: i32,
        /// When.
        from: DateTime<Utc>,
    },
    /// In force already: rules are replaced, not taken back.
    #[error("the version is in force already")]
    InForce,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for RulesError {
    fn from(e: sqlx::Error) -> Self {
        Self::Store(e.into())
    }
}

/// Everything but the files and the replay, which are long.
macro_rules! select_rule_set {
    ($rest:literal) => {
        select_rule_set!("", $rest)
    };
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT version, digest, state, seed, revision, base, restores, reason, created_at,
                 rules_person(county, version, 'drafted', created_by) AS created_by, authors, saved_at,
                 rules_person(county, version, 'saved', saved_by) AS saved_by, checked_digest, check_sound, checked_at, replayed_digest,
                 replayed_against, replayed_at, submitted_at, rules_person(county, version, 'submitted', submitted_by) AS submitted_by,
                 approved_at, person_shown(approver, approved_by) AS approved_by, active_from, withdrawn_at,
                 rules_person(county, version, 'withdrawn', withdrawn_by) AS withdrawn_by",
            $more,
            " FROM rule_sets WHERE county = $1 ",
            $rest
        )
    };
}
pub(super) use select_rule_set;

// Below the macro, which it uses.
impl<L: SeesCounty> Store<L> {
    /// All versions, the newest first.
    pub async fn rules_list(&self, county: &str) -> Result<Vec<RuleSet>, StoreError> {
        let query = sqlx::query_as(select_rule_set!("ORDER BY version DESC"));
        Ok(query.bind(county).fetch_all(&self.pool).await?)
    }

    /// One version with its rule files, as of one moment.
    pub async fn rules_open(&self, county: &str, version: i32) -> Result<Option<(RuleSet, PackFiles)>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Opened {
            #[sqlx(flatten)]
            set: RuleSet,
            files: Json<PackFiles>,
        }
        let found: Option<Opened> = sqlx::query_as(select_rule_set!(", files", "AND version = $2"))
            .bind(county)
            .bind(version)
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.map(|found| (found.set, found.files.0)))
    }

    /// The rule files of a version.
    pub async fn rules_files(&self, county: &str, version: i32) -> Result<Option<PackFiles>, StoreError> {
        let files: Option<Json<PackFiles>> =
            sqlx::query_scalar("SELECT files FROM rule_sets WHERE county = $1 AND version = $2")
                .bind(county)
                .bind(version)
                .fetch_optional(&self.pool)
                .await?;
        Ok(files.map(|Json(files)| files))
    }

    /// What the last replay of a version found.
    pub async fn rules_replay(&self, county: &str, version: i32) -> Result<Option<Legible<Outcome>>, StoreError> {
        let found: Option<Option<Json<Legible<Outcome>>>> =
            sqlx::query_scalar("SELECT replay FROM rule_sets WHERE county = $1 AND version = $2")
                .bind(county)
                .bind(version)
                .fetch_optional(&self.pool)
                .await?;
        Ok(found.flatten().map(|Json(replay)| replay))
    }

    /// Who did what to a version, in order.
    pub async fn rules_acts(&self, county: &str, version: i32) -> Result<Vec<RuleSetAct>, StoreError> {
        let acts = sqlx::query_as(
            "SELECT at, person_shown(account_id, actor) AS actor, act, digest, reason, detail FROM rule_set_acts WHERE county = $1 AND version = $2 ORDER BY id",
        )
        .bind(county)
        .bind(version)
        .fetch_all(&self.pool)
        .await?;
        Ok(acts)
    }
}
