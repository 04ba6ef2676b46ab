//! Why a cell can't be read, in the reader's language.
//!
//! The reader of decision models speaks English. Its sentences stand in the English text file with their variable parts
//! named; one that fits such a sentence is said in the words of the other language, and one that fits none as it is.

use platform::text::Lang;

/// Keys of the sentences under `rules.expert.reason`; a narrower one stands before a wider one.
const REASONS: [&str; 31] = [
    "priority_one_by_one",
    "allowed",
    "xml",
    "not_dmn",
    "same_id",
    "several",
    "no_table",
    "same_input",
    "same_output",
    "aggregation",
    "hit_policy",
    "language",
    "no_expression",
    "not_a_name",
    "no_output",
    "output_without_name",
    "default_output",
    "priority_needs",
    "cells",
    "type",
    "comparison",
    "range",
    "empty_range",
    "no_whole",
    "not_boolean",
    "whole_64",
    "whole",
    "digits",
    "number",
    "escape",
    "text",
];

/// A reason of the reader in `lang`.
pub(super) fn said(lang: Lang, reason: &str) -> String {
    let fitting = REASONS.iter().find_map(|name| {
        let key = format!("rules.expert.reason.{name}");
        parts(Lang::En.t(&key), reason).map(|values| (key, values))
    });
    let Some((key, values)) = fitting.filter(|_| lang != Lang::En) else {
        return reason.to_owned();
    };
    let values: Vec<(&str, String)> = values
        .into_iter()
        .map(|(name, value)| match name {
            "reason" => (name, said(lang, value)),
            _ => (name, value.to_owned()),
        })
        .collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    lang.fill(&key, &values)
}

/// The values of a sentence's `{names}` in a text that fits it.
fn parts<'t>(sentence: &'t str, mut text: &'t str) -> Option<Vec<(&'t str, &'t str)>> {
    let mut values = Vec::new();
    let (first, mut rest) = sentence.split_once('{').unwrap_or((sentence, ""));
    text = text.strip_prefix(first)?;
    while let Some((name, after)) = rest.split_once('}') {
        let (words, next) = after.split_once('{').unwrap_or((after, ""));
        let (value, left) = match next {
            "" => (text.strip_suffix(words)?, ""),
            _ => text.split_once(words)?,
        };
        values.push((name, value));
        (text, rest) = (left, next);
    }
    text.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use casework::dmn;
    use platform::text::Lang;

    use super::{parts, said};

    #[test]
    fn sentences_are_taken_apart() {
        assert_eq!(parts("{a} is {b}", "x is y"), Some(vec![("a", "x"), ("b", "y")]));
        assert_eq!(parts("as it is", "as it is"), Some(vec![]));
        assert_eq!(parts("as it is", "as it is not"), None);
        assert_eq!(parts("{a} is not", "x is"), None);
    }

    /// A model with one table; `cell` stands in its only row.
    fn model(head: &str, kind: &str, allowed: &str, cell: &str, answer: &str) -> String {
        let allowed = match allowed {
            "" => String::new(),
            allowed => format!("<inputValues><text>{allowed}</text></inputValues>"),
        };
        format!(
            r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="n"><decision id="d" name="d">
            <decisionTable {head}><input><inputExpression typeRef="{kind}"><text>age</text></inputExpression>{allowed}</input>
            <output name="o" typeRef="string"/><rule><inputEntry><text>{cell}</text></inputEntry>
            <outputEntry><text>{answer}</text></outputEntry></rule></decisionTable></decision></definitions>"#
        )
    }

    #[test]
    fn what_a_person_can_bring_about_is_said_in_chinese() {
        let plain = |kind, cell| model("", kind, "", cell, "\"x\"");
        let many = "123456789012345678901234567890";
        let faults = [
            plain("integer", "before 14"),
            plain("integer", "1.5"),
            plain("integer", "99999999999999999999"),
            plain("number", "fourteen"),
            plain("number", many),
            plain("integer", "[9..3]"),
            plain("integer", "[1..]"),
            plain("integer", "(1..2)"),
            plain("boolean", "ja"),
            plain("string", "home"),
            plain("string", "&lt; 3"),
            plain("string", r#""\q""#),
            plain("date", "-"),
            model("hitPolicy=\"OUTPUT ORDER\"", "integer", "", "-", "\"x\""),
            model("hitPolicy=\"COLLECT\" aggregation=\"SUM\"", "integer", "", "-", "\"x\""),
            model("hitPolicy=\"PRIORITY\"", "integer", "", "-", "\"x\""),
            model("", "integer", "many", "-", "\"x\""),
            model("", "integer", "", "-", "home"),
            plain("integer", "-").replace("<text>age</text>", "<text>age + 1</text>"),
            plain("integer", "-").replace("<inputEntry><text>-</text></inputEntry>", ""),
            plain("integer", "-").replace("decisionTable", "context"),
            plain("integer", "-").replace("</decision>", "</decisions>"),
            plain("integer", "-").replace("20191111", "20151101"),
        ];
        for text in faults {
            let errors = dmn::read(&text).expect_err(&text);
            let reason = &errors[0].reason;
            let chinese = said(Lang::Zh, reason);
            assert!(chinese != *reason, "no Chinese for: {reason}");
            assert!(!chinese.contains('{'), "{chinese}");
            assert_eq!(said(Lang::En, reason), *reason);
        }
    }
}
