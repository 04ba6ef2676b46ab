//! 点验: the office plans a drill of those on duty, and sees who answered, by what and how fast. Nothing here is a case.

mod act;
mod answers;
mod list;
mod page;
mod typed;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/drills", get(list::page)),
        Route::post("/drills", post(act::plan)),
        Route::get("/drills/{id}", get(page::page)),
        Route::post("/drills/{id}/{act}", post(act::submit)),
        Route::get("/api/v1/drills", get(list::api)),
        Route::post("/api/v1/drills", post(act::api_plan)),
        Route::get("/api/v1/drills/{id}", get(page::api)),
        Route::post("/api/v1/drills/{id}/{act}", post(act::api)),
    ]
}
