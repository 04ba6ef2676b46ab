//! Everything the templates show, already in words.

use std::str::FromStr;

use casework::{
    calendar::Limit,
    pack::{Area, Lang as PackLang, Located, Pack},
    routing::{self, rules::TRIAGE},
    urgency::Urgency,
};
use chrono::{DateTime, Utc};
use platform::{
    receipt::ReportId,
    store::{LeasedNotice, NoticeStage, StoreError},
};

use super::{
    fill, t,
    when::{Due, moment},
};

/// The basis of grade P in the pack's tables: its grade says all.
const COUNTY_POLICY: &str = "county policy";

/// What kind of mail it is; the words follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Dispatch,
    /// To court and procuratorate: a request, not an order.
    Letter,
    Triage,
    /// A step of this action.
    Step(&'static str),
    Undeliverable,
}

/// Actions of the escalation table that have words of their own.
const STEPS: [&str; 5] = ["remind", "urge", "supervise", "supervise-letter", "advisory-letter"];

impl Tone {
    fn of(notice: &LeasedNotice, letter: bool) -> Self {
        match notice.kind.as_str() {
            "dispatch" if notice.obligation == TRIAGE => Self::Triage,
            "dispatch" if letter => Self::Letter,
            "dispatch" => Self::Dispatch,
            "undeliverable" => Self::Undeliverable,
            kind => Self::Step(STEPS.into_iter().find(|step| *step == kind).unwrap_or("other")),
        }
    }

    /// The last part of this tone's keys in the text files.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::Letter => "letter",
            Self::Triage => "triage",
            Self::Step(step) => step,
            Self::Undeliverable => "undeliverable",
        }
    }
}

/// A label and its value.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) strong: bool,
}

/// One stage.
#[derive(Debug, Clone)]
pub(crate) struct StageRow {
    pub(crate) code: String,
    pub(crate) name: String,
    /// `None` while its clock has not started.
    pub(crate) due: Option<Due>,
    pub(crate) ended: bool,
    /// The due, the start event it waits for, or when it was done.
    pub(crate) when: String,
    /// Countdown; empty when done or not started.
    pub(crate) left: String,
    pub(crate) over: bool,
    pub(crate) provisional: bool,
    /// `时限30分钟 · 本县工作要求，非法律规定`
    pub(crate) source: String,
}

/// The mail in words.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) tone: Tone,
    pub(crate) drill: bool,
    pub(crate) title: &'static str,
    pub(crate) recipient: String,
    pub(crate) late: Option<&'static str>,
    pub(crate) action: String,
    pub(crate) obligation: String,
    pub(crate) urgency: &'static str,
    /// Colour of the urgency.
    pub(crate) colour: &'static str,
    pub(crate) failed_unit: Option<String>,
    pub(crate) rows: Vec<Row>,
    pub(crate) stages: Vec<StageRow>,
    pub(crate) bases: Vec<String>,
    pub(crate) link: String,
}

impl View {
    pub(crate) fn new(
        notice: &LeasedNotice,
        pack: &Pack,
        internal_url: &str,
        as_of: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let kinds = &pack.vocabulary().unit_kinds;
        let letter = kinds.get(&notice.ticket_unit_kind).is_some_and(|kind| kind.letter);
        let tone = Tone::of(notice, letter);
        let urgency = Urgency::from_word(&notice.urgency).unwrap_or(Urgency::P1);
        let failed = notice.failed()?;
        let stages: Vec<StageRow> = notice.stages()?.iter().map(|s| stage_row(s, pack, as_of)).collect();
        let own = notice.unit == notice.ticket_unit;
        let mut view = Self {
            tone,
            drill: notice.drill,
            title: t(&format!("notice.title.{}", tone.key())),
            recipient: fill("notice.recipient", &[("unit", &notice.unit_name)]),
            late: notice
                .system_late
                .then(|| t(if own { "notice.late" } else { "notice.late-other" })),
            action: String::new(),
            obligation: pack
                .vocabulary()
                .obligations
                .label(&notice.obligation, PackLang::Zh)
                .to_owned(),
            urgency: urgency.zh(),
            colour: match urgency {
                Urgency::P1 => "#b3261e",
                Urgency::P2 => "#9a5b00",
                Urgency::P3 => "#1f5fa8",
            },
            failed_unit: failed.as_ref().map(|f| f.unit_name.clone()),
            rows: Vec::new(),
            stages,
            bases: notice.basis()?.iter().map(basis).collect(),
            link: format!("{internal_url}/tickets/{}", notice.ticket_id),
        };
        view.action = view.action_of(notice, failed.as_ref().map_or("", |f| f.kind.as_str()), as_of);
        view.rows = view.rows_of(notice, pack);
        if let Some(failed) = failed {
            view.rows.push(row("failed-unit", failed.unit_name));
            view.rows.push(row("failed-mailbox", failed.mailbox));
            view.rows.push(row("failed-error", failed.error.unwrap_or_default()));
        }
        Ok(view)
    }

