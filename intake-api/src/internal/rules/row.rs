//! One row in drop-downs and ticks. While one edits, `check` says what the row would mean and what the check finds then;
//! saving keeps what was typed wherever something is wrong.

mod fields;

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::county::{MODEL, PackFiles};
use casework::dmn::{self, Row, Rule};
use casework::office::clerk::{Change, FieldProblem, change, fields, row_from, sentence};
use casework::pack::Pack;
use platform::text::Lang;
use serde::Deserialize;

use self::fields::{FieldView, Typed, field, number, put, view, words};
use super::{
    examined,
    findings::{FindingLine, lines},
    save,
    table::{Opened, open},
};
use crate::internal::{
    By, Visit,
    again::Again,
    auth::Office,
    error::PageError,
    page::{Frame, render},
};

/// Where a new row goes, and which row it begins as.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    #[serde(default)]
    after: usize,
    #[serde(default)]
    copy: usize,
}

#[derive(Template)]
#[template(path = "internal/rules/row.html")]
struct RowPage {
    frame: Frame,
    version: i32,
    table: String,
    name: String,
    /// 0 = a new one.
    row: usize,
    after: usize,
    revision: i32,
    error: Option<String>,
    asks: Vec<FieldView>,
    answers: Vec<FieldView>,
    said: Meaning,
}

/// The part that changes while one edits.
#[derive(Template)]
#[template(path = "internal/rules/meaning.html")]
struct Meaning {
    frame: Frame,
    version: i32,
    line: String,
    problems: Vec<String>,
    sound: bool,
    findings: Vec<FindingLine>,
}

/// `GET /rules/{version}/tables/{table}/rows/{row}`; row 0 is a new one.
pub(super) async fn page(
    by: By<Office>,
    Path((version, table, row)): Path<(i32, String, usize)>,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let edit = Edit::open(&by, version, &table, row).await?;
    let from = if row == 0 { place.copy } else { row };
    let rule = edit.rule(from).cloned();
    let shown = fields(&edit.pack, &edit.opened.table, rule.as_ref());
    let said = edit.meaning(&by, None).await;
    let form = RowForm {
        after: place.after,
        fields: view(shown, &[], by.lang),
    };
    Ok(edit.show(&by, Again::keeping(StatusCode::OK, None, form), said))
}

/// `POST /rules/{version}/tables/{table}/rows/{row}/check`: what the row would mean, and what would be wrong then.
pub(super) async fn check(
    by: By<Office>,
    Path((version, table, row)): Path<(i32, String, usize)>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let edit = Edit::open(&by, version, &table, row).await?;
    let read = row_from(&edit.pack, &edit.opened.table, edit.rule(row), &typed);
    let said = edit.meaning(&by, Some((read, number(&typed, "after")))).await;
    Ok(render(StatusCode::OK, &said))
}

/// `POST /rules/{version}/tables/{table}/rows/{row}`: saves, removes or moves the row.
pub(super) async fn submit(
    by: By<Office>,
    Path((version, table, row)): Path<(i32, String, usize)>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let edit = Edit::open(&by, version, &table, row).await?;
    let after = number(&typed, "after");
    let what = match field(&typed, "act") {
        "remove" => Change::Remove(row),
        "up" => Change::Up(row),
        _ => match row_from(&edit.pack, &edit.opened.table, edit.rule(row), &typed) {
            Ok(read) if row == 0 => Change::Insert(after, read),
            Ok(read) => Change::Replace(row, read),
            Err(problems) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                let again = Again::keeping(status, by.said("rules.row.mend"), typed);
                return Ok(edit.again(&by, again, &problems).await);
            }
        },
    };
    let rules = edit.changed(what).ok_or(PageError::NotFound)?;
    let revision = i32::try_from(number(&typed, "revision")).unwrap_or_default();
    match save::save(&by, (version, revision), rules).await {
        Ok(_) => {
            let row = row.max(after + 1);
            Ok(Redirect::to(&format!("/rules/{version}/tables/{table}?saved#row-{row}")).into_response())
        }
        Err(e) => {
            let said = save::refusal(e, by.lang)?;
            let again = Again::keeping(StatusCode::CONFLICT, Some(said), typed);
            Ok(edit.again(&by, again, &[]).await)
        }
    }
}

/// A row of a draft that is being edited.
struct Edit {
    version: i32,
    row: usize,
    opened: Opened,
    pack: Arc<Pack>,
}

