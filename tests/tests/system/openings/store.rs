//! In the store, as the pages and the API use it.

use casework::ticket::opening::{Finding, Side};
use chrono::TimeDelta;
use platform::store::{OpeningAsked, OpeningDeed, OpeningDenied, OpeningDone, OpeningList, ReadsAsked};
use tests::Sample;

use super::{Scene, acting, has, one, stored};

const HOURS: i64 = 60;

#[tokio::test]
async fn what_a_unit_asks_is_approved_by_the_office_and_ends_by_itself() {
    // P2, a township's ticket: place, own situations, child, home.
    let scene = Scene::new(Sample::AloneAt14, "urge-guardianship").await;
    let unit = scene.unit.clone();
    let asker = scene.person("zhang", "张敏", None, &unit, "member").await;
    let colleague = scene.person("li", "李涛", None, &unit, "leader").await;
    let office = scene.person("office1", "周正", None, "office", "office").await;
    scene.sign(&asker, 0).await;
    let opening = one(scene.ask(&asker, &["school", "narrative", "place"], 1).await);
    assert_eq!(
        opening.parts,
        ["school", "narrative"],
        "what is shown already is not asked for"
    );
    assert_eq!((opening.state.as_str(), opening.way.as_str()), ("asked", "approval"));
    assert_eq!(
        scene
            .count("SELECT count(*) FROM notices WHERE kind = 'opening-asked' AND unit = 'office'")
            .await,
        1
    );
    assert!(!has(&scene.shows(&asker, scene.minute(2)).await, "school"));
    assert!(scene.read(&asker, opening.id, scene.minute(2)).await.is_none());
    assert_eq!(
        scene.ask(&asker, &["narrative"], 2).await,
        OpeningAsked::Before,
        "a double click"
    );
    assert_eq!(
        scene.act_at_desk(&colleague, opening.id, OpeningDeed::Approve, 3).await,
        OpeningDone::Denied(OpeningDenied::OwnUnit),
        "a unit approves nothing of its own"
    );

    assert!(matches!(
        scene.act(&office, opening.id, OpeningDeed::Approve, 10).await,
        OpeningDone::Done(_)
    ));
    assert_eq!(
        scene
            .count("SELECT count(*) FROM notices WHERE kind = 'opening-approved' AND unit <> 'office'")
            .await,
        1
    );
    let (last, over) = (
        scene.minute(10) + TimeDelta::hours(72) - TimeDelta::seconds(1),
        scene.minute(10) + TimeDelta::hours(72),
    );
    for (when, open) in [
        (scene.minute(9), false),
        (scene.minute(10), true),
        (last, true),
        (over, false),
    ] {
        let shown = scene.shows(&asker, when).await;
        assert_eq!(
            (has(&shown, "school"), has(&shown, "narrative")),
            (open, open),
            "{when}"
        );
        assert!(!has(&scene.shows(&colleague, when).await, "school"), "to nobody else");
        assert_eq!(scene.read(&asker, opening.id, when).await.is_some(), open, "{when}");
        assert!(scene.read(&colleague, opening.id, when).await.is_none());
    }
    let handed = scene.read(&asker, opening.id, last).await.unwrap();
    assert!(handed.parts.narrative.is_some() && handed.parts.home.is_none() && handed.identity.is_none());
    // Each look, and no refused one, is written down with who, when and what.
    let looked: Vec<(Vec<String>, String, i64)> =
        sqlx::query_as("SELECT parts, role, account_id FROM reads WHERE how = 'opening' ORDER BY id")
            .fetch_all(scene.fixture.store.pool())
            .await
            .unwrap();
    assert_eq!(looked.len(), 3);
    assert!(
        looked
            .iter()
            .all(|(parts, role, who)| *parts == ["school", "narrative"] && role == "member" && *who == asker.account)
    );
    let found = scene.board.opening("taihe", opening.id).await.unwrap().unwrap();
    assert_eq!(scene.board.reads_of_opening("taihe", &found).await.unwrap().len(), 3);
    assert_eq!(scene.kinds().await, ["opening-asked", "opening-approved"]);
    // Over is over: it can't be ended any more, and can be asked again.
    let late = 10 + 72 * HOURS;
    assert!(matches!(
        scene.act_at_desk(&asker, opening.id, OpeningDeed::End, late).await,
        OpeningDone::NotAllowed(_)
    ));
    assert_eq!(one(scene.ask(&asker, &["school"], late + 1).await).state, "asked");
}

