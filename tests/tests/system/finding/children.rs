//! A child by the blind index: exact matches alone, a unit only where its own ticket shows what it searches by, and each search is
//! written down, whatever it found.

use platform::store::{Board, ChildToken, Desk, DeskScope, ReadsAsked, SearchKind, Searching, TicketId};
use tests::{NewPerson, person};

use super::World;

fn token(kind: SearchKind, text: &str) -> ChildToken {
    ChildToken {
        kind,
        token: text.as_bytes().to_vec(),
    }
}

#[tokio::test]
async fn a_search_finds_by_its_token_within_its_reach_and_leaves_its_line() {
    let world = World::new(45, 40).await;
    let db = &world.fixture.db;
    let (board, desk) = (world.fixture.store_as::<Board>(), world.fixture.store_as::<Desk>());
    let made = world
        .tickets
        .iter()
        .find(|made| made.unit == world.units[1])
        .unwrap()
        .clone();
    let of_report: Vec<TicketId> = {
        let mut ids: Vec<TicketId> = world
            .tickets
            .iter()
            .filter(|t| t.report == made.report)
            .map(|t| t.id)
            .collect();
        ids.sort();
        ids
    };
    assert!(of_report.len() > 1, "other units have tickets of it too");
    for (kind, text) in [("name-birth", "this child"), ("id-number", "this number")] {
        sqlx::query("INSERT INTO blind_index (report_id, child, kind, token) VALUES ($1, 0, $2, $3)")
            .bind(made.report)
            .bind(kind)
            .bind(text.as_bytes())
            .execute(db)
            .await
            .unwrap();
    }
    let office = NewPerson {
        login: "office-person",
        name: "李娜",
        phone: None,
        unit: "office",
        role: "office",
        since: world.now,
    };
    let office = person(db, office).await;
    let searching = |account, reason| Searching {
        county: "taihe",
        account,
        reason,
        at: world.now,
    };
    let searched = async || -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM searches")
            .fetch_one(db)
            .await
            .unwrap()
    };

    // The office finds all of the report's tickets, by either, and nothing by another token or the wrong kind.
    let by = |kind, text: &str| token(kind, text);
    for (kind, text, hits) in [
        (SearchKind::NameBirth, "this child", true),
        (SearchKind::IdNumber, "this number", true),
        (SearchKind::IdNumber, "this child", false),
        (SearchKind::NameBirth, "this chil", false),
    ] {
        let mut found = board
            .child_search(&by(kind, text), searching(office, "repeat"))
            .await
            .unwrap();
        found.sort();
        assert_eq!(
            found,
            if hits { of_report.clone() } else { Vec::new() },
            "{kind} {text}"
        );
    }
    assert_eq!(searched().await, 4, "what found nothing is written down too");
    let lines = board
        .searches("taihe", world.now + chrono::TimeDelta::seconds(1), 10)
        .await
        .unwrap();
    assert!(
        lines
            .iter()
            .all(|line| line.login == "office-person" && line.unit_name.is_none())
    );
    assert_eq!(lines.iter().filter(|line| line.found == 0).count(), 2);
    let looked = ReadsAsked {
        report: Some(made.report),
        ..ReadsAsked::default()
    };
    let looked = board.reads_list("taihe", &looked, 50).await.unwrap();
    assert_eq!(
        looked.len(),
        2 * of_report.len(),
        "each ticket that was found was looked at"
    );
    assert!(
        looked
            .iter()
            .all(|read| read.how == "search" && !read.parts.contains(&"birth".to_owned()))
    );

    // Somebody of a unit is nobody over the county, and no line is left.
    let member = world.people[1];
    assert!(
        board
            .child_search(&by(SearchKind::NameBirth, "this child"), searching(member, "case"))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(searched().await, 4);

    // A unit finds its own ticket only while that shows what it searches by.
    let own = world.units[1].clone();
    let scope = DeskScope::new([own.as_str()]);
    for (shows, by_name, by_number) in [
        (vec!["place", "own", "child"], false, false),
        (vec!["place", "own", "child", "birth"], true, true),
        (vec!["place", "own", "birth"], false, true),
    ] {
        sqlx::query("UPDATE tickets SET shows = $2 WHERE id = $1")
            .bind(made.id)
            .bind(&shows)
            .execute(db)
            .await
            .unwrap();
        for (kind, text, hits) in [
            (SearchKind::NameBirth, "this child", by_name),
            (SearchKind::IdNumber, "this number", by_number),
        ] {
            let found = desk
                .desk_child_search(&scope, &own, &by(kind, text), searching(member, "case"))
                .await
                .unwrap();
            assert_eq!(found, if hits { vec![made.id] } else { Vec::new() }, "{shows:?} {kind}");
        }
    }
    assert_eq!(searched().await, 10);

    // Not at another unit's, nor for somebody who is not of the unit.
    let before = searched().await;
    let other = &world.units[0];
    assert!(
        desk.desk_child_search(
            &scope,
            other,
            &by(SearchKind::IdNumber, "this number"),
            searching(member, "case")
        )
        .await
        .unwrap()
        .is_empty()
    );
    let stranger = world.people[0];
    assert!(
        desk.desk_child_search(
            &scope,
            &own,
            &by(SearchKind::IdNumber, "this number"),
            searching(stranger, "case")
        )
        .await
        .unwrap()
        .is_empty()
    );
    assert_eq!(searched().await, before);
    for changed in ["UPDATE searches SET found = 0", "DELETE FROM searches"] {
        assert!(
            sqlx::query(changed).execute(db).await.is_err(),
            "only added to: {changed}"
        );
    }
}
