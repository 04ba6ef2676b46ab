//! From JSON to [`Report`], collecting every mistake.

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset, NaiveDate};

use super::node::Node;
use super::{Child, FieldError, Identity, LivingWith, Place, Report, Reporter, Suspect, limits};
use crate::code::{is_area_code, is_code};

/// Decodes the whole body; the error is never empty.
pub(super) fn report(node: &Node<'_>) -> Result<Report, Vec<FieldError>> {
    let mut errors = Errors(Vec::new());
    let report = report_fields(node, &mut errors);
    match report {
        Some(report) if errors.0.is_empty() => Ok(report),
        _ => Err(errors.finish()),
    }
}

fn report_fields(node: &Node<'_>, errors: &mut Errors) -> Option<Report> {
    let mut fields = Fields::open(node, String::new(), errors)?;
    let situations = fields.list(
        "situations",
        limits::SITUATIONS,
        errors,
        |item, pointer, errors| {
            let text = text_of(item, pointer, errors)?;
            if is_code(text) {
                return Some(text.to_owned());
            }
            errors.add(
                pointer,
                "not-a-code",
                "must be a situation code: 1 to 60 of a-z, 0-9 and -".into(),
            );
            None
        },
    );
    if let Some(codes) = &situations {
        for (index, code) in codes.iter().enumerate() {
            if codes[..index].contains(code) {
                errors.add(
                    &format!("/situations/{index}"),
                    "duplicate",
                    format!("{code} is listed twice"),
                );
            }
        }
    }
    let present_danger = fields.required_flag("present_danger", errors);
    let area = fields.text("area", 12, errors);
    if let Some(code) = &area
        && !is_area_code(code)
    {
        errors.add(
            "/area",
            "not-an-area",
            "must be a 12-digit area code, or null when unknown".into(),
        );
    }
    let where_now = fields.text("where_now", limits::LINE, errors);
    let place = fields.word("place", Place::ALL, Place::as_str, errors);
    let suspect = fields.word("suspect", Suspect::ALL, Suspect::as_str, errors);
    let found_at = fields.parsed("found_at", errors, |text| {
        DateTime::<FixedOffset>::parse_from_rfc3339(text).ok()
    });
    let children = fields.list("children", limits::CHILDREN, errors, child);
    let reporter = match fields.take("reporter") {
        Some(node) => reporter(node, errors),
        None => errors.required("/reporter"),
    };
    let narrative = fields.text("narrative", limits::NARRATIVE, errors);
    if narrative.is_none() && !errors.has("/narrative") {
        errors.required::<()>("/narrative");
    }
    let guardian_absent = fields.flag("guardian_absent", errors);
    let adult_co_offender = fields.flag("adult_co_offender", errors);
    let repeat = fields.flag("repeat", errors);
    fields.close(errors);
    Some(Report {
        situations: situations?,
        present_danger: present_danger?,
        area,
        where_now,
        place: place.unwrap_or(Place::Unknown),
        suspect: suspect.unwrap_or(Suspect::Unknown),
        found_at,
        children: children?,
        reporter: reporter?,
        narrative: narrative?,
        guardian_absent: guardian_absent.unwrap_or(false),
        adult_co_offender: adult_co_offender.unwrap_or(false),
        repeat: repeat.unwrap_or(false),
    })
}

fn child(node: &Node<'_>, pointer: &str, errors: &mut Errors) -> Option<Child> {
    let mut fields = Fields::open(node, pointer.to_owned(), errors)?;
    let name = fields.text("name", limits::NAME, errors);
    let sex = fields.required_word("sex", super::Sex::ALL, super::Sex::as_str, errors);
    let age = fields.age("age", errors);
    let birth_date = fields.parsed("birth_date", errors, |text| {
        (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())?
    });
    let id_number = fields.text("id_number", limits::ID_NUMBER, errors);
    let living_with = fields.word("living_with", LivingWith::ALL, LivingWith::as_str, errors);
    let left_behind = fields.flag("left_behind", errors);
    let school = fields.text("school", limits::LINE, errors);
    let home_address = fields.text("home_address", limits::LINE, errors);
    fields.close(errors);
    Some(Child {
        name,
        sex: sex?,
        age,
        birth_date,
        id_number,
        living_with: living_with.unwrap_or(LivingWith::Unknown),
        left_behind,
        school,
        home_address,
    })
}

fn reporter(node: &Node<'_>, errors: &mut Errors) -> Option<Reporter> {
    let mut fields = Fields::open(node, "/reporter".into(), errors)?;
    let kind = fields.required_word(
        "kind",
        super::ReporterKind::ALL,
        super::ReporterKind::as_str,
        errors,
    );
    let identity = fields.word("identity", Identity::ALL, Identity::as_str, errors);
    let organization = fields.text("organization", limits::LINE, errors);
    let name = fields.text("name", limits::NAME, errors);
    let phone = fields.text("phone", limits::PHONE, errors);
    fields.close(errors);
    Some(Reporter {
        kind: kind?,
        identity: identity.unwrap_or(Identity::Confidential),
        organization,
        name,
        phone,
    })
}

