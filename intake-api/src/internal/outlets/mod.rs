//! Where units' tickets are told of beside mailbox and people: the robots of the notifier's file, units' own systems, and the folders of
//! units on closed networks, both of which an administrator sets here and nobody else. A leader does not: an address outside is a way out of this system, and who opens one must
//! be somebody who sees no ticket.

mod act;
mod answers;
mod folder;
mod list;
mod why;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/outlets", get(list::page)),
        Route::get("/api/v1/outlets", get(list::api)),
        Route::post("/outlets", post(act::add)),
        Route::post("/api/v1/outlets", post(act::api_add)),
        Route::post("/outlets/folders", post(folder::set)),
        Route::post("/api/v1/outlets/folders", post(folder::api_set)),
        Route::post("/outlets/{id}/{act}", post(act::submit)),
        Route::post("/api/v1/outlets/{id}/{act}", post(act::api)),
    ]
}
