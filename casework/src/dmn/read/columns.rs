//! Input and output columns.

use super::super::sfeel::{Item, Kind, Test, read_test};
use super::super::xml::{child, children, text};
use super::{Column, Reader, XmlNode, rules};

/// Words of FEEL that are not names.
const KEYWORDS: [&str; 20] = [
    "and",
    "or",
    "not",
    "in",
    "between",
    "if",
    "then",
    "else",
    "for",
    "return",
    "some",
    "every",
    "satisfies",
    "instance",
    "of",
    "function",
    "external",
    "true",
    "false",
    "null",
];

impl<'x> Reader<'x> {
    pub(super) fn inputs(&mut self, table: XmlNode<'x>) -> Vec<Column> {
        let nodes = children(table, "input").enumerate();
        nodes
            .filter_map(|(index, node)| self.input(table, node, index))
            .collect()
    }

    fn input(&mut self, table: XmlNode<'x>, node: XmlNode<'x>, index: usize) -> Option<Column> {
        let label = node.attribute("label").unwrap_or_default().to_owned();
        let shown = if label.is_empty() {
            format!("input {}", index + 1)
        } else {
            label.clone()
        };
        let Some(expression) = child(node, "inputExpression") else {
            self.error(node, None, Some(&shown), "the column has no input expression");
            return None;
        };
        let name = text(expression);
        if !is_name(&name) {
            let reason = format!("the input expression must be one plain name, not \"{name}\"");
            self.error(expression, None, Some(&shown), reason);
            return None;
        }
        self.foreign_language(expression, None, Some(&name));
        let written = expression
            .attribute("typeRef")
            .or_else(|| self.types.of_variable(&name));
        let typed = written.map_or_else(|| of_cells(table, "inputEntry", index), str::to_owned);
        self.column(node, &typed, name, label, "inputValues")
    }

    pub(super) fn outputs(&mut self, decision: XmlNode<'x>, table: XmlNode<'x>) -> Vec<Column> {
        let nodes: Vec<XmlNode<'x>> = children(table, "output").collect();
        if nodes.is_empty() {
            self.error(table, None, None, "the table has no output column");
        }
        // What a single column leaves out, the decision says.
        let single = nodes.len() == 1;
        let name = decision.attribute("name").filter(|_| single);
        let variable = child(decision, "variable").and_then(|variable| variable.attribute("typeRef"));
        let typed = table.attribute("typeRef").or(variable).filter(|_| single);
        let outputs = nodes.into_iter().enumerate();
        outputs
            .filter_map(|(index, output)| self.output(table, output, index, name, typed))
            .collect()
    }

    fn output(
        &mut self,
        table: XmlNode<'x>,
        node: XmlNode<'x>,
        index: usize,
        decision: Option<&str>,
        typed: Option<&str>,
    ) -> Option<Column> {
        let label = node.attribute("label").unwrap_or_default().to_owned();
        let name = node.attribute("name").or(decision).unwrap_or_default().to_owned();
        if name.is_empty() {
            let shown = if label.is_empty() {
                format!("output {}", index + 1)
            } else {
                label
            };
            self.error(node, None, Some(&shown), "the output column has no name");
            return None;
        }
        if let Some(default) = child(node, "defaultOutputEntry") {
            let reason = "default outputs are not understood; add a last row instead";
            self.error(default, None, Some(&name), reason);
        }
        let written = node.attribute("typeRef").or(typed);
        let typed = written.map_or_else(|| of_cells(table, "outputEntry", index), str::to_owned);
        self.column(node, &typed, name, label, "outputValues")
    }

    fn column(
        &mut self,
        node: XmlNode<'x>,
        typed: &str,
        name: String,
        label: String,
        values: &'static str,
    ) -> Option<Column> {
        let typed = match self.types.resolve(typed) {
            Ok(typed) => typed,
            Err(reason) => {
                self.error(node, None, Some(&name), reason);
                return None;
            }
        };
        let declared = child(node, values);
        if let Some(declared) = declared {
            self.foreign_language(declared, None, Some(&name));
        }
        let own = declared.map(text).filter(|cell| !cell.is_empty());
        let allowed = match read_test(&own.unwrap_or(typed.allowed), typed.kind) {
            Ok(Test::Any) => None,
            Ok(test) => Some(test),
            Err(reason) => {
                let reason = format!("allowed values: {reason}");
                self.error(declared.unwrap_or(node), None, Some(&name), reason);
                return None;
            }
        };
        Some(Column {
            name,
            label,
            kind: typed.kind,
            allowed,
            line: self.xml.line(node),
        })
    }

    /// The order of the declared values is the priority: there must be some, listed one by one.
    pub(super) fn priorities(&mut self, table: XmlNode<'x>, outputs: &[Column]) {
        if !outputs.is_empty() && outputs.iter().all(|column| column.allowed.is_none()) {
            let reason = "hit policy PRIORITY needs the allowed values of an output, the most important first";
            self.error(table, None, None, reason);
        }
        for column in outputs {
            let listed = |test: &Test| match test {
                Test::OneOf(items) => items.iter().all(|item| matches!(item, Item::Is(_))),
                Test::Any | Test::Not(_) => false,
            };
            if column.allowed.as_ref().is_some_and(|allowed| !listed(allowed)) {
                let reason = "allowed values: hit policy PRIORITY needs them one by one, without ranges or not(...)";
                self.error(table, None, Some(&column.name), reason);
            }
        }
    }
}

/// The type of a column that nobody gave a type: that of its cells, since literals of different types look different.
fn of_cells(table: XmlNode<'_>, entry: &'static str, index: usize) -> String {
    let cells: Vec<String> = rules(table)
        .filter_map(|rule| children(rule, entry).nth(index).map(text))
        .filter(|cell| !matches!(cell.as_str(), "" | "-" | "null"))
        .collect();
    let all = |kind: Kind| !cells.is_empty() && cells.iter().all(|cell| read_test(cell, kind).is_ok());
    let kind = [Kind::Flag, Kind::Number].into_iter().find(|kind| all(*kind));
    kind.unwrap_or(Kind::Text).to_string()
}

/// One name, perhaps of several words; no expression.
fn is_name(text: &str) -> bool {
    let plain = |word: &str| {
        !KEYWORDS.contains(&word) && !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    !text.starts_with(|c: char| c.is_ascii_digit()) && text.split(' ').all(plain)
}
