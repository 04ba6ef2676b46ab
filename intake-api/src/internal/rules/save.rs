//! One way to save a draft, whoever edited it how: checked first, stored with what the check said.

use std::sync::Arc;

use casework::county::PackFiles;
use casework::office::soundness::Examined;
use platform::{
    clock,
    store::{self, AccountId, Clerk, RulesError, Store},
    text::Lang,
};

use super::examined;
use crate::internal::{Visit, auth::Actor, error::PageError, in_own_task, page::words, write::Unanswered};

/// A draft that was saved.
pub(super) struct Saved {
    /// The revision that the next page carries.
    pub(super) revision: i32,
    /// What the check says of it.
    pub(super) examined: Arc<Examined>,
}

/// Checks and saves. An unsound draft is saved too, because work goes over several steps; it can't be submitted.
pub(super) async fn save(visit: &Visit, (version, revision): (i32, i32), rules: PackFiles) -> Result<Saved, StepError> {
    let examined = examined::check(&visit.internal, &rules)
        .await
        .map_err(StepError::Unchecked)?;
    let sound = examined.sound();
    let revision = write(visit, move |store, county, clerk| async move {
        store
            .rules_save(&county, version, revision, (&rules, sound), clerk.as_clerk())
            .await
    })
    .await?;
    Ok(Saved { revision, examined })
}

/// A person as an owned value, for a task of its own.
#[derive(Clone)]
pub(super) struct Signed {
    account: AccountId,
    name: String,
    at: chrono::DateTime<chrono::Utc>,
}

impl Signed {
    pub(super) fn as_clerk(&self) -> Clerk<'_> {
        Clerk {
            account: self.account,
            name: &self.name,
            at: self.at,
        }
    }

    pub(super) fn of(actor: &Actor) -> Self {
        Self {
            account: actor.person.account.id,
            name: actor.person.account.name.clone(),
            at: clock::now(),
        }
    }
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum StepError {
    /// It does not fit the version as it is, or the database failed.
    #[error(transparent)]
    Refused(#[from] RulesError),
    /// The rules could not be checked; nothing was to be written yet.
    #[error("the rules can't be checked")]
    Unchecked(#[source] anyhow::Error),
    /// Nothing is known of it.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

/// Runs a step in a task of its own: a browser that hangs up must not stop it half way.
pub(super) async fn write<T, F, W>(visit: &Visit, step: F) -> Result<T, StepError>
where
    T: Send + 'static,
    F: FnOnce(Store<store::Office>, Arc<str>, Signed) -> W,
    W: Future<Output = Result<T, RulesError>> + Send + 'static,
{
    let internal = &visit.internal;
    let step = step(
        internal.office.clone(),
        internal.county.clone(),
        Signed::of(&visit.actor),
    );
    Ok(in_own_task(step).await??)
}

/// What a person reads when a step was refused; a failing database is a page of its own.
pub(super) fn refusal(e: StepError, lang: Lang) -> Result<String, PageError> {
    let e = match e {
        StepError::Refused(e) => e,
        StepError::Unchecked(e) => return Err(PageError::unread(e)),
        StepError::Unanswered(e) => return Err(PageError::undone(e)),
    };
    let now = clock::now();
    let at = |at| words::moment(lang, at, now);
    Ok(match e {
        RulesError::Store(e) => return Err(PageError::undone(e)),
        RulesError::NoVersion => lang.t("rules.refused.no_version").to_owned(),
        RulesError::WrongState { state } => {
            let state = lang.t(&format!("rules.state.{state}"));
            lang.fill("rules.refused.wrong_state", &[("state", state)])
        }
        RulesError::Stale { by, at: when } => {
            let when = when.map(at).unwrap_or_default();
            lang.fill("rules.refused.stale", &[("by", &by), ("at", &when)])
        }
        RulesError::NotChecked => lang.t("rules.refused.not_checked").to_owned(),
        RulesError::NotReplayed => lang.t("rules.refused.not_replayed").to_owned(),
        RulesError::SamePerson => lang.t("rules.refused.same_person").to_owned(),
        RulesError::Scheduled { version, from } => lang.fill(
            "rules.refused.scheduled",
            &[("n", &version.to_string()), ("at", &at(from))],
        ),
        RulesError::InForce => lang.t("rules.refused.in_force").to_owned(),
    })
}
