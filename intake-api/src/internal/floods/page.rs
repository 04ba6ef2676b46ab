//! 可能的批量报告: what the office sees of a flood, and what it does about it. Grouping concerns notices alone: every ticket is
//! there with its clocks. Ending many tickets at once needs two persons, and leaves a line in the trail of each.

use askama::Template;
use axum::{
    Form, Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    asked as pasted, clock,
    receipt::ReportId,
    store::{Flood, FloodAct, FloodActing, FloodClosing, FloodGround, FloodReport, StoreError},
    text::Lang,
};
use serde::Deserialize;
use serde_json::json;

use crate::internal::{
    Internal, api_of, api_unavailable,
    auth::{Actor, Office, Overseer},
    board::now::brief,
    detached,
    page::{Frame, Language, Pages, problem, render, words},
    unavailable,
    wire::JsonBody,
};

/// Longest reason, in characters.
const LONGEST: usize = 2000;

/// One on the board.
pub(crate) struct OnBoard {
    pub(crate) href: String,
    pub(crate) said: String,
    pub(crate) state: &'static str,
    pub(crate) hot: bool,
}

struct Line {
    id: i64,
    brief: String,
    at: String,
    href: String,
    unsigned: i64,
    said: String,
}

struct Asked {
    id: i64,
    said: String,
    /// On what ground, and which report stays.
    ground: String,
    reason: String,
    outcome: String,
    /// Another person may confirm.
    open: bool,
    own: bool,
    /// Tickets that ended may be given back.
    ended: bool,
    late: bool,
}

#[derive(Template)]
#[template(path = "internal/floods/page.html")]
struct FloodPage {
    frame: Frame,
    id: i64,
    of: String,
    state: &'static str,
    numbers: String,
    decided: String,
    grouped: bool,
    may_treat: bool,
    /// The button that takes what waits for a human in hand; empty where nothing does.
    take: String,
    office: bool,
    may_ask: bool,
    closings: Vec<Asked>,
    lines: Vec<Line>,
    pages: Pages,
    notice: Option<String>,
    typed: String,
}

/// In words for the board.
pub(crate) fn on_board(floods: &[Flood], pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Vec<OnBoard> {
    let shown = floods
        .iter()
        .filter(|flood| flood.state != "ended" || flood.closing_waits);
    let line = |flood: &Flood| OnBoard {
        href: format!("/floods/{}", flood.id),
        said: format!("{} · {}", of(flood, pack, lang), numbers(flood, lang, now)),
        state: lang.t(&format!("floods.state.{}", flood.state)),
        hot: flood.state == "open",
    };
    shown.map(line).collect()
}

/// What its reports have in common.
fn of(flood: &Flood, pack: &Pack, lang: Lang) -> String {
    match flood.township.as_deref() {
        None => lang.t("floods.one_source").to_owned(),
        Some("") => words::place(lang, pack, None),
        Some(code) => words::place(lang, pack, Some(&format!("{code}000"))),
    }
}

fn numbers(flood: &Flood, lang: Lang, now: DateTime<Utc>) -> String {
    lang.fill(
        "floods.numbers",
        &[
            ("reports", &flood.reports.to_string()),
            ("tickets", &flood.tickets.to_string()),
            ("unsigned", &flood.unsigned.to_string()),
            ("from", &words::moment(lang, flood.began_at, now)),
            ("to", &words::moment(lang, flood.last_at, now)),
        ],
    )
}

/// `GET /floods/{id}`
pub(crate) async fn page(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Path(id): Path<i64>,
    Query(pages): Query<Pages>,
) -> Response {
    show(
        &internal,
        &actor,
        lang,
        (id, pages),
        StatusCode::OK,
        None,
        String::new(),
    )
    .await
}

async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    (id, mut pages): (i64, Pages),
    status: StatusCode,
    notice: Option<String>,
    typed: String,
) -> Response {
    let now = clock::now();
    let (offset, limit) = pages.part();
    let read = async {
        let Some(flood) = internal.board.flood(&internal.county, id, now).await? else {
            return Ok(None);
        };
        let reports = internal.board.flood_reports(id, offset, limit).await?;
        let closings = internal.board.flood_closings(id).await?;
        Ok::<_, StoreError>(Some((flood, reports, closings)))
    };
    let (flood, reports, closings) = match read.await {
        Ok(Some(found)) => found,
        Ok(None) => return problem::not_found().into_response(),
        Err(e) => return unavailable(&e),
    };
    let loaded = internal.pack.current();
    let pack = &loaded.pack;
    let lines = pages
        .cut(reports)
        .into_iter()
        .map(|report| line(&report, pack, lang, now))
        .collect();
    let decided = match (&flood.decided_by, flood.decided_at) {
        (Some(by), Some(at)) => lang.fill("floods.decided", &[("by", by), ("at", &words::moment(lang, at, now))]),
        _ => String::new(),
    };
    let office = actor.is(&["office"]);
    let own = actor.person.account.id;
    render(
        status,
        &FloodPage {
            frame: Frame::of(actor, lang, "/board"),
            id,
            of: of(&flood, pack, lang),
            state: lang.t(&format!("floods.state.{}", flood.state)),
            numbers: numbers(&flood, lang, now),
            decided,
            grouped: ["open", "confirmed"].contains(&flood.state.as_str()),
            may_treat: flood.state == "open",
            take: match flood.untaken {
                0 => String::new(),
                n => lang.fill("floods.take", &[("n", &n.to_string())]),
            },
            office,
            may_ask: office && !flood.closing_waits && flood.unsigned > 0,
            closings: closings.iter().map(|closing| asked(closing, own, lang, now)).collect(),
            lines,
            pages: pages.at(format!("/floods/{id}")),
            notice,
            typed,
        },
    )
}

