//! 周一报表: what came in a span, how units kept their clocks, what is overdue and whose delay that is, beside the span before.
//!
//! `span` is which days, `kept` the figures and how long they stay, `figures` how they are read, `small` what is hidden because it
//! is small, `said` the sheet in words, for the page, the workbook and paper; `api` is for programs. What each figure means stands on the
//! page; `platform/src/store/sheet` is where it is counted.

mod api;
mod figures;
pub(super) mod kept;
mod page;
mod said;
mod small;
mod span;
mod workbook;

use axum::routing::get;

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/sheet", get(page::page)),
        Route::get("/sheet/workbook", get(workbook::file)),
        Route::get("/api/v1/sheet", get(api::api)),
    ]
}
