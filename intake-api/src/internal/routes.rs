//! Every internal route in one list, so that a test can walk all of them: `intake-api routes` prints it.

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{delete, get, post},
};

use super::{
    Internal, Route,
    auth::{self, SignedIn, login},
    counting, kept,
    page::{Frame, in_demo, keep_language, problem},
    refused, slow, wire,
};
use crate::web::headers::strict;

/// The whole surface.
pub(crate) fn all() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/", get(home)),
        Route::get("/login", get(login::page)),
        Route::post("/login", post(login::submit)),
        Route::post("/logout", post(login::out)),
        Route::post("/logout-everywhere", post(login::out_everywhere)),
        Route::post("/api/v1/session", post(login::api)),
        Route {
            method: "DELETE",
            path: "/api/v1/session",
            handler: delete(login::api_out),
        },
    ];
    routes.extend(super::desk::routes());
    routes.extend(super::finding::routes());
    routes.extend(super::board::routes());
    routes.extend(super::monday::routes());
    routes.extend(super::telephone::routes());
    routes.extend(super::rings::routes());
    routes.extend(super::triage::routes());
    routes.extend(super::callback::routes());
    routes.extend(super::closings::routes());
    routes.extend(super::reopening::routes());
    routes.extend(super::motions::routes());
    routes.extend(super::floods::routes());
    routes.extend(super::drills::routes());
    routes.extend(super::gateways::routes());
    routes.extend(super::leading::routes());
    routes.extend(super::openings::routes());
    routes.extend(super::requests::routes());
    routes.extend(super::looks::routes());
    routes.extend(super::reads::routes());
    routes.extend(super::rules::routes());
    routes.extend(super::calendar::routes());
    routes.extend(super::people::routes());
    routes.extend(super::own::routes());
    routes.extend(super::phones::routes());
    routes.extend(super::duty::routes());
    routes.extend(super::outlets::routes());
    routes.extend(super::on_duty::routes());
    routes.extend(super::page::routes());
    routes
}

/// Paths of all pages.
pub(crate) fn page_paths() -> Vec<&'static str> {
    let pages = all().into_iter().filter(|route| route.method == "GET");
    pages.map(|route| route.path).collect()
}

/// The internal application.
pub(crate) fn routes(internal: Internal) -> Router {
    let outer = internal.clone();
    let pages = all()
        .into_iter()
        .fold(Router::new(), |router, route| router.route(route.path, route.handler))
        .route_layer(middleware::from_fn(refused::door))
        .fallback(async || problem::not_found().into_response())
        .with_state(internal.clone());
    // The layers stand around the whole application and not around each route, because what was typed comes back on the page
    // of another route than the one that refused it.
    Router::new()
        .fallback_service(pages)
        .layer(middleware::from_fn_with_state(internal.clone(), counting::layer))
        .layer(middleware::from_fn_with_state(internal.clone(), kept::layer))
        .layer(middleware::from_fn_with_state(internal.clone(), refused::layer))
        .layer(middleware::from_fn_with_state(internal.clone(), auth::session))
        .layer(middleware::from_fn_with_state(internal, in_demo))
        .layer(middleware::from_fn(slow::layer))
        .layer(middleware::from_fn(wire::without_nul))
        .layer(middleware::from_fn(keep_language))
        .layer(middleware::from_fn(wire::speaks))
        .layer(middleware::map_response_with_state(outer, headers))
}

async fn home(actor: SignedIn) -> Redirect {
    Redirect::to(Frame::home(&actor))
}

/// Nothing from elsewhere, nowhere else: no foreign scripts, no framing, no referrer.
async fn headers(State(internal): State<Internal>, response: Response) -> Response {
    // A program is told which methods there are.
    let to_program = response
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind == "application/problem+json");
    let mut response = if response.status() == StatusCode::METHOD_NOT_ALLOWED && !to_program {
        problem::not_found().into_response()
    } else {
        response
    };
    strict(response.headers_mut(), internal.secure);
    let set = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        // Nothing to other sites; to ourselves, because a browser that may say nothing names no origin with a form either, and
        // the login tells by it that the form is ours.
        ("referrer-policy", "same-origin"),
        // Pages, answers, errors and ways to elsewhere are about people; files of the pages say themselves how long they keep.
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ];
    for (name, value) in set {
        // A page that needs something else says so itself: the expert's page of the rules.
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}
