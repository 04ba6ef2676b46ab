//! What the office does about a flood. Ending many tickets at once needs two persons, and leaves a line in the trail of each.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use platform::{
    asked as pasted, clock,
    store::{FloodAct, FloodActing, FloodClosingId, FloodGround, FloodGroundKind, FloodId, ReportId, StoreError},
};
use serde::Deserialize;

use super::{answers::Done, page::show};
use crate::internal::{
    Answer, By, Visit,
    again::Again,
    auth::Office,
    detached,
    error::{ApiError, PageError},
    page::Pages,
    wire::JsonBody,
};

/// Longest reason, in characters.
const LONGEST: usize = 2000;

/// What a form or the API sends.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    reports: Vec<ReportId>,
    /// `all` instead of reports.
    #[serde(default)]
    all: bool,
    #[serde(default)]
    closing: FloodClosingId,
    /// `not-real`, `drill`, `duplicate`.
    #[serde(default)]
    ground: String,
    /// Receipt of the report that stays, where the others are its duplicates.
    #[serde(default)]
    stays: String,
}

impl Typed {
    fn read(pairs: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "reason" => typed.reason = value,
                "reports" => typed.reports.extend(value.parse::<i64>().map(ReportId::from_db)),
                "all" => typed.all = true,
                "ground" => typed.ground = value,
                "stays" => typed.stays = value,
                "closing" => typed.closing = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        typed
    }

    fn read_ground(&self) -> Result<FloodGround, &'static str> {
        match FloodGroundKind::from_word(&self.ground) {
            Some(FloodGroundKind::NotReal) => Ok(FloodGround::NotReal),
            Some(FloodGroundKind::Drill) => Ok(FloodGround::Drill),
            Some(FloodGroundKind::Duplicate) => {
                let receipt = pasted::read(&self.stays, "").receipt.map_err(|_| "floods.need_stays")?;
                Ok(FloodGround::DuplicateOf(receipt))
            }
            None => Err("floods.need_ground"),
        }
    }

    /// What is asked; the error is the key of what is missing. `None`: there is no such act.
    fn act(&self, word: &str) -> Option<Result<FloodAct, &'static str>> {
        Some(match word {
            "treat" => Ok(FloodAct::Treat),
            "end" => Ok(FloodAct::End),
            "take" => Ok(FloodAct::Take),
            "ask" => self.ask(),
            "confirm" => Ok(FloodAct::Confirm(self.closing)),
            "refuse" => Ok(FloodAct::Refuse(self.closing)),
            "give-back" => Ok(FloodAct::GiveBack(self.closing)),
            _ => return None,
        })
    }

    fn ask(&self) -> Result<FloodAct, &'static str> {
        let length = self.reason.trim().chars().count();
        if length == 0 || length > LONGEST {
            return Err("floods.need_reason");
        }
        if self.reports.is_empty() && !self.all {
            return Err("floods.need_reports");
        }
        let reports = if self.all { Vec::new() } else { self.reports.clone() };
        Ok(FloodAct::AskClosing {
            reports,
            ground: self.read_ground()?,
            reason: self.reason.trim().to_owned(),
        })
    }
}

/// `POST /floods/{id}/{act}`
pub(super) async fn submit(
    by: By<Office>,
    Path((id, word)): Path<(FloodId, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let typed = Typed::read(pairs);
    let (status, key) = match typed.act(&word).ok_or(PageError::NotFound)? {
        Err(key) => (StatusCode::UNPROCESSABLE_ENTITY, key),
        Ok(act) => match run(&by, id, act).await? {
            Some(_) => return Ok(Redirect::to(&format!("/floods/{id}")).into_response()),
            None => (StatusCode::CONFLICT, "floods.not_now"),
        },
    };
    let again = Again::keeping(status, by.said(key), typed.reason);
    show(&by, (id, Pages::default()), again).await
}

/// `POST /api/v1/floods/{id}/{act}`: `treat`, `end`, `take`, `ask` (`{"reason", "ground", "stays", "reports": […] | "all": true}`), `confirm`, `refuse`,
/// `give-back` (`{"closing"}`) -> `{"done"}`.
pub(super) async fn api(
    by: By<Office>,
    Path((id, word)): Path<(FloodId, String)>,
    JsonBody(typed): JsonBody<Typed>,
) -> Result<Answer<Done>, ApiError> {
    let act = typed.act(&word).ok_or(ApiError::said(
        404,
        "the acts are treat, end, take, ask, confirm, refuse and give-back",
    ))?;
    let act = act.map_err(|key| ApiError::key(422, key))?;
    match run(&by, id, act).await? {
        Some(done) => Ok(Answer(Done { done })),
        None => Err(ApiError::key(409, "floods.not_now")),
    }
}

/// In a task of its own, with the office's login.
async fn run(visit: &Visit, id: FloodId, act: FloodAct) -> Result<Option<i64>, PageError> {
    let (office, county) = (visit.internal.office.clone(), visit.internal.county.clone());
    let tells = matches!(act, FloodAct::Confirm(_) | FloodAct::GiveBack(_));
    let acting = FloodActing {
        by: visit.actor.person.account.name.clone(),
        account: visit.me(),
        at: clock::now(),
    };
    detached(async move {
        let done = office.flood_act(&county, id, &act, &acting).await?;
        if tells {
            // The notifier looks by itself a little later.
            let _ = office.notices_wake().await;
        }
        Ok::<_, StoreError>(done)
    })
    .await
}
