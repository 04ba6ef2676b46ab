//! What nobody knows of a child: the age that papers give, and every value where nothing gives one.

use casework::county::Located;
use casework::office::explain;
use casework::report::{AgeFrom, Facts, Report, Unknown};
use casework::routing::{Decision, decide};
use casework::words::Sex;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::naive;
use crate::oracle::{config, moments};
use crate::taihe::{FILES_OF_TAIHE, TAIHE, at, csv};

/// 08:10 on this day, in China.
const NOW: &str = "2026-11-24T08:10:00+08:00";

fn report(child: Value, change: impl FnOnce(&mut Value)) -> Report {
    let mut body = json!({
        "situations": ["other-serious"], "present_danger": false, "area": "341222101001", "children": [child],
        "reporter": {"kind": "public"}, "narrative": "x",
    });
    change(&mut body);
    Report::from_value(body).unwrap()
}

fn facts(child: Value, change: impl FnOnce(&mut Value)) -> Facts {
    report(child, change).facts(at(NOW))
}

fn decided(facts: &Facts) -> Decision {
    decide(&TAIHE, facts, at(NOW))
}

/// `obligation: the unknown facts that it rests on`, of tickets that rest on any.
fn resting(decision: &Decision) -> Vec<String> {
    let tickets = decision.tickets.iter().filter(|ticket| !ticket.unknowns.is_empty());
    tickets
        .map(|ticket| {
            let on: Vec<_> = ticket.unknowns.iter().map(|fact| fact.as_str()).collect();
            format!("{}: {}", ticket.obligation, on.join(" "))
        })
        .collect()
}

fn has(decision: &Decision, obligation: &str) -> bool {
    decision.tickets.iter().any(|ticket| ticket.obligation == obligation)
}

/// A check digit by ISO 7064, digit by digit, and not by the weights of GB 11643.
fn checked(body: &str) -> String {
    let sum = body
        .chars()
        .fold(0, |sum, digit| (sum + digit.to_digit(10).unwrap()) * 2 % 11);
    let check = (12 - sum % 11) % 11;
    let check = if check == 10 { "X".to_owned() } else { check.to_string() };
    format!("{body}{check}")
}

/// Birthdays that were had by that day, counted one by one; 17 at most.
fn birthdays(birth: NaiveDate, today: NaiveDate) -> Option<u8> {
    if birth > today {
        return None;
    }
    let had = (birth.year() + 1..=today.year())
        .filter(|year| (*year, birth.month(), birth.day()) <= (today.year(), today.month(), today.day()));
    Some(u8::try_from(had.count()).unwrap_or(u8::MAX).min(17))
}

proptest! {
    #![proptest_config(config(500))]

    /// A given age wins, then the birth date, then the number; what can't be says nothing.
    #[test]
    fn ages_by_papers(
        given in prop::option::weighted(0.2, 0_u8..18),
        birth in prop::option::of(-300_i64..9_000),
        number in prop::option::of((-300_i64..9_000, any::<bool>(), 0_u32..1000)),
        now in moments(),
    ) {
        let today = (now + chrono::TimeDelta::hours(8)).date_naive();
        let day = |ago: i64| today.checked_add_signed(chrono::TimeDelta::days(-ago)).unwrap();
        let birth = birth.map(day);
        let number = number.map(|(ago, right, serial)| {
            let number = checked(&format!("341222{}{serial:03}", day(ago).format("%Y%m%d")));
            let wrong = number.replace(|c: char| c == number.chars().last().unwrap(), "5");
            (day(ago), if right { number } else { wrong })
        });
        let child = json!({
            "sex": "male", "age": given, "birth_date": birth.map(|day| day.to_string()),
            "id_number": number.as_ref().map(|(_, number)| number.clone()),
        });
        let facts = report(child, |_| {}).facts(now);
        let child = &facts.children[0];
        let by_birth = birth.and_then(|birth| birthdays(birth, today));
        let by_number = number.and_then(|(day, text)| (checked(&text[..17]) == text).then_some((day, text)))
            .filter(|(day, text)| text[6..14] == day.format("%Y%m%d").to_string())
            .and_then(|(day, _)| birthdays(day, today));
        let (age, from) = match (given, by_birth, by_number) {
            (Some(given), ..) => (Some(given), None),
            (None, Some(age), _) => (Some(age), Some(AgeFrom::BirthDate)),
            (None, None, Some(age)) => (Some(age), Some(AgeFrom::IdNumber)),
            (None, None, None) => (None, None),
        };
        // A spoiled number may by chance be a right one of another day.
        prop_assume!(from.is_some() || age.is_some() || child.age_from != Some(AgeFrom::IdNumber));
        prop_assert_eq!((child.age, child.age_from), (age, from));
        let stored = serde_json::to_value(&facts).unwrap();
        prop_assert!(!stored.to_string().contains("birth_date") && !stored.to_string().contains("id_number"));
        prop_assert_eq!(serde_json::from_value::<Facts>(stored).unwrap(), facts);
    }
}

