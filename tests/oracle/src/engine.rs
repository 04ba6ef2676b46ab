//! The independent engine: dsntk.

use casework::dmn::sfeel::Value;
use casework::dmn::{Inputs, Table};
use dsntk_feel::context::FeelContext;
use dsntk_feel::values::Value as Feel;
use dsntk_feel::{Evaluator, FeelNumber, FeelScope, Name};
use dsntk_model::{Decision, DmnElement, ExpressionInstance, NamedElement};

use crate::answer::{Answer, many};

/// One decision table, read and built by the engine.
pub struct Engine {
    evaluator: Evaluator,
}

impl Engine {
    /// Errors: what the engine says about the file or table.
    pub fn new(text: &str, table: &Table) -> Result<Self, String> {
        let definitions = dsntk_model::parse(text).map_err(|error| error.to_string())?;
        let decisions = definitions.decisions();
        // A decision without an id has a made-up one there, and its name here.
        let same = |decision: &&Decision| *decision.id() == table.id || decision.name() == table.id;
        let decision = decisions.iter().find(same);
        let Some(ExpressionInstance::DecisionTable(logic)) = decision.and_then(|found| found.decision_logic().as_ref())
        else {
            return Err(format!("the engine finds no decision table {}", table.id));
        };
        // The engine reads names only in a scope that has them.
        let scope = scope(table, &Inputs::new());
        let evaluator =
            dsntk_model_evaluator::build_decision_table_evaluator(&scope, logic).map_err(|error| error.to_string())?;
        Ok(Self { evaluator })
    }

    pub fn answer(&self, table: &Table, inputs: &Inputs<'_>) -> Result<Answer, String> {
        let found = (self.evaluator)(&scope(table, inputs));
        if let Feel::Null(Some(reason)) = &found {
            if reason.contains("no rules matched") {
                return Ok(Answer::Nothing);
            }
            if reason.contains("multiple_rules_match") || reason.contains("must_have_the_same_value") {
                return Ok(Answer::Clash);
            }
        }
        let rows = match found {
            Feel::List(rows) if many(table.hit_policy) => rows,
            row => vec![row],
        };
        let rows: Result<_, _> = rows.iter().map(|found| row(table, found)).collect();
        rows.map(Answer::Rows)
    }
}

fn scope(table: &Table, inputs: &Inputs<'_>) -> FeelScope {
    let mut context = FeelContext::default();
    for column in &table.inputs {
        let value = inputs.get(column.name.as_str()).unwrap_or(&Value::Null);
        let value = match value {
            Value::Null => Feel::Null(None),
            Value::Flag(flag) => Feel::Boolean(*flag),
            Value::Text(text) => Feel::String(text.clone()),
            Value::Number(number) => number
                .to_string()
                .parse::<FeelNumber>()
                .map_or(Feel::Null(None), Feel::Number),
        };
        context.set_entry(&Name::from(column.name.as_str()), value);
    }
    context.into()
}

fn row(table: &Table, found: &Feel) -> Result<Vec<Value>, String> {
    if let [_] = table.outputs.as_slice() {
        return Ok(vec![value(found)?]);
    }
    let Feel::Context(context) = found else {
        return Err(format!("the engine answers {found} where a row is expected"));
    };
    let cell = |name: &str| match context.get_entry(&Name::from(name)) {
        Some(found) => value(found),
        None => Err(format!("the engine answers without {name}")),
    };
    table.outputs.iter().map(|column| cell(&column.name)).collect()
}

fn value(found: &Feel) -> Result<Value, String> {
    match found {
        Feel::Null(_) => Ok(Value::Null),
        Feel::Boolean(flag) => Ok(Value::Flag(*flag)),
        Feel::String(text) => Ok(Value::Text(text.clone())),
        Feel::Number(number) => {
            let number = number.to_string();
            number
                .parse()
                .map(Value::Number)
                .map_err(|_| format!("{number} is not a number that we hold"))
        }
        // Cells of one value come as a list of one.
        Feel::ExpressionList(values) | Feel::List(values) => match values.as_slice() {
            [single] => value(single),
            _ => Err(format!("the engine answers a list: {found}")),
        },
        other => Err(format!("the engine answers {other}")),
    }
}