#[tokio::test]
async fn nobody_decides_their_own_nor_with_another_login() {
    let scene = Scene::new(Sample::BruisesAtSchool, "police-accept").await;
    let asker = scene
        .person("zhou", "周正", Some("0558-8612345、138 0000 0001"), "office", "office")
        .await;
    let same_phone = scene
        .person("zhou2", "周老师", Some("+86-13800000001"), "office", "office")
        .await;
    let same_name = scene.person("zhou3", "周 正", None, "office", "oversight").await;
    let namesake = scene
        .person("zhou4", "周正", Some("13900000002"), "office", "office")
        .await;
    let oversight = scene.person("proc", "冯检", None, "office", "oversight").await;
    let opening = one(scene.ask_office(&asker, Side::Office, &["identity"], 1).await);
    assert_eq!(
        (opening.way.as_str(), opening.side.as_str()),
        ("approval", "office"),
        "also of a P1"
    );
    for who in [&asker, &same_phone, &same_name] {
        for deed in [OpeningDeed::Approve, OpeningDeed::Refuse] {
            let done = scene.act(who, opening.id, deed, 2).await;
            assert_eq!(done, OpeningDone::Denied(OpeningDenied::Own), "{who:?}");
        }
    }
    // Nor past the program: the table itself refuses.
    for who in [&asker, &same_phone, &same_name] {
        let bypass = sqlx::query(
            "UPDATE openings SET state = 'open', decided_at = $2, decided_by = 'x', decided_account = $3, opened_at = $2,
                    ends_at = $2 + interval '72 hours' WHERE id = $1",
        )
        .bind(opening.id)
        .bind(scene.minute(3))
        .bind(who.account)
        .execute(scene.office.pool())
        .await;
        assert!(bypass.is_err(), "{who:?}");
    }
    assert!(scene.read_office(&asker, opening.id, scene.minute(4)).await.is_none());
    // A namesake with a phone of their own is another person.
    assert!(matches!(
        scene.act(&namesake, opening.id, OpeningDeed::Refuse, 5).await,
        OpeningDone::Done(_)
    ));
    assert!(matches!(
        scene.act(&namesake, opening.id, OpeningDeed::Approve, 6).await,
        OpeningDone::NotAllowed(_)
    ));
    let again = one(scene.ask_office(&asker, Side::Office, &["identity"], 7).await);
    assert!(matches!(
        scene.act(&oversight, again.id, OpeningDeed::Approve, 8).await,
        OpeningDone::Done(_)
    ));
    let handed = scene.read_office(&asker, again.id, scene.minute(9)).await.unwrap();
    assert!(handed.identity.is_some());
    assert!(
        scene.read_office(&namesake, again.id, scene.minute(9)).await.is_none(),
        "to who asked alone"
    );
    let ended = scene.act(&oversight, again.id, OpeningDeed::End, 10).await;
    assert!(matches!(ended, OpeningDone::Done(_)));
    assert!(scene.read_office(&asker, again.id, scene.minute(10)).await.is_none());
    assert_eq!(
        scene.kinds().await,
        [
            "opening-asked",
            "opening-refused",
            "opening-asked",
            "opening-approved",
            "opening-ended"
        ]
    );
}

