//! One row in drop-downs and ticks. While one edits, `check` says what the row would mean and what the check finds then;
//! saving keeps what was typed wherever something is wrong.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::{
    clerk::{Change, Field, FieldProblem, Mode, NamedField, change, fields, row_from, sentence},
    dmn::{self, Row, Rule},
    pack::{Pack, PackFiles},
};
use platform::{store::RulesError, text::Lang};
use serde::Deserialize;

use super::{
    examined,
    findings::{FindingLine, lines},
    save,
    table::{Opened, open},
    version::MODEL,
};
use crate::internal::{
    Internal,
    auth::{Actor, Office},
    page::{Frame, Language, problem, render},
    unavailable,
};

/// What a form sends: the fields of the row and what to do.
type Typed = Vec<(String, String)>;

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

/// A field as the template draws it.
struct FieldView {
    name: String,
    heading: String,
    kind: &'static str,
    mode: &'static str,
    choices: Vec<(String, String, bool)>,
    text: String,
    second: String,
    problem: Option<String>,
}

/// `GET /rules/{version}/tables/{table}/rows/{row}`; row 0 is a new one.
pub(super) async fn page(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path((version, table, row)): Path<(i32, String, usize)>,
    Query(place): Query<Place>,
) -> Response {
    let edit = match Edit::open(&internal, &actor, version, &table, row).await {
        Ok(edit) => edit,
        Err(response) => return response,
    };
    let from = if row == 0 { place.copy } else { row };
    let rule = edit.rule(from).cloned();
    let shown = fields(&edit.pack, &edit.opened.table, rule.as_ref());
    let said = edit.meaning(&internal, &actor, lang, None).await;
    edit.show(
        &actor,
        lang,
        (StatusCode::OK, None),
        place.after,
        view(shown, &[], lang),
        said,
    )
}

/// `POST /rules/{version}/tables/{table}/rows/{row}/check`: what the row would mean, and what would be wrong then.
pub(super) async fn check(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path((version, table, row)): Path<(i32, String, usize)>,
    Form(typed): Form<Typed>,
) -> Response {
    let edit = match Edit::open(&internal, &actor, version, &table, row).await {
        Ok(edit) => edit,
        Err(response) => return response,
    };
    let read = row_from(&edit.pack, &edit.opened.table, edit.rule(row), &typed);
    let said = edit
        .meaning(&internal, &actor, lang, Some((read, number(&typed, "after"))))
        .await;
    render(StatusCode::OK, &said)
}

/// `POST /rules/{version}/tables/{table}/rows/{row}`: saves, removes or moves the row.
pub(super) async fn submit(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path((version, table, row)): Path<(i32, String, usize)>,
    Form(typed): Form<Typed>,
) -> Response {
    let edit = match Edit::open(&internal, &actor, version, &table, row).await {
        Ok(edit) => edit,
        Err(response) => return response,
    };
    let after = number(&typed, "after");
    let what = match field(&typed, "act") {
        "remove" => Change::Remove(row),
        "up" => Change::Up(row),
        _ => match row_from(&edit.pack, &edit.opened.table, edit.rule(row), &typed) {
            Ok(read) if row == 0 => Change::Insert(after, read),
            Ok(read) => Change::Replace(row, read),
            Err(problems) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                let said = lang.t("rules.row.mend").to_owned();
                return edit
                    .again(&internal, &actor, lang, (status, said), &typed, &problems)
                    .await;
            }
        },
    };
    let Some(rules) = edit.changed(what) else {
        return problem::not_found().into_response();
    };
    let revision = i32::try_from(number(&typed, "revision")).unwrap_or_default();
    match save::save(&internal, &actor, version, revision, rules).await {
        Ok(_) => Redirect::to(&format!(
            "/rules/{version}/tables/{table}?saved#row-{}",
            row.max(after + 1)
        ))
        .into_response(),
        Err(RulesError::Store(e)) => unavailable(&e),
        Err(e) => match save::refusal(&e, lang) {
            Ok(said) => {
                edit.again(&internal, &actor, lang, (StatusCode::CONFLICT, said), &typed, &[])
                    .await
            }
            Err(response) => response,
        },
    }
}

/// A row of a draft that is being edited.
struct Edit {
    version: i32,
    row: usize,
    opened: Opened,
    pack: Arc<Pack>,
}

