//! From DMN 1.3, 1.4 or 1.5 XML to tables. Diagrams and what is only for people is passed over.

mod columns;
mod rows;
mod types;

use std::collections::HashSet;

use roxmltree::Node;

use super::xml::{Xml, child, children};
use super::{Column, DmnError, HitPolicy, Model, Table};
use types::Types;

/// More would be read by nobody.
const MAX_ERRORS: usize = 500;

/// Reads a DMN file. Errors: everything that lies outside the subset, in file order.
pub fn read(text: &str) -> Result<Model, Vec<DmnError>> {
    let xml = Xml::parse(text).map_err(|error| vec![error])?;
    let root = xml.document.root_element();
    let mut reader = Reader {
        xml: &xml,
        types: Types::of(root),
        decision: String::new(),
        errors: Vec::new(),
    };
    reader.foreign_language(root, None, None);
    let mut tables: Vec<Table> = Vec::new();
    let mut ids = HashSet::new();
    for decision in children(root, "decision") {
        if reader.errors.len() >= MAX_ERRORS {
            break;
        }
        if let Some(table) = reader.decision(decision) {
            if !ids.insert(table.id.clone()) {
                let reason = format!("a second decision has the id {}", table.id);
                reader.error(decision, None, None, reason);
            }
            tables.push(table);
        }
    }
    if reader.errors.is_empty() {
        Ok(Model {
            name: root.attribute("name").unwrap_or_default().to_owned(),
            tables,
        })
    } else {
        Err(reader.errors)
    }
}

/// The rows of a decision table: those that the reader turns into rules, in the same order.
pub(super) fn rules<'a, 'i>(table: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    children(table, "rule")
}

struct Reader<'x> {
    xml: &'x Xml<'x>,
    types: Types,
    decision: String,
    errors: Vec<DmnError>,
}

type XmlNode<'x> = Node<'x, 'x>;

impl<'x> Reader<'x> {
    fn error(&mut self, node: XmlNode<'x>, row: Option<usize>, column: Option<&str>, reason: impl Into<String>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(DmnError {
                decision: self.decision.clone(),
                row,
                column: column.map(str::to_owned),
                line: self.xml.line(node),
                reason: reason.into(),
            });
        }
    }

    fn decision(&mut self, node: XmlNode<'x>) -> Option<Table> {
        let before = self.errors.len();
        let name = node.attribute("name").unwrap_or_default().to_owned();
        let id = node.attribute("id").map_or_else(|| name.clone(), str::to_owned);
        self.decision.clone_from(&id);
        let mut found = children(node, "decisionTable");
        let (Some(table), None) = (found.next(), found.next()) else {
            let several = "only decision tables are understood; this decision has several";
            let none = "only decision tables are understood; this decision has none";
            let reason = if child(node, "decisionTable").is_some() {
                several
            } else {
                none
            };
            self.error(node, None, None, reason);
            return None;
        };
        self.foreign_language(node, None, None);
        let hit_policy = self.hit_policy(table);
        let inputs = self.inputs(table);
        let outputs = self.outputs(node, table);
        self.twice(table, &inputs, "two input columns test the same variable");
        self.twice(table, &outputs, "two output columns have the same name");
        if hit_policy == Some(HitPolicy::Priority) {
            self.priorities(table, &outputs);
        }
        // Rows are read only under sound columns: else each row would repeat the column's mistake.
        if self.errors.len() > before {
            return None;
        }
        let rules = rules(table)
            .zip(1..)
            .filter_map(|(rule, number)| self.rule(rule, number, &inputs, &outputs))
            .collect();
        Some(Table {
            id,
            name,
            hit_policy: hit_policy?,
            inputs,
            outputs,
            rules,
            line: self.xml.line(node),
        })
    }

    fn hit_policy(&mut self, table: XmlNode<'x>) -> Option<HitPolicy> {
        if let Some(aggregation) = table.attribute("aggregation") {
            let reason = format!("aggregation {aggregation}: COLLECT is understood without aggregation only");
            self.error(table, None, None, reason);
        }
        let word = table.attribute("hitPolicy").unwrap_or("UNIQUE");
        let policy = HitPolicy::from_word(word);
        if policy.is_none() {
            let known = HitPolicy::ALL.map(HitPolicy::as_str).join(", ");
            self.error(
                table,
                None,
                None,
                format!("hit policy {word}: only {known} are understood"),
            );
        }
        policy
    }

    fn twice(&mut self, table: XmlNode<'x>, columns: &[Column], reason: &str) {
        let mut names = HashSet::new();
        for column in columns {
            if !names.insert(column.name.as_str()) {
                self.error(table, None, Some(&column.name), reason);
            }
        }
    }

    /// Expressions in JavaScript, JUEL and the like are not S-FEEL, even where they look like it.
    fn foreign_language(&mut self, node: XmlNode<'x>, row: Option<usize>, column: Option<&str>) {
        if let Some(language) = node.attribute("expressionLanguage")
            && !language.to_ascii_lowercase().contains("feel")
        {
            let reason = format!("expression language {language}: only FEEL is understood");
            self.error(node, row, column, reason);
        }
    }
}