#[tokio::test]
async fn another_person_is_of_another_unit_and_of_the_right_role() {
    let scene = Scene::new(Sample::AloneAt14, "urge-guardianship").await;
    let unit = scene.unit.clone();
    let asker = scene.person("zhang", "张敏", None, &unit, "member").await;
    let both = scene.person("he", "何平", None, "office", "office").await;
    scene.also(&both, &unit, "leader").await;
    let oversight = scene.person("proc", "冯检", None, "office", "oversight").await;
    let admin = scene.person("it", "管理", None, "office", "admin").await;
    let office = scene.person("office1", "周正", None, "office", "office").await;
    // Not signed yet: asked all the same, and approved first.
    let opening = one(scene.ask(&asker, &["birth"], 1).await);
    let denied = async |who, deed| match scene.act(who, opening.id, deed, 2).await {
        OpeningDone::Denied(why) => Some(why),
        _ => None,
    };
    assert_eq!(denied(&both, OpeningDeed::Approve).await, Some(OpeningDenied::OwnUnit));
    assert_eq!(
        denied(&oversight, OpeningDeed::Approve).await,
        Some(OpeningDenied::Role)
    );
    assert_eq!(denied(&admin, OpeningDeed::Refuse).await, Some(OpeningDenied::Role));
    assert_eq!(denied(&admin, OpeningDeed::End).await, Some(OpeningDenied::NotYours));
    assert_eq!(
        denied(&office, OpeningDeed::Withdraw).await,
        Some(OpeningDenied::NotYours)
    );
    // A ticket that is closed meanwhile gets nothing opened.
    sqlx::query("UPDATE tickets SET state = 'waived' WHERE id = $1")
        .bind(scene.ticket)
        .execute(scene.fixture.store.pool())
        .await
        .unwrap();
    assert!(matches!(
        scene.act(&office, opening.id, OpeningDeed::Approve, 3).await,
        OpeningDone::NotAllowed(o) if (o.state.as_str(), o.ended_why.as_deref()) == ("withdrawn", Some("ticket"))
    ));
    assert!(matches!(
        scene.ask(&asker, &["school"], 3).await,
        OpeningAsked::NotAllowed { .. }
    ));
    assert!(matches!(
        scene.act_at_desk(&asker, opening.id, OpeningDeed::Withdraw, 4).await,
        OpeningDone::NotAllowed(_)
    ));
    // It was taken back with its ticket; nobody of the unit did that.
    assert_eq!(scene.kinds().await, ["opening-asked"]);
}

#[tokio::test]
async fn two_who_decide_at_once_decide_once() {
    let scene = Scene::new(Sample::AloneAt14, "urge-guardianship").await;
    let asker = scene.person("zhang", "张敏", None, &scene.unit.clone(), "member").await;
    let mut people = Vec::new();
    for n in 0..4 {
        people.push(
            scene
                .person(&format!("o{n}"), &format!("办公室{n}"), None, "office", "office")
                .await,
        );
    }
    let opening = one(scene.ask(&asker, &["school"], 1).await);
    let version = opening.version;
    let decide = |n: usize| {
        let (office, who, at) = (scene.office.clone(), people[n].clone(), scene.minute(5));
        let deed = if n.is_multiple_of(2) {
            OpeningDeed::Approve
        } else {
            OpeningDeed::Refuse
        };
        async move {
            office
                .opening_act("taihe", opening.id, deed, &acting(&who, version, at))
                .await
                .unwrap()
        }
    };
    let (a, b, c, d) = tokio::join!(decide(0), decide(1), decide(2), decide(3));
    let done = [a, b, c, d];
    assert_eq!(
        done.iter().filter(|done| matches!(done, OpeningDone::Done(_))).count(),
        1
    );
    assert_eq!(
        done.iter().filter(|done| matches!(done, OpeningDone::Stale(_))).count(),
        3
    );
    assert_eq!(scene.kinds().await.len(), 2, "asked, and decided once");
    // Two browsers of one person ask at once: one asking.
    let (a, b) = tokio::join!(scene.ask(&asker, &["birth"], 9), scene.ask(&asker, &["birth"], 9));
    assert!([a, b].contains(&OpeningAsked::Before));
}

