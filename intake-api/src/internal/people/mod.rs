//! Accounts: who may come in, for which unit, as what. Administrators keep them and see no report.

mod acts;
mod list;
mod own;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/people", get(list::page)),
        Route::get("/api/v1/people", get(list::api)),
        Route::post("/people", post(acts::create)),
        Route::post("/people/{id}/grant", post(acts::grant)),
        Route::post("/people/{id}/end", post(acts::end)),
        Route::post("/people/{id}/reset", post(acts::reset)),
        Route::post("/people/{id}/disable", post(acts::disable)),
        Route::post("/people/{id}/enable", post(acts::enable)),
        Route::get("/password", get(own::page)),
        Route::post("/password", post(own::change)),
    ]
}
