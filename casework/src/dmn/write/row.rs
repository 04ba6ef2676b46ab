//! The XML of one row: an old one with other cells, or a new one.

use std::collections::HashSet;

use roxmltree::{Document, Node};

use super::super::sfeel::Value;
use super::super::xml::{child, children};
use super::super::{Rule, Table};
use super::draft::Row;
use super::splice::{Pieces, Splice, trailing_space};

/// A row of the original with the cells that changed.
pub(super) fn changed(text: &str, node: Node<'_, '_>, rule: &Rule, row: &Row) -> String {
    let whole = node.range();
    let mut edits = Vec::new();
    for ((cell, old), new) in children(node, "inputEntry").zip(&rule.tests).zip(&row.tests) {
        if old != new {
            edits.push((cell, new.to_string()));
        }
    }
    for ((cell, old), new) in children(node, "outputEntry").zip(&rule.outputs).zip(&row.outputs) {
        if old != new {
            edits.push((cell, output(new)));
        }
    }
    edits.sort_by_key(|(cell, _)| cell.range().start);
    let mut splice = Splice::new(&text[..whole.end]);
    splice.replace(0..whole.start, "");
    for (cell, says) in edits {
        match child(cell, "text") {
            Some(inner) => splice.replace(inner.range(), filled(&text[inner.range()], &escaped(&says))),
            None => {
                let name = qualified(&text[cell.range()], "text");
                let inner = format!("<{name}>{}</{name}>", escaped(&says));
                splice.replace(cell.range(), filled(&text[cell.range()], &inner));
            }
        }
    }
    splice.finish()
}

/// An element with other content and the same tags.
fn filled(element: &str, content: &str) -> String {
    let open = tag_end(element);
    if let Some(tag) = element[..open].strip_suffix("/>") {
        return format!("{tag}>{content}</{}>", name(element));
    }
    let close = element.rfind("</").unwrap_or(element.len());
    format!("{}{content}{}", &element[..open], &element[close..])
}

/// Where the start tag of an element ends.
fn tag_end(element: &str) -> usize {
    let mut quote = None;
    for (index, c) in element.char_indices() {
        match (quote, c) {
            (None, '>') => return index + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    element.len()
}

/// The name of an element as its tag writes it, with its prefix.
fn name(element: &str) -> &str {
    let rest = element.strip_prefix('<').unwrap_or(element);
    &rest[..rest
        .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
        .unwrap_or(rest.len())]
}

/// A name with the prefix of an element of the same namespace.
fn qualified(element: &str, local: &str) -> String {
    name(element)
        .split_once(':')
        .map_or_else(|| local.to_owned(), |(prefix, _)| format!("{prefix}:{local}"))
}

/// An empty output cell means null.
fn output(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        value => value.to_string(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Makes rows, with ids that nothing in the file has.
pub(super) struct NewRows {
    taken: HashSet<String>,
}

impl NewRows {
    pub(super) fn of(document: &Document<'_>) -> Self {
        let ids = document.descendants().filter_map(|node| node.attribute("id"));
        Self {
            taken: ids.map(str::to_owned).collect(),
        }
    }

    /// A new row, set like the rows or columns beside it.
    pub(super) fn row(
        &mut self,
        text: &str,
        table: Node<'_, '_>,
        pieces: &Pieces<'_, '_, '_>,
        columns: &Table,
        row: &Row,
    ) -> String {
        let element = &text[table.range()];
        let named = |local| qualified(element, local);
        let (rule, says, space) = (named("rule"), named("text"), pieces.space);
        let inner = pieces.rows.first().map_or_else(
            || deeper(space),
            |piece| {
                let inside = piece
                    .node
                    .children()
                    .find(Node::is_element)
                    .map_or(0, |first| first.range().start);
                trailing_space(&text[..inside]).to_owned()
            },
        );
        let id = self.id(columns);
        let mut out = format!("{space}<{rule} id=\"{id}\">");
        let inputs = row.tests.iter().map(ToString::to_string).zip(1..);
        let outputs = row.outputs.iter().map(output).zip(1..);
        for (kind, short, cells) in [
            ("inputEntry", "in", inputs.collect::<Vec<_>>()),
            ("outputEntry", "out", outputs.collect()),
        ] {
            let entry = named(kind);
            for (cell, number) in cells {
                let cell = escaped(&cell);
                out.push_str(&format!(
                    "{inner}<{entry} id=\"{id}_{short}_{number}\"><{says}>{cell}</{says}></{entry}>"
                ));
            }
        }
        // A table with annotations has one entry for each in every row.
        let annotation = named("annotationEntry");
        for _ in children(table, "annotation") {
            out.push_str(&format!("{inner}<{annotation}><{says}></{says}></{annotation}>"));
        }
        out.push_str(&format!("{space}</{rule}>"));
        out
    }

    /// An id that no element has, nor could the cells of its row clash with any.
    fn id(&mut self, table: &Table) -> String {
        let cells = |id: &str| {
            let inputs = (1..=table.inputs.len()).map(move |number| format!("_in_{number}"));
            let outputs = (1..=table.outputs.len()).map(move |number| format!("_out_{number}"));
            let id = id.to_owned();
            inputs.chain(outputs).map(move |end| format!("{id}{end}"))
        };
        let decision = as_id(&table.id);
        // Rows that went may have left their numbers in other people's notes: count on from the last.
        let mut number = table.rules.len();
        loop {
            number += 1;
            let id = format!("{decision}_row_{number}");
            if !self.taken.contains(&id) && cells(&id).all(|cell| !self.taken.contains(&cell)) {
                self.taken.extend(cells(&id));
                self.taken.insert(id.clone());
                return id;
            }
        }
    }
}

/// One step further in than a line.
fn deeper(space: &str) -> String {
    if space.contains('\n') {
        format!("{space}  ")
    } else {
        String::new()
    }
}

/// A name as an XML id may be: a decision without an id is known by its name.
fn as_id(name: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || matches!(c, '_' | '-' | '.') {
            c
        } else {
            '_'
        }
    };
    let id: String = name.chars().map(plain).collect();
    if id.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        id
    } else {
        format!("_{id}")
    }
}
