//! 值班: who is on duty for each unit now and at another time (`county`), the roster of a unit (`page`) with its weekly pattern
//! (`pattern`) and what changes it (`changes`), both as a workbook (`import`), its duty hours and shared telephone (`hours`), and 交班 (`handover`).
//!
//! Who is on duty is read from the rows at the moment that is asked about (casework's `roster`); nothing is computed ahead, so
//! a change counts at once and a hole is shown days before.

mod changes;
mod county;
mod handover;
mod hours;
mod import;
mod numbers;
mod page;
mod pattern;
mod said;
mod scope;
mod sheet;
mod typed;
mod waits;
mod weeks;

use axum::routing::{get, post, put};

pub(crate) use waits::waiting;

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/duty", get(county::page)),
        Route::post("/duty/numbers", post(county::numbers)),
        Route::get("/duty/{unit}", get(page::page)),
        Route::post("/duty/{unit}/hours", post(hours::set)),
        Route::post("/duty/{unit}/phone", post(hours::phone)),
        Route::get("/duty/{unit}/pattern", get(pattern::page)),
        Route::post("/duty/{unit}/pattern", post(pattern::write)),
        Route::post("/duty/{unit}/patterns/{pattern}/end", post(pattern::end)),
        Route::get("/duty/{unit}/roster.xlsx", get(import::file)),
        Route::get("/api/v1/duty/{unit}/roster", get(import::api::get)),
        Route::put("/api/v1/duty/{unit}/roster", put(import::api::put)),
        Route::get("/duty/{unit}/import", get(import::page)),
        Route::post("/duty/{unit}/import", post(import::upload)),
        Route::post("/duty/{unit}/import/confirm", post(import::confirm)),
        Route::post("/duty/{unit}/absences", post(changes::absence)),
        Route::post("/duty/{unit}/swaps", post(changes::swap)),
        Route::post("/duty/{unit}/exceptions", post(changes::exception)),
        Route::post("/duty/{unit}/changes/{change}/{act}", post(changes::act)),
        Route::get("/duty/{unit}/handover", get(handover::page)),
        Route::post("/duty/{unit}/handover", post(handover::give)),
        Route::post("/duty/{unit}/handovers/{handover}/take", post(handover::take)),
    ]
}
