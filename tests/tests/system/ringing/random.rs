//! Random rosters and random acts against the rules of ringing, in the store.
//!
//! Whatever people do with rosters, telephones and accounts: at every moment somebody is reached or a hole is shown; nobody is
//! called who has no telephone, is away or has left; after an acknowledgement that bell is silent (but for the repetition of the
//! last level), and after the act the stage is; no ring is lost and none doubled; and what nobody signs rings on.
//!
//! `SHOUWANG_PROPERTY_SEED` repeats a run, `SHOUWANG_PROPERTY_SECONDS` makes a longer one (25 s else).

use std::time::{Duration, Instant};

use casework::words::{Channel, Seat};
use platform::store::{AnsweredHow, BellAnswer, CallId, Notifier};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::*;

/// Steps of one county.
const STEPS: usize = 60;

const POLICEMEN: [&str; 5] = ["p0", "p1", "p2", "p3", "lead"];
const ALL: [&str; 7] = ["p0", "p1", "p2", "p3", "lead", "o0", "o1"];

/// What must never be found, each as a count of rows; `$1` is now.
pub(super) const NEVER: [(&str, &str); 8] = [
    (
        "a call to somebody without a verified telephone that rings then",
        "SELECT count(*) FROM calls c WHERE c.created_at = $1 AND c.account_id IS NOT NULL AND c.channel IN ('voice', 'sms')
         AND NOT EXISTS (SELECT FROM phones p WHERE p.account_id = c.account_id AND p.verified_at IS NOT NULL AND p.ended_at IS NULL
                         AND (p.night OR NOT c.night))",
    ),
    (
        "a call to a closed account",
        "SELECT count(*) FROM calls c JOIN accounts a ON a.id = c.account_id WHERE c.created_at = $1 AND a.disabled_at <= $1",
    ),
    (
        "a call to somebody who is away",
        "SELECT count(*) FROM calls c JOIN roster_changes x ON x.kind = 'absence' AND x.account_id = c.account_id AND x.unit = c.unit
         AND x.ended_at IS NULL AND x.starts_at <= $1 AND $1 < x.ends_at WHERE c.created_at = $1",
    ),
    (
        "a ring after its acknowledgement",
        "SELECT count(*) FROM bells b JOIN call_rings r USING (stage_id, due_generation, cause) JOIN calls c ON c.id = r.call_id
         WHERE b.cause <> 'again' AND b.answered_at < c.created_at AND c.created_at <= $1",
    ),
    (
        "a ring after the act",
        "SELECT count(*) FROM stages s JOIN call_rings r ON r.stage_id = s.id JOIN calls c ON c.id = r.call_id
         WHERE s.ended_at < c.created_at AND c.created_at <= $1",
    ),
    (
        "a ring that somebody was called for twice",
        "SELECT count(*) FROM (SELECT FROM calls c JOIN call_rings r ON r.call_id = c.id WHERE c.created_at <= $1
         GROUP BY r.stage_id, r.due_generation, r.cause, r.ring, c.account_id, c.last_resort, c.channel HAVING count(*) > 1) d",
    ),
    (
        "a ring that is lost: between two calls of a bell, before the first or after the last",
        "SELECT count(*) FROM bells b CROSS JOIN LATERAL generate_series(0, b.next_ring - 1) AS ring
         WHERE $1 IS NOT NULL AND NOT EXISTS (SELECT FROM call_rings r WHERE r.stage_id = b.stage_id AND r.due_generation = b.due_generation
                           AND r.cause = b.cause AND ring BETWEEN r.first_ring AND r.ring)",
    ),
    (
        "an overdue P1 whose last level was sent and that did not ring within half an hour",
        "SELECT count(*) FROM stages s JOIN tickets t ON t.id = s.ticket_id JOIN escalation_steps e ON e.stage_id = s.id
             AND e.due_generation = s.due_generation AND e.sent_at + interval '30 minutes' <= $1
             AND e.level = (s.plan -> -1 ->> 'level')::smallint
         WHERE s.ended_at IS NULL AND s.stage IN ('sign', 'contact') AND t.urgency = 'P1'
           AND NOT EXISTS (SELECT FROM call_rings r JOIN calls c ON c.id = r.call_id
                           WHERE r.stage_id = s.id AND r.due_generation = s.due_generation AND r.cause = 'again'
                             AND c.created_at > $1 - interval '30 minutes')",
    ),
];

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A shift list of a random kind of day: all of it, day and night apart, the day alone, or nobody.
fn shifts(people: &[&str], rng: &mut StdRng) -> serde_json::Value {
    let mut who = || people.choose(rng).copied();
    let (day, night, deputy, leader) = (who(), who(), who(), who());
    match rng.random_range(0..6) {
        0 => json!([]),
        1 => json!([{"from": "08:00", "to": "18:00", "duty": day, "deputy": deputy}]),
        2 | 3 => {
            json!([{"from": "08:00", "to": "20:00", "duty": day}, {"from": "20:00", "to": "08:00", "duty": night, "leader": leader}])
        }
        _ => json!([{"from": "00:00", "to": "24:00", "duty": day, "deputy": deputy, "leader": leader}]),
    }
}

