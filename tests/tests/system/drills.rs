//! 点验 in the store, time passed in: a drill begins, rings whoever is on duty, is answered, repeated and planned again, and no figure of the
//! county knows of it.

use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{
    AccountId, AnsweredHow, BellAnswer, Board, CallId, Desk, DeskScope, DrillId, DrillPlan, Notifier, Office, OnDuty,
    Router, Store,
};
use serde_json::json;
use tests::{Fixture, NewPerson, person};

const POLICE: &str = "pol-341222101";
const OTHER: &str = "pol-341222100";

fn at_three() -> DateTime<Utc> {
    "2026-12-02T03:00:00+08:00".parse().expect("a time")
}

/// Two police stations with somebody on duty each.
struct County {
    fixture: Fixture,
    router: Store<Router>,
    office: Store<Office>,
    board: Store<Board>,
    planner: AccountId,
    other: String,
}

impl County {
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        let other = fixture
            .pack
            .units()
            .iter()
            .find(|unit| unit.kind == "police" && unit.code != POLICE && unit.code != OTHER)
            .expect("another station")
            .code
            .clone();
        let county = Self {
            router: fixture.store_as(),
            office: fixture.store_as(),
            board: fixture.store_as(),
            planner: AccountId(0),
            other,
            fixture,
        };
        let planner = county.officer("odu", "office", "office").await;
        let li = county.officer("li", POLICE, "member").await;
        county.on_duty(POLICE, li, "li").await;
        let he = county.officer("he", &county.other, "member").await;
        county.on_duty(&county.other, he, "he").await;
        Self { planner, ..county }
    }

    async fn officer(&self, login: &str, unit: &str, role: &str) -> AccountId {
        let since = at_three() - TimeDelta::days(30);
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

    async fn on_duty(&self, unit: &str, by: AccountId, login: &str) {
        let shift = json!([{"from": "00:00", "to": "24:00", "duty": login}]);
        let week =
            json!([{"mon": shift, "tue": shift, "wed": shift, "thu": shift, "fri": shift, "sat": shift, "sun": shift}]);
        sqlx::query(
            "INSERT INTO roster_patterns (county, unit, from_day, weeks, made_at, made_by) VALUES ('taihe', $1, '2026-11-02', $2, $3, $4)",
        )
        .bind(unit)
        .bind(week)
        .bind(at_three() - TimeDelta::days(30))
        .bind(by)
        .execute(&self.fixture.db)
        .await
        .expect("a pattern");
    }

    async fn planned(&self, random: bool, monthly: bool) -> DrillId {
        let plan = DrillPlan {
            units: vec![POLICE.to_owned(), self.other.clone()],
            random,
            at: at_three(),
            minutes: 30,
            monthly,
        };
        let before = at_three() - TimeDelta::days(1);
        let id = self.office.drill_plan("taihe", &plan, self.planner, before).await;
        id.expect("a plan")
    }

    async fn turn(&self, at: DateTime<Utc>) -> usize {
        let mut calls = 0;
        loop {
            let turned = self.router.drill_turn(&self.fixture.pack, at).await.expect("a turn");
            if turned.begun == 0 && turned.calls == 0 {
                return calls;
            }
            calls += turned.calls;
        }
    }

    async fn account(&self, login: &str) -> AccountId {
        sqlx::query_scalar("SELECT id FROM accounts WHERE login = $1")
            .bind(login)
            .fetch_one(&self.fixture.db)
            .await
            .expect("an account")
    }

    /// What rings on a person's page for a unit.
    async fn on_page(&self, login: &str, unit: &str, at: DateTime<Utc>) -> Vec<CallId> {
        let pages = [(self.account(login).await, unit.to_owned())];
        let calls = self.board.page_calls("taihe", &pages, at).await.expect("calls");
        calls.iter().map(|call| call.call_id).collect()
    }

    async fn call(&self, login: &str, channel: &str) -> CallId {
        sqlx::query_scalar(
            "SELECT c.id FROM calls c JOIN accounts a ON a.id = c.account_id WHERE a.login = $1 AND c.channel = $2 AND c.kind = 'drill'
             ORDER BY c.created_at LIMIT 1",
        )
        .bind(login)
        .bind(channel)
        .fetch_one(&self.fixture.db)
        .await
        .expect("a call of the drill")
    }

    async fn digit(&self, login: &str, at: DateTime<Utc>) -> usize {
        let notifier: Store<Notifier> = self.fixture.store_as();
        let answer = BellAnswer {
            by: self.account(login).await,
            how: AnsweredHow::Digit,
            recorded_by: None,
            at,
        };
        let call = self.call(login, "voice").await;
        let answered = notifier.bell_answer(&[call], answer).await.expect("an answer");
        answered.iter().filter(|bell| bell.fresh).count()
    }

    /// Everything that a figure could count.
    async fn figures(&self) -> i64 {
        self.fixture
            .count(
                "SELECT (SELECT count(*) FROM reports) + (SELECT count(*) FROM tickets) + (SELECT count(*) FROM stages)
                     + (SELECT count(*) FROM bells) + (SELECT count(*) FROM notices) + (SELECT count(*) FROM events)
                     + (SELECT count(*) FROM cases) + (SELECT count(*) FROM decisions) + (SELECT count(*) FROM call_rings)",
            )
            .await
    }
}