#[test]
fn a_birth_date_without_an_age_is_an_age() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let of = |birth: &str| facts(json!({"sex": "male", "birth_date": birth}), |_| {});
    // The child of the trial: five years old, no age given.
    let decision = decided(&of("2021-05-01"));
    assert!(has(&decision, "psychological-support"));
    assert_eq!(resting(&decision), Vec::<String>::new());
    // Three on the birthday, in China: a report of the evening before is of a child of two.
    let third = day("2023-11-24");
    assert!(has(&decided(&of("2023-11-24")), "psychological-support"));
    assert!(!has(&decided(&of("2023-11-25")), "psychological-support"));
    let late = report(json!({"sex": "male", "birth_date": third.to_string()}), |_| {});
    let eve: DateTime<Utc> = at("2026-11-23T23:59:59+08:00");
    assert_eq!(late.facts(eve).children[0].age, Some(2));
    assert_eq!(late.facts(at("2026-11-24T00:00:00+08:00")).children[0].age, Some(3));
    // A day to come says nothing, and so does a number with a wrong digit.
    let tomorrow = day("2026-11-24") + Days::new(1);
    assert_eq!(of(&tomorrow.to_string()).children[0].age, None);
    let number = |text: &str| facts(json!({"sex": "male", "id_number": text}), |_| {}).children[0].age;
    assert_eq!(number(&checked("34122220190301001")), Some(7));
    assert_eq!(number(&checked("34122219800301001")), Some(17));
    assert_eq!(number("341222201903010010"), None);
    assert_eq!(number("护照 G12345678"), None);
}

#[test]
fn what_stays_unknown_is_every_value() {
    let nothing = facts(json!({"sex": "unknown"}), |_| {});
    let decision = decided(&nothing);
    assert!(has(&decision, "psychological-support"), "children of three and more");
    assert_eq!(resting(&decision), ["psychological-support: age"]);
    // Both ends: an injured child of unknown age is as urgent as the youngest, and supported as the older ones.
    let injured = decided(&facts(json!({"sex": "male"}), |body| {
        body["situations"] = json!(["abuse-injury"]);
    }));
    assert_eq!(injured.urgency.as_str(), "P1");
    assert!(has(&injured, "psychological-support"));
    let of_15 = decided(&facts(json!({"sex": "male", "age": 15}), |body| {
        body["situations"] = json!(["abuse-injury"]);
    }));
    assert_eq!(of_15.urgency.as_str(), "P2");
    // Unknown sex is a girl as well, unknown left_behind a left-behind child.
    let violence = |child: Value| decided(&facts(child, |body| body["situations"] = json!(["domestic-violence"])));
    assert_eq!(
        resting(&violence(json!({"sex": "unknown", "age": 4}))),
        ["family-support: sex"]
    );
    assert_eq!(
        resting(&violence(json!({"sex": "female", "age": 4}))),
        Vec::<String>::new()
    );
    assert!(!has(&violence(json!({"sex": "male", "age": 4})), "family-support"));
    let dropout = |child: Value| decided(&facts(child, |body| body["situations"] = json!(["dropout"])));
    let unknown = dropout(json!({"sex": "male", "age": 9}));
    assert_eq!(
        resting(&unknown),
        ["urge-guardianship: left_behind", "urge-guardianship: left_behind"]
    );
    assert!(!has(
        &dropout(json!({"sex": "male", "age": 9, "left_behind": false})),
        "urge-guardianship"
    ));
    // `place`, `suspect` and `living_with` are plain values.
    let place = decided(&facts(json!({"sex": "male", "age": 9}), |body| {
        body["place"] = json!("unknown");
    }));
    assert!(!has(&place, "school-safety"));
}

/// A child that is known takes the doubt away from what is asked for it anyhow; raised by one, the highest stays.
#[test]
fn one_known_child_is_enough() {
    let both = facts(json!({"sex": "male"}), |body| {
        body["children"] = json!([{"sex": "male"}, {"sex": "male", "age": 9, "left_behind": false}]);
        body["repeat"] = json!(true);
    });
    let decision = decided(&both);
    assert!(has(&decision, "psychological-support"));
    assert_eq!(resting(&decision), Vec::<String>::new());
    assert_eq!(decision.urgency.as_str(), "P1", "P2 raised by the repeat");
    let neither = facts(json!({"sex": "male"}), |body| {
        body["children"] = json!([{"sex": "male"}, {"sex": "male", "age": 1}]);
    });
    assert_eq!(resting(&decided(&neither)), ["psychological-support: age"]);
    // The floor hangs on nothing.
    let danger = facts(json!({"sex": "unknown"}), |body| body["present_danger"] = json!(true));
    let police = &decided(&danger).tickets[0];
    assert_eq!(
        (police.obligation.as_str(), police.unknowns.len()),
        ("police-accept", 0)
    );
}

