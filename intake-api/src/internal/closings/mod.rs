//! Closings and transfers that wait for the office.

mod page;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/closings", get(page::list)),
        Route::get("/closings/{id}", get(page::page)),
        Route::post("/closings/{id}/confirm", post(page::confirm)),
        Route::post("/closings/{id}/refuse", post(page::refuse)),
        Route::get("/api/v1/closings", get(page::api_list)),
        Route::post("/api/v1/closings/{id}/{act}", post(page::api_act)),
    ]
}