#[tokio::test]
async fn one_answers_by_digit_and_the_other_is_called_again() {
    let county = County::new().await;
    let before = county.figures().await;
    let drill = county.planned(false, false).await;
    assert_eq!(
        county.turn(at_three() - TimeDelta::minutes(1)).await,
        0,
        "not before its moment"
    );
    assert!(county.turn(at_three()).await >= 4, "voice and message for both");
    let marked = "SELECT count(*) FROM calls WHERE NOT (kind = 'drill' AND drill AND urgency = 'P1')";
    assert_eq!(county.fixture.count(marked).await, 0, "each is marked as a drill");

    let soon = at_three() + TimeDelta::minutes(2);
    assert_eq!(county.digit("li", soon).await, 1);
    assert_eq!(county.digit("li", soon).await, 0, "a second digit changes nothing");
    let last = county
        .fixture
        .count("SELECT count(*) FROM calls c JOIN accounts a ON a.id = c.account_id WHERE a.login = 'li'")
        .await;
    for minute in 3..30 {
        county.turn(at_three() + TimeDelta::minutes(minute)).await;
    }
    let li = "SELECT count(*) FROM calls c JOIN accounts a ON a.id = c.account_id WHERE a.login = 'li'";
    assert_eq!(county.fixture.count(li).await, last, "nobody is rung after the answer");
    let he =
        "SELECT count(DISTINCT c.created_at) FROM calls c JOIN accounts a ON a.id = c.account_id WHERE a.login = 'he'";
    assert!(county.fixture.count(he).await > 1, "the other rings on");

    let end = at_three() + TimeDelta::minutes(30);
    county.turn(end).await;
    let rings = county.fixture.count("SELECT count(*) FROM calls").await;
    county.turn(end + TimeDelta::hours(3)).await;
    assert_eq!(
        county.fixture.count("SELECT count(*) FROM calls").await,
        rings,
        "it has ended"
    );
    let units = county.board.drill_units(drill).await.expect("units");
    let answered: Vec<_> = units
        .iter()
        .map(|unit| (unit.unit.as_str(), unit.answered_at))
        .collect();
    assert_eq!(
        answered,
        [(county.other.as_str(), None), (POLICE, Some(soon))],
        "nobody's first"
    );
    assert_eq!(units[1].answered_how.map(|how| *how), Some(AnsweredHow::Digit));

    let again = county.office.drill_repeat("taihe", drill, county.planner, end).await;
    let again = again.expect("a round").expect("one did not answer");
    let second = county.office.drill_repeat("taihe", drill, county.planner, end).await;
    assert_eq!(second.expect("no error"), None, "one click, one round");
    county.turn(end).await;
    let units = county.board.drill_units(again).await.expect("units");
    assert_eq!(
        units.iter().map(|unit| unit.unit.as_str()).collect::<Vec<_>>(),
        [county.other.as_str()]
    );
    let rates = county.board.drill_rates("taihe", at_three()).await.expect("rates");
    let rates: Vec<_> = rates
        .iter()
        .map(|rate| (rate.unit.as_str(), rate.called, rate.answered))
        .collect();
    assert_eq!(rates, [(county.other.as_str(), 2, 0), (POLICE, 1, 1)]);
    assert_eq!(county.figures().await, before, "drills never count as cases");
}

#[tokio::test]
async fn a_failed_channel_falls_to_the_next_and_a_wrong_number_is_told() {
    let county = County::new().await;
    let drill = county.planned(false, false).await;
    county.turn(at_three()).await;
    let notifier: Store<Notifier> = county.fixture.store_as();
    let soon = at_three() + TimeDelta::seconds(20);
    for channel in ["voice", "sms"] {
        let call = county.call("he", channel).await;
        sqlx::query(
            "INSERT INTO call_tries (call_id, place, county, phone_id, gateway, attempts, began_at, outcome, outcome_at)
             SELECT $1, 1, 'taihe', p.id, 'g', 1, $2, 'failed', $2 FROM phones p JOIN accounts a ON a.id = p.account_id WHERE a.login = 'he'",
        )
        .bind(call)
        .bind(soon)
        .execute(&county.fixture.db)
        .await
        .expect("a try");
        sqlx::query("SELECT call_fail($1, $2, 'no such number')")
            .bind(call)
            .bind(soon)
            .execute(notifier.pool())
            .await
            .expect("it failed");
    }
    assert!(county.turn(soon).await > 0, "somebody else is called at once");
    let wrong = county.board.drill_wrong(drill).await.expect("numbers");
    assert_eq!(wrong.len(), 1);
    assert_eq!(
        (wrong[0].person.as_str(), wrong[0].place, wrong[0].why.as_str()),
        ("he", 1, "no such number")
    );
}

