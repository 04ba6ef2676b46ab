//! One route of the internal side, as the list of all of them has it.

use axum::routing::MethodRouter;

use super::Internal;

/// One route.
pub(crate) struct Route {
    /// `GET`, `POST`, `PUT`, `DELETE`.
    pub(crate) method: &'static str,
    /// Path with `{parameters}`.
    pub(crate) path: &'static str,
    /// Its handler.
    pub(crate) handler: MethodRouter<Internal>,
}

impl Route {
    /// A page.
    pub(crate) fn get(path: &'static str, handler: MethodRouter<Internal>) -> Self {
        Self {
            method: "GET",
            path,
            handler,
        }
    }

    /// By API: another content in the place of the one that stands.
    pub(crate) fn put(path: &'static str, handler: MethodRouter<Internal>) -> Self {
        Self {
            method: "PUT",
            path,
            handler,
        }
    }

    /// An act.
    pub(crate) fn post(path: &'static str, handler: MethodRouter<Internal>) -> Self {
        Self {
            method: "POST",
            path,
            handler,
        }
    }
}
