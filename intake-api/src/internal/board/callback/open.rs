//! `POST /callbacks/{report_id}/open`: the reporter's contact, by a logged act with a reason.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use platform::{clock, store::By};
use serde::Deserialize;

use super::{
    call::seal,
    page::{Opened, Said, show},
};
use crate::{
    internal::{
        Internal,
        auth::{Actor, Office},
        detached,
        page::{Language, problem},
        unavailable,
    },
    parts,
};

/// Why.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Why {
    #[serde(default)]
    reason: String,
}

/// The contact, shown on this answer and nowhere else.
pub(crate) async fn open(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(why): Form<Why>,
) -> Response {
    let mut said = Said::default();
    let status = if why.reason.trim().is_empty() {
        said.bad = Some(lang.t("callback.need_reason").to_owned());
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        match identity(&internal, id).await {
            Ok(Some(identity)) if identity != "anonymous" => {
                match opened(&internal, &actor, id, why.reason.trim()).await {
                    Ok(contact) => {
                        said.good = Some(lang.t("callback.opened").to_owned());
                        said.opened = contact;
                        StatusCode::OK
                    }
                    Err(response) => return response,
                }
            }
            Ok(_) => {
                said.bad = Some(lang.t("callback.nothing_to_open").to_owned());
                StatusCode::CONFLICT
            }
            Err(response) => return response,
        }
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
    Ok(closed.map(|case| case.facts["identity"].as_str().unwrap_or_default().to_owned()))
}

/// The act is recorded before anything is opened.
async fn opened(internal: &Internal, actor: &Actor, id: i64, reason: &str) -> Result<Option<Opened>, Response> {
    let reason = seal(internal, id, reason).await?;
    let (office, person, at) = (internal.office.clone(), actor.person.clone(), clock::now());
    let sealed = detached(async move {
        let by = By {
            account: person.account.id,
            name: &person.account.name,
        };
        office.identity_opened(id, &by, &reason, at).await?;
        office.callback_identity(id, person.account.id, at).await
    })
    .await?;
    let key = internal
        .office
        .callback_sealed(&internal.county, id)
        .await
        .map_err(|e| unavailable(&e))?;
    let (Some(key), Some(sealed)) = (key, sealed) else {
        return Ok(None);
    };
    let Some(reporter) = parts::identity(&internal.keys, id, &key.data_key, &sealed) else {
        return Err(problem::unavailable().into_response());
    };
    Ok(Some(Opened {
        name: reporter.name.unwrap_or_default(),
        phone: reporter
            .phone
            .map(|phone| phone.verbatim().to_owned())
            .unwrap_or_default(),
        organization: reporter.organization.unwrap_or_default(),
    }))
}