fn line(report: &FloodReport, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    Line {
        id: report.report_id,
        brief: brief(lang, pack, report.report_id, report.facts.as_ref()),
        at: words::moment(lang, report.received_at, now),
        href: report
            .ticket_id
            .map_or_else(String::new, |ticket| format!("/board/tickets/{ticket}")),
        unsigned: report.unsigned,
        said: lang.fill(
            "floods.report_tickets",
            &[
                ("tickets", &report.tickets.to_string()),
                ("unsigned", &report.unsigned.to_string()),
            ],
        ),
    }
}

fn asked(closing: &FloodClosing, own: i64, lang: Lang, now: DateTime<Utc>) -> Asked {
    let said = lang.fill(
        "floods.asked",
        &[
            ("by", &closing.asked_by),
            ("at", &words::moment(lang, closing.asked_at, now)),
            ("reports", &closing.reports.to_string()),
            ("due", &words::moment(lang, closing.due_at, now)),
        ],
    );
    let outcome = match (&closing.decision, &closing.decided_by, closing.decided_at) {
        (Some(decision), Some(by), Some(at)) => lang.fill(
            &format!("floods.decision.{decision}"),
            &[
                ("by", by),
                ("at", &words::moment(lang, at, now)),
                ("tickets", &closing.tickets.to_string()),
            ],
        ),
        _ => String::new(),
    };
    let stays = closing.stays.map(|id| ReportId::from_db(id).to_string());
    Asked {
        id: closing.id,
        said,
        ground: match stays {
            Some(receipt) => lang.fill("floods.duplicate_of", &[("receipt", &receipt)]),
            None => lang.t(&format!("floods.ground.{}", closing.ground)).to_owned(),
        },
        reason: closing.reason.clone(),
        outcome,
        open: closing.decision.is_none(),
        own: closing.asked_account == own,
        ended: closing.decision.as_deref() == Some("confirmed"),
        late: closing.decision.is_none() && closing.due_at <= now,
    }
}

