//! What internal pages share: the frame around them, the language, words, files, errors.

mod assets;
pub(crate) mod frame;
pub(crate) mod problem;
pub(crate) mod words;

use axum::routing::get;

pub(crate) use frame::{Frame, Language, keep_language, render};

use super::Route;

/// Routes that every page relies on.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/assets/{file}", get(assets::file)),
        Route::get("/favicon.ico", get(assets::icon)),
        Route::get("/robots.txt", get(assets::robots)),
        Route::get("/leave", get(assets::leave)),
    ]
}
