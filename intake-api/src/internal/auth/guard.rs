//! Rights as extractors: a handler that takes [`Desk`] can't be reached by anybody else.
//!
//! Nobody -> the login page, which leads back; the API answers 401. Somebody without the right -> 404, as if there were no such
//! page: what a person may not read they may not learn the existence of either.

use std::ops::Deref;

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use platform::store::{DeskScope, Role};

use super::actor::Actor;
use crate::internal::page::problem;

/// Anybody with a live session.
pub(crate) struct SignedIn(pub(crate) Actor);

/// A member or leader of a unit; sees that unit's tickets only.
pub(crate) struct Desk {
    actor: Actor,
    /// The units, for the database.
    pub(crate) scope: DeskScope,
}

impl Deref for SignedIn {
    type Target = Actor;
    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl Deref for Desk {
    type Target = Actor;
    fn deref(&self) -> &Actor {
        &self.actor
    }
}

/// Rights that are a role and nothing else.
macro_rules! right {
    ($($(#[$doc:meta])* $name:ident: $roles:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name(pub(super) Actor);

        impl Deref for $name {
            type Target = Actor;
            fn deref(&self) -> &Actor {
                &self.0
            }
        }

        impl<S: Sync> FromRequestParts<S> for $name {
            type Rejection = Response;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
                with_role(parts, state, &$roles).await.map(Self)
            }
        }
    )*};
}

right! {
    /// The leading-group office: settles triage, records call-backs.
    Office: [Role::Office];
    /// The office or the oversight: reads county-wide.
    Overseer: [Role::Office, Role::Oversight];
    /// The leading group: reads its one page.
    Leading: [Role::LeadingGroup];
    /// Keeps settings and asks for rights; sees no report.
    Admin: [Role::Admin];
    /// Keeps accounts: an administrator all of them, a leader those of the members of their own unit (`people::scope`).
    Keeper: [Role::Admin, Role::Leader];
    /// Confirms what an administrator asked: another administrator, or the office.
    Confirmer: [Role::Admin, Role::Office];
    /// Reads what messages and calls cost, and what was bought.
    Payer: [Role::Admin, Role::Office];
    /// Confirms the reset of a second factor: another administrator, the office, a leader for the own unit.
    Resetter: [Role::Admin, Role::Office, Role::Leader];
    /// Reads who did what to accounts, units and rights.
    Auditor: [Role::Admin, Role::Office, Role::Oversight];
    /// Somebody with a role, whichever: who is on duty is no secret among those who work here.
    Staffed: [Role::Member, Role::Leader, Role::Office, Role::LeadingGroup, Role::Oversight, Role::Admin];
    /// May be on duty for a unit.
    OnRoster: [Role::Member, Role::Leader, Role::Office, Role::LeadingGroup];
    /// Reads the telephones of people on duty in full.
    NumbersReader: [Role::Office, Role::LeadingGroup];
    /// Reads who came to which door.
    Watcher: [Role::Admin, Role::Oversight];
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        match parts.extensions.get::<Actor>() {
            Some(actor) => Ok(Self(actor.clone())),
            None if is_api(parts) => Err(problem::api(401, "sign in: POST /api/v1/session")),
            None => Err(Redirect::to(&login_for(parts)).into_response()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let actor = with_role(parts, state, &Role::HOLDERS).await?;
        let scope = DeskScope::new(actor.units(&Role::HOLDERS));
        Ok(Self { actor, scope })
    }
}

async fn with_role<S: Sync>(parts: &mut Parts, state: &S, roles: &[Role]) -> Result<Actor, Response> {
    let SignedIn(actor) = SignedIn::from_request_parts(parts, state).await?;
    if actor.must_factor {
        return Err(if is_api(parts) {
            problem::api(403, "set up a second factor first, at /factor")
        } else {
            Redirect::to("/factor").into_response()
        });
    }
    if actor.is(roles) {
        Ok(actor)
    } else if is_api(parts) {
        Err(problem::api(404, "there is no such thing, or it is not yours"))
    } else {
        Err(problem::not_found().into_response())
    }
}

fn is_api(parts: &Parts) -> bool {
    parts.uri.path().starts_with("/api/")
}

/// The login page that leads back to where the person wanted to go (only pages, never acts).
fn login_for(parts: &Parts) -> String {
    let wanted = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    if parts.method != axum::http::Method::GET || wanted == "/" {
        return "/login".into();
    }
    let query = serde_urlencoded::to_string([("next", wanted)]).unwrap_or_default();
    format!("/login?{query}")
}
