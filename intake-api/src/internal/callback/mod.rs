//! 回访: after every ticket of a report is resolved the office calls the reporter, records how it went, and something follows.
//!
//! Content, or anonymous: over. Not reached: again on another day, three times. Not content: whoever called reopens tickets at
//! once, or says why not, and then another person of the office decides. The reporter's contact stays sealed until somebody
//! opens it with a reason; reasons and notes are sealed with the report's own key, because people repeat in them what
//! reporters say.

mod answers;
mod api;
mod call;
mod decide;
mod list;
mod open;
mod page;
mod record;
mod result;

use axum::routing::{get, post};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/callbacks", get(list::list)),
        Route::get("/callbacks/{report_id}", get(page::page)),
        Route::post("/callbacks/{report_id}", post(record::record)),
        Route::post("/callbacks/{report_id}/open", post(open::open)),
        Route::post("/callbacks/{report_id}/decide", post(decide::decide)),
        Route::get("/api/v1/callbacks", get(api::list)),
        Route::get("/api/v1/callbacks/undecided", get(api::undecided)),
        Route::get("/api/v1/callbacks/{report_id}", get(api::show)),
        Route::post("/api/v1/callbacks/{report_id}", post(api::record)),
        Route::post("/api/v1/callbacks/{report_id}/decide", post(api::decide)),
    ]
}
