//! 开始值班: the page that somebody on duty keeps open, and that rings.
//!
//! The press on 开始值班 is what lets a browser play sound. From then on the page hears by one stream (`stream`) what rings for its
//! person or unit; one part of the process looks for all streams (`hub`). Where a stream is cut the page asks instead (`acts`). It
//! says every quarter of a minute that it is there and what it has shown: that, and no open connection, is what counts, and what
//! the router misses when a page is lost (`store/duty/lost.rs`). None of this keeps a session alive: only a person does.

mod acts;
mod api;
mod hub;
mod lines;
mod own;
mod page;
mod stream;

use axum::routing::{get, post};

pub(crate) use hub::Hub;

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/on-duty", get(page::page)),
        Route::get("/on-duty/list", get(page::list)),
        Route::get("/on-duty/stream", get(stream::stream)),
        Route::get("/on-duty/state", get(acts::state)),
        Route::post("/on-duty/begin", post(acts::begin)),
        Route::post("/on-duty/beat", post(acts::beat)),
        Route::post("/on-duty/here", post(acts::here)),
        Route::post("/on-duty/end", post(acts::end)),
        Route::post("/on-duty/acknowledge", post(acts::acknowledge)),
        Route::get("/on-duty/open/{call}", get(acts::open)),
        Route::get("/api/v1/on-duty", get(api::open)),
        Route::post("/api/v1/on-duty", post(api::begin)),
        Route::get("/api/v1/on-duty/{page}", get(api::rings)),
        Route::post("/api/v1/on-duty/{page}/beat", post(api::beat)),
        Route::post("/api/v1/on-duty/{page}/end", post(api::end)),
    ]
}
