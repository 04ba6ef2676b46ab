//! Reading the fields of one JSON object, and keeping every mistake.

use std::borrow::Cow;

use super::node::Node;
use super::{FieldError, limits};
use crate::typed::is_blank;

/// The mistakes found so far.
pub(super) struct Errors(pub(super) Vec<FieldError>);

impl Errors {
    pub(super) fn add(&mut self, pointer: &str, code: &'static str, detail: String) {
        if self.0.len() <= limits::ERRORS {
            self.0.push(FieldError {
                pointer: pointer.to_owned(),
                detail,
                code,
            });
        }
    }

    pub(super) fn required<T>(&mut self, pointer: &str) -> Option<T> {
        self.add(pointer, "required", "is required".into());
        None
    }

    pub(super) fn has(&self, pointer: &str) -> bool {
        self.0.iter().any(|error| error.pointer == pointer)
    }

    pub(super) fn wrong_type<T>(&mut self, pointer: &str, wanted: &str, found: &Node<'_>) -> Option<T> {
        self.add(
            pointer,
            "wrong-type",
            format!("must be {wanted}, not {}", kind_of(found)),
        );
        None
    }

    pub(super) fn finish(mut self) -> Vec<FieldError> {
        if self.0.len() > limits::ERRORS {
            self.0.truncate(limits::ERRORS);
            self.add(
                "",
                "too-many-errors",
                "there are more mistakes than are listed here".into(),
            );
        }
        self.0
    }
}

