//! `router roster`: who is on duty, and when nobody who can be reached is.

use super::*;

/// A station with days and nights; nobody on the night of 12 February, and the leader has no verified phone.
const FILE: &str = r#"{
  "people": {
    "li": {"name": "李", "phones": [{"verified": true, "night": true}]},
    "wang": {"name": "王", "phones": [{"verified": false, "night": true}]},
    "odu": {"name": "欧", "phones": [{"verified": true, "night": true}]}
  },
  "rosters": {
    "office": {"leaders": ["odu"]},
    "pol": {
      "patterns": [{"from": "2026-01-01", "weeks": [{
        "mon": [{"from": "08:00", "to": "08:00", "duty": "li", "leader": "wang"}],
        "tue": [{"from": "08:00", "to": "08:00", "duty": "li", "leader": "wang"}],
        "wed": [{"from": "08:00", "to": "08:00", "duty": "li", "leader": "wang"}],
        "thu": [{"from": "08:00", "to": "08:00", "duty": "li", "leader": "wang"}],
        "fri": [{"from": "08:00", "to": "08:00", "duty": "li", "leader": "wang"}]
      }]}],
      "exceptions": [{"during": {"from": "2026-02-12T17:30:00+08:00", "to": "2026-02-13T08:00:00+08:00"}, "seat": "duty", "person": null}]
    }
  }
}"#;

#[test]
fn roster_says_who_is_on_duty_and_where_nobody_is() {
    let folder = Folder::new("roster");
    let file = folder.write("roster.json", FILE);
    let ask = |at: &str, days: &str| router(&["roster", "--json", "--unit", "pol", "--at", at, "--days", days, &file]);
    let quiet = ask("2026-02-11T09:00:00+08:00", "1");
    assert!(quiet.status.success(), "{}{}", out(&quiet), err(&quiet));
    assert_eq!(
        json_lines(&quiet)[0]["duty"],
        json!({"person": "li", "unit": "pol", "seat": "duty", "why": "pattern", "fell": []})
    );
    let hole = ask("2026-02-12T20:00:00+08:00", "1");
    assert_eq!(hole.status.code(), Some(1));
    let office = json!({"person": "odu", "unit": "office", "seat": "leader", "why": "standing"});
    assert_eq!(
        json_lines(&hole)[0],
        json!({
            "unit": "pol",
            "at": "2026-02-12T20:00:00+08:00",
            "open": true,
            "phone": null,
            "duty": {"person": "odu", "unit": "office", "seat": "leader", "why": "standing", "fell": [
                {"unit": "pol", "seat": "duty", "vacancy": "emptied", "person": null},
                {"unit": "pol", "seat": "leader", "vacancy": "no-phone", "person": "wang"},
                {"unit": "office", "seat": "duty", "vacancy": "no-shift", "person": null}
            ]},
            "deputy": {"person": null, "unit": null, "seat": null, "why": null, "fell": [
                {"unit": "pol", "seat": "deputy", "vacancy": "no-shift", "person": null}
            ]},
            "leader": {"person": "odu", "unit": "office", "seat": "leader", "why": "standing", "fell": [
                {"unit": "pol", "seat": "leader", "vacancy": "no-phone", "person": "wang"},
                {"unit": "office", "seat": "duty", "vacancy": "no-shift", "person": null}
            ]},
            "holes": [{
                "from": "2026-02-12T20:00:00+08:00", "to": "2026-02-13T08:00:00+08:00", "vacancy": "emptied", "person": null,
                "falls_to": office
            }],
            "handovers": [{
                "at": "2026-02-13T08:00:00+08:00", "from": office,
                "to": {"person": "li", "unit": "pol", "seat": "duty", "why": "pattern"}
            }]
        })
    );
}

#[test]
fn roster_speaks_of_every_unit_and_refuses_what_it_does_not_know() {
    let folder = Folder::new("roster-units");
    let file = folder.write("roster.json", FILE);
    let output = router(&["roster", "--json", "--at", "2026-02-11", &file]);
    assert_eq!(output.status.code(), Some(1), "units without a roster are holes");
    let units = std::fs::read_to_string(root().join("counties/taihe/units.csv")).unwrap();
    assert_eq!(json_lines(&output).len(), units.lines().count() - 1);
    for (old, new, reason) in [
        ("\"pol\":", "\"nobody\":", "nobody is not a unit of the county pack"),
        ("\"duty\": \"li\"", "\"duty\": \"lo\"", "lo is not one of the people"),
        ("{\"from\": \"08:00\"", "{\"from\": 8", "at line"),
    ] {
        let text = FILE.replace(old, new);
        let bad = folder.write("bad.json", &text);
        let output = router(&["roster", &bad]);
        assert_eq!(output.status.code(), Some(2), "{}", out(&output));
        assert!(err(&output).contains(reason), "{reason}: {}", err(&output));
    }
}
