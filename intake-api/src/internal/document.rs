//! The internal API's document, with what holds for every operation said once, here, and not by each author of a route.

use std::sync::LazyLock;

use serde_json::{Value, json};

static DOCUMENT: LazyLock<String> = LazyLock::new(|| whole(include_str!("../../openapi-internal.json")).to_string());

/// The document as it is served.
pub(super) fn document() -> &'static str {
    &DOCUMENT
}

fn whole(file: &str) -> Value {
    let mut document: Value = serde_json::from_str(file).unwrap_or_default();
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths.filter(|(path, _)| !path.ends_with("/openapi.json")) {
        let shared = item.get("parameters").is_some();
        for method in ["get", "post", "put", "delete"] {
            if let Some(operation) = item.get_mut(method) {
                operation_whole(operation, method, path, shared);
            }
        }
    }
    numbers(&mut document);
    document
}

/// Answers that the layers and extractors give, and the token that every act but signing in needs.
fn operation_whole(operation: &mut Value, method: &str, path: &str, shared_parameters: bool) {
    let signs_in = path.ends_with("/session") && method == "post";
    let body = operation.get("requestBody").is_some();
    let parameters = shared_parameters || operation.get("parameters").is_some();
    let mut answers = vec![
        ("429", "Too many requests; Retry-After says when again"),
        ("500", "The service failed; its log says why"),
        (
            "503",
            "Not available: the detail says whether nothing was done or that nobody knows",
        ),
    ];
    if body || parameters {
        answers.push(("400", "The body is no JSON, or a parameter can't be read"));
    }
    if body {
        answers.extend([
            ("413", "The body is too large"),
            ("415", "The content type is not application/json"),
            ("422", "Fields are wrong; nothing was done"),
        ]);
    }
    if !signs_in {
        operation["security"] = json!([{"bearer": []}]);
        answers.extend([
            ("401", "No live session"),
            ("403", "A second factor must be set up first, or another page's form"),
            ("404", "No such thing, or your roles do not allow this: both look alike"),
        ]);
    }
    for (status, description) in answers {
        if operation["responses"].get(status).is_none() {
            let problem = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
            operation["responses"][status] = json!({"description": description, "content": problem});
        }
    }
}

/// Whole numbers end where the program's do.
fn numbers(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(numbers),
        Value::Object(object) => {
            let whole = object
                .get("type")
                .is_some_and(|kind| kind == "integer" || *kind == json!(["integer", "null"]));
            if whole && !object.contains_key("maximum") {
                object.insert("maximum".into(), json!(i64::MAX));
            }
            if let Some(attempt) = object
                .get_mut("attempt")
                .filter(|attempt| attempt.get("type").is_some())
            {
                attempt["minimum"] = json!(1);
                attempt["maximum"] = json!(i16::MAX);
            }
            object.values_mut().for_each(numbers);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_says_what_holds_for_all() {
        let document: Value = serde_json::from_str(document()).unwrap();
        let mut seen = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item
                .as_object()
                .unwrap()
                .iter()
                .filter(|(name, _)| *name != "parameters")
            {
                if path.ends_with("/openapi.json") {
                    continue;
                }
                seen += 1;
                let answers = operation["responses"].as_object().unwrap();
                for status in ["500", "503"] {
                    assert!(answers.contains_key(status), "{method} {path}: {status}");
                }
                for status in ["400", "413", "415", "422"]
                    .iter()
                    .filter(|_| operation.get("requestBody").is_some())
                {
                    assert!(answers.contains_key(*status), "{method} {path}: {status}");
                }
                let signs_in = path.ends_with("/session") && method == "post";
                assert_eq!(operation.get("security").is_some(), !signs_in, "{method} {path}");
            }
        }
        assert!(seen > 20, "{seen}");
        let attempt = &document["components"]["schemas"]["CallbackDecision"]["properties"]["attempt"];
        assert_eq!(attempt["maximum"], i16::MAX);
    }
}
