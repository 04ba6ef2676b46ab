//! Stand-in while the public pages are written: the API's main endpoint only.
use std::{sync::Arc, time::Duration};
use axum::{Json, Router, body::Bytes, extract::State, http::{HeaderMap, StatusCode}, response::{IntoResponse, Response}, routing::post};
use casework::report::Report;
use platform::{pack_watch::PackWatch, seal::MasterKey, store::Store};
use crate::accept::{Channel, Intake, Submission};

#[derive(Clone)]
pub(crate) struct Limits { pub(crate) rate_per_minute: u32, pub(crate) body_limit_bytes: usize, pub(crate) request_timeout: Duration, pub(crate) trust_forwarded: bool }
#[derive(Clone)]
pub(crate) struct Public { pub(crate) intake: Intake, pub(crate) store: Store, pub(crate) keys: MasterKey, pub(crate) pack: PackWatch, pub(crate) limits: Limits, pub(crate) drill_secret: Option<Arc<str>>, pub(crate) public_url: Arc<str> }
pub(crate) fn routes(public: Public) -> Router { Router::new().route("/api/v1/reports", post(file)).with_state(public) }
async fn file(State(public): State<Public>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(report) = Report::parse(&body) else { return StatusCode::UNPROCESSABLE_ENTITY.into_response() };
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let given = headers.get("x-shouwang-drill").and_then(|v| v.to_str().ok());
    if given.is_some() && given != public.drill_secret.as_deref() { return StatusCode::FORBIDDEN.into_response(); }
    match public.intake.accept(Submission { report, idempotency_key: key, drill: given.is_some(), channel: Channel::Api }).await {
        Ok(a) => (StatusCode::CREATED, Json(a)).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