#[tokio::test]
async fn a_random_moment_is_shown_to_nobody_before_and_comes_again_next_month() {
    let county = County::new().await;
    let drill = county.planned(true, true).await;
    let shown = county
        .board
        .drill("taihe", drill)
        .await
        .expect("a drill")
        .expect("it is there");
    assert!(shown.random && shown.at.is_none());
    county.turn(at_three()).await;
    let shown = county
        .board
        .drill("taihe", drill)
        .await
        .expect("a drill")
        .expect("it is there");
    assert_eq!(shown.at, Some(at_three()));
    let follows: (i64, bool) = sqlx::query_as(
        "SELECT count(*), bool_and(at >= '2027-01-01T00:00:00+08:00' AND at < '2027-02-01T00:00:00+08:00') FROM drills WHERE follows = $1",
    )
    .bind(drill)
    .fetch_one(&county.fixture.db)
    .await
    .expect("the next one");
    assert_eq!(follows, (1, true));
    assert!(
        county
            .office
            .drill_withdraw("taihe", drill, county.planner, at_three())
            .await
            .is_ok_and(|done| !done)
    );
}

#[tokio::test]
async fn two_routers_double_no_drill_and_no_call() {
    let county = County::new().await;
    county.planned(false, true).await;
    let other: Store<Router> = county.fixture.store_as();
    let turns = async |store: &Store<Router>| {
        for _ in 0..10 {
            store
                .drill_turn(&county.fixture.pack, at_three())
                .await
                .expect("a turn");
        }
    };
    tokio::join!(turns(&county.router), turns(&other));
    let doubled = "SELECT count(*) FROM (SELECT FROM drill_rings r JOIN calls c ON c.id = r.call_id
                   GROUP BY r.drill_unit_id, r.ring, c.account_id, c.last_resort, c.channel HAVING count(*) > 1) d";
    assert_eq!(county.fixture.count(doubled).await, 0);
    assert_eq!(
        county.fixture.count("SELECT count(*) FROM drills").await,
        2,
        "and the next month's once"
    );
    assert_eq!(county.fixture.count("SELECT count(*) FROM drill_units").await, 2);
}

#[tokio::test]
async fn a_drill_rings_on_an_open_page_and_is_answered_there() {
    let county = County::new().await;
    let drill = county.planned(false, false).await;
    let desk: Store<Desk> = county.fixture.store_as();
    let (li, scope) = (county.account("li").await, DeskScope::new([POLICE]));
    let who = OnDuty {
        county: "taihe",
        unit: POLICE,
        account: li,
    };
    let page = desk.duty_page_begin(&scope, who, at_three()).await.expect("a page");
    county.turn(at_three()).await;
    let soon = at_three() + TimeDelta::seconds(5);
    let shown = county.on_page("li", POLICE, soon).await;
    let call = county.call("li", "desk").await;
    assert!(shown.contains(&call), "by desk as well as by telephone");
    let lines = county.board.page_drills(&shown).await.expect("lines");
    assert_eq!(lines.len(), 1, "all calls about one unit are one line");
    assert_eq!((lines[0].unit.as_str(), lines[0].since), (POLICE, at_three()));
    assert!(
        county.board.page_rings(&shown).await.expect("rings").is_empty(),
        "no ticket rings"
    );

    // The page shows it: the call was delivered, and nothing falls after a minute.
    let of = (page.id, li);
    desk.duty_page_beat(&scope, of, &shown, soon).await.expect("a beat");
    let turned = county
        .router
        .duty_pages_turn("taihe", soon + TimeDelta::seconds(56))
        .await;
    assert_eq!(turned.expect("pages").fell, 0);
    let delivered = "SELECT count(*) FROM calls WHERE kind = 'drill' AND channel = 'desk' AND state = 'delivered'";
    assert_eq!(county.fixture.count(delivered).await, 1);

    let answer = BellAnswer {
        by: li,
        how: AnsweredHow::Login,
        recorded_by: None,
        at: soon + TimeDelta::seconds(10),
    };
    let answered = desk.desk_bell_answer(&scope, &shown, answer).await.expect("an answer");
    assert_eq!(answered.len(), 1);
    assert!(
        county
            .on_page("li", POLICE, soon + TimeDelta::seconds(11))
            .await
            .is_empty()
    );
    let units = county.board.drill_units(drill).await.expect("units");
    let police = units.iter().find(|unit| unit.unit == POLICE).expect("the station");
    assert_eq!(police.answered_how.map(|how| *how), Some(AnsweredHow::Login));
}
