//! What messages and calls cost, and when what was bought of a provider ends: counted ahead for the office and administrators. Of whoever
//! was called nothing stands here, not even a masked number.

mod answers;
mod page;
pub(crate) mod said;

use axum::routing::get;

use super::Route;

pub(crate) use answers::Gateway;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/gateways", get(page::page)),
        Route::get("/api/v1/gateways", get(page::api)),
    ]
}
