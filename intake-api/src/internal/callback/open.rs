//! `POST /callbacks/{report_id}/open`: the office asks for who reported; another person approves before anything is shown.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use casework::words::Identity;
use platform::store::{Loose, ReportId, StoreError};
use serde::Deserialize;

use super::page::{Said, show};
use crate::internal::{By, Internal, again::Again, auth::Office, error::PageError, openings::ask_identity};

/// Why.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Why {
    #[serde(default)]
    reason: String,
}

/// Asks. What is opened is read on the page of the opening.
pub(crate) async fn open(
    by: By<Office>,
    Path(id): Path<ReportId>,
    Form(why): Form<Why>,
) -> Result<Response, PageError> {
    if anonymous(&by.internal, id).await?.is_none() {
        let said = Said::bad(by.t("callback.not_due"));
        return show(&by, id, Again::saying(StatusCode::CONFLICT, said)).await;
    }
    let (status, said) = match ask_identity(&by, id, &why.reason).await? {
        Ok(_) => (StatusCode::OK, Said::good(by.t("callback.opened"))),
        Err(key @ ("openings.before" | "openings.nobody")) => (StatusCode::CONFLICT, Said::bad(by.t(key))),
        Err(key) => (StatusCode::UNPROCESSABLE_ENTITY, Said::bad(by.t(key))),
    };
    show(&by, id, Again::saying(status, said)).await
}

/// Whether the report is anonymous, if it has closed tickets only.
pub(super) async fn anonymous(internal: &Internal, id: ReportId) -> Result<Option<bool>, StoreError> {
    let case = internal.board.callback_case(&internal.county, id).await?;
    let closed = case.filter(|case| case.tickets > 0 && case.open == 0);
    Ok(closed.map(|case| case.identity == Some(Loose::Known(Identity::Anonymous))))
}
