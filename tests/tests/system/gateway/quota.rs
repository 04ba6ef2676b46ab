//! What messages and calls cost, counted ahead, and the mail before what was bought ends.

use casework::{spending::Quota, words::Channel};
use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{Board, GatewaySpent, Notifier, Router, StateOfGateway, Store};
use tests::{Fixture, NewPerson, Sample, person};

/// Half past four in the afternoon of the 21st.
fn now() -> DateTime<Utc> {
    "2026-11-21T16:30:00+08:00".parse().expect("a time")
}

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+08:00").parse().expect("a time")
}

struct Bill {
    fixture: Fixture,
    router: Store<Router>,
}

impl Bill {
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, now() - TimeDelta::days(60)).await;
        Self {
            router: fixture.store_as(),
            fixture,
        }
    }

    /// As the notifier says it.
    async fn described(&self, name: &str, channel: Channel, quota: Option<Quota>, at: DateTime<Utc>) {
        let notifier: Store<Notifier> = self.fixture.store_as();
        let state = StateOfGateway {
            name: name.into(),
            channel,
            price_yuan: Some(0.05),
            quota,
            away: None,
        };
        notifier
            .gateways_set("taihe", &[state], at)
            .await
            .expect("it is written down");
    }

    /// So many tries by a gateway at a moment; `outcome`: what the receipt says, `refused` where the gateway took none of them.
    async fn tried(&self, gateway: &str, count: i32, outcome: Option<&str>, at: DateTime<Utc>) {
        sqlx::query(
            "WITH c AS (INSERT INTO calls (id, dedup, county, last_resort, unit, channel, urgency, drill, system_late, night, created_at, state)
                        SELECT gen_random_uuid(), $1 || $4::text || n || coalesce($3, ''), 'taihe', 1, 'pol-341222101', 'sms', 'P1', false,
                               false, true, $4, 'handed-over' FROM generate_series(1, $2) AS n RETURNING id)
             INSERT INTO call_tries (call_id, place, county, gateway, attempts, began_at, handed_at, outcome, outcome_at)
             SELECT id, 1, 'taihe', $1, 1, $4, CASE WHEN $3 IS DISTINCT FROM 'refused' THEN $4 END,
                    CASE $3 WHEN 'refused' THEN 'failed' ELSE $3 END, CASE WHEN $3 IS NOT NULL THEN $4 END FROM c",
        )
        .bind(gateway)
        .bind(count)
        .bind(outcome)
        .bind(at)
        .execute(&self.fixture.db)
        .await
        .expect("tries");
    }

    async fn spent(&self, at: DateTime<Utc>) -> Vec<GatewaySpent> {
        let board: Store<Board> = self.fixture.store_as();
        board.gateways_spent("taihe", at).await.expect("the bill")
    }

    async fn warned(&self, at: DateTime<Utc>) -> i64 {
        self.router.gateways_warn("taihe", at).await.expect("a look")
    }
}

fn bought(count: i64) -> Quota {
    Quota {
        count,
        from: Some("2026-10-01".parse().expect("a day")),
        warn_below: count / 10,
    }
}

#[tokio::test]
async fn each_is_counted_by_day_month_receipt_and_quota() {
    let bill = Bill::new().await;
    bill.described("texts", Channel::Sms, Some(bought(100)), now()).await;
    bill.described("calls", Channel::Voice, None, now()).await;
    bill.described("old", Channel::Sms, None, now() - TimeDelta::days(40))
        .await;
    // Half past midnight in the county, which is the day before in London.
    bill.tried("texts", 3, Some("delivered"), at("2026-11-21T00:30")).await;
    bill.tried("texts", 10, Some("delivered"), at("2026-11-01T00:30")).await;
    bill.tried("texts", 2, Some("failed"), at("2026-11-10T12:00")).await;
    bill.tried("texts", 4, Some("refused"), at("2026-11-10T12:00")).await;
    bill.tried("texts", 5, None, at("2026-11-20T12:00")).await;
    bill.tried("texts", 20, Some("delivered"), at("2026-10-31T23:59")).await;
    bill.tried("texts", 7, Some("delivered"), at("2026-09-30T23:59")).await;
    bill.tried("calls", 1, None, at("2026-11-21T10:00")).await;
    let spent = bill.spent(now()).await;
    let names: Vec<&str> = spent.iter().map(|spent| spent.gateway.state.name.as_str()).collect();
    assert_eq!(
        names,
        ["texts", "calls"],
        "one that nobody describes any more is not shown"
    );
    let texts = &spent[0];
    assert_eq!((texts.today, texts.month, texts.arrived, texts.failed), (3, 20, 13, 6));
    assert_eq!(texts.outlook.left, Some(60), "40 since the first of October");
    assert!(!texts.outlook.short && !texts.cut, "{texts:?}");
    // 40 within 30 days, the first of them 20.7 days ago.
    let first = now() - at("2026-10-31T23:59");
    let pace = 40.0 * 86_400.0 / f64::from(i32::try_from(first.num_seconds()).expect("seconds"));
    assert!((texts.outlook.per_day - pace).abs() < 1e-6, "{texts:?}");
    let calls = &spent[1];
    assert_eq!(
        (calls.today, calls.month, calls.outlook.left, calls.outlook.ends),
        (1, 1, None, None)
    );
}

