//! The public listener: form, receipt, status, API version 1.
//!
//! Everything that a stranger can reach is here, and nothing of the member units. A report passes three gates in this
//! order: it must be readable, the address must not be filing too fast (unless a child is in present danger), and the
//! database must have confirmed it. Only then a receipt is shown.

mod about;
mod api;
mod assets;
mod body;
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
mod status;
#[cfg(test)]
mod testing;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::State,
    http::Method,
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use casework::report::{FieldError, Report};
use platform::{
    pack::watch::{LoadedPack, PackWatch},
    seal::MasterKey,
    store::Store,
    text::Lang,
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

pub(crate) use self::phone::OfficePhone;
use self::{
    guard::Deadline,
    limit::{Client, Limiter},
    page::Notice,
    problem::{Kind, Problem},
};
use crate::intake::accept::{AcceptError, Accepted, Intake, Submission};

/// Tries of a follow-up code per minute and address. With 16 digits guessing is hopeless; this keeps it cheap for us too.
const STATUS_TRIES_PER_MINUTE: u32 = 30;

/// Limits of the public listener.
#[derive(Clone)]
pub(crate) struct Limits {
    /// Reports a minute from one address.
    pub(crate) rate_per_minute: u32,
    /// Largest body.
    pub(crate) body_limit_bytes: usize,
    /// Longest request.
    pub(crate) request_timeout: Duration,
    /// Believe the last entry of `X-Forwarded-For`.
    pub(crate) trust_forwarded: bool,
}

/// What the public listener needs.
#[derive(Clone)]
pub(crate) struct Public {
    /// Where reports go.
    pub(crate) intake: Intake,
    /// For status only.
    pub(crate) store: Store,
    /// Checks follow-up codes.
    pub(crate) keys: MasterKey,
    /// Words and places of the county.
    pub(crate) pack: PackWatch,
    /// Limits.
    pub(crate) limits: Limits,
    /// Marks drills; `None` = drills are refused.
    pub(crate) drill_secret: Option<Arc<str>>,
    /// How reporters reach this listener.
    pub(crate) public_url: Arc<str>,
    /// Where the office can be called.
    pub(crate) phone: OfficePhone,
}

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

/// State of the handlers. Cloning is cheap.
#[derive(Clone)]
struct App(Arc<Shared>);

struct Shared {
    intake: Intake,
    store: Store,
    keys: MasterKey,
    /// A function and not the watch itself, so that tests can hand in the pack of the repository.
    pack: Box<dyn Fn() -> Arc<LoadedPack> + Send + Sync>,
    reports: Limiter,
    status_tries: Limiter,
    limits: Limits,
    drill_secret: Option<Arc<str>>,
    public_url: Arc<str>,
    phone: OfficePhone,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Why a readable report got no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// Too many from one address; seconds to wait.
    Busy(u64),
    KeyReused,
    /// Certainly not.
    NotStored,
    /// Perhaps stored, perhaps not.
    Unknown,
}

impl Shared {
    fn pack(&self) -> Arc<LoadedPack> {
        (self.pack)()
    }

    /// Where the office can be called, if anybody has said it; and whether that is an example.
    fn office_phone(&self) -> Option<(String, bool)> {
        let (phone, example) = self.phone.get();
        let phone = phone.or_else(|| self.pack().pack.office_phone().map(str::to_owned))?;
        Some((phone, example))
    }

    /// The second and the third gate, the same for form and API.
    ///
    /// Answers in time for words: after the deadline of the request nobody could say that the report may be stored, and the
    /// write goes on in its own task anyway.
    async fn submit(&self, client: Client, submission: Submission, until: Deadline) -> Result<Accepted, Refusal> {
        if !submission.report.present_danger {
            self.reports.take(client).map_err(Refusal::Busy)?;
        }
        let filed = tokio::time::timeout_at(until.to_answer(), self.intake.accept(submission)).await;
        filed.unwrap_or(Err(AcceptError::Unknown)).map_err(|error| match error {
            AcceptError::KeyReused => Refusal::KeyReused,
            AcceptError::NotStored => Refusal::NotStored,
            AcceptError::Unknown => Refusal::Unknown,
        })
    }

    /// Situations that the county's vocabulary doesn't hold. Retired words are still understood.
    fn unknown_situations(&self, report: &Report) -> Vec<FieldError> {
        let pack = self.pack();
        let known = &pack.pack.vocabulary().situations;
        let unknown = report
            .situations
            .iter()
            .enumerate()
            .filter(|(_, code)| !known.contains(code));
        unknown
            .map(|(index, code)| FieldError {
                pointer: format!("/situations/{index}"),
                detail: format!("{code} is not a situation of this county; /api/v1/vocabulary lists them"),
                code: "not-in-vocabulary",
            })
            .collect()
    }
}

fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
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
