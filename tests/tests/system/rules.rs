//! The life of a rule set in the database: the steps, and what the database refuses by itself.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use casework::county::PackFiles;
use casework::office::replay::Outcome;
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    store::{self, AccountId, Clerk, Created, NewAccount, People, Role, RuleSetState, RulesError, Store, WayIn},
};
use tests::{Fixture, Sample, System};

/// Two people of the office.
struct Office {
    fixture: Fixture,
    store: Store<store::Office>,
    first: AccountId,
    second: AccountId,
}

impl Office {
    async fn open() -> Self {
        let fixture = Fixture::new().await;
        let mut accounts = Vec::new();
        for login in ["chen", "liu"] {
            let account = NewAccount {
                county: "taihe",
                login,
                name: login,
                phone: None,
                way: WayIn::Password("-"),
                unit: "office",
                role: Role::Office,
                actor: None,
                by: "test",
                detail: platform::store::Detail::default(),
            };
            let now = clock::now();
            let Created::All(ids) = fixture
                .store
                .lend::<People>()
                .accounts_create(&[account], now)
                .await
                .unwrap()
            else {
                panic!("{login} is taken")
            };
            accounts.push(ids[0]);
        }
        Self {
            store: fixture.store_as(),
            fixture,
            first: accounts[0],
            second: accounts[1],
        }
    }

    fn first(&self) -> Clerk<'static> {
        Clerk {
            account: self.first,
            name: "陈干事",
            at: clock::now(),
        }
    }

    fn second(&self) -> Clerk<'static> {
        Clerk {
            account: self.second,
            name: "刘主任",
            at: clock::now(),
        }
    }

    async fn version_in_force(&self, at: DateTime<Utc>) -> i32 {
        self.store.pack_versions("taihe", at).await.unwrap().unwrap().rule_set
    }

    /// The rules with the police's signing time doubled, or whatever `text` says.
    async fn changed(&self, from: &str, to: &str) -> PackFiles {
        let mut files = self.store.rules_files("taihe", 1).await.unwrap().unwrap();
        let model = files.get_mut("routing.dmn").unwrap();
        assert!(model.contains(from), "{from}");
        *model = model.replacen(from, to, 1);
        files
    }

    /// A draft that was checked and replayed.
    async fn ready(&self) -> i32 {
        let version = self
            .store
            .rules_draft("taihe", 1, "皖民〔2026〕1号", self.first())
            .await
            .unwrap();
        let files = self
            .changed("<description>一般</description>", "<description>其他</description>")
            .await;
        self.store
            .rules_save("taihe", version, 1, (&files, true), self.first())
            .await
            .unwrap();
        let (set, _) = self.store.rules_open("taihe", version).await.unwrap().unwrap();
        self.store
            .rules_replayed("taihe", version, (&set.digest, 1), &Outcome::default(), self.first())
            .await
            .unwrap();
        version
    }
}

#[tokio::test]
async fn from_draft_to_force_at_the_date_and_back() {
    let office = Office::open().await;
    let store = &office.store;
    let version = office.ready().await;
    assert_eq!(version, 2);
    store
        .rules_submit("taihe", version, "按新文件", office.first())
        .await
        .unwrap();
    let same = store
        .rules_approve("taihe", version, clock::now(), "", office.first())
        .await;
    assert!(matches!(same, Err(RulesError::SamePerson)), "{same:?}");
    let from = clock::now() + TimeDelta::hours(1);
    store
        .rules_approve("taihe", version, from, "同意", office.second())
        .await
        .unwrap();
    assert_eq!(office.version_in_force(from - TimeDelta::seconds(1)).await, 1);
    assert_eq!(office.version_in_force(from).await, 2);
    let before = store.pack_versions("taihe", clock::now()).await.unwrap().unwrap();
    assert_eq!(
        before.until.map(|t| t.timestamp_micros()),
        Some(from.timestamp_micros())
    );

    // Nothing else may be scheduled beside it; before its date it can be given up, by a named person with a reason.
    let other = office.ready().await;
    store.rules_submit("taihe", other, "", office.first()).await.unwrap();
    let beside = store.rules_approve("taihe", other, from, "", office.second()).await;
    assert!(
        matches!(beside, Err(RulesError::Scheduled { version: 2, .. })),
        "{beside:?}"
    );
    store
        .rules_withdraw("taihe", version, "文件推迟", office.first())
        .await
        .unwrap();
    assert_eq!(office.version_in_force(from + TimeDelta::days(1)).await, 1);
    store
        .rules_approve("taihe", other, clock::now() - TimeDelta::days(9), "", office.second())
        .await
        .unwrap();
    assert_eq!(
        office.version_in_force(clock::now()).await,
        other,
        "a past date means at once"
    );
    let given_up = store.rules_withdraw("taihe", other, "", office.first()).await;
    assert!(matches!(given_up, Err(RulesError::InForce)), "{given_up:?}");

    // Rolling back publishes the old content as a new version that goes the same way.
    let back = store
        .rules_draft("taihe", 1, "恢复旧规则", office.second())
        .await
        .unwrap();
    let (set, _) = store.rules_open("taihe", back).await.unwrap().unwrap();
    assert_eq!((set.restores, set.base), (Some(1), Some(other)));
    let (seed, _) = store.rules_open("taihe", 1).await.unwrap().unwrap();
    assert_eq!(set.digest, seed.digest);

    let trail: Vec<_> = store
        .rules_acts("taihe", version)
        .await
        .unwrap()
        .into_iter()
        .map(|act| (act.act.to_string(), act.actor))
        .collect();
    let done = |act: &str, who: &str| (act.to_owned(), who.to_owned());
    assert_eq!(
        trail,
        [
            done("drafted", "陈干事"),
            done("saved", "陈干事"),
            done("replayed", "陈干事"),
            done("submitted", "陈干事"),
            done("approved", "刘主任"),
            done("withdrawn", "陈干事"),
        ]
    );
}

