//! `GET /rules/{version}/tables/{table}`: one 职责分工表 in words, each row with what the check says of it.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use casework::county::{MODEL, PackFiles};
use casework::dmn::{self, HitPolicy, Table};
use casework::office::clerk::{Sentence, sentence};
use casework::pack::Pack;
use casework::zh::cells::choices;
use platform::store::{Role, RuleSetState, StoreError};

use super::{
    examined,
    findings::{FindingLine, lines},
    matrix::{MatrixRow, matrix},
};
use crate::internal::{
    By, Visit,
    auth::Overseer,
    error::PageError,
    page::{Frame, render},
};

#[derive(Template)]
#[template(path = "internal/rules/table.html")]
struct TablePage {
    frame: Frame,
    version: i32,
    table: String,
    name: String,
    how: &'static str,
    editable: bool,
    notice: Option<&'static str>,
    others: Vec<(String, String)>,
    findings: Vec<FindingLine>,
    filter: Option<Filter>,
    /// Of 环节时限, while no filter is chosen.
    matrix: Vec<MatrixRow>,
    rows: Vec<RowLine>,
    of: usize,
}

/// Rows that can concern one word of one column.
struct Filter {
    column: String,
    heading: String,
    choices: Vec<(String, String, bool)>,
}

struct RowLine {
    row: Sentence,
    findings: Vec<String>,
}

/// A draft's model with one table of it, as pages read and change them.
pub(super) struct Opened {
    pub(super) editable: bool,
    pub(super) revision: i32,
    pub(super) rules: PackFiles,
    pub(super) model: dmn::Model,
    pub(super) table: Table,
}

/// `GET /rules/{version}/tables/{table}`
pub(super) async fn page(
    by: By<Overseer>,
    Path((version, table)): Path<(i32, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, PageError> {
    let (internal, lang) = (&by.internal, by.lang);
    let opened = open(&by, version, &table).await?.ok_or(PageError::NotFound)?;
    let examined = examined::check(internal, &opened.rules).await?;
    let loaded = internal.pack.current();
    let pack = examined.pack.as_ref().unwrap_or(&loaded.pack);
    let all = lines(&examined, pack, lang);
    let filter = filter(pack, &opened.table, &query);
    let wanted = filter.as_ref().and_then(|filter| {
        let chosen = filter.choices.iter().find(|(.., on)| *on)?;
        Some((filter.column.clone(), chosen.0.clone()))
    });
    let rows = opened
        .table
        .rules
        .iter()
        .filter(|rule| {
            wanted
                .as_ref()
                .is_none_or(|(column, word)| concerns(&opened.table, rule, column, word))
        })
        .map(|rule| RowLine {
            row: sentence(pack, &opened.table, rule),
            findings: all
                .iter()
                .filter(|line| line.is_about(&opened.table.id, rule.number))
                .map(|line| line.sentence.clone())
                .collect(),
        });
    let page = TablePage {
        frame: by.frame("/rules"),
        version,
        how: lang.t(how(&opened.table)),
        editable: opened.editable,
        notice: query.contains_key("saved").then(|| lang.t("rules.table.saved")),
        others: opened
            .model
            .tables
            .iter()
            .map(|table| (table.id.clone(), table.name.clone()))
            .collect(),
        rows: rows.collect(),
        of: opened.table.rules.len(),
        // Beside a row stands what is about it; above all stands what is about none.
        findings: all
            .into_iter()
            .filter(|line| line.concerns.is_empty() && line.table.as_ref().is_none_or(|(id, _)| *id == opened.table.id))
            .collect(),
        matrix: if wanted.is_none() {
            matrix(pack, &opened.table, lang)
        } else {
            Vec::new()
        },
        filter,
        table: opened.table.id,
        name: opened.table.name,
    };
    Ok(render(StatusCode::OK, &page))
}

/// A version's table. `None` where there is no such version or table, or its model can't be read.
pub(super) async fn open(visit: &Visit, version: i32, table: &str) -> Result<Option<Opened>, StoreError> {
    let internal = &visit.internal;
    let Some((set, rules)) = internal.board.rules_open(&internal.county, version).await? else {
        return Ok(None);
    };
    let model = rules.get(MODEL).and_then(|text| dmn::read(text).ok());
    let found = model.and_then(|model| {
        let table = model.tables.iter().find(|found| found.id == table)?.clone();
        Some((model, table))
    });
    Ok(found.map(|(model, table)| Opened {
        editable: set.state == RuleSetState::Draft && visit.actor.is(&[Role::Office]),
        revision: set.revision,
        rules,
        model,
        table,
    }))
}

/// How the rows of a table work together, as a key of its sentence.
pub(super) fn how(table: &Table) -> &'static str {
    match table.hit_policy {
        HitPolicy::Collect | HitPolicy::RuleOrder => "rules.table.all",
        HitPolicy::First => "rules.table.first",
        HitPolicy::Priority => "rules.table.priority",
        HitPolicy::Unique | HitPolicy::Any => "rules.table.one",
    }
}

/// A drop-down over the column by which people look for rows.
fn filter(pack: &Pack, table: &Table, query: &HashMap<String, String>) -> Option<Filter> {
    let column = ["situation", "obligation", "urgency"]
        .into_iter()
        .find_map(|name| table.inputs.iter().find(|column| column.name == name))?;
    let chosen = query.get("only").map_or("", String::as_str);
    let choices = choices(pack, column)?;
    Some(Filter {
        column: column.name.clone(),
        heading: casework::zh::cells::heading(column).to_owned(),
        choices: choices
            .into_iter()
            .map(|choice| {
                let on = choice.code == chosen;
                (choice.code, choice.label, on)
            })
            .collect(),
    })
}

fn concerns(table: &Table, rule: &dmn::Rule, column: &str, word: &str) -> bool {
    let at = table.inputs.iter().position(|input| input.name == column);
    at.and_then(|at| rule.tests.get(at))
        .is_none_or(|test| test.matches(&word.into()))
}
