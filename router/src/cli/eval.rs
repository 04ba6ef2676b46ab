//! `router eval`: what one decision table answers, for any DMN file within the subset.
//!
//! Numbers are read from the JSON text itself: by way of a binary float 0.1 would be some other number, and a bound
//! at 0.1 would answer wrongly.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::process::ExitCode;

use casework::dmn::sfeel::{Kind, Value, read_number};
use casework::dmn::{self, Column, Inputs, Model, Rule, Table};
use serde::Serialize;
use serde_json::value::RawValue;

use super::terminal::{FINDING, UNREADABLE, say};

#[derive(Debug, clap::Args)]
pub(super) struct Eval {
    /// A DMN file
    file: PathBuf,
    /// Id or name of the decision; not needed where the file has a single one
    #[arg(long, value_name = "NAME")]
    decision: Option<String>,
    /// One JSON object: a value for each input column; what is left out is null
    #[arg(long, value_name = "JSON")]
    input: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    decision: &'a str,
    rows: Vec<usize>,
    outputs: Vec<BTreeMap<&'a str, Box<RawValue>>>,
}

impl Eval {
    pub(super) fn run(self) -> ExitCode {
        match self.answer() {
            Ok(()) => ExitCode::SUCCESS,
            Err((code, reasons)) => {
                for reason in reasons {
                    platform::remark!("{reason}");
                }
                ExitCode::from(code)
            }
        }
    }

    /// Errors: the exit code, and what to say.
    fn answer(&self) -> Result<(), (u8, Vec<String>)> {
        let unreadable = |reason: String| (UNREADABLE, vec![reason]);
        let name = self.file.display();
        let text = std::fs::read_to_string(&self.file).map_err(|error| unreadable(format!("{name}: {error}")))?;
        let model = dmn::read(&text).map_err(|errors| {
            let line = |error: &dmn::DmnError| format!("{name}:{}: {error}", error.line);
            (UNREADABLE, errors.iter().map(line).collect())
        })?;
        let table = self
            .table(&model)
            .map_err(|reason| unreadable(format!("{name}: {reason}")))?;
        let inputs = inputs(table, &self.input).map_err(|reasons| (UNREADABLE, reasons))?;
        let rules = table
            .evaluate(&inputs)
            .map_err(|error| (FINDING, vec![error.to_string()]))?;
        if rules.is_empty() {
            platform::remark!("no row of decision {} matches", table.id);
        }
        let outputs: Result<_, _> = rules.iter().map(|rule| outputs(table, rule)).collect();
        let line = outputs.and_then(|outputs| {
            serde_json::to_string(&Answer {
                decision: &table.id,
                rows: rules.iter().map(|rule| rule.number).collect(),
                outputs,
            })
        });
        say(&line.map_err(|error| (FINDING, vec![error.to_string()]))?);
        Ok(())
    }

    fn table<'m>(&self, model: &'m Model) -> Result<&'m Table, String> {
        let ids: Vec<&str> = model.tables.iter().map(|table| table.id.as_str()).collect();
        match (&self.decision, model.tables.as_slice()) {
            (Some(name), _) => model
                .table(name)
                .ok_or_else(|| format!("no decision {name}; there is {}", ids.join(", "))),
            (None, [table]) => Ok(table),
            (None, _) => Err(format!("choose one with --decision: {}", ids.join(", "))),
        }
    }
}

/// The values of the input columns. Errors: everything that is wrong with them.
fn inputs<'t>(table: &'t Table, json: &str) -> Result<Inputs<'t>, Vec<String>> {
    let given: HashMap<String, Box<RawValue>> =
        serde_json::from_str(json).map_err(|error| vec![format!("--input is not a JSON object: {error}")])?;
    let mut inputs = Inputs::new();
    let mut errors = Vec::new();
    for (name, raw) in &given {
        let Some(column) = table.inputs.iter().find(|column| column.name == *name) else {
            let known: Vec<&str> = table.inputs.iter().map(|column| column.name.as_str()).collect();
            errors.push(format!(
                "--input: {name} is not an input column; they are {}",
                known.join(", ")
            ));
            continue;
        };
        match value(column, raw.get()) {
            Ok(value) => {
                inputs.insert(&column.name, value);
            }
            Err(reason) => errors.push(format!("--input: {name}: {reason}")),
        }
    }
    errors.sort();
    if errors.is_empty() { Ok(inputs) } else { Err(errors) }
}

fn value(column: &Column, json: &str) -> Result<Value, String> {
    let value = match serde_json::from_str(json) {
        Ok(serde_json::Value::Null) => return Ok(Value::Null),
        Ok(serde_json::Value::Bool(flag)) => Value::Flag(flag),
        Ok(serde_json::Value::String(text)) => Value::Text(text),
        Ok(serde_json::Value::Number(_)) => Value::Number(read_number(json)?),
        _ => return Err("a string, a number, true, false or null is needed".to_owned()),
    };
    if !column.kind.holds(&value) {
        let wanted = match column.kind {
            Kind::Text => "a string",
            Kind::Whole => "a whole number",
            Kind::Number => "a number",
            Kind::Flag => "true or false",
        };
        return Err(format!("{json} is not {wanted}"));
    }
    match &column.allowed {
        Some(allowed) if !allowed.matches(&value) => Err(format!("{json} is not among the declared values {allowed}")),
        _ => Ok(value),
    }
}

fn outputs<'t>(table: &'t Table, rule: &Rule) -> Result<BTreeMap<&'t str, Box<RawValue>>, serde_json::Error> {
    let cells = table.outputs.iter().zip(&rule.outputs);
    cells
        .map(|(column, value)| Ok((column.name.as_str(), json(value)?)))
        .collect()
}

fn json(value: &Value) -> Result<Box<RawValue>, serde_json::Error> {
    RawValue::from_string(match value {
        Value::Text(text) => serde_json::to_string(text)?,
        // Null, true, false and plain decimals are written alike in both.
        value => value.to_string(),
    })
}