#[tokio::test]
async fn nothing_unchecked_unreplayed_or_changed_since_can_be_submitted() {
    let office = Office::open().await;
    let store = &office.store;
    let version = store.rules_draft("taihe", 1, "", office.first()).await.unwrap();
    let unchecked = store.rules_submit("taihe", version, "", office.first()).await;
    assert!(matches!(unchecked, Err(RulesError::NotChecked)), "{unchecked:?}");
    let files = office
        .changed("<description>一般</description>", "<description>x</description>")
        .await;
    store
        .rules_save("taihe", version, 1, (&files, false), office.first())
        .await
        .unwrap();
    let unsound = store.rules_submit("taihe", version, "", office.first()).await;
    assert!(matches!(unsound, Err(RulesError::NotChecked)), "{unsound:?}");
    let stale = store
        .rules_save("taihe", version, 1, (&files, true), office.second())
        .await;
    assert!(
        matches!(&stale, Err(RulesError::Stale { by, .. }) if by == "陈干事"),
        "{stale:?}"
    );
    store
        .rules_save("taihe", version, 2, (&files, true), office.first())
        .await
        .unwrap();
    let unreplayed = store.rules_submit("taihe", version, "", office.first()).await;
    assert!(matches!(unreplayed, Err(RulesError::NotReplayed)), "{unreplayed:?}");
    let other = store
        .rules_replayed(
            "taihe",
            version,
            ("another digest", 1),
            &Outcome::default(),
            office.first(),
        )
        .await;
    assert!(matches!(other, Err(RulesError::Stale { .. })), "{other:?}");

    let ready = office.ready().await;
    store.rules_submit("taihe", ready, "", office.first()).await.unwrap();
    let late = store
        .rules_save("taihe", ready, 2, (&files, true), office.first())
        .await;
    assert!(
        matches!(&late, Err(RulesError::WrongState { state }) if *state == RuleSetState::Submitted),
        "{late:?}"
    );
    // Whoever may approve is told by mail, once for each time that it is submitted.
    let told =
        "SELECT count(*) FROM notices WHERE kind = 'rules-submitted' AND unit = 'office' AND subject_kind = 'rule-set'";
    assert_eq!(office.fixture.count(told).await, 1);
    let again = store.rules_submit("taihe", ready, "", office.first()).await;
    assert!(matches!(again, Err(RulesError::WrongState { .. })), "{again:?}");
    assert_eq!(office.fixture.count(told).await, 1);
    store
        .rules_decline("taihe", ready, "时限写错", office.second())
        .await
        .unwrap();
    store.rules_submit("taihe", ready, "", office.first()).await.unwrap();
    assert_eq!(office.fixture.count(told).await, 2);
}

