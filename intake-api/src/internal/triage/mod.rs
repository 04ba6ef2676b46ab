//! What no rule could decide: the list of reports that wait for the office, and what it does with each.

mod act;
mod list;
mod page;
mod typed;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/triage", get(list::list)),
        Route::get("/triage/{report_id}", get(page::page)),
        Route::post("/triage/{report_id}/take", post(act::take)),
        Route::post("/triage/{report_id}/assign", post(act::assign)),
        Route::post("/triage/{report_id}/reroute", post(act::reroute)),
        Route::get("/api/v1/triage", get(list::api)),
        Route::post("/api/v1/triage/{report_id}/{act}", post(act::api)),
    ]
}
