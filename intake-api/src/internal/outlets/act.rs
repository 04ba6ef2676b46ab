//! A unit's own system is set, given another secret, or ended, and so is its folder. Each act has its line in the trail; the secret is said once, on the
//! answer of the act that made it, and lies sealed from then on.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use platform::{
    clock,
    store::{
        AccountActKind, Detail, NewWebhook, OutletId, OutletKind, StoreError,
        act_detail::{OfFolder, OfOutlet},
    },
    webhook::{Secret, Target},
};
use serde::Deserialize;
use tracing::info;
use uuid::Uuid;

use super::{
    answers::Done,
    list::{Again, Said, Typed, show},
    why::key,
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

/// How long the secret before signs beside a new one: enough for the unit's people to change over on the next working day.
const BOTH: TimeDelta = TimeDelta::hours(24);
/// Longest address, in characters.
const LONGEST: usize = 1000;

/// Nothing is typed: the token alone.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// An act on one that is there.
#[derive(Clone, Copy)]
enum Act {
    Rotate,
    End,
}

impl Act {
    fn read(word: &str) -> Option<Self> {
        match word {
            "rotate" => Some(Self::Rotate),
            "end" => Some(Self::End),
            _ => None,
        }
    }
}

/// `POST /outlets`
pub(super) async fn add(by: By<Admin>, Form(typed): Form<Typed>) -> Result<Response, PageError> {
    let wrong = match read(&by, &typed) {
        Ok(url) => match added(&by, typed.unit.clone(), url).await? {
            Some((_, secret)) => {
                let said = Said {
                    done: by.said("outlets.added"),
                    secret: Some(secret),
                    error: None,
                };
                return show(&by, Again::saying(StatusCode::CREATED, said)).await;
            }
            None => Wrong::from([("url", "outlets.wrong.there")]),
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

/// `POST /api/v1/outlets`: `{"unit", "url"}` -> 201 `{"id", "secret"}`.
pub(super) async fn api_add(by: By<Admin>, JsonBody(typed): JsonBody<Typed>) -> Result<Response, ApiError> {
    let url = read(&by, &typed).map_err(|wrong| {
        let key = wrong.into_values().next().unwrap_or("outlets.not_saved");
        ApiError::key(422, key)
    })?;
    match added(&by, typed.unit, url).await? {
        Some((id, secret)) => {
            let done = Done {
                id,
                secret: Some(secret),
            };
            Ok((StatusCode::CREATED, Answer(done)).into_response())
        }
        None => Err(ApiError::key(409, "outlets.wrong.there")),
    }
}

/// `POST /outlets/{id}/{act}`: `rotate`, `end`.
pub(super) async fn submit(
    by: By<Admin>,
    Path((id, word)): Path<(OutletId, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, PageError> {
    let act = Act::read(&word).ok_or(PageError::NotFound)?;
    let Some(done) = acted(&by, id, act).await? else {
        let said = Said {
            error: by.said("outlets.gone"),
            ..Said::default()
        };
        return show(&by, Again::saying(StatusCode::CONFLICT, said)).await;
    };
    let said = Said {
        done: by.said(match act {
            Act::Rotate => "outlets.rotated",
            Act::End => "outlets.ended",
        }),
        secret: done.secret,
        error: None,
    };
    show(&by, Again::saying(StatusCode::OK, said)).await
}

/// `POST /api/v1/outlets/{id}/{act}` -> `{"id", "secret"}`; of `end` without a secret.
pub(super) async fn api(by: By<Admin>, Path((id, word)): Path<(OutletId, String)>) -> Result<Answer<Done>, ApiError> {
    let act = Act::read(&word).ok_or(ApiError::said(404, "rotate or end"))?;
    let done = acted(&by, id, act).await?;
    done.map(Answer).ok_or(ApiError::key(409, "outlets.gone"))
}

/// The address, normalised; or what is wrong.
fn read(visit: &Visit, typed: &Typed) -> Result<String, Wrong> {
    let mut wrong = Wrong::new();
    if visit.internal.pack.current().pack.units().get(&typed.unit).is_none() {
        wrong.insert("unit", "outlets.wrong.unit");
    }
    if typed.url.chars().count() > LONGEST {
        wrong.insert("url", "outlets.wrong.no_url");
    }
    let target = Target::read(&typed.url, &visit.internal.networks);
    match target {
        Ok(target) if wrong.is_empty() => return Ok(target.url().to_string()),
        Ok(_) => {}
        Err(why) => {
            wrong.insert("url", key(why));
        }
    }
    Err(wrong)
}

/// Sets it: which, and its secret. None: the unit has one at that address.
async fn added(by: &By<Admin>, unit: String, url: String) -> Result<Option<(OutletId, String)>, PageError> {
    let (visit, id) = (Visit::clone(by), OutletId(Uuid::new_v4()));
    let secret = Secret::fresh(&mut rand::rng());
    let text = secret.text();
    let done = detached(async move {
        let sealed = visit
            .internal
            .contacts
            .seal_webhook(id, secret.bytes(), &mut rand::rng());
        let mut act = new_act(&visit, AccountActKind::WebhookSet, None, clock::now());
        act.unit = Some(&unit);
        act.detail = Detail::of(&OfOutlet {
            outlet: id,
            url: url.clone(),
        });
        let new = NewWebhook {
            id,
            unit: &unit,
            url: &url,
            secret: &sealed,
        };
        visit.internal.people.webhook_add(new, visit.me(), &act).await
    });
    let done = done.await?;
    if done {
        info!(outlet = %id, by = by.me().0, "a unit's own system was set");
    }
    Ok(done.then_some((id, text)))
}

/// Does it; none: there is no such system in force.
async fn acted(by: &By<Admin>, id: OutletId, act: Act) -> Result<Option<Done>, PageError> {
    let internal = &by.internal;
    let found = internal.people.outlet_fetch(&internal.county, id, clock::now()).await?;
    let Some(found) = found else { return Ok(None) };
    let visit = Visit::clone(by);
    let done = detached(async move {
        let now = clock::now();
        let kind = match (act, found.kind) {
            (Act::Rotate, _) => AccountActKind::WebhookRotated,
            (Act::End, OutletKind::Folder) => AccountActKind::FolderEnded,
            (Act::End, _) => AccountActKind::WebhookEnded,
        };
        let mut written = new_act(&visit, kind, None, now);
        written.unit = Some(&found.unit);
        written.detail = match found.recipient {
            Some(recipient) => Detail::of(&OfFolder { recipient }),
            None => Detail::of(&OfOutlet {
                outlet: id,
                url: found.url.unwrap_or_default(),
            }),
        };
        let people = &visit.internal.people;
        let secret = match act {
            Act::End => {
                let ended = people.outlet_end(id, visit.me(), &written).await?;
                return Ok::<_, StoreError>(ended.then_some(Done { id, secret: None }));
            }
            Act::Rotate => Secret::fresh(&mut rand::rng()),
        };
        let sealed = visit
            .internal
            .contacts
            .seal_webhook(id, secret.bytes(), &mut rand::rng());
        let turned = people.webhook_rotate(id, &sealed, now + BOTH, &written).await?;
        let secret = Some(secret.text());
        Ok(turned.then_some(Done { id, secret }))
    });
    let done = done.await?;
    if done.is_some() {
        info!(outlet = %id, by = by.me().0, "an outlet was changed");
    }
    Ok(done)
}
