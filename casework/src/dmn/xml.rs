//! The XML of DMN files: parsing within limits, and finding one's way in it.
//!
//! A rule file comes from people, so it may be anything. The parser itself never recurses, but some texts cost it
//! time or memory out of all proportion to their length: deep nesting with new namespaces, thousands of attributes
//! on one element, millions of tiny elements. They are refused before it sees them.

use roxmltree::{Document, Node, ParsingOptions};

use super::DmnError;
use super::lines::{line_of, line_starts};

/// The model namespaces of DMN 1.3, 1.4 and 1.5.
const NAMESPACES: [&str; 3] = [
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
];

/// 10,000 rows of 20 columns are about 15 MiB.
const MAX_BYTES: usize = 32 << 20;
/// Such a table has about a million nodes.
const MAX_NODES: u32 = 4_000_000;
/// Models nest a dozen deep.
const MAX_DEPTH: usize = 100;
/// Looking for doubled attributes takes time by the square of their number.
const MAX_ATTRIBUTES: usize = 64;
/// Each element looks through all namespaces that are in scope.
const MAX_NAMESPACES: usize = 100;

/// A parsed DMN file.
pub(super) struct Xml<'t> {
    pub(super) document: Document<'t>,
    /// Looked up for each row; asking the document would scan the file each time.
    lines: Vec<usize>,
}

impl<'t> Xml<'t> {
    /// Errors: not a DMN model that can be parsed in reasonable time.
    pub(super) fn parse(text: &'t str) -> Result<Self, DmnError> {
        let lines = line_starts(text);
        within_limits(text).map_err(|(at, reason)| DmnError::of_file(line_of(&lines, at), reason))?;
        let options = ParsingOptions {
            nodes_limit: MAX_NODES,
            ..ParsingOptions::default()
        };
        let document = Document::parse_with_options(text, options)
            .map_err(|error| DmnError::of_file(error.pos().row, format!("not well-formed XML: {error}")))?;
        let root = document.root_element();
        let namespace = root.tag_name().namespace().unwrap_or_default();
        if root.tag_name().name() != "definitions" || !NAMESPACES.contains(&namespace) {
            let reason = "not a DMN 1.3, 1.4 or 1.5 model: the first element must be definitions";
            return Err(DmnError::of_file(1, reason));
        }
        Ok(Self { document, lines })
    }

    pub(super) fn line(&self, node: Node<'_, '_>) -> u32 {
        line_of(&self.lines, node.range().start)
    }
}

/// The children of this name in the model's namespace, which is the node's own.
pub(super) fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    let namespace = node.tag_name().namespace().unwrap_or_default();
    node.children()
        .filter(move |child| child.has_tag_name((namespace, name)))
}

pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// The text of the `text` element inside a node. Of several the model would not say which one counts: then it is
/// what no cell, name or type is, and refused where it is read.
pub(super) fn text(node: Node<'_, '_>) -> String {
    let mut texts = children(node, "text");
    match (texts.next(), texts.next()) {
        (None, _) => String::new(),
        (Some(text), None) => content(text),
        (Some(_), Some(_)) => "(several texts)".to_owned(),
    }
}

/// The text inside a node, without the space around it. Elements have no place there.
pub(super) fn content(node: Node<'_, '_>) -> String {
    if node.children().any(|part| part.is_element()) {
        return "(an element inside a text)".to_owned();
    }
    let parts = node.children().filter(Node::is_text).filter_map(|part| part.text());
    parts.collect::<String>().trim().to_owned()
}

/// Walks over the tags without reading them. Errors: where a limit is passed, and which.
fn within_limits(text: &str) -> Result<(), (usize, String)> {
    if text.len() > MAX_BYTES {
        return Err((0, format!("the file has more than {} MiB", MAX_BYTES >> 20)));
    }
    let (mut at, mut depth, mut namespaces) = (0, 0_usize, 0_usize);
    while let Some(found) = text[at..].find('<') {
        let start = at + found;
        let rest = &text[start..];
        let Some(length) = length(rest) else {
            // Unclosed: not well-formed, as the parser will say. Going on could look for the end again and again.
            return Ok(());
        };
        at = start + length;
        if rest.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if !rest.starts_with("<!") && !rest.starts_with("<?") {
            let tag = &rest[..length];
            let (attributes, declared) = attributes(tag);
            namespaces += declared;
            depth += usize::from(!tag.ends_with("/>"));
            if depth > MAX_DEPTH {
                return Err((start, format!("elements are nested more than {MAX_DEPTH} deep")));
            }
            if attributes > MAX_ATTRIBUTES {
                return Err((start, format!("an element has more than {MAX_ATTRIBUTES} attributes")));
            }
            if namespaces > MAX_NAMESPACES {
                return Err((start, format!("more than {MAX_NAMESPACES} namespaces are declared")));
            }
        }
    }
    Ok(())
}

/// The length of the tag, comment, CDATA section or processing instruction at the start of the text.
fn length(text: &str) -> Option<usize> {
    let pairs = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
    match pairs.into_iter().find(|(open, _)| text.starts_with(open)) {
        Some((open, close)) => text[open.len()..].find(close).map(|end| open.len() + end + close.len()),
        None => tag_length(text),
    }
}

/// The length of the tag at the start of the text: up to the first `>` outside quotes.
fn tag_length(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(index + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// How many attributes a tag has, and how many of them declare a namespace.
fn attributes(tag: &str) -> (usize, usize) {
    let (mut quote, mut all, mut namespaces) = (None, 0, 0);
    for (index, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                all += 1;
            }
            (None, b'x') if tag[index..].starts_with("xmlns") => namespaces += 1,
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    (all, namespaces)
}
