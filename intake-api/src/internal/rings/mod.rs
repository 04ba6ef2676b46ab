//! 呼叫: what a ticket's bells did, in words, and a person who answers them (知悉接手).
//!
//! An answer stops a bell and nothing else: neither the sign clock nor the next level. So these pages never say that a ticket which
//! was answered is in hand; they say who answered, and what is still owed.

mod answer;
mod api;
mod by_mail;
pub(crate) mod cures;
pub(crate) mod ladder;
pub(crate) mod next;
mod posts;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/tickets/{id}/acknowledge", post(answer::submit)),
        Route::post("/api/v1/tickets/{id}/acknowledge", post(answer::api)),
        Route::post("/desk/acknowledge", post(answer::all)),
        Route::get("/api/v1/tickets/{id}/posts", get(posts::of_desk)),
        Route::get("/api/v1/board/tickets/{id}/posts", get(posts::of_board)),
        Route::post("/board/tickets/{id}/answered", post(cures::record)),
        Route::post("/board/tickets/{id}/call", post(cures::call)),
        Route::post("/board/tickets/{id}/next", post(next::submit)),
        Route::post("/api/v1/board/tickets/{id}/next", post(api::next)),
        Route::get("/api/v1/tickets/{id}/rings", get(api::of_desk)),
        Route::get("/api/v1/board/tickets/{id}/rings", get(api::of_board)),
        Route::post("/api/v1/board/tickets/{id}/call", post(api::call)),
        Route::post("/api/v1/board/tickets/{id}/answered", post(api::record)),
        Route::get("/answer/{call}/{code}", get(by_mail::page)),
        Route::post("/answer/{call}/{code}", post(by_mail::press)),
    ]
}