#[tokio::test]
async fn a_p1_opens_at_once_for_who_signed_and_never_the_reporter() {
    let scene = Scene::new(Sample::BruisesAtSchool, "psychological-support").await;
    let unit = scene.unit.clone();
    let asker = scene.person("sun", "孙悦", None, &unit, "member").await;
    let leader = scene.person("lead", "钱进", None, &unit, "leader").await;
    let office = scene.person("office1", "周正", None, "office", "office").await;
    let unsigned = one(scene.ask(&asker, &["school"], 1).await);
    assert_eq!(unsigned.way, "approval", "nobody has signed");
    scene.sign(&asker, 2).await;
    let both = stored(scene.ask(&asker, &["home", "suspect", "reporter", "identity"], 3).await);
    let of = |way: &str| both.iter().find(|o| o.way == way).unwrap();
    assert_eq!(of("urgent").parts, ["home", "suspect"]);
    assert_eq!(of("approval").parts, ["reporter", "identity"]);
    let shown = scene.shows(&asker, scene.minute(3)).await;
    assert!(has(&shown, "home") && has(&shown, "suspect") && !has(&shown, "reporter") && !has(&shown, "identity"));
    assert!(scene.read(&asker, of("approval").id, scene.minute(4)).await.is_none());
    // It is reviewed by another unit; a bad finding needs words; once.
    let urgent = of("urgent").id;
    let review = |finding| OpeningDeed::Review(finding);
    assert_eq!(
        scene.act_at_desk(&leader, urgent, review(Finding::Compliant), 5).await,
        OpeningDone::Denied(OpeningDenied::OwnUnit)
    );
    let list = scene
        .board
        .openings_list("taihe", OpeningList::Review, None, 10, scene.minute(5))
        .await
        .unwrap();
    assert_eq!(list.iter().map(|o| o.id).collect::<Vec<_>>(), [urgent]);
    assert!(matches!(
        scene.act(&office, urgent, review(Finding::NotCompliant), 6).await,
        OpeningDone::Done(_)
    ));
    assert!(matches!(
        scene.act(&office, urgent, review(Finding::Compliant), 7).await,
        OpeningDone::NotAllowed(_)
    ));
    let list = scene
        .board
        .openings_list("taihe", OpeningList::Review, None, 10, scene.minute(8))
        .await
        .unwrap();
    assert!(list.is_empty());
    assert!(
        !has(&scene.shows(&asker, scene.minute(9)).await, "home"),
        "what was found not compliant is over"
    );
    // What the table refuses whoever asks: a reporter at once, an opening for ever, one that approves itself.
    for illegal in [
        "INSERT INTO openings (county, report_id, ticket_id, unit, side, way, parts, urgency, drill, state, asked_at, asked_by, asked_account,
            reason, review_due_at, opened_at, ends_at)
         SELECT county, report_id, ticket_id, unit, side, 'urgent', '{reporter}', 'P1', drill, 'open', asked_at, asked_by, asked_account, reason,
            asked_at, asked_at, asked_at + interval '72 hours' FROM openings LIMIT 1",
        "INSERT INTO openings (county, report_id, ticket_id, unit, side, way, parts, urgency, drill, state, asked_at, asked_by, asked_account,
            reason, review_due_at, opened_at, ends_at)
         SELECT county, report_id, ticket_id, unit, side, 'urgent', '{home}', 'P1', drill, 'open', asked_at, asked_by, asked_account, reason,
            asked_at, asked_at, asked_at + interval '73 hours' FROM openings LIMIT 1",
        "UPDATE openings SET ends_at = ends_at + interval '1 hour' WHERE opened_at IS NOT NULL",
        "UPDATE openings SET opened_at = opened_at + interval '1 hour', ends_at = ends_at + interval '1 hour' WHERE opened_at IS NOT NULL",
        "UPDATE openings SET state = 'open', opened_at = asked_at, ends_at = asked_at + interval '72 hours' WHERE state = 'asked'",
        "UPDATE openings SET parts = '{identity,home}' WHERE state = 'asked'",
        "UPDATE openings SET review = NULL, reviewed_at = NULL, reviewed_by = NULL, reviewed_account = NULL, review_note = NULL
         WHERE review IS NOT NULL",
        "UPDATE openings SET asked_account = asked_account + 1",
    ] {
        assert!(sqlx::query(illegal).execute(scene.fixture.store.pool()).await.is_err(), "{illegal}");
    }
}

