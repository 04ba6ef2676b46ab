//! Replacing byte ranges of a text, and the ranges that rows take.

use std::ops::Range;

use roxmltree::Node;

/// A text with replacements, given in the order of the text.
pub(super) struct Splice<'t> {
    pub(super) text: &'t str,
    out: String,
    done: usize,
}

impl<'t> Splice<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            text,
            out: String::new(),
            done: 0,
        }
    }

    pub(super) fn replace(&mut self, range: Range<usize>, with: impl AsRef<str>) {
        self.out.push_str(&self.text[self.done..range.start]);
        self.out.push_str(with.as_ref());
        self.done = range.end;
    }

    pub(super) fn finish(mut self) -> String {
        self.out.push_str(&self.text[self.done..]);
        self.out
    }
}

/// Where the rows of a table are.
pub(super) struct Pieces<'a, 'i, 't> {
    /// From the end of what stands before the first row to the end of the last row.
    pub(super) range: Range<usize>,
    pub(super) rows: Vec<Piece<'a, 'i, 't>>,
    /// White space that sets a row off from what is before it.
    pub(super) space: &'t str,
}

/// One row with what leads to it: white space and comments.
pub(super) struct Piece<'a, 'i, 't> {
    pub(super) lead: &'t str,
    pub(super) node: Node<'a, 'i>,
}

pub(super) fn pieces<'a, 'i, 't>(
    text: &'t str,
    table: Node<'a, 'i>,
    rules: impl Iterator<Item = Node<'a, 'i>>,
) -> Pieces<'a, 'i, 't> {
    // A table has an output column, so there is an element before the place of the rows.
    let start = table
        .children()
        .filter(Node::is_element)
        .take_while(|child| child.tag_name().name() != "rule")
        .last()
        .map_or(table.range().start, |column| column.range().end);
    let mut end = start;
    let mut rows = Vec::new();
    for node in rules {
        let lead = &text[end..node.range().start];
        end = node.range().end;
        rows.push(Piece { lead, node });
    }
    let before = table
        .children()
        .find(Node::is_element)
        .map_or(start, |first| first.range().start);
    let space = match rows.last() {
        Some(Piece { lead, .. }) => trailing_space(lead),
        None => trailing_space(&text[..before]),
    };
    Pieces {
        range: start..end,
        rows,
        space,
    }
}

/// The white space at the end of a text, from its last line break on.
pub(super) fn trailing_space(text: &str) -> &str {
    let space = &text[text.trim_end().len()..];
    space.rfind('\n').map_or(space, |at| {
        let at = if space[..at].ends_with('\r') { at - 1 } else { at };
        &space[at..]
    })
}
