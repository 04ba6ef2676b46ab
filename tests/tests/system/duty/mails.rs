//! Mails about rosters: holes days before, and what two people say to each other about a swap.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use platform::store::{
    AccountActKind, AccountId, NewAct, NewRosterChange, Notifier, People, Role, RosterChangeId, RosterChangeKind,
    Router, Store, SwapDecision,
};
use serde_json::{Value, json};
use tests::{Fixture, NewPerson, person};

const POLICE: &str = "pol-341222101";
const SCHOOLS: &str = "edu";

/// A moment of these days in the county.
fn at(day: u32, time: &str) -> DateTime<Utc> {
    format!("2026-11-{day:02}T{time}:00+08:00").parse().expect("a time")
}

/// A county in which the police have a roster without holes; the leader `wang` has an address of their own.
struct Rosters {
    fixture: Fixture,
    router: Store<Router>,
}

impl Rosters {
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        let rosters = Self {
            router: fixture.store_as::<Router>(),
            fixture,
        };
        for (login, unit, role) in [
            ("li", POLICE, "member"),
            ("wang", POLICE, "leader"),
            ("zhou", POLICE, "leader"),
            ("odu", "office", "office"),
        ] {
            rosters.officer(login, unit, role).await;
        }
        rosters.mail_of("wang").await;
        rosters.every_day(POLICE, "li").await;
        rosters.every_day("office", "odu").await;
        rosters
    }

    async fn officer(&self, login: &str, unit: &str, role: &str) -> AccountId {
        let since = at(1, "08:00");
        let new = NewPerson {
            login,
            name: login,
            phone: None,
            unit,
            role,
            since,
        };
        let account = person(&self.fixture.db, new).await;
        sqlx::query(
            "INSERT INTO phones (account_id, number, number_mac, place, night, added_at, added_by, verified_at)
             VALUES ($1, '\\x01', convert_to($2, 'UTF8'), 1, true, $3, $1, $3)",
        )
        .bind(account)
        .bind(login)
        .bind(since)
        .execute(&self.fixture.db)
        .await
        .expect("a telephone");
        account
    }

    async fn mail_of(&self, login: &str) {
        sqlx::query("UPDATE accounts SET mail = $1 || '@own.example' WHERE login = $1")
            .bind(login)
            .execute(&self.fixture.db)
            .await
            .expect("an address");
    }

    async fn every_day(&self, unit: &str, login: &str) {
        let shift = json!([{"from": "00:00", "to": "24:00", "duty": login}]);
        let week =
            json!([{"mon": shift, "tue": shift, "wed": shift, "thu": shift, "fri": shift, "sat": shift, "sun": shift}]);
        sqlx::query(
            "INSERT INTO roster_patterns (county, unit, from_day, weeks, made_at, made_by)
             SELECT 'taihe', $1, $2, $3, $4, id FROM accounts WHERE login = $5",
        )
        .bind(unit)
        .bind(NaiveDate::from_ymd_opt(2026, 11, 2))
        .bind(week)
        .bind(at(1, "08:00"))
        .bind(login)
        .execute(&self.fixture.db)
        .await
        .expect("a pattern");
    }

    /// Nobody has the duty from one moment to another.
    async fn emptied(&self, from: DateTime<Utc>, to: DateTime<Utc>) {
        sqlx::query(
            "INSERT INTO roster_changes (county, unit, kind, seat, starts_at, ends_at, made_at, made_by)
             SELECT 'taihe', $1, 'exception', 'duty', $2, $3, $4, id FROM accounts WHERE login = 'wang'",
        )
        .bind(POLICE)
        .bind(from)
        .bind(to)
        .bind(at(1, "09:00"))
        .execute(&self.fixture.db)
        .await
        .expect("an exception");
    }

    async fn tell(&self, now: DateTime<Utc>) -> i64 {
        self.router.duty_tell(&self.fixture.pack, now).await.expect("told")
    }

    /// Mails that were queued at a moment: kind, to whom, and what they say.
    async fn told(&self, now: DateTime<Utc>) -> Vec<(String, String, Value)> {
        sqlx::query_as(
            "SELECT n.kind, coalesce(a.login, n.unit), n.said FROM notices n LEFT JOIN accounts a ON a.id = n.account_id
             WHERE n.created_at = $1 ORDER BY 1, 2",
        )
        .bind(now)
        .fetch_all(&self.fixture.db)
        .await
        .expect("notices")
    }

    async fn whom(&self, now: DateTime<Utc>) -> Vec<String> {
        let told = self.told(now).await;
        told.into_iter()
            .map(|(kind, whom, _)| format!("{kind} {whom}"))
            .collect()
    }
}

