//! What the office does: sees what needs a call now and how fast units respond, settles triage, calls reporters back.
//!
//! Reads go through the board's login, which can't read anything sealed; acts through the office's.

pub(crate) mod answers;
mod arrivals;
pub(crate) mod call;
pub(crate) mod facts;
mod ledger;
mod line;
mod lists;
pub(crate) mod look;
mod mail;
pub(crate) mod now;
mod page;
mod resend;
pub(crate) mod said;
pub(crate) mod ticket;
mod times;
mod unfetched;
mod watch;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/board", get(page::page)),
        Route::get("/board/now", get(now::part)),
        Route::get("/board/unsigned", get(lists::unsigned)),
        Route::get("/board/overdue", get(lists::overdue)),
        Route::get("/board/failed", get(lists::undelivered)),
        Route::get("/board/in-vain", get(lists::in_vain)),
        Route::get("/board/tickets/{id}", get(ticket::page)),
        Route::post("/board/notices/{notice}/resend", post(resend::submit)),
        Route::post("/api/v1/notices/{notice}/resend", post(resend::api)),
        Route::get("/api/v1/board/now", get(now::api)),
        Route::get("/api/v1/board/arrivals", get(arrivals::api)),
        Route::get("/api/v1/board/times", get(times::api)),
    ]
}
