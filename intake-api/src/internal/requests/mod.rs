//! 提请协办: what a unit asks of another about a ticket in hand, by the rules' rows for requests.
//!
//! `asking` judges what may be asked and reads what was typed, `act` does it by form, `api` for programs, `of_ticket` is what the ticket's
//! page says of it; `draft` is the paper that goes with it, as a page to print and as DOCX (`docx`), both from a `sheet`.

mod act;
mod api;
mod asking;
mod docx;
mod draft;
mod of_ticket;
mod sheet;

use axum::routing::{get, post};

pub(crate) use of_ticket::{Requests, of_ticket};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/tickets/{id}/requests", post(act::submit)),
        Route::get("/tickets/{id}/requests/{obligation}", get(draft::page)),
        Route::get("/tickets/{id}/requests/{obligation}/docx", get(draft::docx)),
        Route::get("/api/v1/tickets/{id}/requests", get(api::list)),
        Route::post("/api/v1/tickets/{id}/requests", post(api::submit)),
    ]
}