/// The mistakes found so far.
struct Errors(Vec<FieldError>);

impl Errors {
    fn add(&mut self, pointer: &str, code: &'static str, detail: String) {
        if self.0.len() <= limits::ERRORS {
            self.0.push(FieldError {
                pointer: pointer.to_owned(),
                detail,
                code,
            });
        }
    }

    fn required<T>(&mut self, pointer: &str) -> Option<T> {
        self.add(pointer, "required", "is required".into());
        None
    }

    fn has(&self, pointer: &str) -> bool {
        self.0.iter().any(|error| error.pointer == pointer)
    }

    fn wrong_type<T>(&mut self, pointer: &str, wanted: &str, found: &Node<'_>) -> Option<T> {
        self.add(
            pointer,
            "wrong-type",
            format!("must be {wanted}, not {}", kind_of(found)),
        );
        None
    }

    fn finish(mut self) -> Vec<FieldError> {
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

fn text_of<'n>(node: &'n Node<'_>, pointer: &str, errors: &mut Errors) -> Option<&'n str> {
    match node {
        Node::Text(text) => Some(text),
        other => errors.wrong_type(pointer, "text", other),
    }
}

/// One object being read: fields are taken by name; what is left at the end is unknown.
struct Fields<'n, 'a> {
    pointer: String,
    fields: &'n [(Cow<'a, str>, Node<'a>)],
    known: Vec<&'static str>,
}

impl<'n, 'a> Fields<'n, 'a> {
    fn open(node: &'n Node<'a>, pointer: String, errors: &mut Errors) -> Option<Self> {
        match node {
            Node::Object(fields) => Some(Self {
                pointer,
                fields,
                known: Vec::with_capacity(13),
            }),
            other => errors.wrong_type(&pointer, "an object", other),
        }
    }

    /// The field's value; absent, null and the empty string are the same.
    fn take(&mut self, name: &'static str) -> Option<&'n Node<'a>> {
        self.known.push(name);
        let (_, node) = self.fields.iter().find(|(key, _)| key == name)?;
        match node {
            Node::Null => None,
            Node::Text(text) if text.is_empty() => None,
            node => Some(node),
        }
    }

    fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.pointer)
    }

    fn text(&mut self, name: &'static str, max: usize, errors: &mut Errors) -> Option<String> {
        let node = self.take(name)?;
        let Node::Text(text) = node else {
            return errors.wrong_type(&self.at(name), "text", node);
        };
        // Bytes are never fewer than characters, so most texts need no counting.
        if text.len() > max && text.chars().count() > max {
            errors.add(
                &self.at(name),
                "too-long",
                format!("must be at most {max} characters"),
            );
            return None;
        }
        Some(text.clone().into_owned())
    }

    fn flag(&mut self, name: &'static str, errors: &mut Errors) -> Option<bool> {
        match self.take(name)? {
            Node::Bool(flag) => Some(*flag),
            other => errors.wrong_type(&self.at(name), "true or false", other),
        }
    }

    fn required_flag(&mut self, name: &'static str, errors: &mut Errors) -> Option<bool> {
        if self.take(name).is_none() {
            return errors.required(&self.at(name));
        }
        self.flag(name, errors)
    }

    fn word<T: Copy>(
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
        let found = all
            .iter()
            .copied()
            .find(|word| as_str(*word) == text.as_ref());
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

    fn required_word<T: Copy>(
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

    fn age(&mut self, name: &'static str, errors: &mut Errors) -> Option<u8> {
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
                return errors.wrong_type(
                    &self.at(name),
                    "a whole number from 0 to 17, or null",
                    other,
                );
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

    fn parsed<T>(
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
                "found_at" => (
                    "not-a-time",
                    "must be a time such as 2026-11-24T08:10:00+08:00",
                ),
                _ => ("not-a-date", "must be a date such as 2017-03-02"),
            };
            errors.add(&self.at(name), code, wanted.into());
        }
        value
    }

    /// A required list of 1 to `max` items.
    fn list<T>(
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
            errors.add(
                &pointer,
                "too-many",
                format!("must have at most {max} entries"),
            );
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
    fn close(self, errors: &mut Errors) {
        for (index, (key, _)) in self.fields.iter().enumerate() {
            // Enough is known; comparing each name with each would be slow on a body made of junk.
            if errors.0.len() > limits::ERRORS {
                return;
            }
            let known = self.known.contains(&key.as_ref());
            let pointer = || {
                format!(
                    "{}/{}",
                    self.pointer,
                    key.replace('~', "~0").replace('/', "~1")
                )
            };
            if !known {
                errors.add(
                    &pointer(),
                    "unknown-field",
                    "is not a field of a report".into(),
                );
            } else if self.fields[..index]
                .iter()
                .any(|(earlier, _)| earlier == key)
            {
                errors.add(&pointer(), "duplicate-field", "is given twice".into());
            }
        }
    }
}
