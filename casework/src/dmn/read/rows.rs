//! Rows.

use super::super::sfeel::{read_test, read_value};
use super::super::xml::{children, text};
use super::super::{Column, Rule};
use super::{Reader, XmlNode};

impl<'x> Reader<'x> {
    pub(super) fn rule(
        &mut self,
        node: XmlNode<'x>,
        number: usize,
        inputs: &[Column],
        outputs: &[Column],
    ) -> Option<Rule> {
        let cells: Vec<_> = children(node, "inputEntry").collect();
        let results: Vec<_> = children(node, "outputEntry").collect();
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
            self.foreign_language(cell, Some(number), Some(&column.name));
            match read_test(&text(cell), column.kind) {
                Ok(test) => tests.push(test),
                Err(reason) => self.error(cell, Some(number), Some(&column.name), reason),
            }
        }
        let mut values = Vec::with_capacity(outputs.len());
        for (cell, column) in results.into_iter().zip(outputs) {
            self.foreign_language(cell, Some(number), Some(&column.name));
            match read_value(&text(cell), column.kind) {
                Ok(value) => values.push(value),
                Err(reason) => self.error(cell, Some(number), Some(&column.name), reason),
            }
        }
        (self.errors.len() == before && tests.len() == inputs.len() && values.len() == outputs.len()).then(|| Rule {
            number,
            tests,
            outputs: values,
            line: self.xml.line(node),
        })
    }
}
