//! One change of a row, written into the text of the model; everything else of the file stays as it is.

use crate::dmn::{DmnError, Draft, Row, read, write};

/// What happens to a table. Rows are 1-based.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A row says something else.
    Replace(usize, Row),
    /// A new row behind this one; 0 = before all.
    Insert(usize, Row),
    /// The row goes.
    Remove(usize),
    /// The row changes places with the one above it.
    Up(usize),
    /// All rows are these.
    All(Vec<Row>),
}

/// Writes a change. Errors: the file is outside the subset, there is no such decision or row, or the row doesn't fit.
pub fn change(text: &str, decision: &str, change: Change) -> Result<String, Vec<DmnError>> {
    let model = read(text)?;
    let none = |what: &str| {
        let mut error = DmnError::of_file(0, what);
        decision.clone_into(&mut error.decision);
        vec![error]
    };
    let table = model
        .table(decision)
        .ok_or_else(|| none("the file has no such decision"))?;
    let mut draft = Draft::of(table);
    let rows = &mut draft.rows;
    let missing = || none("the table has no such row");
    match change {
        Change::Replace(at, row) => {
            let old = rows.get_mut(at.wrapping_sub(1)).ok_or_else(missing)?;
            *old = Row { was: Some(at), ..row };
        }
        Change::Insert(after, row) if after <= rows.len() => rows.insert(after, Row { was: None, ..row }),
        Change::Remove(at) if (1..=rows.len()).contains(&at) => {
            rows.remove(at - 1);
        }
        Change::Up(at) if (2..=rows.len()).contains(&at) => rows.swap(at - 2, at - 1),
        Change::All(all) => *rows = all,
        Change::Insert(..) | Change::Remove(_) | Change::Up(_) => return Err(missing()),
    }
    write(text, &[draft])
}