#[tokio::test]
async fn the_police_that_signed_open_the_identity_and_somebody_else_ticks() {
    let scene = Scene::new(Sample::BruisesAtSchool, "police-accept").await;
    let unit = scene.unit.clone();
    let officer = scene.person("pol1", "吴警", None, &unit, "member").await;
    let colleague = scene.person("pol2", "郑警", None, &unit, "member").await;
    let office = scene.person("office1", "周正", None, "office", "office").await;
    let oversight = scene.person("proc", "冯检", None, "office", "oversight").await;
    assert!(
        !has(&scene.shows(&officer, scene.minute(0)).await, "identity"),
        "a row alone shows nobody"
    );
    let early = one(scene.ask(&colleague, &["identity"], 1).await);
    assert_eq!(early.way, "approval", "not before the unit has signed");
    scene.sign(&officer, 2).await;
    let opening = one(scene.ask(&officer, &["identity"], 3).await);
    assert_eq!((opening.way.as_str(), opening.state.as_str()), ("police", "open"));
    assert!(
        scene
            .read(&officer, opening.id, scene.minute(4))
            .await
            .unwrap()
            .identity
            .is_some()
    );
    assert!(scene.read(&colleague, opening.id, scene.minute(4)).await.is_none());
    // What the ticket's page hands out never holds it: it has a page of its own.
    assert!(has(&scene.shows(&officer, scene.minute(4)).await, "identity"));
    let counts = scene.board.openings_counts("taihe", scene.minute(5)).await.unwrap();
    assert_eq!(counts, (1, 1, 0), "one to approve, one to review");
    // Overdue: shown, counted and told once.
    let router = scene.fixture.store_as("router");
    assert_eq!(router.openings_tell(scene.minute(60)).await.unwrap(), 0);
    let late = scene.minute(3 + 24 * 60);
    assert_eq!(router.openings_tell(late).await.unwrap(), 2);
    assert_eq!(router.openings_tell(late).await.unwrap(), 0, "once");
    for kind in ["opening-overdue", "review-overdue"] {
        let told: i64 = sqlx::query_scalar("SELECT count(*) FROM notices WHERE kind = $1 AND unit = 'office'")
            .bind(kind)
            .fetch_one(scene.fixture.store.pool())
            .await
            .unwrap();
        assert_eq!(told, 1, "{kind}");
    }
    assert_eq!(scene.board.openings_counts("taihe", late).await.unwrap(), (1, 1, 2));
    let mine = scene
        .act(&officer, opening.id, OpeningDeed::Review(Finding::Compliant), 5)
        .await;
    assert_eq!(mine, OpeningDone::Denied(OpeningDenied::Own));
    assert!(matches!(
        scene
            .act(&oversight, opening.id, OpeningDeed::Review(Finding::Compliant), 6)
            .await,
        OpeningDone::Done(_)
    ));
    assert!(matches!(
        scene.act(&office, early.id, OpeningDeed::Refuse, 7).await,
        OpeningDone::Done(_)
    ));
    assert_eq!(scene.board.openings_counts("taihe", late).await.unwrap(), (0, 0, 0));
    // Who reported stands out among who read what.
    let asked = ReadsAsked {
        identity: true,
        ..ReadsAsked::default()
    };
    let found = scene.board.reads_list("taihe", &asked, 10).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].account_id, found[0].how.as_str(), found[0].parts.as_slice()),
        (officer.account, "opening", ["identity".to_owned()].as_slice())
    );
}

#[tokio::test]
async fn the_clock_wakes_for_what_nobody_decided() {
    let scene = Scene::new(Sample::OrphanNew, "companionship").await;
    let asker = scene.person("zhang", "张敏", None, &scene.unit.clone(), "member").await;
    let router = scene.fixture.store_as("router");
    // A P3's own stages fall due days later; the asking does in an hour.
    one(scene.ask(&asker, &["home"], 1).await);
    let next = router.clock_next().await.unwrap().unwrap();
    assert!(next <= scene.minute(61), "{next}");
    assert_eq!(router.openings_tell(scene.minute(60)).await.unwrap(), 0);
    assert_eq!(router.openings_tell(scene.minute(61)).await.unwrap(), 1);
}

