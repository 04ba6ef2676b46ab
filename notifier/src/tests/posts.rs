//! Posts to a group chat and to a unit's own system that behaves badly: signed, told again under the same id, never sent elsewhere, and
//! a failure is seen.

use std::{path::PathBuf, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use platform::{clock, store::OutletId, webhook::Secret};
use tests::{Asked, Deed, FakeGateway, NewPerson, Sample, Service, calls::contact_key, eventually, person};
use uuid::Uuid;

use super::service::World;

const SOON: Duration = Duration::from_secs(20);
const UNIT: &str = "pol-341222101";

/// A county with one report, and what is told of it.
struct Told {
    world: World,
    gateway: FakeGateway,
    notifier: Service,
    dir: PathBuf,
}

impl Told {
    /// `networks`: private ones that may be told. With the robot of the police's group.
    async fn begin(networks: &str) -> Self {
        let world = Box::pin(World::with(&[], false)).await;
        let gateway = FakeGateway::start();
        let dir = std::env::temp_dir().join(format!("sw-posts-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&dir).unwrap();
        let file = dir.join("robots.toml");
        gateway.describe_robot(&file, ("robot", Some(UNIT)));
        let notifier = world.notifier_with(&[
            ("SHOUWANG_GATEWAYS", file.display().to_string()),
            ("SHOUWANG_WEBHOOK_NETWORKS", networks.to_owned()),
        ]);
        Self {
            world,
            gateway,
            notifier,
            dir,
        }
    }

    async fn start(&mut self) {
        self.notifier.spawn();
        self.notifier.ready().await;
    }

    /// A unit's own system at this address; the secret before it signs until then.
    async fn webhook(&self, url: &str, secret: &Secret, old: Option<(&Secret, DateTime<Utc>)>) -> OutletId {
        let (id, key, now) = (OutletId(Uuid::new_v4()), contact_key(), clock::now());
        let seal = |secret: &Secret| key.seal_webhook(id, secret.bytes(), &mut rand::rng());
        let login = format!("admin-{}", id.0.simple());
        let admin = NewPerson {
            login: &login,
            name: "管理员",
            phone: None,
            unit: "office",
            role: "admin",
            since: now,
        };
        let admin = person(&self.world.fixture.db, admin).await;
        sqlx::query(
            "INSERT INTO outlets (id, county, unit, kind, url, secret, old_secret, old_until, made_at, made_by)
             VALUES ($1, 'taihe', $2, 'webhook', $3, $4, $5, $6, $7, $8)",
        )
        .bind(id)
        .bind(UNIT)
        .bind(url)
        .bind(seal(secret))
        .bind(old.map(|(old, _)| seal(old)))
        .bind(old.map(|(_, until)| until))
        .bind(now)
        .bind(admin)
        .execute(&self.world.fixture.db)
        .await
        .unwrap();
        id
    }

    /// Queues one post for each ticket of the unit, to this outlet or to the robots.
    async fn post(&self, outlet: Option<OutletId>, event: &str) {
        sqlx::query(
            "INSERT INTO posts (id, outlet_id, dedup, county, event, ticket_id, urgency, drill, created_at, state)
             SELECT gen_random_uuid(), o.id, gen_random_uuid()::text, t.county, $3, t.id, t.urgency, false, $2, 'queued'
             FROM tickets t JOIN outlets o ON o.unit = t.unit
             WHERE t.unit = $4 AND CASE WHEN $1::uuid IS NULL THEN o.kind = 'robot' ELSE o.id = $1 END",
        )
        .bind(outlet)
        .bind(clock::now())
        .bind(event)
        .bind(UNIT)
        .execute(&self.world.fixture.db)
        .await
        .unwrap();
        self.world.fixture.store.notices_wake().await.unwrap();
    }

    async fn asked(&self, by: &str, count: usize) -> Vec<Asked> {
        eventually(
            &format!("{count} requests to {by}"),
            Duration::from_secs(45),
            async || {
                let asked: Vec<Asked> = self
                    .gateway
                    .asked()
                    .into_iter()
                    .filter(|asked| asked.by == by)
                    .collect();
                (asked.len() >= count).then_some(asked)
            },
        )
        .await
    }

    async fn end(mut self) {
        let log = self.notifier.log_text();
        assert!(!log.contains("whsec_") && !log.contains("this is secret"), "{log}");
        assert_eq!(self.notifier.stop().await, Some(0));
        std::fs::remove_dir_all(&self.dir).unwrap();
    }
}

fn secret() -> Secret {
    Secret::fresh(&mut rand::rng())
}

const SENT: &str = "SELECT count(*) FROM posts WHERE state = 'sent'";

#[tokio::test]
async fn a_units_own_system_is_told_signed_and_by_both_secrets_while_one_goes() {
    let mut told = Told::begin("127.0.0.0/8").await;
    let (new, old) = (secret(), secret());
    let until = clock::now() + TimeDelta::hours(1);
    let outlet = told.webhook(&told.gateway.hook(), &new, Some((&old, until))).await;
    told.post(Some(outlet), "dispatched").await;
    told.start().await;
    let asked = told.asked("hook", 1).await;
    assert!(asked[0].is_signed_by(&new) && asked[0].is_signed_by(&old) && !asked[0].is_signed_by(&secret()));
    assert_eq!(asked[0].header("content-type"), "application/json");
    assert_eq!(asked[0].body["type"], "ticket.dispatched");
    let data = &asked[0].body["data"];
    assert_eq!(
        (data["unit"].as_str(), data["urgency"].as_str()),
        (Some(UNIT), Some("P1"))
    );
    assert!(data["dues"]["sign"].is_string(), "{data}");
    assert!(
        !asked[0].raw.contains("child") && !asked[0].raw.contains("narrative"),
        "{}",
        asked[0].raw
    );
    told.world.until("a post that was taken", SENT, 1, 20).await;
    // The old one has gone.
    sqlx::query("UPDATE outlets SET old_until = $1 WHERE old_secret IS NOT NULL")
        .bind(clock::now() - TimeDelta::seconds(1))
        .execute(&told.world.fixture.db)
        .await
        .unwrap();
    told.post(Some(outlet), "closed").await;
    let asked = told.asked("hook", 2).await;
    assert!(asked[1].is_signed_by(&new) && !asked[1].is_signed_by(&old));
    assert_ne!(asked[0].header("webhook-id"), asked[1].header("webhook-id"));
    told.end().await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_failure_is_seen_until_it_is_mended() {
    let mut told = Told::begin("127.0.0.0/8").await;
    let outlet = told.webhook(&told.gateway.hook(), &secret(), None).await;
    told.gateway.now(Some(Deed::Say(307, "")));
    told.post(Some(outlet), "dispatched").await;
    told.start().await;
    let failing = "SELECT count(*) FROM outlets WHERE failures > 0 AND failing_since IS NOT NULL AND last_error LIKE '%redirect%'";
    told.world.until("a failure that is seen", failing, 1, 20).await;
    told.gateway.now(None);
    let asked = told.asked("hook", 2).await;
    assert_eq!(
        asked[0].header("webhook-id"),
        asked[1].header("webhook-id"),
        "a repeat is known by its id"
    );
    assert_eq!(asked[0].raw, asked[1].raw);
    told.world.until("it is taken", SENT, 1, 20).await;
    told.world
        .until(
            "the failure is over",
            "SELECT count(*) FROM outlets WHERE kind = 'webhook' AND failures = 0 AND failing_since IS NULL AND last_sent_at IS NOT NULL",
            1,
            20,
        )
        .await;
    assert!(told.gateway.asked().iter().all(|asked| asked.by != "elsewhere"));
    told.end().await;
}

#[tokio::test]
async fn a_kill_in_the_middle_tells_it_again_under_its_id() {
    let mut told = Told::begin("127.0.0.0/8").await;
    let outlet = told.webhook(&told.gateway.hook(), &secret(), None).await;
    told.gateway.now(Some(Deed::Hang));
    told.post(Some(outlet), "dispatched").await;
    told.start().await;
    told.asked("hook", 1).await;
    told.notifier.kill().await;
    told.gateway.now(None);
    told.start().await;
    let asked = told.asked("hook", 2).await;
    assert_eq!(asked[0].header("webhook-id"), asked[1].header("webhook-id"));
    told.world.until("it is taken", SENT, 1, 20).await;
    told.end().await;
}

#[tokio::test]
async fn a_private_address_is_never_connected_to() {
    let mut told = Told::begin("").await;
    let outlet = told
        .webhook(&told.gateway.hook().replace("http:", "https:"), &secret(), None)
        .await;
    // A name that leads to this machine is no other.
    let named = told.webhook("https://localhost:1/hook", &secret(), None).await;
    told.post(Some(outlet), "dispatched").await;
    told.post(Some(named), "dispatched").await;
    told.start().await;
    let refused = "SELECT count(*) FROM outlets WHERE failures > 0 AND last_error LIKE '%private network%'";
    told.world.until("both are refused", refused, 2, 20).await;
    assert_eq!(told.gateway.count(), 0);
    told.end().await;
}

#[tokio::test]
async fn what_waits_for_a_group_is_one_message_and_the_next_keeps_its_distance() {
    let mut told = Told::begin("").await;
    let officer = NewPerson {
        login: "wang.fang",
        name: "王芳",
        phone: None,
        unit: UNIT,
        role: "member",
        since: clock::now(),
    };
    person(&told.world.fixture.db, officer).await;
    let report = Box::pin(told.world.fixture.stored(Sample::BruisesAtSchool)).await;
    Box::pin(told.world.fixture.route(&report, clock::now())).await;
    sqlx::query(
        "INSERT INTO bells (stage_id, due_generation, cause, county, next_ring)
         SELECT id, due_generation, 'dispatch', county, 1 FROM stages WHERE stage = 'sign'",
    )
    .execute(&told.world.fixture.db)
    .await
    .unwrap();
    // The robots of the file become outlets with the start.
    told.start().await;
    eventually("the robot is known", SOON, async || {
        (told
            .world
            .count("SELECT count(*) FROM outlets WHERE kind = 'robot'")
            .await
            == 1)
            .then_some(())
    })
    .await;
    let tickets = told
        .world
        .count("SELECT count(DISTINCT report_id) FROM tickets WHERE unit = 'pol-341222101'")
        .await;
    assert_eq!(tickets, 2);
    told.post(None, "rung").await;
    let asked = told.asked("robot", 1).await;
    assert_eq!(
        asked[0].text("count"),
        "2",
        "both reports in one message: {}",
        asked[0].raw
    );
    assert!(
        asked[0].body["sign"].is_string() && !asked[0].raw.contains("http"),
        "{}",
        asked[0].raw
    );
    told.post(None, "rung").await;
    let asked = told.asked("robot", 2).await;
    assert!(
        asked[1].at - asked[0].at >= Duration::from_millis(3_500),
        "{:?}",
        asked[1].at - asked[0].at
    );
    // It is a word to a group and no answer: what rings goes on.
    let answered = "SELECT count(*) FROM bells WHERE answered_at IS NOT NULL";
    assert_eq!(told.world.count(answered).await, 0);
    // Once somebody has answered, "waits for an answer" is no longer said.
    sqlx::query(
        "UPDATE bells SET answered_at = $1, answered_by = (SELECT min(id) FROM accounts), answered_how = 'login'",
    )
    .bind(clock::now())
    .execute(&told.world.fixture.db)
    .await
    .unwrap();
    told.post(None, "rung").await;
    let silenced = "SELECT count(*) FROM posts WHERE state = 'silenced'";
    told.world.until("both are silenced", silenced, 2, 20).await;
    assert_eq!(
        told.gateway.asked().iter().filter(|asked| asked.by == "robot").count(),
        2
    );
    told.end().await;
}
