//! Many reports from one sender: what is known of them, and what the office decides.

mod act;
mod answers;
mod page;
pub(crate) mod said;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/floods/{id}", get(page::page)),
        Route::post("/floods/{id}/{act}", post(act::submit)),
        Route::get("/api/v1/floods", get(page::api_list)),
        Route::get("/api/v1/floods/{id}", get(page::api)),
        Route::post("/api/v1/floods/{id}/{act}", post(act::api)),
    ]
}
