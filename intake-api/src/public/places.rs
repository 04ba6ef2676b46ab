//! `/places/{version}.json`: the county's townships and villages with their spellings, so that a form with a script finds a
//! village while somebody types (八里, bali, bl) and asks the server for it once.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use casework::county::Area;
use casework::pack::Pack;
use platform::pack::watch::LoadedPack;

use super::state::App;

/// Where pages find the places of a pack.
pub(super) fn path(loaded: &LoadedPack) -> String {
    format!("/places/{}.json", loaded.version)
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/places/{file}", get(show))
}

async fn show(State(app): State<App>, Path(file): Path<String>) -> Response {
    let loaded = app.pack();
    if path(&loaded).strip_prefix("/places/") != Some(&file) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let cache = [(header::CACHE_CONTROL, "public, max-age=3600")];
    (cache, Json(places(&loaded.pack))).into_response()
}

/// A township: code, name, spelling, villages. Lists instead of objects: 310 villages come down to a phone.
type Township<'p> = (&'p str, &'p str, &'p str, Vec<Village<'p>>);

/// A village: code, name, spelling.
type Village<'p> = (&'p str, &'p str, &'p str);

fn places(pack: &Pack) -> Vec<Township<'_>> {
    let areas = pack.areas();
    let township = |area| {
        let (code, name, spelt) = place(pack, area);
        let villages = areas.villages(code).map(|village| place(pack, village));
        (code, name, spelt, villages.collect())
    };
    areas.townships().map(township).collect()
}

fn place<'p>(pack: &'p Pack, area: &'p Area) -> Village<'p> {
    (&area.code, &area.name, pack.pinyin(&area.code).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public::testing::{self, Site, Writer};

    #[tokio::test]
    async fn every_township_and_village_comes_with_its_spelling() {
        let pack = testing::pack();
        let places = serde_json::to_value(places(&pack.pack)).unwrap();
        let townships = places.as_array().unwrap();
        let villages: Vec<_> = townships.iter().flat_map(|t| t[3].as_array().unwrap()).collect();
        assert_eq!((townships.len(), villages.len()), (32, 310));
        for place in townships.iter().chain(villages.iter().copied()) {
            assert!(place[2].as_str().unwrap().contains(' '), "{place}");
        }
        assert!(villages.iter().any(|v| v[1] == "八里村委会" && v[2] == "ba li cun"));
        let site = Site::new(Writer::Stores, 120);
        assert_eq!(site.get("/places/1.json").await.status, 200);
        assert_eq!(site.get("/places/2.json").await.status, 404);
        assert!(site.get("/").await.body.contains("data-places=\"/places/1.json\""));
    }
}
