//! The search for a unit, against a naive one, for every kind, area and suspect.

use casework::words::Suspect;

use crate::naive;
use crate::taihe::{FILES_OF_TAIHE, TAIHE, csv};

#[test]
fn every_kind_area_and_suspect() {
    let units = csv(&FILES_OF_TAIHE["units.csv"]);
    let kinds: Vec<String> = TAIHE
        .vocabulary()
        .unit_kinds
        .iter()
        .map(|kind| kind.term.code.clone())
        .collect();
    let areas = TAIHE
        .areas()
        .iter()
        .map(|area| Some(area.code.as_str()))
        .chain([None, Some("000000000000")]);
    let mut compared = 0;
    for area in areas {
        // All suspects on townships and above; villages of three suspects keep the test short.
        let is_village = area.is_some_and(|area| !area.ends_with("000"));
        for suspect in Suspect::ALL {
            if is_village && !matches!(suspect, Suspect::Official | Suspect::SchoolStaff | Suspect::None) {
                continue;
            }
            for kind in &kinds {
                let found = TAIHE
                    .units()
                    .find(TAIHE.areas(), TAIHE.rules().recusals(), kind, area, *suspect);
                let naive = naive::unit(&units, kind, area, suspect.as_str());
                assert_eq!(found.map(|unit| unit.code.clone()), naive, "{kind} {area:?} {suspect}");
                compared += 1;
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
}

#[test]
fn recusal_passes_over_the_suspects_own_level() {
    let find = |kind, area, suspect| {
        let unit = TAIHE
            .units()
            .find(TAIHE.areas(), TAIHE.rules().recusals(), kind, Some(area), suspect);
        unit.map(|unit| unit.code.as_str())
    };
    assert_eq!(find("education", "341222117000", Suspect::Peer), Some("edu-341222117"));
    assert_eq!(find("education", "341222117000", Suspect::SchoolStaff), Some("edu"));
    assert_eq!(
        find("police", "341222117000", Suspect::SchoolStaff),
        Some("pol-341222117")
    );
    assert_eq!(find("police", "341222117000", Suspect::Official), Some("pol"));
    assert_eq!(find("village", "341222107200", Suspect::Official), None);
}

#[test]
fn names_of_places() {
    let areas = TAIHE.areas();
    assert_eq!(areas.townships().count(), 32);
    let villages: usize = areas
        .townships()
        .map(|township| areas.villages(&township.code).count())
        .sum();
    assert_eq!(villages, 310);
    assert_eq!(areas.path_name("341222100000").as_deref(), Some("太和县 城关镇"));
    assert_eq!(areas.path_name("000000000000"), None);
}
