//! What the office does: sees what needs a call now and how fast units respond, settles triage, calls reporters back.
//!
//! Reads go through the board's login, which can't read anything sealed; acts through the office's.

mod call;
mod callback;
mod closings;
mod facts;
mod floods;
mod ledger;
mod lists;
mod look;
mod mail;
mod now;
mod page;
mod resend;
mod ticket;
mod times;
mod triage;

use axum::routing::{get, post};

pub(crate) use call::{Call, call};
pub(crate) use facts::lines as facts_lines;
pub(crate) use look::look;
pub(crate) use ticket::event_name;

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/board", get(page::page)),
        Route::get("/board/now", get(now::part)),
        Route::get("/board/unsigned", get(lists::unsigned)),
        Route::get("/board/overdue", get(lists::overdue)),
        Route::get("/board/failed", get(lists::undelivered)),
        Route::get("/board/tickets/{id}", get(ticket::page)),
        Route::post("/board/notices/{notice}/resend", post(resend::submit)),
        Route::post("/api/v1/notices/{notice}/resend", post(resend::api)),
        Route::get("/triage", get(triage::list)),
        Route::get("/triage/{report_id}", get(triage::page)),
        Route::post("/triage/{report_id}/take", post(triage::take)),
        Route::post("/triage/{report_id}/assign", post(triage::assign)),
        Route::post("/triage/{report_id}/reroute", post(triage::reroute)),
        Route::get("/callbacks", get(callback::list)),
        Route::get("/callbacks/{report_id}", get(callback::page)),
        Route::post("/callbacks/{report_id}", post(callback::record)),
        Route::post("/callbacks/{report_id}/open", post(callback::open)),
        Route::post("/callbacks/{report_id}/decide", post(callback::decide)),
        Route::get("/closings", get(closings::list)),
        Route::get("/closings/{id}", get(closings::page)),
        Route::post("/closings/{id}/confirm", post(closings::confirm)),
        Route::post("/closings/{id}/refuse", post(closings::refuse)),
        Route::get("/floods/{id}", get(floods::page)),
        Route::post("/floods/{id}/{act}", post(floods::submit)),
        Route::get("/api/v1/floods", get(floods::api_list)),
        Route::get("/api/v1/floods/{id}", get(floods::api_show)),
        Route::post("/api/v1/floods/{id}/{act}", post(floods::api_act)),
        Route::get("/api/v1/closings", get(closings::api_list)),
        Route::post("/api/v1/closings/{id}/{act}", post(closings::api_act)),
        Route::get("/api/v1/callbacks", get(callback::api_list)),
        Route::get("/api/v1/callbacks/undecided", get(callback::api_undecided)),
        Route::get("/api/v1/callbacks/{report_id}", get(callback::api_show)),
        Route::post("/api/v1/callbacks/{report_id}", post(callback::api_record)),
        Route::post("/api/v1/callbacks/{report_id}/decide", post(callback::api_decide)),
        Route::get("/api/v1/triage", get(triage::api_list)),
        Route::post("/api/v1/triage/{report_id}/{act}", post(triage::api_act)),
        Route::get("/api/v1/board/now", get(now::api)),
        Route::get("/api/v1/board/times", get(times::api)),
    ]
}