/// With the office's own login and, where it says so, with the owner's: the rules above are not the program's alone.
#[tokio::test]
async fn the_database_refuses_by_itself() {
    let office = Office::open().await;
    let version = office.ready().await;
    office
        .store
        .rules_submit("taihe", version, "", office.first())
        .await
        .unwrap();
    let approve = |who: AccountId| {
        format!(
            "UPDATE rule_sets SET state = 'approved', approver = {who}, approved_by = 'x', approved_at = '2026-11-24', \
             active_from = '2026-11-24' WHERE version = {version}"
        )
    };
    let draft = office.store.rules_draft("taihe", 1, "", office.first()).await.unwrap();
    let refused = [
        ("one person doing both", approve(office.first)),
        ("somebody who is not of the office", approve(AccountId(999))),
        (
            "an unchecked draft",
            format!("UPDATE rule_sets SET state = 'submitted', submitted_at = '2026-11-24' WHERE version = {draft}"),
        ),
        (
            "a draft in force without approval",
            format!("UPDATE rule_sets SET active_from = '2026-11-24' WHERE version = {draft}"),
        ),
        (
            "a draft that jumps",
            format!("UPDATE rule_sets SET state = 'approved' WHERE version = {draft}"),
        ),
        (
            "what was submitted",
            format!("UPDATE rule_sets SET digest = 'y' WHERE version = {version}"),
        ),
        (
            "an author who is forgotten",
            format!("UPDATE rule_sets SET authors = '{{}}' WHERE version = {version}"),
        ),
        (
            "what is in force",
            "UPDATE rule_sets SET files = '{}' WHERE version = 1".to_owned(),
        ),
        (
            "the date of what is in force",
            "UPDATE rule_sets SET active_from = '2030-01-01' WHERE version = 1".to_owned(),
        ),
        (
            "giving up what is in force",
            "UPDATE rule_sets SET state = 'withdrawn', withdrawn_at = '2100-01-01' WHERE version = 1".to_owned(),
        ),
        ("the trail", "UPDATE rule_set_acts SET actor = 'x'".to_owned()),
        ("the trail's rows", "DELETE FROM rule_set_acts".to_owned()),
        ("a version", "DELETE FROM rule_sets WHERE version = 1".to_owned()),
    ];
    for login in [office.store.pool(), office.fixture.store.pool()] {
        for (what, statement) in &refused {
            let done = sqlx::query(sqlx::AssertSqlSafe(statement.clone())).execute(login).await;
            assert!(done.is_err(), "{what} was changed: {statement}");
        }
    }
    let seed = "INSERT INTO rule_sets (county, version, digest, files, state, created_at, seed, active_from)
                VALUES ('taihe', 99, 'x', '{}', 'approved', '2026-11-24', true, '2026-11-24')";
    let seeded = sqlx::query(seed).execute(office.store.pool()).await;
    assert!(seeded.is_err(), "the office's login can't seed");
    sqlx::query(sqlx::AssertSqlSafe(approve(office.second)))
        .execute(office.store.pool())
        .await
        .expect("what is refused above is refused for its reason: this is the same statement by a second person");
}

/// Live: the router switches at the date, to the second, without anybody doing anything; open tickets keep their version.
#[tokio::test]
async fn live_reports_switch_at_the_date_and_open_tickets_keep_their_version() {
    let system = System::start().await;
    let owner = &system.db;
    let before = system.file(Sample::BruisesAtSchool.body()).await;
    let kept = system.routed(&before).await;
    assert_eq!(kept.tickets[0].rule_set, 1);

    // Approved as in the tests above, by the owner's connection: what matters here is the date.
    let from = clock::now() + TimeDelta::seconds(4);
    let text: String = sqlx::query_scalar("SELECT files ->> 'routing.dmn' FROM rule_sets WHERE version = 1")
        .fetch_one(owner)
        .await
        .unwrap();
    let model = casework::dmn::read(&text).unwrap();
    let table = model.table("deadlines").unwrap();
    let rule = table
        .rules
        .iter()
        .find(|rule| {
            let says = |column: &str, word: &str| {
                let at = table.inputs.iter().position(|input| input.name == column).unwrap();
                rule.tests[at] != casework::dmn::sfeel::Test::Any && rule.tests[at].matches(&word.into())
            };
            says("obligation", "police-accept") && says("urgency", "P1") && says("stage", "sign")
        })
        .unwrap();
    let mut row = casework::dmn::Row::of(rule);
    let limit = table.outputs.iter().position(|column| column.name == "limit").unwrap();
    row.outputs[limit] = "7min".into();
    let changed = casework::office::clerk::change(
        &text,
        "deadlines",
        casework::office::clerk::Change::Replace(rule.number, row),
    )
    .unwrap();
    sqlx::query(
        "INSERT INTO rule_sets (county, version, digest, files, state, created_at, created_by, base, authors, check_sound,
             checked_digest, replayed_digest, replay, submitted_at, submitted_by, approver, approved_at, approved_by, active_from)
         SELECT county, 2, 'd2', jsonb_set(files, '{routing.dmn}', to_jsonb($1::text)), 'approved', $2, 'a', 1, '{1}', true,
             'd2', 'd2', '{}', $2, 'a', 2, $2, 'b', $3 FROM rule_sets WHERE version = 1",
    )
    .bind(&changed)
    .bind(clock::now())
    .bind(from)
    .execute(owner)
    .await
    .unwrap();

    let mut seen = std::collections::BTreeSet::new();
    while clock::now() < from + TimeDelta::seconds(2) {
        let filed = system.file(Sample::BruisesAtSchool.body()).await;
        let shown = system.routed(&filed).await;
        let ticket = &shown.tickets[0];
        let (version, sign, at) = (ticket.rule_set, &ticket.stages[0].limit, ticket.dispatched_at.to_utc());
        // Reading and compiling the new rules takes a moment.
        let expected = if at < from { 1 } else { 2 };
        assert!(
            version == expected || (at - from).num_milliseconds().abs() < 300,
            "dispatched at {at} by version {version}; version 2 is in force from {from}"
        );
        assert_eq!(sign == "7min", version == 2, "{sign} by version {version}");
        seen.insert(version);
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [1, 2]);
    let still = system.show(&before.receipt).await;
    for (now, then) in still.tickets.iter().zip(&kept.tickets) {
        // Its mails go out meanwhile; everything else is as it was.
        assert_eq!(
            (now.rule_set, &now.unit, now.lead),
            (then.rule_set, &then.unit, then.lead)
        );
        assert_eq!(now.stages, then.stages, "the clocks of an open ticket changed");
    }
}
