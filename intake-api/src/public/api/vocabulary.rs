//! `GET /api/v1/vocabulary`: the words and places that a report of this county may use, for school and hospital systems.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use casework::county::Label;
use casework::pack::Pack;
use casework::report::is_statutory;
use casework::words::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect};
use serde_json::{Value, json};

use crate::public::{form::words, state::App};

/// All words that are offered now.
pub(super) async fn show(State(app): State<App>) -> impl IntoResponse {
    let loaded = app.pack();
    let cache = [(header::CACHE_CONTROL, "public, max-age=300")];
    (cache, Json(vocabulary(&loaded.pack, loaded.version)))
}

fn vocabulary(pack: &Pack, version: i32) -> Value {
    let situations: Vec<_> = pack.vocabulary().situations.offered().collect();
    let situations: Vec<_> = situations
        .iter()
        .map(|one| {
            json!({
                "code": one.term.code, "label": both(&one.term.label), "plain": both(&one.plain), "group": both(&one.group), "hint": both(&one.hint),
                "statutory": is_statutory(&one.term.code), "basis": one.basis, "grade": one.grade,
            })
        })
        .collect();
    let areas = pack.areas();
    let county = areas.get(areas.county());
    let townships: Vec<_> = areas
        .townships()
        .map(|township| {
            let villages: Vec<_> = areas
                .villages(&township.code)
                .map(|v| json!({"code": v.code, "name": v.name}))
                .collect();
            json!({"code": township.code, "name": township.name, "villages": villages})
        })
        .collect();
    json!({
        "county": pack.county(),
        "pack_version": version,
        "situations": situations,
        "area": {"code": areas.county(), "name": county.map(|c| c.name.as_str()), "townships": townships},
        "words": {
            "place": listed("place", Place::ALL, Place::as_str),
            "suspect": listed("suspect", Suspect::ALL, Suspect::as_str),
            "sex": listed("sex", Sex::ALL, Sex::as_str),
            "living_with": listed("living_with", LivingWith::ALL, LivingWith::as_str),
            "reporter_kind": listed("reporter_kind", ReporterKind::ALL, ReporterKind::as_str),
            "identity": listed("identity", Identity::ALL, Identity::as_str),
        },
    })
}

fn both(label: &Label) -> Value {
    json!({"zh": label.zh, "en": label.en})
}

fn listed<T: Copy>(list: &str, all: &[T], as_str: fn(T) -> &'static str) -> Vec<Value> {
    use platform::text::Lang::{En, Zh};
    let codes = all.iter().map(|word| as_str(*word));
    codes.map(|code| json!({"code": code, "label": {"zh": words::label(Zh, list, code), "en": words::label(En, list, code)}})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public::testing;

    #[test]
    fn every_offered_word_and_place_is_listed_with_both_labels() {
        let pack = testing::pack();
        let value = vocabulary(&pack.pack, 1);
        assert_eq!(value["situations"].as_array().unwrap().len(), 23);
        let townships = value["area"]["townships"].as_array().unwrap();
        assert_eq!(townships.len(), 32);
        assert_eq!(
            townships
                .iter()
                .map(|t| t["villages"].as_array().unwrap().len())
                .sum::<usize>(),
            310
        );
        for (list, words) in value["words"].as_object().unwrap() {
            for word in words.as_array().unwrap() {
                for lang in ["zh", "en"] {
                    assert_ne!(word["label"][lang], "…", "{list} {}", word["code"]);
                }
            }
        }
    }
}
