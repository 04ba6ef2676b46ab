//! 历史试算 of a draft over the last reports, in the background: a page that is closed does not stop it, and the outcome is
//! kept with the draft, because a second person has to look at it.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::pack::Pack;
use platform::{office::replay, run::telemetry::chain, store::RulesError};
use serde::Deserialize;
use tracing::{error, info};

use super::{examined, replays::Progress, save, version};
use crate::internal::{
    Internal,
    auth::{Actor, Office, Overseer},
    page::{Frame, Language, render},
    unavailable,
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
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(version): Path<i32>,
    Form(wanted): Form<Wanted>,
) -> Response {
    let refuse = async |status, key| {
        let said = lang.t(key).to_owned();
        version::show(&internal, &actor, lang, version, status, Some(said)).await
    };
    let reports = match wanted.reports.trim() {
        "" => REPORTS,
        typed => match typed.parse() {
            Ok(n) if (1..=REPORTS_MAX).contains(&n) => n,
            _ => return refuse(StatusCode::UNPROCESSABLE_ENTITY, "rules.refused.reports").await,
        },
    };
    let (set, rules) = match examined::opened(&internal, version).await {
        Ok(opened) => opened,
        Err(response) => return response,
    };
    if set.state != "draft" {
        return refuse(StatusCode::CONFLICT, "rules.refused.not_draft").await;
    }
    let examined = match examined::check(&internal, &rules).await {
        Ok(examined) => examined,
        Err(e) => return unavailable(&e),
    };
    let Some(new) = examined.pack.clone().filter(|_| examined.problems.is_empty()) else {
        return refuse(StatusCode::CONFLICT, "rules.refused.not_checked").await;
    };
    // A draft that came with a pack was never saved here: its check is stored before the replay.
    if !set.is_checked()
        && let Err(e) = save::save(&internal, &actor, version, set.revision, rules).await
    {
        return match save::refusal(&e, lang) {
            Ok(said) => version::show(&internal, &actor, lang, version, StatusCode::CONFLICT, Some(said)).await,
            Err(response) => response,
        };
    }
    if internal.replays.begin(version) {
        tokio::spawn(run(
            internal.clone(),
            (*actor).clone(),
            version,
            set.digest,
            new,
            reports,
        ));
    }
    Redirect::to(&format!("/rules/{version}#replay")).into_response()
}

/// `GET /rules/{version}/replay`: the part of the page that asks again until it is done.
pub(super) async fn progress(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Path(version): Path<i32>,
) -> Response {
    let progress = internal.replays.get(version);
    let running = progress.as_ref().is_some_and(|progress| !progress.failed);
    let Progress { done, of, failed } = progress.unwrap_or_default();
    let part = ProgressPart {
        frame: Frame::of(&actor, lang, "/rules"),
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

/// Whether a replay of a version is under way, or failed and nobody tried again.
pub(super) fn is_under_way(internal: &Internal, version: i32) -> bool {
    internal.replays.get(version).is_some()
}

async fn run(internal: Internal, actor: Actor, version: i32, digest: String, new: Arc<Pack>, reports: u32) {
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
        [old.pack.clone(), new],
        reports,
        tell,
    )
    .await;
    let done = match outcome
        .map_err(|e| chain(&e))
        .and_then(|outcome| serde_json::to_value(outcome).map_err(|e| e.to_string()))
    {
        Ok(outcome) => {
            let kept = save::write(&internal, &actor, move |store, county, clerk| async move {
                store
                    .rules_replayed(&county, version, (&digest, against), &outcome, clerk.as_clerk())
                    .await
            });
            match kept.await {
                // Changed in between: the page says that the replay is not of this content.
                Ok(()) | Err(RulesError::Stale { .. } | RulesError::WrongState { .. }) => Ok(()),
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
