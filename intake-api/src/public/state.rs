//! What public handlers work with, and the gates that every report passes, whichever door it came through.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use axum::{extract::FromRequestParts, http::request::Parts};
use casework::report::{FieldError, Report};
use platform::{
    pack::watch::{LoadedPack, PackWatch},
    seal::MasterKey,
    store::{self, Store},
};

use super::{
    deadline::Deadline,
    limit::{Client, Limiter},
    phone::OfficePhone,
};
use crate::{
    intake::accept::{AcceptError, Accepted, Intake, Submission},
    web::peer,
};

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
    pub(crate) store: Store<store::Intake>,
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

/// State of the handlers. Cloning is cheap.
#[derive(Clone)]
pub(super) struct App(pub(super) Arc<Shared>);

/// What they share.
pub(super) struct Shared {
    pub(super) intake: Intake,
    pub(super) store: Store<store::Intake>,
    pub(super) keys: MasterKey,
    /// A function and not the watch itself, so that tests can hand in the pack of the repository.
    pub(super) pack: Box<dyn Fn() -> Arc<LoadedPack> + Send + Sync>,
    pub(super) reports: Limiter,
    pub(super) status_tries: Limiter,
    pub(super) limits: Limits,
    pub(super) drill_secret: Option<Arc<str>>,
    pub(super) public_url: Arc<str>,
    pub(super) phone: OfficePhone,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Why a readable report got no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Too many from one address; seconds to wait.
    Busy(u64),
    KeyReused,
    /// Certainly not.
    NotStored,
    /// Perhaps stored, perhaps not.
    Unknown,
}

impl Shared {
    /// The pack in force.
    pub(super) fn pack(&self) -> Arc<LoadedPack> {
        (self.pack)()
    }

    /// Where the office can be called, if anybody has said it; and whether that is an example.
    pub(super) fn office_phone(&self) -> Option<(String, bool)> {
        let (phone, example) = self.phone.get();
        let phone = phone.or_else(|| self.pack().pack.office_phone().map(str::to_owned))?;
        Some((phone, example))
    }

    /// The second and the third gate, the same for form and API.
    ///
    /// Answers in time for words: after the deadline of the request nobody could say that the report may be stored, and the
    /// write goes on in its own task anyway.
    pub(super) async fn submit(
        &self,
        client: Client,
        submission: Submission,
        until: Deadline,
    ) -> Result<Accepted, Refusal> {
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
    pub(super) fn unknown_situations(&self, report: &Report) -> Vec<FieldError> {
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

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let address = peer::counted(&parts.extensions, &parts.headers, app.limits.trust_forwarded);
        // Without a known peer everybody shares one bucket, which is the careful side.
        Ok(Self::of(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}
