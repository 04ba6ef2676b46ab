//! 放假安排: the days off in force, and how the next ones come in. Somebody of the office pastes the State Council's notice or a table, sees
//! what was understood and which dues would move, and proposes it; another person confirms.

mod act;
mod answers;
mod moves;
mod page;
mod typed;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/calendar", get(page::page)),
        Route::post("/calendar/look", post(act::look)),
        Route::post("/calendar", post(act::propose)),
        Route::post("/calendar/{id}/{act}", post(act::submit)),
        Route::get("/api/v1/calendar", get(answers::api)),
        Route::post("/api/v1/calendar/look", post(act::api_look)),
        Route::post("/api/v1/calendar", post(act::api_propose)),
        Route::post("/api/v1/calendar/{id}/{act}", post(act::api)),
    ]
}
