//! The public listener: form, receipt, status, API version 1.
//!
//! Everything that a stranger can reach is here, and nothing of the member units. A report passes three gates in this
//! order: it must be readable, the address must not be filing too fast (unless a child is in present danger), and the
//! database must have confirmed it. Only then a receipt is shown.

mod about;
mod api;
mod assets;
mod body;
mod deadline;
mod form;
mod guard;
mod lang;
mod limit;
mod origin;
mod page;
mod phone;
mod places;
mod problem;
mod progress;
mod receipt;
mod state;
mod status;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::State,
    http::Method,
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use platform::text::Lang;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use self::{
    limit::Limiter,
    page::Notice,
    problem::{Kind, Problem},
    state::{App, Shared},
};
pub(crate) use self::{
    phone::OfficePhone,
    state::{Limits, Public},
};
use crate::web::is_api;

/// Tries of a follow-up code per minute and address. With 16 digits guessing is hopeless; this keeps it cheap for us too.
const STATUS_TRIES_PER_MINUTE: u32 = 30;

/// Every public route.
pub(crate) fn routes(public: Public) -> Router {
    let pack = public.pack;
    app_routes(App(Arc::new(Shared {
        intake: public.intake,
        store: public.store,
        keys: public.keys,
        pack: Box::new(move || pack.current()),
        reports: Limiter::new(public.limits.rate_per_minute),
        status_tries: Limiter::new(STATUS_TRIES_PER_MINUTE),
        limits: public.limits,
        drill_secret: public.drill_secret,
        public_url: public.public_url,
        phone: public.phone,
    })))
}

fn app_routes(app: App) -> Router {
    let pages = Router::new()
        .route("/", get(form::show))
        .route("/report", get(form::back).post(form::file))
        .route("/child", get(form::child))
        .route("/receipt", get(receipt::show).post(receipt::hide))
        .route("/status", get(status::show).post(status::ask))
        .route("/about", get(about::show))
        .route("/leave", get(about::leave));
    Router::new()
        .merge(pages)
        .merge(assets::routes())
        .merge(places::routes())
        .nest("/api/v1", api::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(app.clone(), guard::in_time))
        // Outside the time limit: a slow line is not a slow answer.
        .layer(middleware::from_fn_with_state(app.clone(), body::receive))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(middleware::from_fn_with_state(app.clone(), guard::headers))
        .layer(middleware::from_fn(lang::choose))
        .layer(CompressionLayer::new())
        .with_state(app)
}

async fn not_found(State(app): State<App>, Extension(lang): Extension<Lang>, uri: axum::http::Uri) -> Response {
    if is_api(uri.path()) {
        return Problem::new(Kind::NotFound, lang).into_response();
    }
    Notice::NotFound.page(&app, lang)
}

async fn method_not_allowed(
    State(app): State<App>,
    Extension(lang): Extension<Lang>,
    method: Method,
    uri: axum::http::Uri,
) -> Response {
    if is_api(uri.path()) || method == Method::OPTIONS {
        return Problem::new(Kind::MethodNotAllowed, lang).into_response();
    }
    Notice::MethodNotAllowed.page(&app, lang)
}