/// What a form or the API sends.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    reports: Vec<i64>,
    /// `all` instead of reports.
    #[serde(default)]
    all: bool,
    #[serde(default)]
    closing: i64,
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
                "reports" => typed.reports.extend(value.parse::<i64>()),
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
        match self.ground.as_str() {
            "not-real" => Ok(FloodGround::NotReal),
            "drill" => Ok(FloodGround::Drill),
            "duplicate" => {
                let receipt = pasted::read(&self.stays, "").receipt.map_err(|_| "floods.need_stays")?;
                Ok(FloodGround::DuplicateOf(receipt.get()))
            }
            _ => Err("floods.need_ground"),
        }
    }

    /// What is asked; the error is the key of what is missing.
    fn act(&self, word: &str) -> Result<FloodAct, &'static str> {
        match word {
            "treat" => Ok(FloodAct::Treat),
            "end" => Ok(FloodAct::End),
            "take" => Ok(FloodAct::Take),
            "ask" => {
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
            "confirm" => Ok(FloodAct::Confirm(self.closing)),
            "refuse" => Ok(FloodAct::Refuse(self.closing)),
            "give-back" => Ok(FloodAct::GiveBack(self.closing)),
            _ => Err(""),
        }
    }
}

/// `POST /floods/{id}/{act}`
pub(crate) async fn submit(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path((id, word)): Path<(i64, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let typed = Typed::read(pairs);
    let refused = |status, key: &'static str| {
        let said = Some(lang.t(key).to_owned());
        show(
            &internal,
            &actor,
            lang,
            (id, Pages::default()),
            status,
            said,
            typed.reason.clone(),
        )
    };
    let act = match typed.act(&word) {
        Ok(act) => act,
        Err("") => return problem::not_found().into_response(),
        Err(key) => return refused(StatusCode::UNPROCESSABLE_ENTITY, key).await,
    };
    match run(&internal, &actor, id, act).await {
        Ok(Some(_)) => Redirect::to(&format!("/floods/{id}")).into_response(),
        Ok(None) => refused(StatusCode::CONFLICT, "floods.not_now").await,
        Err(answer) => answer,
    }
}

/// `GET /api/v1/floods`
pub(crate) async fn api_list(State(internal): State<Internal>, _: Overseer) -> Response {
    match internal.board.floods(&internal.county, clock::now()).await {
        Ok(floods) => Json(json!({"floods": floods})).into_response(),
        Err(e) => api_unavailable(&e),
    }
}

/// `GET /api/v1/floods/{id}`
pub(crate) async fn api_show(State(internal): State<Internal>, _: Overseer, Path(id): Path<i64>) -> Response {
    let found = async {
        let Some(flood) = internal.board.flood(&internal.county, id, clock::now()).await? else {
            return Ok(None);
        };
        let closings = internal.board.flood_closings(id).await?;
        Ok::<_, StoreError>(Some((flood, closings)))
    };
    match found.await {
        Ok(Some((flood, closings))) => Json(json!({"flood": flood, "closings": closings})).into_response(),
        Ok(None) => problem::api(404, "there is no such flood"),
        Err(e) => api_unavailable(&e),
    }
}

/// `POST /api/v1/floods/{id}/{act}`: `treat`, `end`, `take`, `ask` (`{"reason", "ground", "stays", "reports": […] | "all": true}`), `confirm`, `refuse`,
/// `give-back` (`{"closing"}`) -> `{"done"}`.
pub(crate) async fn api_act(
    State(internal): State<Internal>,
    actor: Office,
    Path((id, word)): Path<(i64, String)>,
    JsonBody(typed): JsonBody<Typed>,
) -> Response {
    let act = match typed.act(&word) {
        Ok(act) => act,
        Err("") => return problem::api(404, "the acts are treat, end, take, ask, confirm, refuse and give-back"),
        Err(key) => return problem::api(422, Lang::En.t(key)),
    };
    match run(&internal, &actor, id, act).await {
        Ok(Some(done)) => Json(json!({"done": done})).into_response(),
        Ok(None) => problem::api(409, Lang::En.t("floods.not_now")),
        Err(page) => api_of(&page),
    }
}

/// In a task of its own, with the office's login.
async fn run(internal: &Internal, actor: &Actor, id: i64, act: FloodAct) -> Result<Option<i64>, Response> {
    let (office, county) = (internal.office.clone(), internal.county.clone());
    let tells = matches!(act, FloodAct::Confirm(_) | FloodAct::GiveBack(_));
    let acting = FloodActing {
        by: actor.person.account.name.clone(),
        account: actor.person.account.id,
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