#[tokio::test]
async fn a_hole_is_told_seven_three_and_one_day_before_to_who_leads_and_to_the_office() {
    let rosters = Rosters::new().await;
    // All other units have no roster: that is told on the first day, and a week later.
    assert!(rosters.tell(at(15, "09:00")).await > 0);
    assert_eq!(rosters.whom(at(15, "09:00")).await, ["duty-holes office"]);
    rosters.emptied(at(28, "18:00"), at(29, "06:00")).await;
    let mut days = Vec::new();
    for day in 16..30 {
        assert_eq!(rosters.tell(at(day, "08:59")).await, 0, "not before nine");
        let now = at(day, "09:07");
        let told = rosters.tell(now).await;
        let whom = rosters.whom(now).await;
        assert_eq!(i64::try_from(whom.len()), Ok(told));
        assert_eq!(rosters.tell(at(day, "15:00")).await, 0, "once a day");
        if whom.contains(&"duty-hole wang".to_owned()) {
            // zhou has no address: the unit's mailbox stands in.
            assert_eq!(
                whom,
                [&format!("duty-hole {POLICE}"), "duty-hole wang", "duty-holes office"]
            );
            days.push(day);
        } else {
            assert_eq!(whom.len(), usize::from(day == 29), "{day}: {whom:?}");
        }
    }
    assert_eq!(days, [22, 26, 28]);
    let told = rosters.told(at(22, "09:07")).await;
    let of = |kind: &str, whom: &str| {
        let found = told.iter().find(|(k, w, _)| k == kind && w == whom);
        found.map(|(_, _, said)| said.clone()).expect("the mail")
    };
    assert_eq!(
        of("duty-hole", "wang")["holes"],
        json!(["2026年11月28日 18:00 至 2026年11月29日 06:00：单次调整为无人，转太和县公安局旧县派出所带班领导wang"])
    );
    let office = of("duty-holes", "office");
    assert!(
        office["holes"][0]
            .as_str()
            .is_some_and(|line| line.starts_with("太和县公安局旧县派出所：")),
        "{office}"
    );
    assert!(
        office["without_roster"].as_i64().is_some_and(|count| count > 100),
        "{office}"
    );
}

#[tokio::test]
async fn two_routers_tell_once_and_a_mended_hole_is_not_told() {
    let rosters = Rosters::new().await;
    rosters.emptied(at(17, "18:00"), at(18, "06:00")).await;
    let other = rosters.fixture.store_as::<Router>();
    let now = at(16, "10:00");
    let (one, two) = tokio::join!(rosters.tell(now), other.duty_tell(&rosters.fixture.pack, now));
    let two = two.expect("told");
    assert!((one == 3 && two == 0) || (one == 0 && two == 3), "{one} and {two}");
    sqlx::query("UPDATE roster_changes SET ended_at = $1, ended_by = made_by")
        .bind(at(16, "11:00"))
        .execute(&rosters.fixture.db)
        .await
        .expect("mended");
    assert_eq!(rosters.tell(at(17, "09:00")).await, 0);
}