#[test]
fn the_explanation_says_so() {
    let nothing = facts(json!({"sex": "unknown"}), |body| {
        body["situations"] = json!(["abuse-injury", "dropout"]);
    });
    let decision = decided(&nothing);
    let told = |obligation: &str| {
        let ticket = decision.tickets.iter().find(|ticket| ticket.obligation == obligation);
        explain::ticket(&TAIHE, &nothing, &decision, ticket.unwrap()).text()
    };
    let support = told("psychological-support");
    for said in [
        "孩子1：性别不详，按各种可能处理；年龄不详，按各种可能处理；是否留守不详，按各种可能处理",
        "年龄为不详（本行要求不小于3岁）",
        "本工单只因孩子的年龄不详、按各种可能处理才派出；查明后如不符合上述条件，本事项不适用。",
        "年龄不详，按各种可能判断，取最高的特急。",
    ] {
        assert!(support.contains(said), "{said}\n{support}");
    }
    assert!(told("urge-guardianship").contains("只因孩子的是否留守不详"));
    let police = told("police-accept");
    assert!(!police.contains("只因孩子的"), "{police}");
    let known = facts(
        json!({"sex": "male", "birth_date": "2017-03-02", "left_behind": false}),
        |_| {},
    );
    let decision = decided(&known);
    let told = explain::ticket(&TAIHE, &known, &decision, &decision.tickets[0]).text();
    assert!(
        told.contains("9岁（收到报告时，按出生日期算）") && !told.contains("不详，按各种可能"),
        "{told}"
    );
    assert!(known.children[0].unknowns().next().is_none());
    assert_eq!(Unknown::ALL.len(), 3);
    assert_eq!(nothing.children[0].sex, Sex::Unknown);
}

/// Every code that begins with nine digits of a township goes to its units, whatever its last three say.
#[test]
fn unlisted_codes_go_by_their_township() {
    let units = csv(&FILES_OF_TAIHE["units.csv"]);
    for township in TAIHE.areas().townships() {
        for village in ["999", "001", "777"] {
            let code = format!("{}{village}", &township.code[..9]);
            let from = TAIHE.areas().search_from(Some(&code));
            let listed = TAIHE.areas().get(&code).is_some();
            assert_eq!(from, if listed { &code } else { &township.code });
            let facts = facts(json!({"sex": "male", "age": 9}), |body| body["area"] = json!(code));
            let police = &decided(&facts).tickets[0];
            let naive = naive::unit(&units, "police", Some(&code), "unknown");
            assert_eq!(
                (police.obligation.as_str(), Some(&police.unit)),
                ("police-accept", naive.as_ref())
            );
        }
    }
    let located = |code: &str| match TAIHE.areas().locate(Some(code)) {
        Located::Unknown => "unknown".to_owned(),
        Located::Listed(area) => area.name.clone(),
        Located::InTownship(area) => format!("in {}", area.name),
        Located::InCounty => "in the county".to_owned(),
        Located::Foreign => "foreign".to_owned(),
    };
    assert_eq!(located("341222101999"), "in 旧县镇");
    assert_eq!(located("341222101000"), "旧县镇");
    assert_eq!(located("341222999001"), "in the county");
    assert_eq!(located("110101001001"), "foreign");
    assert_eq!(located("341223101999"), "foreign");
    for odd in [
        "",
        "34122",
        "341222101",
        "34122210199",
        "3412221019990",
        "３４１２２２１０１９９９",
    ] {
        assert_eq!(located(odd), "foreign", "{odd}");
        assert_eq!(TAIHE.areas().search_from(Some(odd)), "341222000000");
    }
    let unlisted = facts(json!({"sex": "male", "age": 9}), |body| {
        body["area"] = json!("341222101999");
    });
    let decision = decided(&unlisted);
    let told = explain::ticket(&TAIHE, &unlisted, &decision, &decision.tickets[0]).text();
    for said in [
        "地点：太和县 旧县镇，区划代码不在本县列表（341222101999），按所属乡镇办理",
        "区划代码341222101999不在本县列表，按前九位从所属的旧县镇找起：旧县镇有太和县公安局旧县派出所，由它承办。",
    ] {
        assert!(told.contains(said), "{said}\n{told}");
    }
}
