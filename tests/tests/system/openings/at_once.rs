//! What opens at once and is looked at afterwards: a P1 for who signed, and the identity for the police.

use casework::ticket::opening::{Finding, Side};
use platform::store::{OpeningAsked, OpeningDeed, OpeningDenied, OpeningDone, OpeningList, ReadsAsked, Router};
use tests::Sample;

use super::{Scene, has, one, stored};

#[tokio::test]
async fn a_p1_opens_at_once_for_who_signed_and_never_the_reporter() {
    let scene = Scene::new(Sample::BruisesAtSchool, "psychological-support").await;
    let unit = scene.unit.clone();
    let asker = scene.person("sun", "孙悦", None, &unit, "member").await;
    let leader = scene.person("lead", "钱进", None, &unit, "leader").await;
    let office = scene.person("office1", "周正", None, "office", "office").await;
    let unsigned = one(scene.ask(&asker, &["school"], 1).await);
    assert_eq!(unsigned.way.as_str(), "approval", "nobody has signed");
    scene.sign(&asker, 2).await;
    let both = stored(scene.ask(&asker, &["home", "suspect", "reporter", "identity"], 3).await);
    let of = |way: &str| both.iter().find(|o| o.way.as_str() == way).unwrap();
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
    assert_eq!(early.way.as_str(), "approval", "not before the unit has signed");
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
    let router = scene.fixture.store_as::<Router>();
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
        (Some(officer.account), "opening", ["identity".to_owned()].as_slice())
    );
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
