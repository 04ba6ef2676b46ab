//! The steps of a version's life. Each writes the version and its trail in one transaction, one step at a time in a county.

use casework::county::PackFiles;
use casework::office::replay::Outcome;
use casework::words::Urgency;
use chrono::{DateTime, Utc};
use sqlx::{PgTransaction, types::Json};

use super::rule_set::{Clerk, RuleSet, RuleSetState, RuleSetStep, RulesError, select_rule_set};
use crate::store::{
    Detail, Office, Said, Store, StoreError, Subject, SubjectNotice, To,
    act_detail::{Approved, Drafted, Replayed, Saved},
    notices::subject::subject_notice,
    rules_digest,
};

impl Store<Office> {
    /// A new draft with the content of `from`; an older one than that in force is brought back. Gives its number.
    pub async fn rules_draft(&self, county: &str, from: i32, reason: &str, by: Clerk<'_>) -> Result<i32, RulesError> {
        let mut tx = self.rules_begin(county).await?;
        let source = locked(&mut tx, county, from).await?;
        if matches!(source.state, RuleSetState::Draft | RuleSetState::Submitted) {
            return Err(RulesError::WrongState { state: source.state });
        }
        let base: i32 = in_force(&mut tx, county, by.at).await?;
        let version: i32 = sqlx::query_scalar(
            "INSERT INTO rule_sets (county, version, digest, files, state, created_at, base, restores, reason, created_by, authors)
             SELECT county, (SELECT max(version) + 1 FROM rule_sets WHERE county = $1), digest, files, 'draft', $3, $4,
                    CASE WHEN version <> $4 THEN version END, $5, $6, ARRAY[$7::bigint]
             FROM rule_sets WHERE county = $1 AND version = $2 RETURNING version",
        )
        .bind(county)
        .bind(from)
        .bind(by.at)
        .bind(base)
        .bind(reason)
        .bind(by.name)
        .bind(by.account)
        .fetch_one(&mut *tx)
        .await?;
        let deed = Deed {
            county,
            version,
            act: RuleSetStep::Drafted,
            reason,
            by,
        };
        finish(tx, deed, Detail::of(&Drafted { from })).await?;
        Ok(version)
    }

    /// Saves a draft's content with whether the check of exactly this content passed. Gives the new revision.
    pub async fn rules_save(
        &self,
        county: &str,
        version: i32,
        revision: i32,
        (files, sound): (&PackFiles, bool),
        by: Clerk<'_>,
    ) -> Result<i32, RulesError> {
        let mut tx = self.rules_begin(county).await?;
        let draft = in_state(&mut tx, county, version, RuleSetState::Draft).await?;
        if draft.revision != revision {
            return Err(stale(draft));
        }
        let digest = rules_digest(files);
        let changed = digest != draft.digest;
        sqlx::query(
            "UPDATE rule_sets SET files = $3, digest = $4, check_sound = $5, checked_digest = $4, checked_at = $6,
                 revision = revision + 1, saved_at = CASE WHEN $9 THEN $6 ELSE saved_at END,
                 saved_by = CASE WHEN $9 THEN $7 ELSE saved_by END,
                 authors = CASE WHEN NOT $9 OR $8 = ANY (authors) THEN authors ELSE authors || $8 END
             WHERE county = $1 AND version = $2",
        )
        .bind(county)
        .bind(version)
        .bind(Json(files))
        .bind(&digest)
        .bind(sound)
        .bind(by.at)
        .bind(by.name)
        .bind(by.account)
        .bind(changed)
        .execute(&mut *tx)
        .await?;
        if changed {
            let deed = Deed {
                county,
                version,
                act: RuleSetStep::Saved,
                reason: "",
                by,
            };
            trail(&mut tx, deed, Detail::of(&Saved { sound })).await?;
        }
        tx.commit().await?;
        Ok(revision + 1)
    }

    /// Keeps the outcome of a replay of exactly the content `digest` against the version `against`.
    pub async fn rules_replayed(
        &self,
        county: &str,
        version: i32,
        (digest, against): (&str, i32),
        outcome: &Outcome,
        by: Clerk<'_>,
    ) -> Result<(), RulesError> {
        let mut tx = self.rules_begin(county).await?;
        let draft = in_state(&mut tx, county, version, RuleSetState::Draft).await?;
        if draft.digest != digest {
            return Err(stale(draft));
        }
        sqlx::query(
            "UPDATE rule_sets SET replay = $3, replayed_digest = $4, replayed_against = $5, replayed_at = $6
             WHERE county = $1 AND version = $2",
        )
        .bind(county)
        .bind(version)
        .bind(Json(outcome))
        .bind(digest)
        .bind(against)
        .bind(by.at)
        .execute(&mut *tx)
        .await?;
        let detail = Detail::of(&Replayed {
            against,
            reports: Some(outcome.reports),
        });
        let deed = Deed {
            county,
            version,
            act: RuleSetStep::Replayed,
            reason: "",
            by,
        };
        finish(tx, deed, detail).await
    }

