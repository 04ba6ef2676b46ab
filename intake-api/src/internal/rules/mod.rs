//! 职责分工规则: the office changes the county's division of duties, and can't lose a child by it.
//!
//! A version goes from draft to force by the steps of [`platform::store::RuleSet`]. `list` shows all versions, `version` one
//! of them with its next step; `table` and `row` are the 职责分工表 in words, `expert` the same model in an editor for people
//! who know DMN, `workbook` for those who live in spreadsheets. All three save through `save`, which checks.

mod changes;
pub(crate) mod examinations;
mod examined;
mod expert;
mod findings;
mod holes;
mod life;
mod list;
mod matrix;
mod outcome;
mod reasons;
mod replay;
pub(crate) mod replays;
mod row;
mod save;
mod table;
mod trybox;
mod version;
pub(super) mod workbook;

use axum::{
    extract::DefaultBodyLimit,
    routing::{get, post},
};

pub(crate) use examinations::Examinations;
pub(crate) use replays::Replays;

use super::{Route, kept::RULES_LIMIT};

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/rules", get(list::page)),
        Route::post("/rules", post(life::draft)),
        Route::get("/rules/{version}", get(version::page)),
        Route::get("/rules/{version}/replay", get(replay::progress)),
        Route::post("/rules/{version}/replay", post(replay::start)),
        Route::get("/rules/{version}/try", get(trybox::page)),
        Route::get("/rules/{version}/tables/{table}", get(table::page)),
        Route::get("/rules/{version}/tables/{table}/rows/{row}", get(row::page)),
        Route::post("/rules/{version}/tables/{table}/rows/{row}", post(row::submit)),
        Route::post("/rules/{version}/tables/{table}/rows/{row}/check", post(row::check)),
        Route::get("/rules/{version}/expert", get(expert::page)),
        Route::post(
            "/rules/{version}/expert",
            post(expert::save).layer(DefaultBodyLimit::max(RULES_LIMIT)),
        ),
        Route::get("/rules/{version}/routing.dmn", get(expert::download)),
        Route::get("/rules/{version}/workbook", get(workbook::page)),
        Route::post(
            "/rules/{version}/workbook",
            post(workbook::upload).layer(DefaultBodyLimit::max(RULES_LIMIT)),
        ),
        Route::get("/rules/{version}/rules.xlsx", get(workbook::download)),
        Route::post("/rules/{version}/submit", post(life::submit)),
        Route::post("/rules/{version}/decline", post(life::decline)),
        Route::post("/rules/{version}/approve", post(life::approve)),
        Route::post("/rules/{version}/withdraw", post(life::withdraw)),
    ]
}