#[tokio::test]
async fn an_anonymous_report_has_no_identity_to_open() {
    let scene = Scene::new(Sample::BruisesAtSchool, "police-accept").await;
    sqlx::query("UPDATE report_facts SET facts = facts || '{\"identity\": \"anonymous\"}' WHERE report_id = $1")
        .bind(scene.report)
        .execute(scene.fixture.store.pool())
        .await
        .unwrap();
    let officer = scene.person("pol1", "吴警", None, &scene.unit.clone(), "member").await;
    let office = scene.person("office1", "周正", None, "office", "office").await;
    scene.sign(&officer, 1).await;
    assert_eq!(scene.ask(&officer, &["identity"], 2).await, OpeningAsked::Nobody);
    assert_eq!(
        scene.ask_office(&office, Side::Office, &["identity"], 2).await,
        OpeningAsked::Nobody
    );
    let other = one(scene.ask_office(&office, Side::Office, &["identity", "home"], 3).await);
    assert_eq!(other.parts, ["home"]);
    assert_eq!(
        scene.ask_office(&officer, Side::Office, &["home"], 3).await,
        OpeningAsked::NotFound,
        "who is not of the office asks nothing as the office"
    );
}

#[tokio::test]
async fn who_leaves_takes_nothing_along() {
    let scene = Scene::new(Sample::AloneAt14, "urge-guardianship").await;
    let asker = scene.person("zhang", "张敏", None, &scene.unit.clone(), "member").await;
    let office = scene.person("office1", "周正", None, "office", "office").await;
    let opening = one(scene.ask(&asker, &["school"], 1).await);
    assert!(matches!(
        scene.act(&office, opening.id, OpeningDeed::Approve, 2).await,
        OpeningDone::Done(_)
    ));
    assert!(scene.read(&asker, opening.id, scene.minute(3)).await.is_some());
    sqlx::query("UPDATE memberships SET ended_at = $2 WHERE account_id = $1")
        .bind(asker.account)
        .bind(scene.minute(4))
        .execute(scene.fixture.store.pool())
        .await
        .unwrap();
    assert!(scene.read(&asker, opening.id, scene.minute(5)).await.is_none());
    assert!(scene.shows(&asker, scene.minute(5)).await.is_empty());
}

#[tokio::test]
async fn who_read_what_is_found_page_by_page() {
    let scene = Scene::new(Sample::BruisesAtSchool, "police-accept").await;
    let officer = scene.person("pol1", "吴警", None, &scene.unit.clone(), "member").await;
    let other = scene.person("pol2", "郑警", None, &scene.unit.clone(), "member").await;
    for minute in 0..30 {
        let who = if minute % 3 == 0 { &other } else { &officer };
        let reading = platform::store::Reading {
            account: who.account,
            how: "page",
            // Several at one moment.
            at: scene.minute(minute / 4),
        };
        let scope = platform::store::DeskScope::new([scene.unit.as_str()]);
        assert!(
            scene
                .desk
                .desk_ticket_read(&scope, scene.ticket, reading)
                .await
                .unwrap()
                .is_some()
        );
    }
    let mut asked = ReadsAsked {
        report: Some(scene.report),
        accounts: Some(scene.board.reads_accounts("taihe", "吴警").await.unwrap()),
        ..ReadsAsked::default()
    };
    let mut seen = Vec::new();
    loop {
        let found = scene.board.reads_list("taihe", &asked, 6).await.unwrap();
        let Some(last) = found.last() else { break };
        asked.before = Some(platform::store::ReadCursor {
            at: last.at,
            id: last.id,
        });
        seen.extend(found.into_iter().map(|read| (read.at, read.id)));
    }
    assert_eq!(seen.len(), 20, "each once");
    assert!(seen.is_sorted_by(|a, b| a > b), "the newest first");
    let nobody = ReadsAsked {
        accounts: Some(Vec::new()),
        ..ReadsAsked::default()
    };
    assert!(
        scene.board.reads_list("taihe", &nobody, 6).await.unwrap().is_empty(),
        "an unknown name finds nothing"
    );
    let within = ReadsAsked {
        from: Some(scene.minute(2)),
        to: Some(scene.minute(3)),
        ..ReadsAsked::default()
    };
    assert_eq!(scene.board.reads_list("taihe", &within, 50).await.unwrap().len(), 4);
}