fn weeks(people: &[&str], rng: &mut StdRng) -> serde_json::Value {
    let week = |rng: &mut StdRng| {
        let mut week = serde_json::Map::new();
        for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] {
            week.insert(day.to_owned(), shifts(people, rng));
        }
        serde_json::Value::Object(week)
    };
    (0..rng.random_range(1..3)).map(|_| week(rng)).collect()
}

impl Night {
    async fn random(rng: &mut StdRng) -> Self {
        let night = Self::without_people().await;
        for login in POLICEMEN {
            let role = if login == "lead" { "leader" } else { "member" };
            night.officer(login, POLICE, role).await;
        }
        let office = night.officer("o0", "office", "office").await;
        night.officer("o1", "office", "office").await;
        if rng.random_ratio(5, 6) {
            night.pattern(POLICE, office, &weeks(&POLICEMEN, rng)).await;
        }
        if rng.random_ratio(2, 3) {
            night.pattern("office", office, &weeks(&["o0", "o1"], rng)).await;
        }
        night
    }

    /// Something that somebody does between two moments.
    async fn random_act(&self, at: DateTime<Utc>, rng: &mut StdRng) -> String {
        let who = ALL.choose(rng).copied().unwrap_or_default();
        let (one, other) = (POLICEMEN.choose(rng).copied(), POLICEMEN.choose(rng).copied());
        let during = (
            at - minutes(rng.random_range(0..30)),
            at + minutes(rng.random_range(5..600)),
        );
        let db = &self.fixture.db;
        match rng.random_range(0..11) {
            0 => {
                self.change("exception", (one.filter(|_| rng.random_bool(0.6)), None), during)
                    .await;
            }
            1 => {
                self.change(
                    "absence",
                    (one, other.filter(|other| Some(*other) != one && rng.random_bool(0.6))),
                    during,
                )
                .await;
            }
            2 if one != other => self.change("swap", (one, other), during).await,
            3 => self.disable(who, at).await,
            4 => {
                sqlx::query("UPDATE accounts SET disabled_at = NULL WHERE login = $1")
                    .bind(who)
                    .execute(db)
                    .await
                    .expect("open again");
            }
            5 => {
                sqlx::query("UPDATE phones SET ended_at = $2 WHERE account_id = (SELECT id FROM accounts WHERE login = $1) AND ended_at IS NULL")
                    .bind(who).bind(at).execute(db).await.expect("forgotten");
            }
            6 => {
                sqlx::query(
                    "INSERT INTO phones (account_id, number, number_mac, place, night, added_at, added_by, verified_at)
                     SELECT a.id, '\\x01', convert_to($1 || $2::text, 'UTF8'), 1, $3, $2, a.id, CASE WHEN $4 THEN $2 END FROM accounts a
                     WHERE a.login = $1 AND NOT EXISTS (SELECT FROM phones p WHERE p.account_id = a.id AND p.ended_at IS NULL)",
                )
                .bind(who).bind(at).bind(rng.random_bool(0.7)).bind(rng.random_bool(0.8))
                .execute(db).await.expect("another telephone");
            }
            7 | 8 => return self.random_answer(at, rng).await,
            9 if rng.random_ratio(1, 4) => {
                let stage = ["sign", "contact"].choose(rng).copied().unwrap_or_default();
                sqlx::query("UPDATE stages SET ended_at = $2, ended_how = 'act', next_at = NULL WHERE stage = $1 AND ended_at IS NULL AND due_at IS NOT NULL
                             AND id = (SELECT id FROM stages WHERE stage = $1 AND ended_at IS NULL AND due_at IS NOT NULL ORDER BY id DESC LIMIT 1)")
                    .bind(stage).bind(at).execute(db).await.expect("an act");
                return format!("the act of {stage}");
            }
            _ => return "nothing".to_owned(),
        }
        format!("something with {who}, {one:?}, {other:?}")
    }

    async fn random_answer(&self, at: DateTime<Utc>, rng: &mut StdRng) -> String {
        let calls: Vec<(CallId, AccountId)> = sqlx::query_as(
            "SELECT c.id, c.account_id FROM calls c JOIN accounts a ON a.id = c.account_id
             WHERE a.disabled_at IS NULL AND c.kind = 'ring' ORDER BY c.created_at DESC, c.id LIMIT 10",
        )
        .fetch_all(&self.fixture.db)
        .await
        .expect("calls");
        let Some((call, by)) = calls.choose(rng) else {
            return "nobody to answer".to_owned();
        };
        let answer = BellAnswer {
            by: *by,
            how: AnsweredHow::Digit,
            recorded_by: None,
            at,
        };
        let notifier: Store<Notifier> = self.fixture.store_as();
        notifier.bell_answer(&[*call], answer).await.expect("answered");
        format!("an answer of {by} to {call}")
    }

    async fn held(&self, at: DateTime<Utc>, when: &str) {
        for (what, sql) in NEVER {
            let count: i64 = sqlx::query_scalar(sql)
                .bind(at)
                .fetch_one(&self.fixture.db)
                .await
                .expect(what);
            assert_eq!(count, 0, "{when}: {what}");
        }
        let lost = self.router.ring_turns_mend("taihe", None, at).await.expect("a sweep");
        assert_eq!(lost.lost, 0, "{when}: a stage has lost its turn");
        let book = self.router.duty_book(&self.fixture.pack, at).await.expect("a book");
        let watch = book.watch(&self.fixture.pack);
        for unit in [POLICE, "office"] {
            let answer = watch.answer(unit, Seat::Duty, &[Channel::Voice], at);
            let holes = watch.holes(unit, at, at + minutes(1));
            let shown = holes.first().is_some_and(|hole| hole.during.from == at);
            assert_eq!(
                !answer.fell.is_empty(),
                shown,
                "{when}: {unit} reaches {:?}, holes {holes:?}",
                answer.reached
            );
        }
    }
}

#[tokio::test]
async fn at_every_moment_somebody_is_reached_or_a_hole_is_shown_and_no_ring_is_lost_or_doubled() {
    let seed = setting("SHOUWANG_PROPERTY_SEED").unwrap_or_else(|| rand::rng().random());
    let long = Duration::from_secs(setting("SHOUWANG_PROPERTY_SECONDS").unwrap_or(25));
    println!("SHOUWANG_PROPERTY_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let (begun, mut counties, mut steps) = (Instant::now(), 0, 0);
    while counties == 0 || begun.elapsed() < long {
        let night = Night::random(&mut rng).await;
        counties += 1;
        let mut now = night.at;
        night.turn(now).await;
        night
            .held(now, &format!("seed {seed}, county {counties}, at first"))
            .await;
        for step in 0..STEPS {
            let act = night.random_act(now, &mut rng).await;
            // Mostly minutes; sometimes nobody turned for hours, and once in a while for days.
            now += match rng.random_range(0..20) {
                0 => minutes(rng.random_range(24 * 60..80 * 60)),
                1 | 2 => minutes(rng.random_range(60..12 * 60)),
                _ => minutes(rng.random_range(1..35)),
            };
            night.turn(now).await;
            night
                .held(
                    now,
                    &format!("seed {seed}, county {counties}, step {step} at {now}, after {act}"),
                )
                .await;
            steps += 1;
            if begun.elapsed() > long && step > 10 {
                break;
            }
        }
    }
    println!("{counties} counties, {steps} steps");
}
