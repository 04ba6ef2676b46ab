//! Who opens a page, with what right, and in which language: what a handler takes instead of four arguments.

use std::ops::Deref;

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};

use super::{
    Internal,
    auth::Actor,
    page::{Frame, Language},
};
use platform::store::AccountId;
use platform::text::Lang;

/// One request of a person.
#[derive(Clone)]
pub(crate) struct Visit {
    /// What handlers work with.
    pub(crate) internal: Internal,
    /// Who.
    pub(crate) actor: Actor,
    /// In which language they read.
    pub(crate) lang: Lang,
}

impl Visit {
    /// The person's account.
    pub(crate) fn me(&self) -> AccountId {
        self.actor.person.account.id
    }

    /// The frame of a page of theirs; `here` is the path of the navigation link to mark.
    pub(crate) fn frame(&self, here: &str) -> Frame {
        Frame::of(&self.actor, self.lang, here)
    }

    /// A text in their language.
    pub(crate) fn t(&self, key: &str) -> &'static str {
        self.lang.t(key)
    }

    /// A sentence in their language, as a page that may say nothing takes it.
    #[expect(clippy::unnecessary_wraps, reason = "pages take what they say as an option")]
    pub(crate) fn said(&self, key: &str) -> Option<String> {
        Some(self.lang.t(key).to_owned())
    }
}

/// A [`Visit`] with a right: nobody else reaches a handler that takes it.
#[derive(Clone)]
pub(crate) struct By<R> {
    /// The right, with what it opens.
    pub(crate) right: R,
    visit: Visit,
}

impl<R> Deref for By<R> {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl<R> FromRequestParts<Internal> for By<R>
where
    R: FromRequestParts<Internal, Rejection = Response> + Deref<Target = Actor> + Send,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, internal: &Internal) -> Result<Self, Response> {
        let right = R::from_request_parts(parts, internal).await?;
        let visit = Visit {
            internal: internal.clone(),
            actor: Actor::clone(&right),
            lang: Language::of(&parts.uri, &parts.headers).0,
        };
        Ok(Self { right, visit })
    }
}
