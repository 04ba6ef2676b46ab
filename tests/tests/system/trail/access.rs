//! Refusals and failed logins: bounded whatever a flood does, and gone after 90 days.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::{IpAddr, Ipv4Addr};

use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{Access, AccessFind, AccessKind, AccountId, Intake, Loose, People, Role, Store};
use sqlx::PgPool;
use tests::Fixture;

use super::person;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn failed(at: DateTime<Utc>, address: IpAddr, login: &str, account: Option<AccountId>) -> Access<'_> {
    Access {
        county: "taihe",
        at,
        kind: AccessKind::LoginFailed,
        account,
        login: Some(login),
        address,
        door: "POST /login",
        detail: platform::store::Detail::default(),
    }
}

fn host(n: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + n))
}

async fn all(store: &Store<People>) -> Vec<platform::store::AccessLine> {
    let find = AccessFind {
        limit: 10_000,
        ..AccessFind::default()
    };
    store.access_list("taihe", &find).await.unwrap()
}

#[tokio::test]
async fn the_same_within_a_minute_is_one_row_with_a_number() {
    let fixture = Fixture::new().await;
    let account = person(&fixture, "zhang", "ca", Role::Member).await;
    let store = fixture.store_as::<People>();
    let noon = at("2026-11-26T12:00:00Z");
    for second in [0, 1, 59] {
        let access = failed(noon + TimeDelta::seconds(second), host(1), "zhang", Some(account));
        store.access_record(&access).await.unwrap();
    }
    for (second, from, login) in [(60, 1, "zhang"), (61, 2, "zhang")] {
        let access = failed(noon + TimeDelta::seconds(second), host(from), login, Some(account));
        store.access_record(&access).await.unwrap();
    }
    store
        .access_record(&failed(noon, host(1), "correct horse battery", None))
        .await
        .unwrap();
    let mut lines: Vec<_> = all(&store)
        .await
        .into_iter()
        .map(|l| (l.address.unwrap(), l.login.unwrap(), l.account_id, l.times))
        .collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            ("10.0.0.1".into(), "cor…".into(), None, 1),
            ("10.0.0.1".into(), "zhang".into(), Some(account), 1),
            ("10.0.0.1".into(), "zhang".into(), Some(account), 3),
            ("10.0.0.2".into(), "zhang".into(), Some(account), 1),
        ]
    );
    let find = AccessFind {
        login: Some("zhang".into()),
        address: Some(host(2)),
        limit: 10,
        ..AccessFind::default()
    };
    assert_eq!(store.access_list("taihe", &find).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_flood_leaves_few_rows_and_every_number() {
    let fixture = Fixture::new().await;
    let account = person(&fixture, "zhang", "ca", Role::Member).await;
    let store = fixture.store_as::<People>();
    let noon = at("2026-11-26T12:00:00Z");
    // One address with made-up names for ten minutes, no two alike.
    for n in 0..400_u32 {
        let name = format!("{n:03}");
        let when = noon + TimeDelta::milliseconds(i64::from(n) * 1500);
        store.access_record(&failed(when, host(1), &name, None)).await.unwrap();
    }
    let lines = all(&store).await;
    assert!(lines.len() <= 201, "{}", lines.len());
    assert_eq!(lines.iter().map(|l| l.times).sum::<i64>(), 400, "each is counted");
    // Many addresses.
    for n in 0..1200_u32 {
        let when = noon + TimeDelta::seconds(900 + i64::from(n));
        store
            .access_record(&failed(when, host(100 + n), "adm", None))
            .await
            .unwrap();
    }
    let lines = all(&store).await;
    assert!(lines.len() <= 1002, "{}", lines.len());
    assert_eq!(lines.iter().map(|l| l.times).sum::<i64>(), 1600);
    assert!(
        lines
            .iter()
            .any(|l| l.address.is_none() && l.door == "*" && l.times > 1)
    );
    // Who comes in with a right password is always seen.
    let login = Access {
        kind: AccessKind::Login,
        ..failed(noon + TimeDelta::seconds(3000), host(1), "zhang", Some(account))
    };
    store.access_record(&login).await.unwrap();
    assert!(
        all(&store)
            .await
            .iter()
            .any(|l| l.kind == Loose::Known(AccessKind::Login) && l.account_id == Some(account))
    );
}

#[tokio::test]
async fn ninety_days_and_no_longer() {
    let fixture = Fixture::new().await;
    let store = fixture.store_as::<People>();
    let noon = at("2026-11-26T12:00:00Z");
    store.access_record(&failed(noon, host(1), "old", None)).await.unwrap();
    store
        .access_record(&failed(noon + TimeDelta::days(1), host(1), "new", None))
        .await
        .unwrap();
    let keeper = fixture.store_as::<Intake>();
    assert_eq!(keeper.access_forget(noon + TimeDelta::days(90)).await.unwrap(), 0);
    assert_eq!(
        keeper
            .access_forget(noon + TimeDelta::days(90) + TimeDelta::seconds(1))
            .await
            .unwrap(),
        1
    );
    assert_eq!(all(&store).await[0].login.as_deref(), Some("new…"));
    // Nobody else deletes, and nobody writes past the function.
    for task in platform::store::TASKS {
        let other = PgPool::connect_lazy(&fixture.login(task)).unwrap();
        for sql in [
            "DELETE FROM access_events",
            "UPDATE access_events SET times = 0",
            "TRUNCATE access_events",
        ] {
            assert!(sqlx::raw_sql(sql).execute(&other).await.is_err(), "{task}: {sql}");
        }
    }
}

#[tokio::test]
async fn logins_take_no_room_from_refusals() {
    let fixture = Fixture::new().await;
    let store = fixture.store_as::<People>();
    let noon = at("2026-11-26T12:00:00Z");
    let mut people = Vec::new();
    for n in 0..40 {
        people.push(person(&fixture, &format!("p{n}"), "ca", Role::Member).await);
    }
    // A whole office behind one address comes in within a minute; then somebody tries doors.
    for account in &people {
        let login = Access {
            kind: AccessKind::Login,
            login: None,
            ..failed(noon, host(1), "", Some(*account))
        };
        store.access_record(&login).await.unwrap();
    }
    for (n, account) in people.iter().enumerate() {
        let refused = Access {
            kind: AccessKind::Refused,
            login: None,
            door: "GET /board",
            ..failed(noon + TimeDelta::seconds(n as i64), host(1), "", Some(*account))
        };
        store.access_record(&refused).await.unwrap();
    }
    let lines = all(&store).await;
    let named = |kind: AccessKind| {
        lines
            .iter()
            .filter(|l| l.kind == Loose::Known(kind) && l.door != "*")
            .count()
    };
    assert_eq!((named(AccessKind::Login), named(AccessKind::Refused)), (40, 20));
    let refused: i64 = lines
        .iter()
        .filter(|l| l.kind == Loose::Known(AccessKind::Refused))
        .map(|l| l.times)
        .sum();
    assert_eq!(refused, 40, "each is counted");
}
