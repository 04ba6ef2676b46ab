//! 历史试算 of a draft over the last reports, in the background: a page that is closed does not stop it, and the outcome is
//! kept with the draft, because a second person has to look at it.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::pack::Pack;
use platform::{
    office::replay,
    run::telemetry::chain,
    store::{RuleSetState, RulesError},
};
use serde::Deserialize;
use tracing::{error, info};

use super::{
    examined,
    replays::Progress,
    save::{self, StepError},
    version,
};
use crate::internal::{
    By, Visit,
    again::Again,
    auth::{Office, Overseer},
    error::PageError,
    page::{Frame, render},
};

/// How many reports, where nobody says.
const REPORTS: u32 = 10_000;
const REPORTS_MAX: u32 = 1_000_000;

/// The form.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    reports: String,
}

#[derive(Template)]
#[template(path = "internal/rules/progress.html")]
struct ProgressPart {
    frame: Frame,
    version: i32,
    running: bool,
    failed: bool,
    percent: u64,
    said: String,
}

/// `POST /rules/{version}/replay`
pub(super) async fn start(
    by: By<Office>,
    Path(version): Path<i32>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, PageError> {
    let internal = &by.internal;
    let refuse = |status, key| version::show(&by, version, Again::saying(status, by.said(key)));
    let reports = match wanted.reports.trim() {
        "" => REPORTS,
        typed => match typed.parse() {
            Ok(n) if (1..=REPORTS_MAX).contains(&n) => n,
            _ => return refuse(StatusCode::UNPROCESSABLE_ENTITY, "rules.refused.reports").await,
        },
    };
    let (set, rules) = examined::opened(internal, version).await?;
    if set.state != RuleSetState::Draft {
        return refuse(StatusCode::CONFLICT, "rules.refused.not_draft").await;
    }
    let examined = examined::check(internal, &rules).await?;
    let Some(new) = examined.pack.clone().filter(|_| examined.problems.is_empty()) else {
        return refuse(StatusCode::CONFLICT, "rules.refused.not_checked").await;
    };
    // A draft that came with a pack was never saved here: its check is stored before the replay.
    if !set.is_checked()
        && let Err(e) = save::save(&by, (version, set.revision), rules).await
    {
        let said = save::refusal(e, by.lang)?;
        return version::show(&by, version, Again::saying(StatusCode::CONFLICT, Some(said))).await;
    }
    if internal.replays.begin(version) {
        let draft = Draft {
            version,
            digest: set.digest,
            pack: new,
        };
        tokio::spawn(run(Visit::clone(&by), draft, reports));
    }
    Ok(Redirect::to(&format!("/rules/{version}#replay")).into_response())
}

/// `GET /rules/{version}/replay`: the part of the page that asks again until it is done.
pub(super) async fn progress(by: By<Overseer>, Path(version): Path<i32>) -> Response {
    let (internal, lang) = (&by.internal, by.lang);
    let progress = internal.replays.get(version);
    let running = progress.as_ref().is_some_and(|progress| !progress.failed);
    let Progress { done, of, failed } = progress.unwrap_or_default();
    let part = ProgressPart {
        frame: by.frame("/rules"),
        version,
        running,
        failed,
        percent: (done * 100).checked_div(of).unwrap_or(0).min(100),
        said: lang.fill(
            "rules.replay.progress",
            &[("done", &done.to_string()), ("of", &of.to_string())],
        ),
    };
    let mut response = render(StatusCode::OK, &part);
    if !running && !failed {
        // Done: the page shows the outcome.
        response
            .headers_mut()
            .insert("hx-refresh", axum::http::HeaderValue::from_static("true"));
    }
    response
}

/// What is replayed.
struct Draft {
    version: i32,
    /// Of its rules: the outcome belongs to this content and no other.
    digest: String,
    pack: Arc<Pack>,
}

async fn run(visit: Visit, draft: Draft, reports: u32) {
    let (internal, Draft { version, digest, pack }) = (&visit.internal, draft);
    let old = internal.pack.current();
    let replays = internal.replays.clone();
    let tell = move |done, of| {
        let progress = Progress {
            done,
            of,
            failed: false,
        };
        replays.set(version, Some(progress));
    };
    let against = old.rule_set;
    let outcome = replay::run(
        &internal.office,
        &internal.county,
        [old.pack.clone(), pack],
        reports,
        tell,
    )
    .await;
    let done = match outcome.map_err(|e| chain(&e)) {
        Ok(outcome) => {
            let kept = save::write(&visit, move |store, county, clerk| async move {
                store
                    .rules_replayed(&county, version, (&digest, against), &outcome, clerk.as_clerk())
                    .await
            });
            match kept.await {
                // Changed in between: the page says that the replay is not of this content.
                Ok(()) | Err(StepError::Refused(RulesError::Stale { .. } | RulesError::WrongState { .. })) => Ok(()),
                Err(e) => Err(chain(&e)),
            }
        }
        Err(e) => Err(e),
    };
    match done {
        Ok(()) => {
            info!(version, against, reports, "a draft was replayed");
            internal.replays.set(version, None);
        }
        Err(e) => {
            error!(version, error = e, "a replay failed");
            let failed = Progress {
                failed: true,
                ..Progress::default()
            };
            internal.replays.set(version, Some(failed));
        }
    }
}
