//! The same table for zen-engine: a graph of input, table and output.

use serde_json::{Map, Value, json};
use zen_engine::model::GraphContent;
use zen_engine::{Decision, DecisionGraphResponse, Variable};

use crate::tables::{COLUMNS, Cells, Report};

pub(crate) struct Zen(Decision);

impl Zen {
    pub(crate) fn new(cells: &[Cells]) -> Self {
        let inputs: Vec<Value> = COLUMNS
            .iter()
            .map(|(name, _)| json!({ "id": name, "name": name, "field": name }))
            .collect();
        let rules: Vec<Value> = cells
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let mut rule = Map::from_iter([
                    ("_id".to_owned(), json!(format!("r{index}"))),
                    ("row".to_owned(), json!(index.to_string())),
                ]);
                rule.extend(
                    COLUMNS
                        .iter()
                        .zip(row)
                        .map(|((name, _), cell)| ((*name).to_owned(), json!(cell))),
                );
                Value::Object(rule)
            })
            .collect();
        let graph = json!({
            "nodes": [
                { "id": "in", "name": "in", "type": "inputNode", "content": {} },
                { "id": "table", "name": "table", "type": "decisionTableNode", "content": {
                    "hitPolicy": "first", "inputs": inputs, "rules": rules,
                    "outputs": [{ "id": "row", "name": "row", "field": "row" }],
                } },
                { "id": "out", "name": "out", "type": "outputNode", "content": {} },
            ],
            "edges": [
                { "id": "e1", "sourceId": "in", "targetId": "table" },
                { "id": "e2", "sourceId": "table", "targetId": "out" },
            ],
        });
        let mut content: GraphContent = serde_json::from_value(graph).expect("a graph");
        content.compile();
        Self(Decision::from(content))
    }

    pub(crate) fn input(report: &Report) -> Variable {
        let input = json!({
            "situation": report.situation,
            "area": report.area,
            "present_danger": report.present_danger,
            "age": report.age,
        });
        input.into()
    }

    pub(crate) async fn evaluate(&self, input: &Variable) -> DecisionGraphResponse {
        self.0.evaluate(input.clone()).await.expect("an answer")
    }

    /// The row that answers.
    pub(crate) async fn row(&self, input: &Variable) -> Option<usize> {
        let row = self.evaluate(input).await.result.dot("row")?.as_number()?;
        Some(row.try_into().expect("a row"))
    }
}
