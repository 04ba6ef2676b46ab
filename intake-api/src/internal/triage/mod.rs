//! What no rule could decide: the list of reports that wait for the office, and what it does with each.

mod page;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/triage", get(page::list)),
        Route::get("/triage/{report_id}", get(page::page)),
        Route::post("/triage/{report_id}/take", post(page::take)),
        Route::post("/triage/{report_id}/assign", post(page::assign)),
        Route::post("/triage/{report_id}/reroute", post(page::reroute)),
        Route::get("/api/v1/triage", get(page::api_list)),
        Route::post("/api/v1/triage/{report_id}/{act}", post(page::api_act)),
    ]
}
