//! `POST /people/{id}/mend`: another name or phone. What the person did before keeps the name it was done under.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use platform::{
    clock,
    store::{AccountActKind, AccountId, Detail, act_detail},
};
use serde::Deserialize;
use tracing::info;

use super::{
    fields,
    person::{Typed, fetch_kept, say, show},
    said::{Again, Said},
    trail::new_act,
};
use crate::internal::{By, Visit, again::Wrong, auth::Keeper, detached, error::PageError};

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
    by: By<Keeper>,
    Path(id): Path<AccountId>,
    Form(form): Form<Mended>,
) -> Result<Response, PageError> {
    let before = fetch_kept(&by, id).await?.account;
    let mut wrong = Wrong::new();
    let name = fields::name(&form.name).map_err(|key| wrong.insert("name", key));
    let phone = fields::phone(&form.phone).map_err(|key| wrong.insert("phone", key));
    let (Ok(name), Ok(phone)) = (name, phone) else {
        let typed = Typed {
            name: Some(form.name),
            phone: Some(form.phone),
            ..Typed::default()
        };
        return show(&by, id, Again::not_saved(wrong, typed, by.lang)).await;
    };
    let visit = Visit::clone(&by);
    let done = detached(async move {
        let mut act = new_act(&visit, AccountActKind::Mended, Some(id), clock::now());
        act.detail = Detail::of(&act_detail::Mended {
            old_name: before.name,
            name: name.clone(),
            old_phone: before.phone,
            phone: phone.clone(),
        });
        let (people, county) = (&visit.internal.people, &visit.internal.county);
        people.account_mend(county, id, &name, phone.as_deref(), &act).await
    });
    done.await?;
    info!(account = id.0, by = by.me().0, "a name or phone was mended");
    say(&by, id, StatusCode::OK, Said::done(by.t("accounts.mended"))).await
}
