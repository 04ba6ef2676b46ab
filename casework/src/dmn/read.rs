//! From DMN 1.3, 1.4 or 1.5 XML to tables. Diagrams and what is only for people is passed over.

use roxmltree::{Document, Node};

use super::sfeel::{Item, Kind, Test, read_test, read_value};
use super::{Column, DmnError, HitPolicy, Model, Rule, Table};
use crate::lines::{line_of, line_starts};

/// The model namespaces of DMN 1.3, 1.4 and 1.5.
const NAMESPACES: [&str; 3] = [
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
];

/// Reads a DMN file. Errors: everything that lies outside the subset, in file order.
pub fn read(text: &str) -> Result<Model, Vec<DmnError>> {
    let whole = |line, reason: String| {
        vec![DmnError {
            decision: String::new(),
            row: None,
            column: None,
            line,
            reason,
        }]
    };
    let document =
        Document::parse(text).map_err(|error| whole(error.pos().row, format!("not well-formed XML: {error}")))?;
    let root = document.root_element();
    let namespace = root.tag_name().namespace().unwrap_or_default();
    if root.tag_name().name() != "definitions" || !NAMESPACES.contains(&namespace) {
        return Err(whole(
            1,
            "not a DMN 1.3, 1.4 or 1.5 model: the first element must be definitions".into(),
        ));
    }
    let mut reader = Reader {
        lines: line_starts(text),
        namespace,
        decision: String::new(),
        errors: Vec::new(),
    };
    let mut tables: Vec<Table> = Vec::new();
    for decision in reader.children(root, "decision") {
        if let Some(table) = reader.decision(decision) {
            if tables.iter().any(|earlier| earlier.id == table.id) {
                reader.error(
                    decision,
                    None,
                    None,
                    format!("a second decision has the id {}", table.id),
                );
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

struct Reader<'d> {
    /// Looked up for each row; asking the document would scan the file each time.
    lines: Vec<usize>,
    namespace: &'d str,
    decision: String,
    errors: Vec<DmnError>,
}

impl<'d> Reader<'d> {
    fn line(&self, node: Node<'d, 'd>) -> u32 {
        line_of(&self.lines, node.range().start)
    }

    fn error(&mut self, node: Node<'d, 'd>, row: Option<usize>, column: Option<&str>, reason: impl Into<String>) {
        let error = DmnError {
            decision: self.decision.clone(),
            row,
            column: column.map(str::to_owned),
            line: self.line(node),
            reason: reason.into(),
        };
        self.errors.push(error);
    }

    fn children(&self, node: Node<'d, 'd>, name: &'static str) -> Vec<Node<'d, 'd>> {
        node.children()
            .filter(|child| child.has_tag_name((self.namespace, name)))
            .collect()
    }

    fn child(&self, node: Node<'d, 'd>, name: &'static str) -> Option<Node<'d, 'd>> {
        self.children(node, name).into_iter().next()
    }

    /// The text of the `text` element inside a node.
    fn text(&self, node: Node<'d, 'd>) -> String {
        self.child(node, "text")
            .map(|text| text.children().filter_map(|part| part.text()).collect::<String>())
            .unwrap_or_default()
            .trim()
            .to_owned()
    }

    fn decision(&mut self, node: Node<'d, 'd>) -> Option<Table> {
        let name = node.attribute("name").unwrap_or_default().to_owned();
        let id = node.attribute("id").map_or_else(|| name.clone(), str::to_owned);
        self.decision.clone_from(&id);
        let Some(table) = self.child(node, "decisionTable") else {
            self.error(
                node,
                None,
                None,
                "only decision tables are understood; this decision has none",
            );
            return None;
        };
        let word = table.attribute("hitPolicy").unwrap_or("UNIQUE");
        let Some(hit_policy) = HitPolicy::from_word(word) else {
            let reason =
                format!("hit policy {word}: only UNIQUE, FIRST, PRIORITY, ANY, COLLECT and RULE ORDER are understood");
            self.error(table, None, None, reason);
            return None;
        };
        if let Some(aggregation) = table.attribute("aggregation") {
            let reason = format!("aggregation {aggregation}: COLLECT is understood without aggregation only");
            self.error(table, None, None, reason);
        }
        let inputs: Vec<Column> = self
            .children(table, "input")
            .into_iter()
            .filter_map(|input| self.input(input))
            .collect();
        let single = self.children(table, "output").len() == 1;
        let outputs: Vec<Column> = self
            .children(table, "output")
            .into_iter()
            .filter_map(|output| self.output(output, single.then_some(name.as_str())))
            .collect();
        if outputs.is_empty() {
            self.error(table, None, None, "the table has no output column");
        }
        for (index, column) in inputs.iter().enumerate() {
            if inputs[..index].iter().any(|earlier| earlier.name == column.name) {
                self.error(
                    table,
                    None,
                    Some(&column.name),
                    "two input columns test the same variable",
                );
            }
        }
        if hit_policy == HitPolicy::Priority {
            self.priorities(table, &outputs);
        }
        // Rows are read only under sound columns: else each row would repeat the column's mistake.
        if self.errors.iter().any(|error| error.decision == id) {
            return None;
        }
        let rules = self
            .children(table, "rule")
            .into_iter()
            .enumerate()
            .filter_map(|(index, rule)| self.rule(rule, index + 1, &inputs, &outputs))
            .collect();
        Some(Table {
            id,
            name,
            hit_policy,
            inputs,
            outputs,
            rules,
            line: self.line(node),
        })
    }

    /// The order of the declared values is the priority: there must be some, listed one by one.
    fn priorities(&mut self, table: Node<'d, 'd>, outputs: &[Column]) {
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

    fn input(&mut self, node: Node<'d, 'd>) -> Option<Column> {
        let label = node.attribute("label").unwrap_or_default().to_owned();
        let Some(expression) = self.child(node, "inputExpression") else {
            self.error(node, None, Some(&label), "the column has no input expression");
            return None;
        };
        let name = self.text(expression);
        let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if name.is_empty() || !plain || name.starts_with(|c: char| c.is_ascii_digit()) {
            self.error(
                expression,
                None,
                Some(&label),
                format!("the input expression must be one plain name, not \"{name}\""),
            );
            return None;
        }
        self.foreign_language(expression, None, &name);
        self.column(node, expression, name, label, "inputValues")
    }

    fn output(&mut self, node: Node<'d, 'd>, decision: Option<&str>) -> Option<Column> {
        let label = node.attribute("label").unwrap_or_default().to_owned();
        let name = node.attribute("name").or(decision).unwrap_or_default().to_owned();
        if name.is_empty() {
            self.error(node, None, Some(&label), "the output column has no name");
            return None;
        }
        if let Some(default) = self.child(node, "defaultOutputEntry") {
            self.error(
                default,
                None,
                Some(&name),
                "default outputs are not understood; add a last row instead",
            );
        }
        self.column(node, node, name, label, "outputValues")
    }

    fn column(
        &mut self,
        node: Node<'d, 'd>,
        typed: Node<'d, 'd>,
        name: String,
        label: String,
        values: &'static str,
    ) -> Option<Column> {
        let kind = match typed.attribute("typeRef").unwrap_or("string") {
            "string" => Kind::Text,
            "integer" | "long" => Kind::Whole,
            "number" | "double" | "decimal" => Kind::Number,
            "boolean" => Kind::Flag,
            other => {
                let reason = format!(
                    "type {other}: only string, boolean, integer, long, number, double and decimal are understood"
                );
                self.error(typed, None, Some(&name), reason);
                return None;
            }
        };
        let allowed = match self.child(node, values).map(|values| (values, self.text(values))) {
            Some((values, cell)) if !cell.is_empty() => match read_test(&cell, kind) {
                Ok(test) => Some(test),
                Err(reason) => {
                    self.error(values, None, Some(&name), format!("allowed values: {reason}"));
                    return None;
                }
            },
            _ => None,
        };
        Some(Column {
            name,
            label,
            kind,
            allowed,
            line: self.line(node),
        })
    }

    fn rule(&mut self, node: Node<'d, 'd>, number: usize, inputs: &[Column], outputs: &[Column]) -> Option<Rule> {
        let cells = self.children(node, "inputEntry");
        let results = self.children(node, "outputEntry");
        if cells.len() != inputs.len() || results.len() != outputs.len() {
            let reason = format!(
                "the row has {} input and {} output cells, the table {} and {} columns",
                cells.len(),
                results.len(),
                inputs.len(),
                outputs.len()
            );
            self.error(node, Some(number), None, reason);
            return None;
        }
        let before = self.errors.len();
        let mut tests = Vec::with_capacity(inputs.len());
        for (cell, column) in cells.into_iter().zip(inputs) {
            self.foreign_language(cell, Some(number), &column.name);
            match read_test(&self.text(cell), column.kind) {
                Ok(test) => tests.push(test),
                Err(reason) => self.error(cell, Some(number), Some(&column.name), reason),
            }
        }
        let mut values = Vec::with_capacity(outputs.len());
        for (cell, column) in results.into_iter().zip(outputs) {
            self.foreign_language(cell, Some(number), &column.name);
            match read_value(&self.text(cell), column.kind) {
                Ok(value) => values.push(value),
                Err(reason) => self.error(cell, Some(number), Some(&column.name), reason),
            }
        }
        (self.errors.len() == before).then(|| Rule {
            number,
            tests,
            outputs: values,
            line: self.line(node),
        })
    }

    /// Cells in JavaScript, JUEL and the like are not S-FEEL, even where they look like it.
    fn foreign_language(&mut self, node: Node<'d, 'd>, row: Option<usize>, column: &str) {
        if let Some(language) = node.attribute("expressionLanguage")
            && !language.to_ascii_lowercase().contains("feel")
        {
            self.error(
                node,
                row,
                Some(column),
                format!("expression language {language}: only FEEL is understood"),
            );
        }
    }
}
