//! The folder of a unit on a closed network is set, or given another key. Where it is follows from the unit's code and the configuration:
//! nobody types a path.

use axum::{Form, http::StatusCode, response::Response};
use platform::{
    clock,
    seal::Recipient,
    store::{AccountActKind, Detail, NewFolder, OutletId, act_detail::OfFolder},
};
use tracing::info;

use super::{
    answers::Done,
    list::{Again, Said, Typed, show},
};
use crate::internal::{
    Answer, By, Visit,
    again::Wrong,
    auth::Admin,
    detached,
    error::{ApiError, PageError},
    people::new_act,
    wire::JsonBody,
};

/// Longest key, in characters: theirs have 62.
const LONGEST: usize = 200;

/// `POST /outlets/folders`
pub(super) async fn set(by: By<Admin>, Form(typed): Form<Typed>) -> Result<Response, PageError> {
    let wrong = match read(&by, &typed) {
        Ok(key) => match done(&by, typed.unit.clone(), key).await? {
            Some(_) => {
                let said = Said {
                    done: by.said("outlets.folder_set"),
                    ..Said::default()
                };
                return show(&by, Again::saying(StatusCode::CREATED, said)).await;
            }
            None => Wrong::from([("folder-unit", "outlets.wrong.unit")]),
        },
        Err(wrong) => wrong,
    };
    let said = Said {
        error: by.said("outlets.not_saved"),
        ..Said::default()
    };
    let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, said, typed).with_wrong(wrong);
    show(&by, again).await
}

/// `POST /api/v1/outlets/folders`: `{"unit", "key"}` -> 201 `{"id"}`.
pub(super) async fn api_set(
    by: By<Admin>,
    JsonBody(typed): JsonBody<Typed>,
) -> Result<(StatusCode, Answer<Done>), ApiError> {
    let key = read(&by, &typed).map_err(|wrong| {
        let key = wrong.into_values().next().unwrap_or("outlets.not_saved");
        ApiError::key(422, key)
    })?;
    let id = done(&by, typed.unit, key).await?;
    let id = id.ok_or(ApiError::key(422, "outlets.wrong.unit"))?;
    Ok((StatusCode::CREATED, Answer(Done { id, secret: None })))
}

/// The key, as it is written; or what is wrong.
fn read(visit: &Visit, typed: &Typed) -> Result<String, Wrong> {
    let mut wrong = Wrong::new();
    if visit.internal.folders.is_none() {
        wrong.insert("key", "outlets.wrong.no_folders");
    }
    if visit.internal.pack.current().pack.units().get(&typed.unit).is_none() {
        wrong.insert("folder-unit", "outlets.wrong.unit");
    }
    let typed = casework::typed::plain(&typed.key);
    let typed = typed.trim();
    match Recipient::read(typed).filter(|_| typed.len() <= LONGEST) {
        Some(key) if wrong.is_empty() => return Ok(key.to_string()),
        Some(_) => {}
        None if typed.to_ascii_uppercase().starts_with("AGE-SECRET-KEY") => {
            wrong.insert("key", "outlets.wrong.secret_key");
        }
        None => {
            wrong.entry("key").or_insert("outlets.wrong.key");
        }
    }
    Err(wrong)
}

async fn done(by: &By<Admin>, unit: String, key: String) -> Result<Option<OutletId>, PageError> {
    let visit = Visit::clone(by);
    let done = detached(async move {
        let mut act = new_act(&visit, AccountActKind::FolderSet, None, clock::now());
        act.unit = Some(&unit);
        act.detail = Detail::of(&OfFolder { recipient: key.clone() });
        let new = NewFolder {
            unit: &unit,
            recipient: &key,
        };
        visit.internal.people.folder_set(new, visit.me(), &act).await
    });
    let done = done.await?;
    if let Some(outlet) = done {
        info!(%outlet, by = by.me().0, "a unit's folder was set");
    }
    Ok(done)
}
