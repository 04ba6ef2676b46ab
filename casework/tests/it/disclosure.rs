//! What a ticket shows of its report: the shipped table against the county's list, read here apart; and what the check says of
//! tables that leave a gap or show too much.

use casework::county::{MODEL, PackFiles};
use casework::disclosure::{Part, Shows};
use casework::dmn::{self, Row};
use casework::office::explain::{self, Sight};
use casework::office::soundness;
use casework::office::soundness::disclosure::check;
use casework::pack::Pack;
use casework::report::Report;
use casework::routing::decide;

use crate::taihe::{FILES_OF_TAIHE, TAIHE, at};

/// The county's list: obligation, unit kind (or who looks), parts.
const LISTED: &str = "
police-accept,police,place situations child birth school home suspect narrative reporter identity
triage,office,place situations child birth school home suspect narrative reporter
emergency-care,civil-affairs,place situations child birth school home suspect narrative reporter
guardianship-assessment,civil-affairs,place situations child birth school home suspect narrative reporter
urge-guardianship,township,place own child home
urge-guardianship,village,place own child home
return-to-school,education,place own child birth school home
school-safety,education,place own child school suspect
online-safety,education,place own child narrative
medical-care,health,place own child birth narrative
benefit-review,civil-affairs,place own child birth home
rehabilitation,disabled-federation,place own child home
psychological-support,education,place own child school
psychological-support,health,place own child narrative
family-support,womens-federation,place own child home suspect
procuratorial-oversight,procuratorate,place situations child birth school home suspect narrative reporter
separate-handling,police,place situations child birth school home suspect narrative reporter
separate-handling,procuratorate,place own child birth suspect narrative
separate-handling,court,place own child birth suspect narrative
appropriate-adult,justice,place own child birth
legal-aid,justice,place own child birth home
companionship,youth-league,place own child
protection-order,court,place situations child birth home suspect narrative
guardianship-revocation,court,place situations child birth home suspect narrative
*,office,place situations child
*,leading-group,place own
*,oversight,place situations child birth school home suspect narrative reporter
";

fn listed() -> Vec<(&'static str, &'static str, &'static str)> {
    let lines = LISTED.trim().lines();
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0], cells[1], cells[2])
        })
        .collect()
}

fn changed(what: impl FnOnce(String) -> String) -> PackFiles {
    let mut files = FILES_OF_TAIHE.clone();
    let model = files.remove(MODEL).unwrap();
    files.insert(MODEL.to_owned(), what(model));
    files
}

/// The model with a row taken out, or one of its yes and no turned round.
fn with_row(obligation: &str, kind: &str, part: Option<(Part, bool)>) -> PackFiles {
    changed(|text| {
        let model = dmn::read(&text).unwrap();
        let table = model.table("disclosure").unwrap();
        let text_of = |test: &casework::dmn::sfeel::Test| format!("{test:?}");
        let rule = table
            .rules
            .iter()
            .find(|rule| {
                text_of(&rule.tests[0]).contains(&format!("\"{obligation}\""))
                    && text_of(&rule.tests[1]).contains(&format!("\"{kind}\""))
            })
            .unwrap();
        let change = match part {
            None => casework::office::clerk::Change::Remove(rule.number),
            Some((part, shown)) => {
                let mut row = Row::of(rule);
                let place = table
                    .outputs
                    .iter()
                    .position(|column| column.name == part.as_str())
                    .unwrap();
                row.outputs[place] = shown.into();
                casework::office::clerk::Change::Replace(rule.number, row)
            }
        };
        casework::office::clerk::change(&text, "disclosure", change).unwrap()
    })
}

fn found(files: &PackFiles) -> Vec<String> {
    let examined = soundness::examine(files, &mut |_| Box::new(|| true));
    assert_eq!(examined.problems, Vec::new());
    assert_eq!(examined.sound(), examined.disclosure.is_empty());
    let lines = examined
        .lines()
        .into_iter()
        .filter(|line| line.decision.as_deref() == Some("disclosure"));
    lines.map(|line| line.sentence).collect()
}

#[test]
fn the_table_is_the_list_of_the_county() {
    let rules = TAIHE.rules();
    for (obligation, kind, parts) in listed() {
        let shows = match obligation {
            "*" => rules.look(kind),
            _ => rules.shows(obligation, kind),
        };
        assert_eq!(shows, Shows::parse(parts).unwrap(), "{obligation} {kind}");
    }
    let rows = listed();
    for term in TAIHE.vocabulary().obligations.iter() {
        for kind in TAIHE.vocabulary().unit_kinds.iter() {
            let (obligation, kind) = (term.code.as_str(), kind.term.code.as_str());
            let told = rows.iter().any(|(o, k, _)| (*o, *k) == (obligation, kind));
            if !told && kind != "police" {
                assert_eq!(
                    rules.shows(obligation, kind),
                    Shows::least(),
                    "{obligation} {kind} has no row"
                );
            }
        }
    }
    // Police see where to go and to whom, whatever the rows say.
    let police = rules.shows("companionship", "police");
    assert!(police.has(Part::Place) && police.has(Part::Child) && !police.has(Part::Narrative));
    assert_eq!(check(&TAIHE), Vec::new());
}