    /// Ready for a second person: nothing changes any more.
    pub async fn rules_submit(
        &self,
        county: &str,
        version: i32,
        reason: &str,
        by: Clerk<'_>,
    ) -> Result<(), RulesError> {
        let mut tx = self.rules_begin(county).await?;
        let draft = in_state(&mut tx, county, version, RuleSetState::Draft).await?;
        ready(&mut tx, county, &draft, by.at).await?;
        sqlx::query(
            "UPDATE rule_sets SET state = 'submitted', submitted_at = $3, submitted_by = $4, reason = $6,
                 authors = CASE WHEN $5 = ANY (authors) THEN authors ELSE authors || $5 END
             WHERE county = $1 AND version = $2",
        )
        .bind(county)
        .bind(version)
        .bind(by.at)
        .bind(by.name)
        .bind(by.account)
        .bind(reason)
        .execute(&mut *tx)
        .await?;
        // Whoever may approve reads the office's mailbox; submitted again after a refusal, it is asked again.
        let notice = SubjectNotice {
            county,
            subject: Subject::RulesSubmitted(version),
            round: i64::from(draft.revision),
            to: To::Office,
            urgency: Urgency::P3,
            drill: false,
            said: Said {
                version: Some(version),
                by: Some(by.name.to_owned()),
                ..Said::default()
            },
            at: by.at,
        };
        subject_notice(&mut tx, &notice).await?;
        let deed = Deed {
            county,
            version,
            act: RuleSetStep::Submitted,
            reason,
            by,
        };
        finish(tx, deed, Detail::default()).await
    }

    /// Back to a draft: declined by another, or taken back by who submitted it.
    pub async fn rules_decline(
        &self,
        county: &str,
        version: i32,
        reason: &str,
        by: Clerk<'_>,
    ) -> Result<(), RulesError> {
        let mut tx = self.rules_begin(county).await?;
        in_state(&mut tx, county, version, RuleSetState::Submitted).await?;
        sqlx::query("UPDATE rule_sets SET state = 'draft', revision = revision + 1 WHERE county = $1 AND version = $2")
            .bind(county)
            .bind(version)
            .execute(&mut *tx)
            .await?;
        let deed = Deed {
            county,
            version,
            act: RuleSetStep::Declined,
            reason,
            by,
        };
        finish(tx, deed, Detail::default()).await
    }

    /// Approved by a second person; in force from `from`, at once where that is past.
    pub async fn rules_approve(
        &self,
        county: &str,
        version: i32,
        from: DateTime<Utc>,
        reason: &str,
        by: Clerk<'_>,
    ) -> Result<DateTime<Utc>, RulesError> {
        let mut tx = self.rules_begin(county).await?;
        let submitted = in_state(&mut tx, county, version, RuleSetState::Submitted).await?;
        if submitted.authors.contains(&by.account) {
            return Err(RulesError::SamePerson);
        }
        ready(&mut tx, county, &submitted, by.at).await?;
        let next: Option<(i32, DateTime<Utc>)> = sqlx::query_as(
            "SELECT version, active_from FROM rule_sets
             WHERE county = $1 AND state = 'approved' AND active_from > $2 ORDER BY active_from LIMIT 1",
        )
        .bind(county)
        .bind(by.at)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some((version, from)) = next {
            return Err(RulesError::Scheduled { version, from });
        }
        let from = from.max(by.at);
        sqlx::query(
            "UPDATE rule_sets SET state = 'approved', approver = $3, approved_by = $4, approved_at = $5, active_from = $6
             WHERE county = $1 AND version = $2",
        )
        .bind(county)
        .bind(version)
        .bind(by.account)
        .bind(by.name)
        .bind(by.at)
        .bind(from)
        .execute(&mut *tx)
        .await?;
        let deed = Deed {
            county,
            version,
            act: RuleSetStep::Approved,
            reason,
            by,
        };
        finish(tx, deed, Detail::of(&Approved { active_from: from })).await?;
        Ok(from)
    }

