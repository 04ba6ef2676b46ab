//! The desk of a member unit: its queue, one ticket, and the acts on it.
//!
//! `queue` and `ticket` show, `act` reads what somebody wants to do and does it once, `post` and `api` are its two doors,
//! `sealed` is the only place that opens or seals words about a child. Rows of other units
//! never arrive here: the database refuses them (row-level security), so that a foreign ticket and one that does not
//! exist are the same 404.

mod act;
mod api;
mod close;
pub(crate) mod closing;
mod elsewhere;
pub(crate) mod post;
mod queue;
mod reader;
mod resend;
pub(crate) mod sealed;
mod ticket;
pub(crate) mod view;
pub(crate) mod waiting;

pub(crate) use act::Wrong;
pub(crate) use api::{matter, wanted};
pub(crate) use ticket::{Attempt, fetch, people_of, show};

use axum::{
    middleware::from_fn,
    routing::{get, post as posting},
};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/desk", get(queue::page)),
        Route::get("/desk/list", get(queue::fragment)),
        Route::get("/tickets/{id}", get(ticket::page).layer(from_fn(elsewhere::lead))),
        Route::post("/tickets/{id}/sign", posting(post::sign)),
        Route::post("/tickets/{id}/assign", posting(post::assign)),
        Route::post("/tickets/{id}/contact", posting(post::contact)),
        Route::post("/tickets/{id}/evidence", posting(post::evidence)),
        Route::get("/tickets/{id}/close", get(close::page)),
        Route::post("/tickets/{id}/resolve", posting(post::resolve)),
        Route::post("/tickets/{id}/confirm", posting(post::confirm)),
        Route::post("/tickets/{id}/refuse", posting(post::refuse)),
        Route::post("/tickets/{id}/take-back", posting(post::take_back)),
        Route::post("/tickets/{id}/notices/{notice}/resend", posting(resend::submit)),
        Route::get("/api/v1/openapi.json", get(api::openapi)),
        Route::get("/api/v1/tickets", get(api::queue)),
        Route::get("/api/v1/tickets/{id}", get(api::ticket)),
        Route::post("/api/v1/tickets/{id}/sign", posting(api::sign)),
        Route::post("/api/v1/tickets/{id}/assign", posting(api::assign)),
        Route::post("/api/v1/tickets/{id}/contact", posting(api::contact)),
        Route::post("/api/v1/tickets/{id}/evidence", posting(api::evidence)),
        Route::post("/api/v1/tickets/{id}/resolve", posting(api::resolve)),
        Route::post("/api/v1/tickets/{id}/confirm", posting(api::confirm)),
        Route::post("/api/v1/tickets/{id}/refuse", posting(api::refuse)),
        Route::post("/api/v1/tickets/{id}/take-back", posting(api::take_back)),
    ]
}
