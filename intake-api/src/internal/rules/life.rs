//! The steps of a version that a person takes: draft, submit, decline, approve, withdraw. Each with a reason.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::calendar::midnight;
use chrono::{DateTime, NaiveDate, Utc};
use platform::{clock, store::RulesError, text::Lang};
use serde::Deserialize;

use super::{
    examined, list,
    save::{self, StepError},
    version,
};
use crate::internal::{By, Visit, again::Again, auth::Office, error::PageError};

/// Longest reason.
const REASON_MAX: usize = 500;

/// The form of every step; a step ignores what it does not need.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Step {
    /// The version to start from.
    #[serde(default)]
    from: i32,
    #[serde(default)]
    reason: String,
    /// `now` or `date`.
    #[serde(default)]
    when: String,
    /// `2026-12-01`: from 00:00 in Taihe.
    #[serde(default)]
    date: String,
}

/// `POST /rules`: a draft from a version.
pub(super) async fn draft(by: By<Office>, Form(step): Form<Step>) -> Result<Response, PageError> {
    let reason = step.reason.trim().to_owned();
    if let Some(said) = wrong_reason(&reason, by.lang) {
        let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, Some(said), step.reason);
        return list::show(&by, again).await;
    }
    let from = step.from;
    let made = save::write(&by, move |store, county, clerk| async move {
        let version = store.rules_draft(&county, from, &reason, clerk.as_clerk()).await?;
        Ok((version, store.rules_files(&county, version).await?))
    });
    match made.await {
        Ok((version, files)) => {
            // Its check is stored at once, so that an unchanged copy (a roll-back) need not be saved by hand first.
            if let Some(files) = files
                && let Err(e) = save::save(&by, (version, 1), files).await
            {
                tracing::warn!(
                    error = platform::run::telemetry::chain(&e),
                    version,
                    "a new draft was not checked"
                );
            }
            Ok(Redirect::to(&format!("/rules/{version}")).into_response())
        }
        Err(e) => {
            let said = save::refusal(e, by.lang)?;
            list::show(&by, Again::keeping(StatusCode::CONFLICT, Some(said), step.reason)).await
        }
    }
}

/// `POST /rules/{version}/submit`
pub(super) async fn submit(
    by: By<Office>,
    Path(version): Path<i32>,
    Form(step): Form<Step>,
) -> Result<Response, PageError> {
    reasoned(&by, version, Reasoned::Submit, &step).await
}

/// `POST /rules/{version}/decline`: back to a draft.
pub(super) async fn decline(
    by: By<Office>,
    Path(version): Path<i32>,
    Form(step): Form<Step>,
) -> Result<Response, PageError> {
    reasoned(&by, version, Reasoned::Decline, &step).await
}

/// `POST /rules/{version}/withdraw`: given up before it is in force.
pub(super) async fn withdraw(
    by: By<Office>,
    Path(version): Path<i32>,
    Form(step): Form<Step>,
) -> Result<Response, PageError> {
    reasoned(&by, version, Reasoned::Withdraw, &step).await
}

/// Steps that need nothing but a reason.
enum Reasoned {
    Submit,
    Decline,
    Withdraw,
}

async fn reasoned(visit: &Visit, version: i32, what: Reasoned, step: &Step) -> Result<Response, PageError> {
    let reason = step.reason.trim().to_owned();
    if let Some(said) = wrong_reason(&reason, visit.lang) {
        let again = Again::saying(StatusCode::UNPROCESSABLE_ENTITY, Some(said));
        return version::show(visit, version, again).await;
    }
    let done = save::write(visit, move |store, county, clerk| async move {
        let by = clerk.as_clerk();
        match what {
            Reasoned::Submit => {
                store.rules_submit(&county, version, &reason, by).await?;
                // Whoever approves gets a mail. A ring that is lost costs seconds: the notifier polls.
                let _ = store.notices_wake().await;
                Ok(())
            }
            Reasoned::Decline => store.rules_decline(&county, version, &reason, by).await,
            Reasoned::Withdraw => store.rules_withdraw(&county, version, &reason, by).await,
        }
    });
    answer(visit, version, done.await).await
}

/// `POST /rules/{version}/approve`: by a second person, in force from a date. The check runs once more, because the pack's
/// units and words may have changed since the draft was saved.
pub(super) async fn approve(
    by: By<Office>,
    Path(version): Path<i32>,
    Form(step): Form<Step>,
) -> Result<Response, PageError> {
    let Some(from) = when(&step, clock::now()) else {
        let again = Again::saying(StatusCode::UNPROCESSABLE_ENTITY, by.said("rules.refused.date"));
        return version::show(&by, version, again).await;
    };
    let (_, rules) = examined::opened(&by.internal, version).await?;
    if !examined::check(&by.internal, &rules).await?.sound() {
        return answer(&by, version, Err(RulesError::NotChecked.into())).await;
    }
    let reason = step.reason.trim().chars().take(REASON_MAX).collect::<String>();
    let done = save::write(&by, move |store, county, clerk| async move {
        let approved = store.rules_approve(&county, version, from, &reason, clerk.as_clerk());
        approved.await.map(drop)
    });
    answer(&by, version, done.await).await
}

async fn answer(visit: &Visit, version: i32, done: Result<(), StepError>) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/rules/{version}")).into_response()),
        Err(StepError::Refused(RulesError::NoVersion)) => Err(PageError::NotFound),
        Err(e) => {
            let said = save::refusal(e, visit.lang)?;
            version::show(visit, version, Again::saying(StatusCode::CONFLICT, Some(said))).await
        }
    }
}

fn wrong_reason(reason: &str, lang: Lang) -> Option<String> {
    let key = match reason.chars().count() {
        0 => "rules.refused.no_reason",
        n if n > REASON_MAX => "rules.refused.long_reason",
        _ => return None,
    };
    Some(lang.t(key).to_owned())
}

/// When a version shall be in force; a day begins at 00:00 in Taihe. A day that is past is a slip, not a wish.
fn when(step: &Step, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if step.when == "now" {
        return Some(now);
    }
    let day = NaiveDate::parse_from_str(&step.date, "%Y-%m-%d").ok()?;
    midnight(day).filter(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use super::{Step, when};

    fn step(when: &str, date: &str) -> Step {
        Step {
            when: when.into(),
            date: date.into(),
            ..Step::default()
        }
    }

    #[test]
    fn a_day_begins_in_taihe() {
        let now = "2026-11-24T15:59:59Z".parse().expect("a time");
        let tomorrow = when(&step("date", "2026-11-25"), now).map(|at| at.to_rfc3339());
        assert_eq!(tomorrow.as_deref(), Some("2026-11-24T16:00:00+00:00"));
        assert_eq!(when(&step("date", "2026-11-24"), now), None, "past");
        assert_eq!(when(&step("date", "tomorrow"), now), None);
        assert_eq!(when(&step("now", ""), now), Some(now));
    }
}