    /// Given up before it was in force.
    pub async fn rules_withdraw(
        &self,
        county: &str,
        version: i32,
        reason: &str,
        by: Clerk<'_>,
    ) -> Result<(), RulesError> {
        let mut tx = self.rules_begin(county).await?;
        let set = locked(&mut tx, county, version).await?;
        if set.state == RuleSetState::Withdrawn {
            return Err(RulesError::WrongState { state: set.state });
        }
        if set.active_from.is_some_and(|from| from <= by.at) {
            return Err(RulesError::InForce);
        }
        sqlx::query("UPDATE rule_sets SET state = 'withdrawn', withdrawn_at = $3, withdrawn_by = $4 WHERE county = $1 AND version = $2")
            .bind(county)
            .bind(version)
            .bind(by.at)
            .bind(by.name)
            .execute(&mut *tx)
            .await?;
        let deed = Deed {
            county,
            version,
            act: RuleSetStep::Withdrawn,
            reason,
            by,
        };
        finish(tx, deed, Detail::default()).await
    }

    /// One step at a time in a county, loads of the pack included.
    async fn rules_begin(&self, county: &str) -> Result<PgTransaction<'static>, StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock(hashtext('pack ' || $1))")
            .bind(county)
            .execute(&mut *tx)
            .await?;
        Ok(tx)
    }
}

async fn locked(tx: &mut PgTransaction<'_>, county: &str, version: i32) -> Result<RuleSet, RulesError> {
    let found = sqlx::query_as(select_rule_set!("AND version = $2 FOR UPDATE"))
        .bind(county)
        .bind(version)
        .fetch_optional(&mut **tx)
        .await?;
    found.ok_or(RulesError::NoVersion)
}

async fn in_state(
    tx: &mut PgTransaction<'_>,
    county: &str,
    version: i32,
    state: RuleSetState,
) -> Result<RuleSet, RulesError> {
    let set = locked(tx, county, version).await?;
    if set.state == state {
        Ok(set)
    } else {
        Err(RulesError::WrongState { state: set.state })
    }
}

/// The version in force; a replay that compared with another says nothing about today.
async fn in_force(tx: &mut PgTransaction<'_>, county: &str, at: DateTime<Utc>) -> Result<i32, RulesError> {
    let version = sqlx::query_scalar(
        "SELECT version FROM rule_sets WHERE county = $1 AND state = 'approved' AND active_from <= $2
         ORDER BY active_from DESC, version DESC LIMIT 1",
    )
    .bind(county)
    .bind(at)
    .fetch_optional(&mut **tx)
    .await?;
    version.ok_or(RulesError::NoVersion)
}

async fn ready(tx: &mut PgTransaction<'_>, county: &str, set: &RuleSet, at: DateTime<Utc>) -> Result<(), RulesError> {
    if !set.is_checked() {
        return Err(RulesError::NotChecked);
    }
    if !set.is_replayed() || set.replayed_against != Some(in_force(tx, county, at).await?) {
        return Err(RulesError::NotReplayed);
    }
    Ok(())
}

fn stale(set: RuleSet) -> RulesError {
    RulesError::Stale {
        by: set.saved_by.unwrap_or(set.created_by),
        at: set.saved_at,
    }
}

/// A line of the trail: who did what to which version, and why.
#[derive(Clone, Copy)]
struct Deed<'a> {
    county: &'a str,
    version: i32,
    act: RuleSetStep,
    reason: &'a str,
    by: Clerk<'a>,
}

/// Ends a step: its line of the trail, and all of it committed.
async fn finish(mut tx: PgTransaction<'_>, deed: Deed<'_>, detail: Detail) -> Result<(), RulesError> {
    trail(&mut tx, deed, detail).await?;
    tx.commit().await?;
    Ok(())
}

/// One line of the trail, with the content's digest as it is now.
async fn trail(tx: &mut PgTransaction<'_>, deed: Deed<'_>, detail: Detail) -> Result<(), RulesError> {
    sqlx::query(
        "INSERT INTO rule_set_acts (county, version, at, account_id, actor, act, digest, reason, detail)
         SELECT $1, $2, $3, $4, $5, $6, digest, $7, $8 FROM rule_sets WHERE county = $1 AND version = $2",
    )
    .bind(deed.county)
    .bind(deed.version)
    .bind(deed.by.at)
    .bind(deed.by.account)
    .bind(deed.by.name)
    .bind(deed.act.as_str())
    .bind(deed.reason)
    .bind(detail)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
