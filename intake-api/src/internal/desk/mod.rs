//! The desk of a member unit: its queue, one ticket, and the acts on it.
//!
//! `queue` and `ticket` show, `act` reads what somebody wants to do and does it once, `post` and `api` are its two doors,
//! `sealed` is the only place that opens or seals words about a child, `carried` is a ticket for a unit that opens no page. Rows of other units
//! never arrive here: the database refuses them (row-level security), so that a foreign ticket and one that does not
//! exist are the same 404.

pub(crate) mod act;
mod answers;
mod api;
pub(crate) mod attempt;
mod carried;
mod case;
pub(crate) mod clocks;
pub(crate) mod close;
pub(crate) mod closing;
pub(crate) mod draft;
mod elsewhere;
pub(crate) mod found;
pub(crate) mod head;
mod matter;
mod motion;
mod next;
pub(crate) mod post;
mod progress;
mod queue;
pub(crate) mod reader;
mod resend;
pub(crate) mod sealed;
mod ticket;
mod timeline;
pub(crate) mod told;
pub(crate) mod undone;
mod units;
mod unsent;
pub(crate) mod vain;
pub(crate) mod view;
pub(crate) mod waiting;

pub(crate) use answers::QueueTicket;
pub(crate) use api::{fields, invalid, not_done, wanted};
pub(crate) use attempt::{Attempt, Choice};
pub(crate) use carried::carried;
pub(crate) use found::{Case, fetch};
pub(crate) use matter::{Matter, matter};
pub(crate) use motion::{end_of, waivable};
pub(crate) use ticket::again;
pub(crate) use timeline::note_lines as timeline_notes;
pub(crate) use units::units_by_kind;

use draft::Kind;

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
        Route::post("/tickets/{id}/sign", post::form(Kind::Sign)),
        Route::post("/tickets/{id}/assign", post::form(Kind::Assign)),
        Route::post("/tickets/{id}/contact", post::form(Kind::Contact)),
        Route::post("/tickets/{id}/evidence", post::form(Kind::Evidence)),
        Route::post("/tickets/{id}/progress", post::form(Kind::Progress)),
        Route::post("/tickets/{id}/start", post::form(Kind::Start)),
        Route::get("/tickets/{id}/close", get(close::page)),
        Route::post("/tickets/{id}/resolve", post::form(Kind::Resolve)),
        Route::post("/tickets/{id}/confirm", post::form(Kind::Confirm)),
        Route::post("/tickets/{id}/refuse", post::form(Kind::Refuse)),
        Route::post("/tickets/{id}/take-back", post::form(Kind::TakeBack)),
        Route::post("/tickets/{id}/reopen", post::form(Kind::Reopen)),
        Route::post("/tickets/{id}/return", post::form(Kind::AskReturn)),
        Route::post("/tickets/{id}/extend", post::form(Kind::AskExtension)),
        Route::post("/tickets/{id}/reinforce", post::form(Kind::AskReinforcement)),
        Route::post("/tickets/{id}/waive", post::form(Kind::AskWaiver)),
        Route::post("/tickets/{id}/unask", post::form(Kind::Unask)),
        Route::post("/tickets/{id}/notices/{notice}/resend", posting(resend::submit)),
        Route::get("/api/v1/openapi.json", get(api::openapi)),
        Route::get("/api/v1/tickets/{id}", get(api::ticket)),
        Route::post("/api/v1/tickets/{id}/sign", api::act(Kind::Sign)),
        Route::post("/api/v1/tickets/{id}/assign", api::act(Kind::Assign)),
        Route::post("/api/v1/tickets/{id}/contact", api::act(Kind::Contact)),
        Route::post("/api/v1/tickets/{id}/evidence", api::act(Kind::Evidence)),
        Route::post("/api/v1/tickets/{id}/progress", api::act(Kind::Progress)),
        Route::post("/api/v1/tickets/{id}/start", api::act(Kind::Start)),
        Route::post("/api/v1/tickets/{id}/resolve", api::act(Kind::Resolve)),
        Route::post("/api/v1/tickets/{id}/confirm", api::act(Kind::Confirm)),
        Route::post("/api/v1/tickets/{id}/refuse", api::act(Kind::Refuse)),
        Route::post("/api/v1/tickets/{id}/take-back", api::act(Kind::TakeBack)),
        Route::post("/api/v1/tickets/{id}/reopen", api::act(Kind::Reopen)),
        Route::post("/api/v1/tickets/{id}/return", api::act(Kind::AskReturn)),
        Route::post("/api/v1/tickets/{id}/extend", api::act(Kind::AskExtension)),
        Route::post("/api/v1/tickets/{id}/reinforce", api::act(Kind::AskReinforcement)),
        Route::post("/api/v1/tickets/{id}/waive", api::act(Kind::AskWaiver)),
        Route::post("/api/v1/tickets/{id}/unask", api::act(Kind::Unask)),
    ]
}
