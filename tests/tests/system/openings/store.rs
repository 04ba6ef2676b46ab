//! In the store, as the pages and the API use it.

use casework::ticket::opening::Side;
use chrono::TimeDelta;
use platform::store::{AccountId, OpeningAsked, OpeningDeed, OpeningDenied, OpeningDone};
use tests::Sample;

use super::{Scene, acting, has, one};

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
    let looked: Vec<(Vec<String>, String, AccountId)> =
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
    assert_eq!(
        one(scene.ask(&asker, &["school"], late + 1).await).state.as_str(),
        "asked"
    );
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
