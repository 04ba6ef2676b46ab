//! The steps of a version that a person takes: draft, submit, decline, approve, withdraw. Each with a reason.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::calendar::shanghai;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use platform::{clock, store::RulesError, text::Lang};
use serde::Deserialize;

use super::{examined, list, save, version};
use crate::internal::{
    Internal,
    auth::{Actor, Office},
    page::Language,
    unavailable,
};

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
pub(super) async fn draft(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Form(step): Form<Step>,
) -> Response {
    let reason = step.reason.trim().to_owned();
    if let Some(said) = wrong_reason(&reason, lang) {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return list::show(&internal, &actor, lang, status, Some(said), step.reason).await;
    }
    let from = step.from;
    let made = save::write(&internal, &actor, move |store, county, clerk| async move {
        let version = store.rules_draft(&county, from, &reason, clerk.as_clerk()).await?;
        Ok((version, store.rules_files(&county, version).await?))
    });
    match made.await {
        Ok((version, files)) => {
            // Its check is stored at once, so that an unchanged copy (a roll-back) need not be saved by hand first.
            if let Some(files) = files
                && let Err(e) = save::save(&internal, &actor, version, 1, files).await
            {
                tracing::warn!(
                    error = platform::run::telemetry::chain(&e),
                    version,
                    "a new draft was not checked"
                );
            }
            Redirect::to(&format!("/rules/{version}")).into_response()
        }
        Err(e) => match save::refusal(&e, lang) {
            Ok(said) => list::show(&internal, &actor, lang, StatusCode::CONFLICT, Some(said), step.reason).await,
            Err(response) => response,
        },
    }
}

/// `POST /rules/{version}/submit`
pub(super) async fn submit(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(version): Path<i32>,
    Form(step): Form<Step>,
) -> Response {
    reasoned(&internal, &actor, lang, version, Reasoned::Submit, &step).await
}

/// `POST /rules/{version}/decline`: back to a draft.
pub(super) async fn decline(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(version): Path<i32>,
    Form(step): Form<Step>,
) -> Response {
    reasoned(&internal, &actor, lang, version, Reasoned::Decline, &step).await
}

/// `POST /rules/{version}/withdraw`: given up before it is in force.
pub(super) async fn withdraw(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(version): Path<i32>,
    Form(step): Form<Step>,
) -> Response {
    reasoned(&internal, &actor, lang, version, Reasoned::Withdraw, &step).await
}

/// Steps that need nothing but a reason.
enum Reasoned {
    Submit,
    Decline,
    Withdraw,
}

async fn reasoned(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    version: i32,
    what: Reasoned,
    step: &Step,
) -> Response {
    let reason = step.reason.trim().to_owned();
    if let Some(said) = wrong_reason(&reason, lang) {
        return refuse(internal, actor, lang, version, StatusCode::UNPROCESSABLE_ENTITY, said).await;
    }
    let done = save::write(internal, actor, move |store, county, clerk| async move {
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
    answer(internal, actor, lang, version, done.await).await
}

/// `POST /rules/{version}/approve`: by a second person, in force from a date. The check runs once more, because the pack's
/// units and words may have changed since the draft was saved.
pub(super) async fn approve(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(version): Path<i32>,
    Form(step): Form<Step>,
) -> Response {
    let Some(from) = when(&step, clock::now()) else {
        let said = lang.t("rules.refused.date").to_owned();
        return refuse(&internal, &actor, lang, version, StatusCode::UNPROCESSABLE_ENTITY, said).await;
    };
    let (_, rules) = match examined::opened(&internal, version).await {
        Ok(opened) => opened,
        Err(response) => return response,
    };
    match examined::check(&internal, &rules).await {
        Ok(examined) if examined.sound() => {}
        Ok(_) => return answer(&internal, &actor, lang, version, Err(RulesError::NotChecked)).await,
        Err(e) => return unavailable(&e),
    }
    let reason = step.reason.trim().chars().take(REASON_MAX).collect::<String>();
    let done = save::write(&internal, &actor, move |store, county, clerk| async move {
        let approved = store.rules_approve(&county, version, from, &reason, clerk.as_clerk());
        approved.await.map(drop)
    });
    answer(&internal, &actor, lang, version, done.await).await
}

async fn answer(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    version: i32,
    done: Result<(), RulesError>,
) -> Response {
    match done {
        Ok(()) => Redirect::to(&format!("/rules/{version}")).into_response(),
        Err(RulesError::NoVersion) => crate::internal::page::problem::not_found().into_response(),
        Err(e) => match save::refusal(&e, lang) {
            Ok(said) => refuse(internal, actor, lang, version, StatusCode::CONFLICT, said).await,
            Err(response) => response,
        },
    }
}

async fn refuse(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    version: i32,
    status: StatusCode,
    said: String,
) -> Response {
    version::show(internal, actor, lang, version, status, Some(said)).await
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
    let at = shanghai().from_local_datetime(&day.and_time(NaiveTime::MIN)).single()?;
    (at > now).then(|| at.with_timezone(&Utc))
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
