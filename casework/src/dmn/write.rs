//! From changed rows back to XML, touching nothing else.
//!
//! A DMN file holds more than its tables: diagrams, ids that other tools refer to, comments, extension elements,
//! descriptions of rows. So the file is not written anew: the bytes of changed cells are replaced in the original
//! text, rows move or go as whole pieces of it, and a new row is put together like its neighbours. What was written
//! is read again before it is handed out; a file that says anything but what was asked is an error, never a result.

mod draft;
mod row;
mod splice;

use std::collections::{HashMap, HashSet};

use roxmltree::Node;

use super::read::rules;
use super::xml::{Xml, child, children};
use super::{DmnError, Model, Table, read};
pub use draft::{Draft, Row};
use row::NewRows;
use splice::Splice;

/// Writes drafts into the text of a DMN file; tables without a draft stay as they are. Errors: the file is outside
/// the subset, or a draft doesn't fit its table.
pub fn write(text: &str, drafts: &[Draft]) -> Result<String, Vec<DmnError>> {
    let model = read(text)?;
    let xml = Xml::parse(text).map_err(|error| vec![error])?;
    let wanted = by_table(&model, drafts)?;
    let mut splice = Splice::new(text);
    let mut fresh = NewRows::of(&xml.document);
    let decisions = children(xml.document.root_element(), "decision");
    for ((node, table), draft) in decisions.zip(&model.tables).zip(&wanted) {
        if let (Some(draft), Some(node)) = (draft, child(node, "decisionTable")) {
            rows(&mut splice, &mut fresh, node, table, draft);
        }
    }
    let written = splice.finish();
    confirm(&written, &model, &wanted)?;
    Ok(written)
}

/// The draft of each table. Errors: a draft that doesn't fit.
fn by_table<'d>(model: &Model, drafts: &'d [Draft]) -> Result<Vec<Option<&'d Draft>>, Vec<DmnError>> {
    let mut errors = Vec::new();
    let mut found: HashMap<&str, &Draft> = HashMap::new();
    for draft in drafts {
        match model.table(&draft.decision) {
            None => errors.push(misfit(draft, 0, "the file has no such decision")),
            Some(table) => {
                errors.extend(unfit(table, draft));
                if found.insert(&table.id, draft).is_some() {
                    errors.push(misfit(draft, table.line, "two drafts for one decision"));
                }
            }
        }
    }
    if errors.is_empty() {
        Ok(model
            .tables
            .iter()
            .map(|table| found.get(table.id.as_str()).copied())
            .collect())
    } else {
        Err(errors)
    }
}

fn misfit(draft: &Draft, line: u32, reason: impl Into<String>) -> DmnError {
    DmnError {
        decision: draft.decision.clone(),
        ..DmnError::of_file(line, reason)
    }
}

/// What is wrong with a draft of a table.
fn unfit(table: &Table, draft: &Draft) -> Vec<DmnError> {
    let mut used = HashSet::new();
    let mut errors = Vec::new();
    for (row, number) in draft.rows.iter().zip(1..) {
        let reason = match row.was {
            Some(was) if was == 0 || was > table.rules.len() => format!("there is no row {was} in the original"),
            Some(was) if !used.insert(was) => format!("row {was} of the original stands here twice"),
            _ if row.tests.len() != table.inputs.len() || row.outputs.len() != table.outputs.len() => {
                "the row has more or fewer cells than the table has columns".to_owned()
            }
            _ => continue,
        };
        errors.push(DmnError {
            row: Some(number),
            ..misfit(draft, table.line, reason)
        });
    }
    errors
}

/// Puts the rows of a draft in the place of a table's rows.
fn rows(splice: &mut Splice<'_>, fresh: &mut NewRows, node: Node<'_, '_>, table: &Table, draft: &Draft) {
    let pieces = splice::pieces(splice.text, node, rules(node));
    let kept: HashSet<usize> = draft.rows.iter().filter_map(|row| row.was).collect();
    let mut out = String::new();
    // Comments in front of a row that goes stay: with the next row that stays, or behind the last.
    let mut carried = HashMap::new();
    let mut orphan = String::new();
    for (piece, number) in pieces.rows.iter().zip(1..) {
        if kept.contains(&number) {
            carried.insert(number, std::mem::take(&mut orphan));
        } else if !piece.lead.trim().is_empty() {
            orphan.push_str(piece.lead);
        }
    }
    for row in &draft.rows {
        let Some((was, piece, rule)) = row.was.and_then(|was| {
            let index = was.checked_sub(1)?;
            Some((was, pieces.rows.get(index)?, table.rules.get(index)?))
        }) else {
            out.push_str(&fresh.row(splice.text, node, &pieces, table, row));
            continue;
        };
        out.push_str(carried.get(&was).map_or("", String::as_str));
        out.push_str(piece.lead);
        if row.says(rule) {
            out.push_str(&splice.text[piece.node.range()]);
        } else {
            out.push_str(&row::changed(splice.text, piece.node, rule, row));
        }
    }
    out.push_str(&orphan);
    splice.replace(pieces.range, out);
}

/// Whether what was written says what was asked.
fn confirm(written: &str, model: &Model, wanted: &[Option<&Draft>]) -> Result<(), Vec<DmnError>> {
    let again = read(written)?;
    for ((table, original), draft) in again.tables.iter().zip(&model.tables).zip(wanted) {
        let as_is = Draft::of(original);
        let rows = &draft.unwrap_or(&as_is).rows;
        let wrong = rows.iter().zip(&table.rules).position(|(row, rule)| !row.says(rule));
        if let Some(index) = wrong {
            let reason = "a cell holds what this column can't say in S-FEEL";
            return Err(vec![DmnError {
                row: Some(index + 1),
                ..misfit(&as_is, table.line, reason)
            }]);
        }
        if rows.len() != table.rules.len() {
            return Err(vec![misfit(&as_is, table.line, "the rows could not be written")]);
        }
    }
    Ok(())
}
