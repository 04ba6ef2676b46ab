//! Closings and transfers that wait for the office.

mod act;
mod answers;
mod list;
mod page;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/closings", get(list::list)),
        Route::get("/closings/{id}", get(page::page)),
        Route::post("/closings/{id}/confirm", post(act::confirm)),
        Route::post("/closings/{id}/refuse", post(act::refuse)),
        Route::get("/api/v1/closings", get(list::api)),
        Route::post("/api/v1/closings/{id}/{act}", post(act::api)),
    ]
}
