//! Mistakes of a report, said in the form's words beside the form's fields.

use casework::report::FieldError;
use platform::text::Lang;

use crate::public::problem::field_detail;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FormError {
    /// Name and element id of the field.
    pub(super) field: String,
    /// What to do, complete in itself.
    pub(super) message: String,
}

/// All mistakes, in the order of the fields on the page; one per field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Errors(Vec<FormError>);

impl Errors {
    /// Translates what the decoder found.
    pub(super) fn of(lang: Lang, errors: &[FieldError]) -> Self {
        let mut list: Vec<FormError> = Vec::new();
        for error in errors {
            let field = field(&error.pointer);
            if !list.iter().any(|known| known.field == field) {
                list.push(FormError {
                    message: message(lang, &field, error),
                    field,
                });
            }
        }
        list.sort_by_key(|error| place(&error.field));
        Self(list)
    }

    /// All, for the summary.
    pub(super) fn list(&self) -> &[FormError] {
        &self.0
    }

    /// The mistake of one field, or an empty text.
    pub(super) fn get(&self, field: &str) -> &str {
        self.0
            .iter()
            .find(|error| error.field == field)
            .map_or("", |error| &error.message)
    }
}

/// The form's field of a pointer.
fn field(pointer: &str) -> String {
    let parts: Vec<_> = pointer.split('/').skip(1).collect();
    match parts.as_slice() {
        ["children", index, field] => format!("c{index}_{field}"),
        ["children", ..] => "children".into(),
        ["reporter", field] => format!("reporter_{field}"),
        ["situations", ..] => "situations".into(),
        ["area"] => "township".into(),
        [field, ..] => (*field).to_owned(),
        [] => "present_danger".into(),
    }
}

/// Where a field stands on the page.
fn place(field: &str) -> (usize, String) {
    const ORDER: [&str; 5] = ["present_danger", "township", "village", "where_now", "situations"];
    let known = ORDER.iter().position(|name| *name == field);
    let group = match field {
        "narrative" => 6,
        _ if field.starts_with('c') => 7,
        _ if field.starts_with("reporter") => 9,
        _ => 8,
    };
    (known.unwrap_or(group), field.to_owned())
}

fn message(lang: Lang, field: &str, error: &FieldError) -> String {
    let child = field
        .strip_prefix('c')
        .and_then(|rest| rest.split_once('_'))
        .and_then(|(index, field)| Some((index.parse::<usize>().ok()?, field)));
    let name = child.map_or(field, |(_, field)| field);
    let key = match (name, error.code) {
        ("present_danger", _) => "form.error.present_danger",
        ("township", _) => "form.error.township",
        ("village", _) => "form.error.village",
        ("situations", "too-many") => "form.error.situations_many",
        ("situations", _) => "form.error.situations",
        ("narrative", "required") => "form.error.narrative",
        ("sex", _) => "form.error.sex",
        ("age", _) => "form.error.age",
        ("kind" | "reporter_kind", _) => "form.error.reporter_kind",
        ("birth_date", _) => "form.error.birth_date",
        ("found_at", _) => "form.error.found_at",
        _ => "",
    };
    let text = if key.is_empty() {
        let label = lang.t(&format!("form.label.{name}"));
        lang.fill(
            "form.error.other",
            &[("field", label), ("problem", &field_detail(lang, error))],
        )
    } else {
        lang.t(key).to_owned()
    };
    match child {
        Some((index, _)) => lang.fill(
            "form.error.of_child",
            &[("number", &(index + 1).to_string()), ("problem", &text)],
        ),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(pointer: &str, code: &'static str) -> FieldError {
        FieldError {
            pointer: pointer.into(),
            detail: "must be at most 500 characters".into(),
            code,
        }
    }

    #[test]
    fn mistakes_stand_in_the_order_of_the_page_and_once_per_field() {
        let found = [
            error("/situations/0", "not-a-code"),
            error("/situations/1", "not-a-code"),
            error("/reporter/kind", "required"),
            error("/children/1/sex", "required"),
            error("/narrative", "required"),
            error("/present_danger", "required"),
            error("/township", "required"),
        ];
        let errors = Errors::of(Lang::Zh, &found);
        let fields: Vec<_> = errors.list().iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "present_danger",
                "township",
                "situations",
                "narrative",
                "c1_sex",
                "reporter_kind"
            ]
        );
        assert!(errors.get("c1_sex").contains('2'), "{}", errors.get("c1_sex"));
        assert_eq!(errors.get("c0_sex"), "");
    }

    #[test]
    fn every_mistake_has_words_in_both_languages() {
        let codes = [
            "required",
            "wrong-type",
            "unknown-field",
            "duplicate-field",
            "duplicate",
            "too-long",
            "too-many",
            "not-a-code",
            "not-an-area",
            "not-a-word",
            "not-a-date",
            "not-a-time",
            "out-of-range",
            "too-many-errors",
            "not-in-vocabulary",
            "invalid-key",
            "invalid-question",
            "not-text",
            "wrong-length",
        ];
        for lang in [Lang::Zh, Lang::En] {
            for code in codes {
                assert!(!field_detail(lang, &error("/x", code)).contains('…'), "{code}");
            }
            for field in [
                "/where_now",
                "/children/0/school",
                "/children/0/name",
                "/reporter/phone",
                "/reporter/organization",
                "/place",
                "/suspect",
            ] {
                let errors = Errors::of(lang, &[error(field, "too-long")]);
                assert!(
                    !errors.list()[0].message.contains('…'),
                    "{field}: {}",
                    errors.list()[0].message
                );
            }
        }
        assert_eq!(
            field_detail(Lang::Zh, &error("/reporter/phone", "too-long"))
                .matches("40")
                .count(),
            1
        );
    }
}