#[test]
fn a_gap_and_what_shows_too_much_keep_a_change_from_being_published() {
    for (obligation, kind, _) in listed() {
        let said = found(&with_row(obligation, kind, None));
        assert_eq!(said.len(), 1, "{obligation} {kind}: {said:?}");
        assert!(said[0].contains("没有一行规定"), "{said:?}");
    }
    let said = found(&with_row("police-accept", "police", Some((Part::Child, false))));
    assert!(said.len() == 1 && said[0].contains("必须看到地点和孩子"), "{said:?}");
    for (obligation, kind) in [("medical-care", "health"), ("*", "office"), ("*", "oversight")] {
        let said = found(&with_row(obligation, kind, Some((Part::Identity, true))));
        assert!(said.len() == 1 && said[0].contains("只能由公安查看"), "{said:?}");
    }
    let narrower = found(&with_row("medical-care", "health", Some((Part::Narrative, false))));
    assert_eq!(narrower, Vec::<String>::new(), "a county may show less");
}

#[test]
fn without_the_table_a_pack_routes_and_shows_the_least() {
    let files = changed(|text| {
        let start = text.find("  <decision id=\"disclosure\"").unwrap();
        let end = start + text[start..].find("</decision>\n").unwrap() + "</decision>\n".len();
        let cut = format!("{}{}", &text[..start], &text[end..]);
        let drawn = |line: &&str| !line.contains("disclosure");
        cut.lines().filter(drawn).collect::<Vec<_>>().join("\n")
    });
    let pack = Pack::read(&files).unwrap();
    assert_eq!(pack.rules().shows("medical-care", "health"), Shows::least());
    assert_eq!(pack.rules().look("office"), Shows::least());
    assert!(pack.rules().shows("police-accept", "police").has(Part::Child));
    assert_eq!(found(&files).len(), 1);
}

#[test]
fn words_that_are_none_are_refused() {
    let word = |from: &str, to: &str| {
        let files = changed(|text| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        Pack::read(&files).is_err()
    };
    assert!(word(
        "_in_obligation\"><text>\"medical-care\"</text></inputEntry>\n        <inputEntry id=\"disclosure_10",
        "_in_obligation\"><text>\"no-such-thing\"</text></inputEntry>\n        <inputEntry id=\"disclosure_10"
    ));
    assert!(word(
        "disclosure_10_in_unit_kind\"><text>\"health\"",
        "disclosure_10_in_unit_kind\"><text>\"moon\""
    ));
    assert!(word(
        "name=\"narrative\" typeRef=\"boolean\"",
        "name=\"everything\" typeRef=\"boolean\""
    ));
    assert!(word(
        "disclosure_10_out_child\"><text>true<",
        "disclosure_10_out_child\"><text>-<"
    ));
}

/// A report of several matters: what each ticket's explanation says of the others' situations, the suspect and the reporter.
#[test]
fn an_explanation_tells_no_more_than_its_ticket_shows() {
    let report = Report::parse(
        br#"{"situations": ["abuse-injury", "illness", "disability", "dropout", "psychological"], "present_danger": true,
             "area": "341222101001", "place": "home", "suspect": "guardian", "repeat": true,
             "children": [{"sex": "male", "age": 9, "living_with": "grandparents", "left_behind": true}],
             "reporter": {"kind": "child"}, "narrative": "x"}"#,
    )
    .unwrap();
    let now = at("2026-11-24T16:05:00+08:00");
    let facts = report.facts(now);
    let decision = decide(&TAIHE, &facts, now);
    let label = |code: &str| {
        TAIHE
            .vocabulary()
            .situations
            .label(code, casework::words::Lang::Zh)
            .to_owned()
    };
    let mut narrow = 0;
    for ticket in &decision.tickets {
        let sight = Sight {
            shows: ticket.shows.clone(),
            own: ticket.own.clone(),
        };
        let told = explain::seen(&TAIHE, &facts, &decision, ticket, &sight);
        let text = format!("{}{}", told.text(), serde_json::to_string(&told).unwrap());
        for code in &facts.situations {
            let seen = ticket.shows.has(Part::Situations) || ticket.own.contains(code);
            assert_eq!(
                text.contains(&format!("：{}", label(code))),
                seen,
                "{code} in {}:\n{text}",
                ticket.obligation
            );
        }
        let has = |part| ticket.shows.has(part);
        assert_eq!(text.contains("嫌疑人：监护人"), has(Part::Suspect), "{text}");
        assert_eq!(text.contains("未成年人本人"), has(Part::Reporter), "{text}");
        if !has(Part::Situations) {
            narrow += 1;
            assert!(!text.contains("重复报告"), "{text}");
            assert!(has(Part::Suspect) || !text.contains("嫌疑人为"), "{text}");
            assert!(text.contains("本工单不显示"), "{text}");
            let lead = &decision.tickets[0];
            assert!(
                ticket.lead
                    || !text.contains(&format!(
                        "主办是“{}”",
                        TAIHE
                            .vocabulary()
                            .obligations
                            .label(&lead.obligation, casework::words::Lang::Zh)
                    ))
            );
        }
    }
    assert!(narrow >= 4, "{narrow}");
}
