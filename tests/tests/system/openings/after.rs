//! What is left of openings: whom the clock wakes for, who leaves, and who read what.

use platform::store::{OpeningDeed, OpeningDone, ReadsAsked, Router};
use tests::Sample;

use super::{Scene, one};

#[tokio::test]
async fn the_clock_wakes_for_what_nobody_decided() {
    let scene = Scene::new(Sample::OrphanNew, "companionship").await;
    let asker = scene.person("zhang", "张敏", None, &scene.unit.clone(), "member").await;
    let router = scene.fixture.store_as::<Router>();
    // A P3's own stages fall due days later; the asking does in an hour.
    one(scene.ask(&asker, &["home"], 1).await);
    let next = router.clock_next().await.unwrap().unwrap();
    assert!(next <= scene.minute(61), "{next}");
    assert_eq!(router.openings_tell(scene.minute(60)).await.unwrap(), 0);
    assert_eq!(router.openings_tell(scene.minute(61)).await.unwrap(), 1);
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