    /// A word of the text files, for the templates.
    #[expect(clippy::unused_self, reason = "templates call methods of what they show")]
    pub(crate) fn t(&self, key: &str) -> &'static str {
        t(key)
    }

    /// The link in print, where a button can't be pressed.
    pub(crate) fn link_line(&self) -> String {
        fill("notice.link", &[("url", &self.link)])
    }

    /// The stage that a step is about.
    pub(crate) fn stage_of<'a>(&'a self, notice: &LeasedNotice) -> Option<&'a StageRow> {
        let code = notice.stage.as_deref()?;
        self.stages.iter().find(|stage| stage.code == code)
    }

    fn action_of(&self, notice: &LeasedNotice, failed_kind: &str, as_of: DateTime<Utc>) -> String {
        let stage = self.stage_of(notice);
        let name = stage.map_or("", |s| s.name.as_str());
        match self.tone {
            Tone::Dispatch if notice.present_danger => t("notice.action.danger").into(),
            Tone::Undeliverable => {
                let key = if failed_kind == "dispatch" || STEPS.contains(&failed_kind) {
                    failed_kind
                } else {
                    "other"
                };
                let what = t(&format!("notice.what.{key}"));
                let unit = self.failed_unit.as_deref().unwrap_or(&notice.ticket_unit_name);
                fill("notice.action.undeliverable", &[("unit", unit), ("what", what)])
            }
            Tone::Step(_) if stage.is_some_and(|s| s.ended) => {
                let done = stage.map_or("", |s| s.when.as_str());
                fill("notice.action.ended", &[("stage", name), ("when", done)])
            }
            tone => {
                let when = stage.and_then(|s| s.due).map_or_else(String::new, |due| {
                    let key = if due.is_past(as_of) {
                        "notice.past-at"
                    } else {
                        "notice.coming-at"
                    };
                    fill(key, &[("due", &due.full())])
                });
                let values = [
                    ("stage", name),
                    ("when", when.as_str()),
                    ("unit", notice.ticket_unit_name.as_str()),
                ];
                fill(&format!("notice.action.{}", tone.key()), &values)
            }
        }
    }

    fn rows_of(&self, notice: &LeasedNotice, pack: &Pack) -> Vec<Row> {
        let danger = if notice.present_danger {
            "notice.value.danger"
        } else {
            "notice.value.no-danger"
        };
        let area = match notice.area.as_deref() {
            None => t("notice.value.no-area").to_owned(),
            Some(code) => {
                let named = |area: &Area| pack.areas().path_name(&area.code).unwrap_or_else(|| area.name.clone());
                match pack.areas().locate(Some(code)) {
                    Located::Listed(area) => named(area),
                    Located::InTownship(township) => {
                        let values = [("township", named(township)), ("code", code.to_owned())];
                        fill(
                            "notice.value.in-township-area",
                            &values.each_ref().map(|(name, value)| (*name, value.as_str())),
                        )
                    }
                    Located::InCounty => fill("notice.value.in-county-area", &[("code", code)]),
                    Located::Foreign | Located::Unknown => t("notice.value.foreign-area").to_owned(),
                }
            }
        };
        let mut rows = vec![
            row("obligation", self.obligation.clone()),
            row("urgency", self.urgency.into()),
            row("danger", t(danger).into()),
            row("area", area),
            row(
                "role",
                t(if notice.lead {
                    "notice.value.lead"
                } else {
                    "notice.value.assist"
                })
                .into(),
            ),
            row("holder", notice.ticket_unit_name.clone()),
            row("dispatched", moment(notice.dispatched_at)),
            row("receipt", ReportId::from_db(notice.report_id).to_string()),
        ];
        rows[2].strong = notice.present_danger;
        rows
    }
}

fn row(name: &str, value: String) -> Row {
    Row {
        label: t(&format!("notice.row.{name}")),
        value,
        strong: name == "obligation" || name == "urgency",
    }
}

fn stage_row(stage: &NoticeStage, pack: &Pack, as_of: DateTime<Utc>) -> StageRow {
    let due = stage.due_at.map(|at| Due::new(at, &stage.time_limit));
    let open_due = due.filter(|_| stage.ended_at.is_none());
    let event = pack.vocabulary().events.label(&stage.start_event, PackLang::Zh);
    let limit = Limit::from_str(&stage.time_limit).map_or_else(|_| stage.time_limit.clone(), Limit::zh);
    let limit = fill("notice.limit", &[("limit", &limit)]);
    StageRow {
        code: stage.stage.clone(),
        name: match stage.stage.as_str() {
            "confirm" => "办结确认".to_owned(),
            "approve" => "移送审批".to_owned(),
            code => routing::Stage::from_word(code).map_or_else(|| code.to_owned(), |s| s.zh().to_owned()),
        },
        due,
        ended: stage.ended_at.is_some(),
        when: match (stage.ended_at, due) {
            (Some(at), _) => fill("notice.done", &[("at", &moment(at))]),
            (None, Some(due)) => due.full(),
            (None, None) => fill("notice.not-started", &[("event", event)]),
        },
        left: open_due.map_or_else(String::new, |due| due.left(as_of)),
        over: open_due.is_some_and(|due| due.is_past(as_of)),
        provisional: stage.provisional && stage.ended_at.is_none(),
        source: format!("{limit} · {}", source(&stage.basis, &stage.grade)),
    }
}

fn basis(basis: &routing::Basis) -> String {
    source(&basis.text, &basis.grade)
}

/// A source with its grade in words; a county policy says so once.
fn source(text: &str, grade: &str) -> String {
    let words = match grade {
        "V" => t("notice.grade.V"),
        "S" => t("notice.grade.S"),
        "P" => t("notice.grade.P"),
        _ => t("notice.grade.other"),
    };
    if text == COUNTY_POLICY && grade == "P" {
        return words.into();
    }
    format!("{}（{words}）", routing::basis_zh(text))
}
