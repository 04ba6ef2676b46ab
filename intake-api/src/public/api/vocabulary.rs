//! `GET /api/v1/vocabulary`: the words and places that a report of this county may use, for school and hospital systems.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use casework::county::{Area, Label};
use casework::pack::Pack;
use casework::report::is_statutory;
use casework::words::{Grade, Identity, LivingWith, Place, ReporterKind, Sex, Suspect};
use serde::Serialize;

use crate::public::{form::words, state::App};

/// All of it. Here and below the keys stand in the order of the alphabet, as they have from the first version on.
#[derive(Serialize)]
struct Vocabulary<'p> {
    area: County<'p>,
    county: &'p str,
    pack_version: i32,
    situations: Vec<Situation<'p>>,
    words: Words,
}

/// What can be reported.
#[derive(Serialize)]
struct Situation<'p> {
    basis: &'p str,
    code: &'p str,
    grade: Grade,
    group: Both<'p>,
    hint: Both<'p>,
    label: Both<'p>,
    plain: Both<'p>,
    statutory: bool,
}

/// The same in both languages.
#[derive(Serialize)]
struct Both<'p> {
    en: &'p str,
    zh: &'p str,
}

/// The county with its places.
#[derive(Serialize)]
struct County<'p> {
    code: &'p str,
    /// Null where the list of areas does not have it.
    name: Option<&'p str>,
    townships: Vec<Township<'p>>,
}

#[derive(Serialize)]
struct Township<'p> {
    code: &'p str,
    name: &'p str,
    villages: Vec<Village<'p>>,
}

#[derive(Serialize)]
struct Village<'p> {
    code: &'p str,
    name: &'p str,
}

/// The closed lists, by the field of the report.
#[derive(Serialize)]
struct Words {
    identity: Vec<Word>,
    living_with: Vec<Word>,
    place: Vec<Word>,
    reporter_kind: Vec<Word>,
    sex: Vec<Word>,
    suspect: Vec<Word>,
}

#[derive(Serialize)]
struct Word {
    code: &'static str,
    label: Both<'static>,
}

/// All words that are offered now.
pub(super) async fn show(State(app): State<App>) -> impl IntoResponse {
    let loaded = app.pack();
    let cache = [(header::CACHE_CONTROL, "public, max-age=300")];
    (cache, Json(vocabulary(&loaded.pack, loaded.version))).into_response()
}

fn vocabulary(pack: &Pack, version: i32) -> Vocabulary<'_> {
    let areas = pack.areas();
    Vocabulary {
        county: pack.county(),
        pack_version: version,
        situations: pack
            .vocabulary()
            .situations
            .offered()
            .map(|one| Situation {
                code: &one.term.code,
                label: both(&one.term.label),
                plain: both(&one.plain),
                group: both(&one.group),
                hint: both(&one.hint),
                statutory: is_statutory(&one.term.code),
                basis: &one.basis,
                grade: one.grade,
            })
            .collect(),
        area: County {
            code: areas.county(),
            name: areas.get(areas.county()).map(|county| county.name.as_str()),
            townships: areas
                .townships()
                .map(|township| Township {
                    code: &township.code,
                    name: &township.name,
                    villages: areas.villages(&township.code).map(village).collect(),
                })
                .collect(),
        },
        words: Words {
            place: listed("place", Place::ALL, Place::as_str),
            suspect: listed("suspect", Suspect::ALL, Suspect::as_str),
            sex: listed("sex", Sex::ALL, Sex::as_str),
            living_with: listed("living_with", LivingWith::ALL, LivingWith::as_str),
            reporter_kind: listed("reporter_kind", ReporterKind::ALL, ReporterKind::as_str),
            identity: listed("identity", Identity::ALL, Identity::as_str),
        },
    }
}

fn village(village: &Area) -> Village<'_> {
    Village {
        code: &village.code,
        name: &village.name,
    }
}

fn both(label: &Label) -> Both<'_> {
    Both {
        zh: &label.zh,
        en: &label.en,
    }
}

fn listed<T: Copy>(list: &str, all: &[T], as_str: fn(T) -> &'static str) -> Vec<Word> {
    use platform::text::Lang::{En, Zh};
    let word = |code| Word {
        code,
        label: Both {
            zh: words::label(Zh, list, code),
            en: words::label(En, list, code),
        },
    };
    all.iter().map(|word| as_str(*word)).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public::testing;

    #[test]
    fn every_offered_word_and_place_is_listed_with_both_labels() {
        let pack = testing::pack();
        let value = serde_json::to_value(vocabulary(&pack.pack, 1)).unwrap();
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