fn kind_of(node: &Node<'_>) -> &'static str {
    match node {
        Node::Null => "null",
        Node::Bool(_) => "true or false",
        Node::Int(_) | Node::Float(_) => "a number",
        Node::Text(_) => "text",
        Node::List(_) => "a list",
        Node::Object(_) => "an object",
    }
}

pub(super) fn text_of<'n>(node: &'n Node<'_>, pointer: &str, errors: &mut Errors) -> Option<&'n str> {
    match node {
        Node::Text(text) => Some(text),
        other => errors.wrong_type(pointer, "text", other),
    }
}

/// One object being read: fields are taken by name; what is left at the end is unknown.
pub(super) struct Fields<'n, 'a> {
    pointer: String,
    entries: &'n [(Cow<'a, str>, Node<'a>)],
    known: Vec<&'static str>,
}

impl<'n, 'a> Fields<'n, 'a> {
    pub(super) fn open(node: &'n Node<'a>, pointer: String, errors: &mut Errors) -> Option<Self> {
        match node {
            Node::Object(fields) => Some(Self {
                pointer,
                entries: fields,
                known: Vec::with_capacity(13),
            }),
            other => errors.wrong_type(&pointer, "an object", other),
        }
    }

    /// The field's value; absent, null and the empty string are the same.
    pub(super) fn take(&mut self, name: &'static str) -> Option<&'n Node<'a>> {
        self.known.push(name);
        let (_, node) = self.entries.iter().find(|(key, _)| key == name)?;
        match node {
            Node::Null => None,
            Node::Text(text) if text.is_empty() => None,
            node => Some(node),
        }
    }

    pub(super) fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.pointer)
    }

    /// A text as it was typed. One of which nothing can be seen is absent.
    pub(super) fn text(&mut self, name: &'static str, max: usize, errors: &mut Errors) -> Option<String> {
        let node = self.take(name)?;
        let Node::Text(text) = node else {
            return errors.wrong_type(&self.at(name), "text", node);
        };
        if text.contains('\0') {
            let detail = "must not contain the character U+0000 or half of a surrogate pair: no database keeps it";
            errors.add(&self.at(name), "not-text", detail.into());
            return None;
        }
        if is_blank(text) {
            return None;
        }
        // Bytes are never fewer than characters, so most texts need no counting.
        if text.len() > max && text.chars().count() > max {
            errors.add(&self.at(name), "too-long", format!("must be at most {max} characters"));
            return None;
        }
        Some(text.clone().into_owned())
    }

    pub(super) fn flag(&mut self, name: &'static str, errors: &mut Errors) -> Option<bool> {
        match self.take(name)? {
            Node::Bool(flag) => Some(*flag),
            other => errors.wrong_type(&self.at(name), "true or false", other),
        }
    }

    pub(super) fn required_flag(&mut self, name: &'static str, errors: &mut Errors) -> Option<bool> {
        if self.take(name).is_none() {
            return errors.required(&self.at(name));
        }
        self.flag(name, errors)
    }

    pub(super) fn word<T: Copy>(
        &mut self,
        name: &'static str,
        all: &[T],
        as_str: fn(T) -> &'static str,
        errors: &mut Errors,
    ) -> Option<T> {
        let node = self.take(name)?;
        let Node::Text(text) = node else {
            return errors.wrong_type(&self.at(name), "text", node);
        };
        let found = all.iter().copied().find(|word| as_str(*word) == text.as_ref());
        if found.is_none() {
            let words: Vec<_> = all.iter().map(|word| as_str(*word)).collect();
            errors.add(
                &self.at(name),
                "not-a-word",
                format!("must be one of {}", words.join(", ")),
            );
        }
        found
    }

    pub(super) fn required_word<T: Copy>(
        &mut self,
        name: &'static str,
        all: &[T],
        as_str: fn(T) -> &'static str,
        errors: &mut Errors,
    ) -> Option<T> {
        if self.take(name).is_none() {
            return errors.required(&self.at(name));
        }
        self.word(name, all, as_str, errors)
    }

    pub(super) fn age(&mut self, name: &'static str, errors: &mut Errors) -> Option<u8> {
        let age = match self.take(name)? {
            Node::Int(age) => *age,
            // 9.0 is the whole number 9 in JSON Schema; 9.5 is not an age.
            #[expect(
                clippy::cast_possible_truncation,
                reason = "whole and within 0..=17 is checked first"
            )]
            Node::Float(age) if age.fract() == 0.0 && (0.0..=17.0).contains(age) => *age as i64,
            Node::Float(_) => -1,
            other => {
                return errors.wrong_type(&self.at(name), "a whole number from 0 to 17, or null", other);
            }
        };
        match u8::try_from(age) {
            Ok(age) if age <= limits::AGE => Some(age),
            _ => {
                errors.add(
                    &self.at(name),
                    "out-of-range",
                    "must be a whole number from 0 to 17, or null".into(),
                );
                None
            }
        }
    }

    pub(super) fn parsed<T>(
        &mut self,
        name: &'static str,
        errors: &mut Errors,
        read: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let node = self.take(name)?;
        let Node::Text(text) = node else {
            return errors.wrong_type(&self.at(name), "text", node);
        };
        let value = read(text);
        if value.is_none() {
            let (code, wanted) = match name {
                "found_at" => ("not-a-time", "must be a time such as 2026-11-24T08:10:00+08:00"),
                _ => ("not-a-date", "must be a date such as 2017-03-02"),
            };
            errors.add(&self.at(name), code, wanted.into());
        }
        value
    }

    /// A required list of 1 to `max` items.
    pub(super) fn list<T>(
        &mut self,
        name: &'static str,
        max: usize,
        errors: &mut Errors,
        read: impl Fn(&Node<'a>, &str, &mut Errors) -> Option<T>,
    ) -> Option<Vec<T>> {
        let pointer = self.at(name);
        let items = match self.take(name) {
            None => return errors.required(&pointer),
            Some(Node::List(items)) => items,
            Some(other) => return errors.wrong_type(&pointer, "a list", other),
        };
        if items.is_empty() {
            errors.add(&pointer, "required", "must have at least one entry".into());
            return None;
        }
        if items.len() > max {
            errors.add(&pointer, "too-many", format!("must have at most {max} entries"));
            return None;
        }
        let read: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(index, item)| read(item, &format!("{pointer}/{index}"), errors))
            .collect();
        read.into_iter().collect()
    }

    /// Names that nobody asked for, and names given twice.
    pub(super) fn close(self, errors: &mut Errors) {
        for (index, (key, _)) in self.entries.iter().enumerate() {
            // Enough is known; comparing each name with each would be slow on a body made of junk.
            if errors.0.len() > limits::ERRORS {
                return;
            }
            let known = self.known.contains(&key.as_ref());
            let pointer = || format!("{}/{}", self.pointer, key.replace('~', "~0").replace('/', "~1"));
            if !known {
                errors.add(&pointer(), "unknown-field", "is not a field of a report".into());
            } else if self.entries[..index].iter().any(|(earlier, _)| earlier == key) {
                errors.add(&pointer(), "duplicate-field", "is given twice".into());
            }
        }
    }
}