/// The fields of the form, and after which row a new one goes.
struct RowForm {
    after: usize,
    fields: Vec<FieldView>,
}

impl Edit {
    async fn open(visit: &Visit, version: i32, table: &str, row: usize) -> Result<Self, PageError> {
        let opened = open(visit, version, table).await?;
        let opened = opened.filter(|opened| opened.editable && row <= opened.table.rules.len());
        let opened = opened.ok_or(PageError::NotFound)?;
        // Words come from the pack in force: a draft can't bring new ones.
        let pack = visit.internal.pack.current().pack.clone();
        Ok(Self {
            version,
            row,
            opened,
            pack,
        })
    }

    fn rule(&self, row: usize) -> Option<&Rule> {
        self.opened.table.rules.get(row.checked_sub(1)?)
    }

    /// The rule files with a change.
    fn changed(&self, what: Change) -> Option<PackFiles> {
        let text = self.opened.rules.get(MODEL)?;
        let written = change(text, &self.opened.table.id, what).ok()?;
        let mut rules = self.opened.rules.clone();
        rules.insert(MODEL.to_owned(), written);
        Some(rules)
    }

    /// What the row says as it is, or as it would be with what was typed.
    async fn meaning(&self, visit: &Visit, typed: Option<(Result<Row, Vec<FieldProblem>>, usize)>) -> Meaning {
        let (internal, lang) = (&visit.internal, visit.lang);
        let mut said = Meaning {
            frame: visit.frame("/rules"),
            version: self.version,
            line: String::new(),
            problems: Vec::new(),
            sound: false,
            findings: Vec::new(),
        };
        let (rules, at) = match typed {
            None if self.row == 0 => return said,
            None => (Some(self.opened.rules.clone()), self.row),
            Some((Err(problems), _)) => {
                said.problems = problems.iter().map(|problem| self.problem(problem, lang)).collect();
                return said;
            }
            Some((Ok(row), after)) if self.row == 0 => (self.changed(Change::Insert(after, row)), after + 1),
            Some((Ok(row), _)) => (self.changed(Change::Replace(self.row, row)), self.row),
        };
        let Some(rules) = rules else { return said };
        let model = rules.get(MODEL).and_then(|text| dmn::read(text).ok());
        let table = model.and_then(|model| model.table(&self.opened.table.id).cloned());
        if let Some((table, rule)) = table
            .as_ref()
            .and_then(|table| Some((table, table.rules.get(at.checked_sub(1)?)?)))
        {
            said.line = sentence(&self.pack, table, rule).line();
        }
        match examined::check(internal, &rules).await {
            Ok(examined) => {
                said.sound = examined.sound();
                said.findings = lines(&examined, &self.pack, lang);
                // What is about this row first.
                said.findings
                    .sort_by_key(|line| !line.is_about(&self.opened.table.id, at));
            }
            Err(e) => said.problems = vec![platform::run::telemetry::chain(&*e)],
        }
        said
    }

    fn problem(&self, problem: &FieldProblem, lang: Lang) -> String {
        let fields = fields(&self.pack, &self.opened.table, None);
        let heading = fields.into_iter().find(|field| field.name == problem.name);
        format!(
            "{}：{}",
            heading.map_or_else(String::new, |field| field.heading),
            words(problem, lang)
        )
    }

    /// The form again, with what was typed and what is wrong.
    async fn again(&self, visit: &Visit, again: Again<Typed>, problems: &[FieldProblem]) -> Response {
        let mut shown = fields(&self.pack, &self.opened.table, self.rule(self.row));
        for field in &mut shown {
            put(field, &again.fields);
        }
        let meaning = self.meaning(visit, None).await;
        let form = RowForm {
            after: number(&again.fields, "after"),
            fields: view(shown, problems, visit.lang),
        };
        self.show(visit, Again::keeping(again.status, again.said, form), meaning)
    }

    fn show(&self, visit: &Visit, again: Again<RowForm>, said: Meaning) -> Response {
        let RowForm { after, fields } = again.fields;
        let (asks, answers) = fields.into_iter().partition(|field| field.name.starts_with("if."));
        let page = RowPage {
            frame: visit.frame("/rules"),
            version: self.version,
            table: self.opened.table.id.clone(),
            name: self.opened.table.name.clone(),
            row: self.row,
            after,
            revision: self.opened.revision,
            error: again.said,
            asks,
            answers,
            said,
        };
        render(again.status, &page)
    }
}
