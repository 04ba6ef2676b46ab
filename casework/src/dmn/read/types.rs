//! What the names of types stand for.
//!
//! Camunda Modeler and dmn-js write a plain type on each column. Other editors name an item definition of the
//! file, which gives a plain type and perhaps the allowed values, or leave the type to the variable of the
//! decision or the input data.

use std::collections::HashMap;

use roxmltree::Node;

use super::super::sfeel::Kind;
use super::super::xml::{child, children, content, text};

/// Definitions may build on definitions, but not for long.
const MAX_STEPS: usize = 10;

/// The named types and variables of a file.
pub(super) struct Types {
    definitions: HashMap<String, Definition>,
    /// Type by name of an input data or decision.
    variables: HashMap<String, String>,
}

struct Definition {
    /// What it builds on; `None` = it has components or is a list.
    base: Option<String>,
    allowed: String,
}

/// What a column holds.
pub(super) struct Typed {
    pub(super) kind: Kind,
    /// The text of the allowed values; empty = any.
    pub(super) allowed: String,
}

impl Types {
    pub(super) fn of(root: Node<'_, '_>) -> Self {
        let definition = |node: Node<'_, '_>| {
            let list = node.attribute("isCollection") == Some("true");
            let base = child(node, "typeRef").filter(|_| !list).map(content);
            let allowed = child(node, "allowedValues").map(text).unwrap_or_default();
            Some((node.attribute("name")?.to_owned(), Definition { base, allowed }))
        };
        let variable = |node: Node<'_, '_>| {
            let variable = child(node, "variable")?;
            let name = variable.attribute("name").or_else(|| node.attribute("name"))?;
            Some((name.to_owned(), variable.attribute("typeRef")?.to_owned()))
        };
        let owners = children(root, "inputData").chain(children(root, "decision"));
        Self {
            definitions: children(root, "itemDefinition").filter_map(definition).collect(),
            variables: owners.filter_map(variable).collect(),
        }
    }

    /// The type of an input data or decision.
    pub(super) fn of_variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The plain type behind a name. Errors: a sentence that says what is understood.
    pub(super) fn resolve(&self, name: &str) -> Result<Typed, String> {
        let (mut current, mut allowed) = (name, "");
        for _ in 0..MAX_STEPS {
            let kind = match current {
                "string" => Kind::Text,
                "integer" | "long" => Kind::Whole,
                "number" | "double" | "decimal" => Kind::Number,
                "boolean" => Kind::Flag,
                other => {
                    let Some(definition) = self.definitions.get(other) else {
                        break;
                    };
                    let Some(base) = &definition.base else {
                        break;
                    };
                    current = base;
                    if allowed.is_empty() {
                        allowed = &definition.allowed;
                    }
                    continue;
                }
            };
            return Ok(Typed {
                kind,
                allowed: allowed.to_owned(),
            });
        }
        let plain = "string, boolean, integer, long, number, double and decimal";
        Err(format!(
            "type {name}: only {plain} are understood, and definitions that stand for one of them"
        ))
    }
}
