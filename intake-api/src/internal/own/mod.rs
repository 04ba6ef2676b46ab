//! One's own way in: the invitation, sessions, second factor, and the reset of somebody's factor by two people.

mod factor;
mod invitation;
mod resets;
mod sessions;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/sessions", get(sessions::page)),
        Route::post("/sessions/end", post(sessions::end)),
        Route::post("/sessions/end-others", post(sessions::end_others)),
        Route::get("/invitation", get(invitation::ask)),
        Route::post("/invitation", post(invitation::set)),
        Route::get("/invitation/{code}", get(invitation::page)),
        Route::get("/factor", get(factor::page)),
        Route::post("/factor", post(factor::set)),
        Route::post("/factor/codes", post(factor::codes)),
        Route::post("/factor/off", post(factor::off)),
        Route::get("/factor-resets", get(resets::page)),
        Route::post("/factor-resets/{id}/confirm", post(resets::confirm)),
        Route::post("/factor-resets/{id}/refuse", post(resets::refuse)),
        Route::post("/people/{id}/factor-reset", post(resets::ask)),
        Route::post("/people/{id}/sessions-end", post(sessions::end_of_another)),
    ]
}