#[tokio::test]
async fn the_index_alone_is_read_however_many_other_tries_there_are() {
    let bill = Bill::new().await;
    bill.described("texts", Channel::Sms, None, now()).await;
    bill.tried("other", 20_000, Some("delivered"), at("2026-11-10T12:00"))
        .await;
    bill.tried("texts", 40, None, at("2026-11-10T12:00")).await;
    sqlx::query("VACUUM ANALYZE call_tries")
        .execute(&bill.fixture.db)
        .await
        .expect("statistics");
    let sql = concat!(
        "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ",
        include_str!("../../../../platform/src/store/gateways/spent.sql")
    );
    let plan: serde_json::Value = sqlx::query_scalar(sql)
        .bind("taihe")
        .bind(now())
        .bind(at("2026-11-21T00:00"))
        .bind(at("2026-11-01T00:00"))
        .bind(now() - TimeDelta::days(30))
        .bind(now() - TimeDelta::days(31))
        .bind(100_000_i64)
        .fetch_one(&bill.fixture.db)
        .await
        .expect("a plan");
    let text = plan.to_string();
    assert!(
        text.contains("call_tries_gateway") && !text.contains("\"Seq Scan\",\"Relation Name\":\"call_tries\""),
        "{text}"
    );
    let pages = plan[0]["Plan"]["Shared Hit Blocks"].as_i64().unwrap_or(i64::MAX)
        + plan[0]["Plan"]["Shared Read Blocks"].as_i64().unwrap_or(i64::MAX / 2);
    assert!(pages < 100, "{pages}");
}

#[tokio::test]
async fn a_quota_that_ends_is_told_once_a_week_to_office_and_administrators() {
    let bill = Bill::new().await;
    for (login, mail) in [("root", Some("root@example.cn")), ("other", None)] {
        let new = NewPerson {
            login,
            name: login,
            phone: None,
            unit: "office",
            role: "admin",
            since: now() - TimeDelta::days(60),
        };
        let account = person(&bill.fixture.db, new).await;
        sqlx::query("UPDATE accounts SET mail = $2 WHERE id = $1")
            .bind(account)
            .bind(mail)
            .execute(&bill.fixture.db)
            .await
            .expect("an address");
    }
    bill.described("texts", Channel::Sms, Some(bought(1000)), now()).await;
    bill.described("calls", Channel::Voice, Some(bought(1000)), now()).await;
    bill.tried("texts", 300, None, at("2026-11-15T12:00")).await;
    assert_eq!(bill.warned(now()).await, 0, "it lasts for two weeks");
    bill.tried("texts", 600, None, at("2026-11-20T12:00")).await;
    assert_eq!(
        bill.warned(now()).await,
        2,
        "the office, and the administrator with an address of their own"
    );
    let lines: Vec<(String, Option<String>)> = sqlx::query_as(
        "SELECT n.said ->> 'gateways', a.login FROM notices n LEFT JOIN accounts a ON a.id = n.account_id
         WHERE n.kind = 'gateway-quota' ORDER BY 2 NULLS FIRST",
    )
    .fetch_all(&bill.fixture.db)
    .await
    .expect("mails");
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (lines[0].1.as_deref(), lines[1].1.as_deref()),
        (None, Some("root")),
        "the other administrator reads the office's"
    );
    assert!(
        lines[0].0.contains("texts：剩100次") && !lines[0].0.contains("calls"),
        "{lines:?}"
    );
    for later in [TimeDelta::minutes(5), TimeDelta::days(1), TimeDelta::days(6)] {
        assert_eq!(bill.warned(now() + later).await, 0, "{later}: it is told");
    }
    let week = now() + TimeDelta::days(7);
    assert_eq!(bill.warned(week).await, 2, "nobody bought");
    bill.described("texts", Channel::Sms, Some(bought(9000)), week).await;
    assert_eq!(bill.warned(week + TimeDelta::days(14)).await, 0, "somebody did");
    // Two routers at one moment tell once.
    bill.described("calls", Channel::Voice, Some(bought(10)), week).await;
    bill.tried("calls", 9, None, week).await;
    let later = week + TimeDelta::hours(1);
    let (one, two) = tokio::join!(bill.warned(later), bill.warned(later));
    assert_eq!(one + two, 2, "one mail each");
}
