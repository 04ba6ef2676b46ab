//! 申请事项: what units ask of the office, and who decides it. A unit asks at its desk (`desk/motion.rs` reads what was typed); here are
//! the office's list and page with their API, and the part of a ticket's page about them.

mod act;
mod answers;
mod list;
mod of_ticket;
mod page;
mod words;

use axum::routing::{get, post};

use super::Route;

pub(crate) use of_ticket::{DeskMotions, of_ticket};
pub(crate) use words::event;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/motions", get(list::list)),
        Route::get("/motions/{id}", get(page::page)),
        Route::post("/motions/{id}/{act}", post(act::submit)),
        Route::get("/api/v1/motions", get(list::api)),
        Route::post("/api/v1/motions/{id}/{act}", post(act::api)),
    ]
}
