//! The notifier as a process: what it sends, what it suppresses, and what a kill, a stop or a sick mail server does to it.

use platform::store::Board;
use std::time::{Duration, Instant};

use super::fake::{sink, texts};
use platform::clock;
use tests::{Act, Fixture, MailSink, Sample, Service, calls::CONTACT_KEY, eventually};
use uuid::Uuid;

pub(crate) struct World {
    pub(crate) fixture: Fixture,
    fake: MailSink,
    notices: usize,
}

impl World {
    pub(crate) async fn with(acts: &[(&'static str, Act)], drill: bool) -> Self {
        let fixture = Box::pin(Fixture::new()).await;
        let mut report = Box::pin(fixture.stored(Sample::BruisesAtSchool)).await;
        report.drill = drill;
        Box::pin(fixture.route(&report, clock::now())).await;
        let world = Self {
            fixture,
            fake: sink(acts),
            notices: 0,
        };
        let notices = usize::try_from(world.count("SELECT count(*) FROM notices").await).unwrap();
        assert!(notices > 2);
        Self { notices, ..world }
    }

    pub(crate) fn notifier(&self) -> Service {
        self.notifier_with(&[])
    }

    /// With more in its environment.
    pub(crate) fn notifier_with(&self, more: &[(&str, String)]) -> Service {
        let log = std::env::temp_dir().join(format!("shouwang-notifier-{}.log", Uuid::new_v4()));
        let env = [
            ("DATABASE_URL", self.fixture.login("notifier")),
            ("SMTP_URL", format!("smtp://127.0.0.1:{}", self.fake.port())),
            ("INTERNAL_URL", "http://10.0.0.5:8081".into()),
            ("SHOUWANG_CONTACT_KEY", CONTACT_KEY.into()),
        ];
        let env = env.iter().chain(more).map(|(k, v)| ((*k).to_owned(), v.clone()));
        Service::new("notifier", env.collect(), log)
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(self.fixture.store.pool())
            .await
            .unwrap()
    }

    pub(crate) async fn until(&self, what: &str, sql: &'static str, wanted: usize, within_s: u64) {
        eventually(what, Duration::from_secs(within_s), async || {
            (self.count(sql).await == i64::try_from(wanted).unwrap()).then_some(())
        })
        .await;
    }

    /// Different Message-IDs that arrived.
    fn arrived(&self) -> usize {
        let mut ids: Vec<String> = texts(&self.fake).iter().filter_map(|t| message_id(t)).collect();
        ids.sort();
        ids.dedup();
        ids.len()
    }
}

fn message_id(text: &str) -> Option<String> {
    text.lines()
        .find_map(|line| line.strip_prefix("Message-ID: ").map(str::to_owned))
}

/// How often the queue was looked at.
async fn looks(notifier: &Service) -> u64 {
    let metrics = notifier.metrics().await;
    let line = metrics
        .lines()
        .find(|line| line.starts_with("shouwang_notice_lease_seconds_count"))
        .unwrap_or_default();
    line.rsplit_once(' ').and_then(|(_, n)| n.parse().ok()).unwrap_or(0)
}

const SENT: &str = "SELECT count(*) FROM notices WHERE state = 'sent'";

#[tokio::test]
async fn notices_are_sent_logged_and_counted_without_mailboxes() {
    let world = World::with(&[], false).await;
    let mut notifier = world.notifier();
    notifier.spawn();
    notifier.ready().await;
    world.until("all sent", SENT, world.notices, 10).await;
    assert_eq!(world.fake.count(), world.notices, "each once");
    assert!(
        world.fake.connections() <= 1 + 8,
        "connections are kept: {}",
        world.fake.connections()
    );
    let metrics = notifier.metrics().await;
    let sent = metrics
        .lines()
        .find(|l| l.starts_with("shouwang_notices_total") && l.contains("dispatch"))
        .unwrap_or_default();
    assert!(
        sent.contains("sent") && sent.ends_with(&format!(" {}", world.notices)),
        "{sent} of {metrics}"
    );
    for name in [
        "shouwang_mail_phase_seconds",
        "shouwang_notices_depth",
        "shouwang_notices_oldest_seconds",
        "shouwang_notice_wait_seconds",
    ] {
        assert!(metrics.contains(name), "{name} is missing");
    }
    assert_eq!(notifier.stop().await, Some(0));
    let log = notifier.log_text();
    assert!(log.matches("\"sent\"").count() == world.notices, "{log}");
    assert!(!log.contains('@'), "a mailbox is in the log: {log}");
}

#[tokio::test]
async fn a_new_notice_is_sent_at_once() {
    let world = World::with(&[], false).await;
    let mut notifier = world.notifier();
    notifier.spawn();
    notifier.ready().await;
    world.until("all sent", SENT, world.notices, 10).await;
    // Looks without work until the pause is the longest: what wakes it now is the bell.
    let before = looks(&notifier).await;
    eventually("looks slow down", Duration::from_secs(10), async || {
        (looks(&notifier).await >= before + 8).then_some(())
    })
    .await;
    let report = world.fixture.stored(Sample::BruisesAtSchool).await;
    world.fixture.route(&report, clock::now()).await;
    let begun = Instant::now();
    world.fixture.store.notices_wake().await.unwrap();
    eventually("the bell's mail", Duration::from_secs(2), async || {
        (world.fake.count() > world.notices).then_some(())
    })
    .await;
    assert!(begun.elapsed() < Duration::from_millis(400), "{:?}", begun.elapsed());
    assert_eq!(notifier.stop().await, Some(0));
}

#[tokio::test]
async fn drills_are_suppressed_unless_asked_for() {
    let world = World::with(&[], true).await;
    let mut notifier = world.notifier();
    notifier.spawn();
    let suppressed = "SELECT count(*) FROM notices n JOIN notice_attempts a ON a.notice_id = n.id
                      WHERE n.state = 'suppressed' AND a.phase = 'policy' AND a.outcome = 'suppressed'";
    world.until("all suppressed", suppressed, world.notices, 15).await;
    assert_eq!(world.fake.count(), 0);
    assert_eq!(notifier.stop().await, Some(0));
    sqlx::query("UPDATE notices SET state = 'queued', finished_at = NULL, due_at = '-infinity'")
        .execute(world.fixture.store.pool())
        .await
        .unwrap();
    notifier.set("SHOUWANG_DRILL_MAIL", "true");
    notifier.spawn();
    world.until("all sent", SENT, world.notices, 15).await;
    assert_eq!(world.arrived(), world.notices);
    assert_eq!(notifier.stop().await, Some(0));
}

#[tokio::test]
async fn killed_while_it_waits_for_the_250_it_recovers_within_30_s() {
    let world = World::with(&[("text", Act::Hang)], false).await;
    let mut notifier = world.notifier();
    notifier.spawn();
    world
        .until(
            "leased",
            "SELECT count(*) FROM notices WHERE lease_owner IS NOT NULL",
            world.notices.min(8),
            15,
        )
        .await;
    // A heart-beat passes: held notices stay held.
    let until =
        "SELECT (extract(epoch FROM min(leased_until)) * 1000)::bigint FROM notices WHERE lease_owner IS NOT NULL";
    let leased = world.count(until).await;
    eventually("a heart-beat", Duration::from_secs(15), async || {
        (world.count(until).await > leased).then_some(())
    })
    .await;
    notifier.kill().await;
    let killed = Instant::now();
    world.fake.now(&[]);
    notifier.spawn();
    world.until("all sent", SENT, world.notices, 30).await;
    assert!(killed.elapsed() < Duration::from_secs(30), "{:?}", killed.elapsed());
    assert_eq!((world.arrived(), world.fake.count()), (world.notices, world.notices));
    assert_eq!(notifier.stop().await, Some(0));
}

#[tokio::test]
async fn told_to_stop_it_finishes_what_it_holds() {
    let world = World::with(&[("text", Act::Slow(1500))], false).await;
    let mut notifier = world.notifier();
    notifier.spawn();
    world
        .until(
            "leased",
            "SELECT count(*) FROM notices WHERE lease_owner IS NOT NULL",
            world.notices.min(8),
            15,
        )
        .await;
    // What is leased and not begun would be given back; here one is under way.
    eventually("a mail under way", Duration::from_secs(5), async || {
        world.fake.commands().iter().any(|line| line == "DATA").then_some(())
    })
    .await;
    assert_eq!(notifier.stop().await, Some(0));
    assert_eq!(
        world.count(SENT).await,
        i64::try_from(world.fake.count()).unwrap(),
        "{}",
        notifier.log_text()
    );
    assert!(world.count(SENT).await > 0);
    assert_eq!(
        world
            .count("SELECT count(*) FROM notices WHERE lease_owner IS NOT NULL")
            .await,
        0
    );
}

#[tokio::test]
async fn a_refused_mailbox_calls_the_office() {
    let world = World::with(&[("RCPT", Act::Say("550 5.1.1 no such user"))], false).await;
    let mut notifier = world.notifier();
    notifier.spawn();
    notifier.ready().await;
    // Each unit's notice fails, the office is told of each, that fails too, and the leading group is told of that.
    world
        .until(
            "all given up",
            "SELECT count(*) FROM notices WHERE state = 'failed'",
            3 * world.notices,
            15,
        )
        .await;
    assert_eq!(world.count(QUEUED).await, 0);
    assert_eq!(
        world
            .count("SELECT count(*) FROM notices WHERE unit = 'lg' AND kind = 'undeliverable'")
            .await,
        i64::try_from(world.notices).unwrap()
    );
    assert_eq!(notifier.stop().await, Some(0));
}

pub(crate) const QUEUED: &str = "SELECT count(*) FROM notices WHERE state = 'queued'";
const BLOCKED: &str = "SELECT count(*) FROM mail_state WHERE blocked_since IS NOT NULL";

/// A server that refuses everything, at whatever step and with whatever digits: nothing dies, it is said in `/ready`, in the
/// metrics and to the board, it is tried with single mails, and everything goes out once it is well.
async fn refuses_everything(act: (&'static str, Act), ours: bool) {
    let world = World::with(&[act], false).await;
    for _ in 0..15 {
        let report = world.fixture.stored(Sample::BruisesAtSchool).await;
        world.fixture.route(&report, clock::now()).await;
    }
    let all = usize::try_from(world.count("SELECT count(*) FROM notices").await).unwrap();
    let mut notifier = world.notifier();
    notifier.spawn();
    world.until("the board is told", BLOCKED, 1, 20).await;
    let (_, body) = eventually("not ready", Duration::from_secs(10), async || {
        notifier.readiness().await.filter(|(status, _)| *status == 503)
    })
    .await;
    assert!(body.contains("mail: "), "{body}");
    assert!(notifier.metrics().await.contains("shouwang_mail_blocked 1"));
    // Five seconds later it is tried again, by one mail or one greeting.
    let tried = world.fake.connections();
    eventually("a second try", Duration::from_secs(15), async || {
        (world.fake.connections() > tried).then_some(())
    })
    .await;
    let attempts = world.count("SELECT count(*) FROM notice_attempts").await;
    assert!(attempts <= 8 + 8 + 2, "{attempts} attempts at {all} notices");
    assert_eq!(
        world.count("SELECT count(*) FROM notices WHERE state = 'failed'").await,
        0
    );
    assert_eq!(
        world
            .count("SELECT count(*) FROM notices WHERE kind = 'undeliverable'")
            .await,
        0
    );
    assert_eq!(world.count("SELECT count(*) FROM notices WHERE strikes > 0").await, 0);
    let said = world
        .fixture
        .store
        .lend::<Board>()
        .mail_state("taihe")
        .await
        .unwrap()
        .unwrap()
        .blocked
        .unwrap();
    assert!(said.ours == ours && !said.answer.contains('@'), "{said:?}");
    world.fake.now(&[]);
    world.until("all sent", SENT, all, 60).await;
    world.until("the board is told", BLOCKED, 0, 10).await;
    assert_eq!(notifier.readiness().await.map(|(status, _)| status), Some(200));
    assert!(notifier.metrics().await.contains("shouwang_mail_blocked 0"));
    assert_eq!(notifier.stop().await, Some(0));
}

#[tokio::test]
async fn a_server_that_limits_our_frequency_kills_no_notice() {
    refuses_everything(("RCPT", Act::Say("550 Connection frequency limited")), false).await;
}

#[tokio::test]
async fn a_server_that_wants_a_login_kills_no_notice() {
    refuses_everything(
        (
            "MAIL",
            Act::Say("530 5.7.0 authentication required for shouwang@taihe.example"),
        ),
        true,
    )
    .await;
}

#[tokio::test]
async fn a_server_that_refuses_our_texts_kills_no_notice() {
    refuses_everything(("text", Act::Say("554 5.7.1 rejected by policy")), false).await;
}

#[tokio::test]
async fn a_server_that_greets_with_a_refusal_kills_no_notice() {
    refuses_everything(("greeting", Act::Say("554 5.7.1 you are not welcome")), false).await;
}

#[tokio::test]
async fn each_of_two_notifiers_has_a_gate_of_its_own() {
    let world = World::with(&[("RCPT", Act::Say("550 Connection frequency limited"))], false).await;
    for _ in 0..15 {
        let report = world.fixture.stored(Sample::BruisesAtSchool).await;
        world.fixture.route(&report, clock::now()).await;
    }
    let all = usize::try_from(world.count("SELECT count(*) FROM notices").await).unwrap();
    let mut two = [world.notifier(), world.notifier()];
    for notifier in &mut two {
        notifier.spawn();
    }
    for notifier in &two {
        eventually("neither is ready", Duration::from_secs(30), async || {
            notifier.readiness().await.filter(|(status, _)| *status == 503)
        })
        .await;
    }
    // Each learns it by mails of its own, and neither kills any.
    let attempts = world.count("SELECT count(*) FROM notice_attempts").await;
    assert!(attempts <= 2 * (8 + 8 + 2), "{attempts} attempts at {all} notices");
    assert_eq!(
        world.count("SELECT count(*) FROM notices WHERE state = 'failed'").await,
        0
    );
    world.fake.now(&[]);
    world.until("all sent", SENT, all, 60).await;
    assert_eq!(
        (world.arrived(), world.fake.count()),
        (all, all),
        "each once, by either"
    );
    for notifier in &mut two {
        assert_eq!(notifier.stop().await, Some(0));
    }
}

#[tokio::test]
async fn a_full_mailbox_is_told_and_tried_on() {
    let world = World::with(&[("RCPT", Act::Say("552 5.2.2 mailbox full"))], false).await;
    let mut notifier = world.notifier();
    notifier.spawn();
    notifier.ready().await;
    // The units' mailboxes are full, the office's and the leading group's too: everybody above is told, and nothing dies.
    world
        .until(
            "all tried",
            "SELECT count(*) FROM notices WHERE strikes = 1",
            3 * world.notices,
            15,
        )
        .await;
    assert_eq!(world.count(QUEUED).await, i64::try_from(3 * world.notices).unwrap());
    assert_eq!(world.count(BLOCKED).await, 0, "the server is well");
    assert_eq!(notifier.stop().await, Some(0));
}