impl Edit {
    async fn open(internal: &Internal, actor: &Actor, version: i32, table: &str, row: usize) -> Result<Self, Response> {
        let opened = match open(internal, actor, version, table).await {
            Ok(Some(opened)) if opened.editable && row <= opened.table.rules.len() => opened,
            Ok(_) => return Err(problem::not_found().into_response()),
            Err(e) => return Err(unavailable(&e)),
        };
        // Words come from the pack in force: a draft can't bring new ones.
        let pack = Arc::new(internal.pack.current().pack.clone());
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
    async fn meaning(
        &self,
        internal: &Internal,
        actor: &Actor,
        lang: Lang,
        typed: Option<(Result<Row, Vec<FieldProblem>>, usize)>,
    ) -> Meaning {
        let mut said = Meaning {
            frame: Frame::of(actor, lang, "/rules"),
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
            Err(e) => said.problems = vec![platform::telemetry::chain(&e)],
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
    async fn again(
        &self,
        internal: &Internal,
        actor: &Actor,
        lang: Lang,
        (status, said): (StatusCode, String),
        typed: &Typed,
        problems: &[FieldProblem],
    ) -> Response {
        let mut shown = fields(&self.pack, &self.opened.table, self.rule(self.row));
        for field in &mut shown {
            put(field, typed);
        }
        let meaning = self.meaning(internal, actor, lang, None).await;
        let fields = view(shown, problems, lang);
        self.show(
            actor,
            lang,
            (status, Some(said)),
            number(typed, "after"),
            fields,
            meaning,
        )
    }

    fn show(
        &self,
        actor: &Actor,
        lang: Lang,
        (status, error): (StatusCode, Option<String>),
        after: usize,
        fields: Vec<FieldView>,
        said: Meaning,
    ) -> Response {
        let (asks, answers) = fields.into_iter().partition(|field| field.name.starts_with("if."));
        let page = RowPage {
            frame: Frame::of(actor, lang, "/rules"),
            version: self.version,
            table: self.opened.table.id.clone(),
            name: self.opened.table.name.clone(),
            row: self.row,
            after,
            revision: self.opened.revision,
            error,
            asks,
            answers,
            said,
        };
        render(status, &page)
    }
}

fn field<'t>(typed: &'t Typed, name: &str) -> &'t str {
    let found = typed.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value.trim())
}

fn number(typed: &Typed, name: &str) -> usize {
    field(typed, name).parse().unwrap_or_default()
}

fn words(problem: &FieldProblem, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &problem.zh,
        Lang::En => &problem.en,
    }
}

/// Puts what was typed into a field, right or wrong.
fn put(shown: &mut NamedField, typed: &Typed) {
    let name = shown.name.clone();
    let chosen = |code: &str| typed.iter().any(|(key, value)| *key == name && value == code);
    match &mut shown.field {
        Field::Words { mode, choices } => {
            *mode = match field(typed, &format!("{name}.mode")) {
                "some" => Mode::Some,
                "not" => Mode::Not,
                _ => Mode::Any,
            };
            for (choice, on) in choices {
                *on = chosen(&choice.code);
            }
        }
        Field::Flag(flag) => *flag = field(typed, &name).parse().ok(),
        Field::Range(from, to) => {
            *from = field(typed, &format!("{name}.from")).parse().ok();
            *to = field(typed, &format!("{name}.to")).parse().ok();
        }
        Field::Choice { choices } => {
            for (choice, on) in choices {
                *on = chosen(&choice.code);
            }
        }
        Field::Limit { count, units } => {
            field(typed, &format!("{name}.count")).clone_into(count);
            let unit = field(typed, &format!("{name}.unit"));
            for (choice, on) in units {
                *on = choice.code == unit;
            }
        }
        Field::Number(text) | Field::Text(text) => field(typed, &name).clone_into(text),
        Field::Complex(_) => {}
    }
}

fn view(fields: Vec<NamedField>, problems: &[FieldProblem], lang: Lang) -> Vec<FieldView> {
    fields
        .into_iter()
        .map(|field| field_view(field, problems, lang))
        .collect()
}

fn field_view(shown: NamedField, problems: &[FieldProblem], lang: Lang) -> FieldView {
    let problem = problems.iter().find(|problem| problem.name == shown.name);
    let mut view = FieldView {
        name: shown.name,
        heading: shown.heading,
        kind: "text",
        mode: "",
        choices: Vec::new(),
        text: String::new(),
        second: String::new(),
        problem: problem.map(|problem| words(problem, lang).to_owned()),
    };
    let drawn = |choices: Vec<(casework::clerk::words::Choice, bool)>| {
        choices
            .into_iter()
            .map(|(choice, on)| (choice.code, choice.label, on))
            .collect()
    };
    let end = |end: Option<i64>| end.map_or_else(String::new, |end| end.to_string());
    match shown.field {
        Field::Words { mode, choices } => {
            view.kind = "words";
            view.mode = match mode {
                Mode::Any => "any",
                Mode::Some => "some",
                Mode::Not => "not",
            };
            view.choices = drawn(choices);
        }
        Field::Flag(flag) => {
            view.kind = "flag";
            view.text = flag.map_or_else(String::new, |flag| flag.to_string());
        }
        Field::Range(from, to) => {
            view.kind = "range";
            (view.text, view.second) = (end(from), end(to));
        }
        Field::Complex(words) => {
            view.kind = "complex";
            view.text = words;
        }
        Field::Choice { choices } => {
            view.kind = "choice";
            view.choices = drawn(choices);
        }
        Field::Limit { count, units } => {
            view.kind = "limit";
            view.text = count;
            view.choices = drawn(units);
        }
        Field::Number(text) => {
            view.kind = "number";
            view.text = text;
        }
        Field::Text(text) => view.text = text,
    }
    view
}