#[tokio::test]
async fn a_unit_without_a_roster_is_said_once_a_week_and_one_without_a_telephone_at_once() {
    let rosters = Rosters::new().await;
    let qian = rosters.officer("qian", SCHOOLS, "leader").await;
    let mut days = Vec::new();
    for day in 10..26 {
        if rosters.tell(at(day, "09:00")).await > 0 {
            assert_eq!(
                rosters.whom(at(day, "09:00")).await,
                ["duty-holes office", &format!("duty-none {SCHOOLS}")]
            );
            days.push(day);
        }
    }
    assert_eq!(days, [10, 17, 24]);
    sqlx::query("UPDATE phones SET ended_at = $2 WHERE account_id = $1")
        .bind(qian)
        .bind(at(26, "08:00"))
        .execute(&rosters.fixture.db)
        .await
        .expect("no telephone");
    assert_eq!(rosters.tell(at(26, "09:00")).await, 2);
    let told = rosters.told(at(26, "09:00")).await;
    assert!(
        told[0].2["without_phone"][0]
            .as_str()
            .is_some_and(|who| who.starts_with("qian（")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_swap_tells_whoever_is_asked_and_whoever_waits_for_the_answer() {
    let rosters = Rosters::new().await;
    let people = rosters.fixture.store_as::<People>();
    let zhao = rosters.officer("zhao", POLICE, "member").await;
    rosters.mail_of("zhao").await;
    rosters.mail_of("li").await;
    let li: AccountId = sqlx::query_scalar("SELECT id FROM accounts WHERE login = 'li'")
        .fetch_one(&rosters.fixture.db)
        .await
        .expect("li");
    let act = |actor: AccountId, act: AccountActKind, now| NewAct {
        county: "taihe",
        at: now,
        actor: Some(actor),
        actor_name: "",
        act,
        account: None,
        unit: Some(POLICE),
        role: None::<Role>,
        detail: platform::store::Detail::default(),
    };
    let new = NewRosterChange {
        kind: RosterChangeKind::Swap,
        seat: None,
        account: Some(li),
        other: Some(zhao),
        during: (at(20, "08:00"), at(20, "18:00")),
        takes: Some((at(21, "08:00"), at(21, "18:00"))),
    };
    for (hour, decision, kind, whom) in [
        (9, SwapDecision::Accepted, "swap-accepted", "li"),
        (11, SwapDecision::Declined, "swap-declined", "li"),
        (13, SwapDecision::Withdrawn, "swap-withdrawn", "zhao"),
    ] {
        let asked = at(16, "00:00") + TimeDelta::hours(hour);
        people
            .roster_change_write(&new, &act(li, AccountActKind::RosterSwapAsked, asked))
            .await
            .expect("asked");
        let told = rosters.told(asked).await;
        assert_eq!(
            (told.len(), told[0].0.as_str(), told[0].1.as_str()),
            (1, "swap-asked", "zhao")
        );
        assert_eq!(told[0].2["by"], "li");
        assert_eq!(told[0].2["gives"], "2026年11月20日 08:00 至 2026年11月20日 18:00");
        let id: RosterChangeId = sqlx::query_scalar("SELECT max(id) FROM roster_changes")
            .fetch_one(&rosters.fixture.db)
            .await
            .expect("the swap");
        let (decided, by) = (asked + TimeDelta::hours(1), if whom == "li" { zhao } else { li });
        let act = act(by, AccountActKind::RosterSwapAccepted, decided);
        assert!(people.roster_swap_decide((id, decision), &act).await.expect("decided"));
        assert_eq!(rosters.whom(decided).await, [format!("{kind} {whom}")]);
    }
    // What was decided meanwhile asks nothing any more, and a person's own address gets it.
    let ids: Vec<platform::store::NoticeId> =
        sqlx::query_scalar("SELECT id FROM notices WHERE kind = 'swap-asked' ORDER BY created_at LIMIT 1")
            .fetch_all(&rosters.fixture.db)
            .await
            .expect("notices");
    let said = rosters
        .fixture
        .store_as::<Notifier>()
        .notice_said("taihe", &ids)
        .await
        .expect("said");
    assert!(said[0].settled);
    assert_eq!(
        (said[0].mailbox.as_str(), said[0].person.as_deref()),
        ("zhao@own.example", Some("zhao"))
    );
}
