//! 申请查看: a unit's person, the office or the oversight asks for what they are not shown; somebody else approves or reviews.
//!
//! `ask` reads what was typed and stores it, `desk` is the unit's door and `office` that of who asks without a ticket, `judge`
//! decides and reviews, `read` shows what is open to whom it is open, `list` and `page` show what waits and what was done. Each
//! has the same by API beside it. What is shown is decided in the database; here it is only put into words.

mod act;
pub(crate) mod answers;
mod api;
mod ask;
mod content;
mod desk;
mod list;
mod of_ticket;
mod office;
mod page;
mod read;
mod words;

use axum::routing::{get, post};

pub(crate) use of_ticket::{DeskOpenings, of_ticket};
pub(crate) use office::{ask_identity, identity_of};
pub(crate) use words::{Line, line, parts};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/tickets/{id}/openings", post(desk::ask)),
        Route::post("/tickets/{id}/reporter", post(desk::ask_identity)),
        Route::get("/tickets/{id}/openings/{opening}", get(desk::read)),
        Route::post("/tickets/{id}/openings/{opening}/end", post(desk::end)),
        Route::get("/openings", get(list::list)),
        Route::get("/openings/{id}", get(page::page)),
        Route::get("/openings/{id}/read", get(office::read)),
        Route::post("/openings/{id}/{act}", post(act::act)),
        Route::post("/reports/{report_id}/openings", post(office::ask)),
        Route::get("/api/v1/tickets/{id}/openings", get(api::of_ticket)),
        Route::post("/api/v1/tickets/{id}/openings", post(api::ask_ticket)),
        Route::get("/api/v1/tickets/{id}/openings/{opening}", get(api::read_ticket)),
        Route::post("/api/v1/tickets/{id}/openings/{opening}/end", post(api::end_ticket)),
        Route::get("/api/v1/openings", get(api::list)),
        Route::get("/api/v1/openings/{id}", get(api::one)),
        Route::get("/api/v1/openings/{id}/read", get(api::read)),
        Route::post("/api/v1/openings/{id}/{act}", post(api::act)),
        Route::post("/api/v1/reports/{report_id}/openings", post(api::ask_report)),
    ]
}
