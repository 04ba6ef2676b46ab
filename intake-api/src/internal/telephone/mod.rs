//! 电话代签、电话代办: what a unit says by telephone, written down by the office. Units on closed networks never open our pages, and
//! at 3 a.m. a call is what there is.
//!
//! The act is the unit's and is done as at its desk, once and through the one state machine; what differs is who stands behind it. It
//! is done under the name of who called, with the recorder's account, and each of its events says so, with the time and the way of
//! the call. The number is sealed with the report's key. It counts from when it is written down, not from the call. Nothing of the
//! report is opened for it.

mod act;
mod api;
mod call;
mod page;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/board/tickets/{id}/telephone", get(page::page)),
        Route::post("/board/tickets/{id}/telephone", post(act::submit)),
        Route::get("/api/v1/board/tickets/{id}/telephone", get(api::asked)),
        Route::post("/api/v1/board/tickets/{id}/telephone", post(api::submit)),
    ]
}
