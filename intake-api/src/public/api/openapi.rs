//! `GET /api/v1/openapi.json`: the document is written by hand, because it says more than types can, and tested against them.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde_json::{Value, json};

use crate::public::state::App;

const DOCUMENT: &str = include_str!("../../../openapi.json");

/// The document, with the address of this installation and the situations of its county.
pub(super) async fn show(State(app): State<App>) -> impl IntoResponse {
    match serde_json::from_str::<Value>(DOCUMENT) {
        Ok(mut document) => {
            document["servers"] = json!([{"url": &*app.public_url}]);
            let pack = app.pack();
            let known = pack.pack.vocabulary().situations.offered();
            let known: Vec<&str> = known.map(|one| one.term.code.as_str()).collect();
            document["components"]["schemas"]["Report"]["properties"]["situations"]["items"]["enum"] = json!(known);
            (StatusCode::OK, Json(document))
        }
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Json(Value::Null)),
    }
}

#[cfg(test)]
mod tests {
    use casework::report::limits;
    use casework::words::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect};

    use super::*;
    use crate::public::{api::OPERATIONS, problem::Kind};

    fn document() -> Value {
        serde_json::from_str(DOCUMENT).unwrap()
    }

    #[test]
    fn every_operation_is_described_and_no_other() {
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.len(), OPERATIONS.len());
        for (method, path) in OPERATIONS {
            let operation = &paths[&format!("/api/v1{path}")][method];
            assert!(operation["operationId"].is_string(), "{method} {path}");
        }
        let statuses: Vec<u64> = OPERATIONS
            .iter()
            .flat_map(|(method, path)| {
                paths[&format!("/api/v1{path}")][method]["responses"]
                    .as_object()
                    .unwrap()
                    .keys()
                    .cloned()
            })
            .map(|status| status.parse().unwrap())
            .collect();
        for kind in Kind::ALL
            .iter()
            .filter(|kind| !matches!(kind, Kind::NotFound | Kind::MethodNotAllowed))
        {
            assert!(
                statuses.contains(&u64::from(kind.facts().0.as_u16())),
                "{kind:?} is described nowhere"
            );
        }
    }

    #[test]
    fn words_and_limits_are_those_of_the_parser() {
        fn listed<T: Copy>(all: &[T], as_str: fn(T) -> &'static str) -> Vec<&'static str> {
            let mut words: Vec<_> = all.iter().map(|word| as_str(*word)).collect();
            words.sort_unstable();
            words
        }
        let schemas = &document()["components"]["schemas"];
        let words = |schema: &str, field: &str| {
            let mut words: Vec<String> =
                serde_json::from_value(schemas[schema]["properties"][field]["enum"].clone()).unwrap();
            words.sort_unstable();
            words
        };
        assert_eq!(words("Report", "place"), listed(Place::ALL, Place::as_str));
        assert_eq!(words("Report", "suspect"), listed(Suspect::ALL, Suspect::as_str));
        assert_eq!(words("Child", "sex"), listed(Sex::ALL, Sex::as_str));
        assert_eq!(
            words("Child", "living_with"),
            listed(LivingWith::ALL, LivingWith::as_str)
        );
        assert_eq!(
            words("Reporter", "kind"),
            listed(ReporterKind::ALL, ReporterKind::as_str)
        );
        assert_eq!(words("Reporter", "identity"), listed(Identity::ALL, Identity::as_str));
        for (schema, field, most) in [
            ("Child", "name", limits::NAME),
            ("Child", "id_number", limits::ID_NUMBER),
            ("Reporter", "phone", limits::PHONE),
        ] {
            assert_eq!(
                schemas[schema]["properties"][field]["maxLength"], most,
                "{schema}.{field}"
            );
        }
        assert_eq!(
            schemas["Report"]["properties"]["children"]["maxItems"],
            limits::CHILDREN
        );
    }

    #[test]
    fn the_samples_use_only_described_fields() {
        let schemas = &document()["components"]["schemas"];
        let described = |schema: &str, value: &Value| {
            let properties = schemas[schema]["properties"].as_object().unwrap();
            for field in value.as_object().unwrap().keys() {
                assert!(properties.contains_key(field), "{schema}.{field}");
            }
            for required in schemas[schema]["required"].as_array().unwrap() {
                assert!(value.get(required.as_str().unwrap()).is_some(), "{schema}: {required}");
            }
        };
        let mut seen = 0;
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/samples")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "json") {
                let sample: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
                described("Report", &sample);
                described("Reporter", &sample["reporter"]);
                sample["children"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .for_each(|child| described("Child", child));
                seen += 1;
            }
        }
        assert!(seen >= 14);
    }
}
