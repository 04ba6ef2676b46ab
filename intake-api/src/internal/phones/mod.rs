//! Telephones of persons: what the platform calls to reach somebody on duty. A person adds, orders and verifies their own; a
//! unit's leader and the administrator add and end those of their people, and never verify one: the code goes to the telephone.
//! So it is with the one mail address of a person (`mail`).
//!
//! Numbers are sealed (`platform::seal::ContactKey`), masked on every page and in every act, and no part of an address.

mod api;
mod mail;
mod number;
mod others;
mod own;
mod pin;
mod view;

use axum::routing::{get, post};

pub(crate) use number::{in_full, masked, open};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/phones", get(own::page)),
        Route::post("/phones", post(own::add)),
        Route::post("/phones/mail", post(mail::own)),
        Route::post("/phones/mail/code", post(mail::code)),
        Route::post("/phones/mail/verify", post(mail::verify)),
        Route::get("/api/v1/mail", get(api::own)),
        Route::post("/api/v1/mail", post(api::set_own)),
        Route::post("/api/v1/mail/code", post(api::code)),
        Route::post("/api/v1/mail/verify", post(api::verify)),
        Route::post("/phones/{phone}/code", post(own::code)),
        Route::post("/phones/{phone}/verify", post(own::verify)),
        Route::post("/phones/{phone}/up", post(own::up)),
        Route::post("/phones/{phone}/night", post(own::night)),
        Route::post("/phones/{phone}/end", post(own::end)),
        Route::post("/duty-pin", post(pin::set)),
        Route::get("/people/{id}/phones", get(others::page)),
        Route::post("/people/{id}/phones", post(others::add)),
        Route::post("/people/{id}/phones/mail", post(mail::of_another)),
        Route::post("/people/{id}/phones/{phone}/end", post(others::end)),
    ]
}
