//! 查找: lists of tickets by any filter. Of the county for the office and the oversight (`/reports`), of one unit for its people
//! (`/tickets`); the same by API. A child's tickets are found by the blind index alone.
//!
//! `asked` is what an address asks for, `reach` whose tickets there are, `list` the page, `line` a ticket in words, `workbook` the list
//! as a file, `batch` 签收 and 分办 of several, `child` the search for a child, `searches` who did that. An address holds codes,
//! numbers and days, and never a name.

mod api;
mod asked;
mod batch;
mod child;
mod choices;
mod line;
mod list;
mod reach;
mod searches;
mod workbook;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/reports", get(list::county)),
        Route::get("/reports/workbook", get(workbook::county)),
        Route::get("/reports/child", get(child::page::county)),
        Route::post("/reports/child", post(child::page::county_find)),
        Route::get("/tickets", get(list::unit)),
        Route::get("/tickets/workbook", get(workbook::unit)),
        Route::get("/tickets/child", get(child::page::unit)),
        Route::post("/tickets/child", post(child::page::unit_find)),
        Route::post("/tickets/several", post(batch::page::several)),
        Route::get("/reads/searches", get(searches::page)),
        Route::get("/api/v1/reports", get(api::county)),
        Route::post("/api/v1/reports/child", post(child::api::county)),
        Route::get("/api/v1/tickets", get(api::unit)),
        Route::post("/api/v1/tickets/child", post(child::api::unit)),
        Route::post("/api/v1/tickets/several", post(batch::api::several)),
    ]
}
