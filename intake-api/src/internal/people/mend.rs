//! `POST /people/{id}/mend`: another name or phone. What the person did before keeps the name it was done under.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::clock;
use serde::Deserialize;
use serde_json::json;
use tracing::info;

use super::{
    fields::{self, Wrong},
    person::{self, Typed, fetch_kept},
    said::Said,
    trail::new_act,
};
use crate::internal::{Internal, auth::Keeper, detached, page::Language};

/// The form.
#[derive(Deserialize)]
pub(super) struct Mended {
    #[serde(default)]
    name: String,
    #[serde(default)]
    phone: String,
}

/// Mends it, or gives back what was typed with what is wrong.
pub(super) async fn mend(
    State(internal): State<Internal>,
    actor: Keeper,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(form): Form<Mended>,
) -> Response {
    let before = match fetch_kept(&internal, &actor, id).await {
        Ok(person) => person.account,
        Err(response) => return response,
    };
    let mut wrong = Wrong::new();
    let name = fields::name(&form.name).map_err(|key| wrong.insert("name", key));
    let phone = fields::phone(&form.phone).map_err(|key| wrong.insert("phone", key));
    let (Ok(name), Ok(phone)) = (name, phone) else {
        let typed = Typed {
            name: Some(form.name),
            phone: Some(form.phone),
            ..Typed::default()
        };
        let said = Said::error(lang.t("accounts.not_saved"));
        return person::show(
            &internal,
            &actor,
            lang,
            id,
            StatusCode::UNPROCESSABLE_ENTITY,
            typed,
            wrong,
            said,
        )
        .await;
    };
    let (within, by) = (internal.clone(), actor.clone());
    let done = detached(async move {
        let mut act = new_act(&within, &by, "mended", Some(id), clock::now());
        act.detail = json!({"old_name": before.name, "name": name, "old_phone": before.phone, "phone": phone});
        within
            .people
            .account_mend(&within.county, id, &name, phone.as_deref(), &act)
            .await
    });
    match done.await {
        Ok(()) => {
            info!(account = id, by = actor.person.account.id, "a name or phone was mended");
            let said = Said::done(lang.t("accounts.mended"));
            person::show(
                &internal,
                &actor,
                lang,
                id,
                StatusCode::OK,
                Typed::default(),
                Wrong::new(),
                said,
            )
            .await
        }
        Err(response) => response,
    }
}
