//! `POST /callbacks/{report_id}/open`: the office asks for who reported; another person approves before anything is shown.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::page::{Said, show};
use crate::internal::{Internal, auth::Office, openings::ask_identity, page::Language, unavailable};

/// Why.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Why {
    #[serde(default)]
    reason: String,
}

/// Asks. What is opened is read on the page of the opening.
pub(crate) async fn open(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(why): Form<Why>,
) -> Response {
    let mut said = Said::default();
    let status = match identity(&internal, id).await {
        Err(response) => return response,
        Ok(None) => {
            said.bad = Some(lang.t("callback.not_due").to_owned());
            StatusCode::CONFLICT
        }
        Ok(Some(_)) => match ask_identity(&internal, &actor, id, &why.reason).await {
            Err(response) => return response,
            Ok(Ok(_)) => {
                said.good = Some(lang.t("callback.opened").to_owned());
                StatusCode::OK
            }
            Ok(Err(key)) => {
                said.bad = Some(lang.t(key).to_owned());
                if matches!(key, "openings.before" | "openings.nobody") {
                    StatusCode::CONFLICT
                } else {
                    StatusCode::UNPROCESSABLE_ENTITY
                }
            }
        },
    };
    show(&internal, &actor, lang, id, status, said).await
}

/// How the reporter wishes to be treated, if their report has closed tickets only.
pub(super) async fn identity(internal: &Internal, id: i64) -> Result<Option<String>, Response> {
    let case = internal
        .board
        .callback_case(&internal.county, id)
        .await
        .map_err(|e| unavailable(&e))?;
    let closed = case.filter(|case| case.tickets > 0 && case.open == 0);
    Ok(closed.map(|case| case.identity.unwrap_or_default()))
}
