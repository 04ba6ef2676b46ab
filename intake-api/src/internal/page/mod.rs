//! What internal pages share: the frame around them, the language, words, files, errors.

mod assets;
#[cfg(test)]
mod checksums;
mod files;
pub(crate) mod frame;
pub(crate) mod minute;
mod pages;
mod phone;
pub(crate) mod problem;
mod vendor;
pub(crate) mod words;

use axum::routing::get;

pub(crate) use files::{expert_script, expert_style};
pub(crate) use frame::{Frame, Language, Live, Paper, in_demo, is_neutral, keep_language, render, tail};
pub(crate) use pages::Pages;
pub(crate) use phone::Phone;
pub(crate) use vendor::{dmn_script, dmn_styles};

use super::Route;

/// Routes that every page relies on.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/assets/{file}", get(assets::file)),
        Route::get("/assets/vendor/dmn-js/{digest}/{*file}", get(vendor::file)),
        Route::get("/favicon.ico", get(assets::icon)),
        Route::get("/robots.txt", get(assets::robots)),
        Route::get("/leave", get(assets::leave)),
    ]
}
