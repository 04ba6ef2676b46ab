//! The fields of a row as a form draws them, and what a form sent put back into them.

use casework::office::clerk::{Field, FieldProblem, Mode, NamedField};
use casework::zh::cells::Choice;
use platform::text::Lang;

/// What a form sends: the fields of the row and what to do.
pub(super) type Typed = Vec<(String, String)>;

/// A field as the template draws it.
pub(super) struct FieldView {
    pub(super) name: String,
    pub(super) heading: String,
    pub(super) kind: &'static str,
    pub(super) mode: &'static str,
    pub(super) choices: Vec<(String, String, bool)>,
    pub(super) text: String,
    pub(super) second: String,
    pub(super) problem: Option<String>,
}

pub(super) fn field<'t>(typed: &'t Typed, name: &str) -> &'t str {
    let found = typed.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value.trim())
}

pub(super) fn number(typed: &Typed, name: &str) -> usize {
    field(typed, name).parse().unwrap_or_default()
}

pub(super) fn words(problem: &FieldProblem, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &problem.zh,
        Lang::En => &problem.en,
    }
}

/// Puts what was typed into a field, right or wrong.
pub(super) fn put(shown: &mut NamedField, typed: &Typed) {
    let name = shown.name.clone();
    let chosen = |code: &str| typed.iter().any(|(key, value)| *key == name && value == code);
    match &mut shown.field {
        Field::Words { mode, choices } => {
            *mode = match field(typed, &format!("{name}.mode")) {
                "some" => Mode::Some,
                "not" => Mode::Not,
                _ => Mode::Any,
            };
            for (choice, on) in choices {
                *on = chosen(&choice.code);
            }
        }
        Field::Flag(flag) => *flag = field(typed, &name).parse().ok(),
        Field::Range(from, to) => {
            *from = field(typed, &format!("{name}.from")).parse().ok();
            *to = field(typed, &format!("{name}.to")).parse().ok();
        }
        Field::Choice { choices } => {
            for (choice, on) in choices {
                *on = chosen(&choice.code);
            }
        }
        Field::Limit { count, units } => {
            field(typed, &format!("{name}.count")).clone_into(count);
            let unit = field(typed, &format!("{name}.unit"));
            for (choice, on) in units {
                *on = choice.code == unit;
            }
        }
        Field::Number(text) | Field::Text(text) => field(typed, &name).clone_into(text),
        Field::Complex(_) => {}
    }
}

pub(super) fn view(fields: Vec<NamedField>, problems: &[FieldProblem], lang: Lang) -> Vec<FieldView> {
    fields
        .into_iter()
        .map(|field| field_view(field, problems, lang))
        .collect()
}

fn field_view(shown: NamedField, problems: &[FieldProblem], lang: Lang) -> FieldView {
    let problem = problems.iter().find(|problem| problem.name == shown.name);
    let mut view = FieldView {
        name: shown.name,
        heading: shown.heading,
        kind: "text",
        mode: "",
        choices: Vec::new(),
        text: String::new(),
        second: String::new(),
        problem: problem.map(|problem| words(problem, lang).to_owned()),
    };
    let drawn = |choices: Vec<(Choice, bool)>| {
        choices
            .into_iter()
            .map(|(choice, on)| (choice.code, choice.label, on))
            .collect()
    };
    let end = |end: Option<i64>| end.map_or_else(String::new, |end| end.to_string());
    match shown.field {
        Field::Words { mode, choices } => {
            view.kind = "words";
            view.mode = match mode {
                Mode::Any => "any",
                Mode::Some => "some",
                Mode::Not => "not",
            };
            view.choices = drawn(choices);
        }
        Field::Flag(flag) => {
            view.kind = "flag";
            view.text = flag.map_or_else(String::new, |flag| flag.to_string());
        }
        Field::Range(from, to) => {
            view.kind = "range";
            (view.text, view.second) = (end(from), end(to));
        }
        Field::Complex(words) => {
            view.kind = "complex";
            view.text = words;
        }
        Field::Choice { choices } => {
            view.kind = "choice";
            view.choices = drawn(choices);
        }
        Field::Limit { count, units } => {
            view.kind = "limit";
            view.text = count;
            view.choices = drawn(units);
        }
        Field::Number(text) => {
            view.kind = "number";
            view.text = text;
        }
        Field::Text(text) => view.text = text,
    }
    view
}
