//! Rights: nobody gives themselves anything, what reaches over the county takes two people, and somebody always keeps accounts.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::TimeDelta;
use platform::{
    clock,
    store::{
        AccountActKind, AccountId, Asked, Decide, GrantDecided, GrantDecision, HandOver, Leaving, Left, Listed, NewAct,
        People, Role, Store, StoreError,
    },
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tests::Fixture;

use super::{act, person};

async fn held(fixture: &Fixture, account: AccountId, role: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM memberships WHERE account_id = $1 AND role = $2 AND ended_at IS NULL")
        .bind(account)
        .bind(role)
        .fetch_one(fixture.store.pool())
        .await
        .unwrap()
}

fn refused<T>(done: &Result<T, StoreError>) -> bool {
    matches!(done, Err(StoreError::Db(sqlx::Error::Database(e))) if e.is_check_violation())
}

#[tokio::test]
async fn a_role_over_the_county_takes_two_people() {
    let fixture = Fixture::new().await;
    let people = fixture.store_as::<People>();
    let admin = person(&fixture, "admin", "office", Role::Admin).await;
    let other = person(&fixture, "other", "office", Role::Admin).await;
    let office = person(&fixture, "office", "office", Role::Office).await;
    let oversight = person(&fixture, "oversight", "office", Role::Oversight).await;
    let zhang = person(&fixture, "zhang", "ca", Role::Member).await;
    for role in [Role::Office, Role::Oversight, Role::LeadingGroup, Role::Admin] {
        let alone = people
            .membership_grant(zhang, "office", role, &act(admin, AccountActKind::Granted, zhang))
            .await;
        assert!(refused(&alone), "{role} by one person: {alone:?}");
        let own = people
            .grant_ask(admin, "office", role, &act(admin, AccountActKind::Asked, admin))
            .await;
        assert!(
            refused(&own) || matches!(own, Ok(Asked::Held)),
            "{role} for oneself: {own:?}"
        );
    }
    let Asked::Waits(id) = people
        .grant_ask(zhang, "office", Role::Office, &act(admin, AccountActKind::Asked, zhang))
        .await
        .unwrap()
    else {
        panic!("it waits")
    };
    assert_eq!(
        people
            .grant_ask(zhang, "office", Role::Office, &act(other, AccountActKind::Asked, zhang))
            .await
            .unwrap(),
        Asked::Before
    );
    for (who, decide, said) in [
        (admin, Decide::Confirm, GrantDecided::NotYours),
        (admin, Decide::Decline, GrantDecided::NotYours),
        (zhang, Decide::Confirm, GrantDecided::NotYours),
        (other, Decide::Withdraw, GrantDecided::NotYours),
        (oversight, Decide::Confirm, GrantDecided::Passed),
    ] {
        assert_eq!(
            people
                .grant_decide(id, decide, &act(who, AccountActKind::Granted, zhang))
                .await
                .unwrap(),
            said,
            "{who} {decide:?}"
        );
        assert_eq!(held(&fixture, zhang, "office").await, 0);
    }
    let done = people
        .grant_decide(id, Decide::Confirm, &act(office, AccountActKind::Granted, zhang))
        .await
        .unwrap();
    assert!(matches!(done, GrantDecided::Done { .. }), "{done:?}");
    assert_eq!(held(&fixture, zhang, "office").await, 1);
    assert_eq!(
        people
            .grant_decide(id, Decide::Confirm, &act(other, AccountActKind::Granted, zhang))
            .await
            .unwrap(),
        GrantDecided::Gone,
        "once"
    );
    let (by, with): (AccountId, AccountId) =
        sqlx::query_as("SELECT granted_by, confirmed_by FROM memberships WHERE account_id = $1 AND role = 'office'")
            .bind(zhang)
            .fetch_one(fixture.store.pool())
            .await
            .unwrap();
    assert_eq!((by, with), (admin, office));
    let told: Vec<String> = sqlx::query_scalar(
        "SELECT said ->> 'change' FROM notices WHERE kind = 'rights-changed' AND subject_id = $1 AND said ->> 'by' NOT LIKE '命令行%' ORDER BY unit",
    )
    .bind(zhang)
    .fetch_all(fixture.store.pool())
    .await
    .unwrap();
    assert_eq!(told.len(), 1, "the office is told once, being the unit too: {told:?}");
    assert!(told[0].ends_with(" · 办公室"), "{told:?}");
    // A role in another unit is told to that unit and to the office.
    people
        .membership_grant(zhang, "edu", Role::Member, &act(admin, AccountActKind::Granted, zhang))
        .await
        .unwrap();
    let units: Vec<String> = sqlx::query_scalar(
        "SELECT unit FROM notices WHERE kind = 'rights-changed' AND said ->> 'change' LIKE '%经办人' AND said ->> 'by' NOT LIKE '命令行%' ORDER BY unit",
    )
    .fetch_all(fixture.store.pool())
    .await
    .unwrap();
    assert_eq!(units, ["edu", "office"]);
}

#[tokio::test]
async fn a_request_expires_after_seven_days() {
    let fixture = Fixture::new().await;
    let people = fixture.store_as::<People>();
    let admin = person(&fixture, "admin", "office", Role::Admin).await;
    let office = person(&fixture, "office", "office", Role::Office).await;
    let zhang = person(&fixture, "zhang", "ca", Role::Member).await;
    let now = clock::now();
    let later = |actor, after| NewAct {
        at: now + after,
        ..act(actor, AccountActKind::Asked, zhang)
    };
    let asked = people
        .grant_ask(zhang, "office", Role::Office, &later(admin, TimeDelta::zero()))
        .await
        .unwrap();
    let Asked::Waits(id) = asked else { panic!("{asked:?}") };
    assert_eq!(
        people
            .grants_waiting("taihe", office, now + TimeDelta::days(6))
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        people
            .grants_waiting("taihe", admin, now + TimeDelta::days(6))
            .await
            .unwrap(),
        0,
        "not for who asked"
    );
    assert_eq!(
        people
            .grants_waiting("taihe", office, now + TimeDelta::days(7))
            .await
            .unwrap(),
        0
    );
    let late = people
        .grant_decide(id, Decide::Confirm, &later(office, TimeDelta::days(7)))
        .await
        .unwrap();
    assert_eq!(late, GrantDecided::Gone);
    let again = people
        .grant_ask(zhang, "office", Role::Office, &later(admin, TimeDelta::days(8)))
        .await
        .unwrap();
    assert!(matches!(again, Asked::Waits(new) if new != id), "{again:?}");
    let listed = people.grants_asked("taihe", now + TimeDelta::days(8)).await.unwrap();
    let listed = Listed::whole(listed).unwrap();
    let decisions: Vec<_> = listed.iter().map(|g| g.decision.as_deref()).collect();
    assert_eq!(decisions, [None, Some(&GrantDecision::Expired)]);
}

#[tokio::test]
async fn whoever_invited_the_other_is_not_taken_for_another_person() {
    let fixture = Fixture::new().await;
    let people = fixture.store_as::<People>();
    let admin = person(&fixture, "admin", "office", Role::Admin).await;
    let other = person(&fixture, "other", "office", Role::Admin).await;
    let office = person(&fixture, "office", "office", Role::Office).await;
    let zhang = person(&fixture, "zhang", "ca", Role::Member).await;
    people
        .invitation_make(office, b"1", &act(admin, AccountActKind::Invited, office))
        .await
        .unwrap();
    let Asked::Waits(id) = people
        .grant_ask(
            zhang,
            "office",
            Role::Oversight,
            &act(admin, AccountActKind::Asked, zhang),
        )
        .await
        .unwrap()
    else {
        panic!("it waits")
    };
    assert_eq!(
        people
            .grant_decide(id, Decide::Confirm, &act(office, AccountActKind::Granted, zhang))
            .await
            .unwrap(),
        GrantDecided::MayBeOne
    );
    // Nor two whom one person invited.
    people
        .invitation_make(other, b"2", &act(zhang, AccountActKind::Invited, other))
        .await
        .unwrap();
    people
        .invitation_make(admin, b"3", &act(zhang, AccountActKind::Invited, admin))
        .await
        .unwrap();
    assert_eq!(
        people
            .grant_decide(id, Decide::Confirm, &act(other, AccountActKind::Granted, zhang))
            .await
            .unwrap(),
        GrantDecided::MayBeOne
    );
    let later = NewAct {
        at: clock::now() + TimeDelta::days(6),
        ..act(office, AccountActKind::Granted, zhang)
    };
    assert_eq!(
        people.grant_decide(id, Decide::Confirm, &later).await.unwrap(),
        GrantDecided::MayBeOne
    );
}

#[tokio::test]
async fn a_grant_is_never_overwritten() {
    let fixture = Fixture::new().await;
    let people = fixture.store_as::<People>();
    let admin = person(&fixture, "admin", "office", Role::Admin).await;
    let zhang = person(&fixture, "zhang", "ca", Role::Member).await;
    let end = act(admin, AccountActKind::Ended, zhang);
    let leaving = Leaving::Role {
        unit: "ca",
        role: Role::Member,
    };
    assert_eq!(
        people.account_leave("taihe", zhang, leaving, &[], &end).await.unwrap(),
        Left::Done(0)
    );
    assert!(
        people
            .membership_grant(zhang, "ca", Role::Member, &act(admin, AccountActKind::Granted, zhang))
            .await
            .unwrap()
    );
    let rows: i64 = sqlx::query_scalar("SELECT count(DISTINCT since) FROM memberships WHERE account_id = $1")
        .bind(zhang)
        .fetch_one(fixture.store.pool())
        .await
        .unwrap();
    assert_eq!(rows, 2, "a new grant is a new row");
    for (who, db) in [("the owner", fixture.store.pool()), ("people", people.pool())] {
        for sql in [
            "UPDATE memberships SET since = since - interval '1 day'",
            "UPDATE memberships SET role = 'admin' WHERE role = 'member'",
            "UPDATE memberships SET ended_at = NULL WHERE ended_at IS NOT NULL",
            "DELETE FROM memberships",
            "TRUNCATE memberships",
        ] {
            assert!(sqlx::raw_sql(sql).execute(db).await.is_err(), "{who}: {sql}");
        }
    }
}

#[tokio::test]
async fn two_administrators_disable_each_other_at_once() {
    for role in [false, true] {
        let fixture = Fixture::new().await;
        let one = person(&fixture, "one", "office", Role::Admin).await;
        let two = person(&fixture, "two", "office", Role::Admin).await;
        let leaving = if role {
            Leaving::Role {
                unit: "office",
                role: Role::Admin,
            }
        } else {
            Leaving::Account
        };
        let store = fixture.store_as::<People>();
        let (acts, none): (_, [HandOver; 0]) = (
            (
                act(one, AccountActKind::Disabled, two),
                act(two, AccountActKind::Disabled, one),
            ),
            [],
        );
        let (a, b) = tokio::join!(
            store.account_leave("taihe", two, leaving, &none, &acts.0),
            store.account_leave("taihe", one, leaving, &none, &acts.1),
        );
        let mut ends = [a.unwrap(), b.unwrap()];
        ends.sort_by_key(|end| *end == Left::LastAdmin);
        assert_eq!(
            ends,
            [Left::Done(0), Left::LastAdmin],
            "one of the two, whoever came first"
        );
        let left = store.admins_besides("taihe", AccountId(0)).await.unwrap();
        assert_eq!(left, 1);
    }
}

#[tokio::test]
async fn a_disabled_account_comes_back_without_what_takes_two() {
    let fixture = Fixture::new().await;
    let people = fixture.store_as::<People>();
    let admin = person(&fixture, "admin", "office", Role::Admin).await;
    let office = person(&fixture, "office", "office", Role::Office).await;
    people
        .membership_grant(office, "ca", Role::Member, &act(admin, AccountActKind::Granted, office))
        .await
        .unwrap();
    people
        .account_leave(
            "taihe",
            office,
            Leaving::Account,
            &[],
            &act(admin, AccountActKind::Disabled, office),
        )
        .await
        .unwrap();
    let ended = people
        .account_enable("taihe", office, &act(admin, AccountActKind::Enabled, office))
        .await
        .unwrap();
    assert_eq!(ended, Some(1));
    assert_eq!(
        (
            held(&fixture, office, "office").await,
            held(&fixture, office, "member").await
        ),
        (0, 1)
    );
}

/// Random people do random things with rights for a while. However it goes, nobody has a right that they gave themselves, and
/// nobody one over the county that one person gave.
#[tokio::test]
async fn random_grants_never_make_a_single_handed_office() {
    let fixture = Fixture::new().await;
    let people = fixture.store_as::<People>();
    let mut rng = StdRng::seed_from_u64(20_261_126);
    let mut everybody = Vec::new();
    for (login, unit, role) in [
        ("a1", "office", Role::Admin),
        ("a2", "office", Role::Admin),
        ("o1", "office", Role::Office),
        ("v1", "office", Role::Oversight),
        ("l1", "ca", Role::Leader),
        ("m1", "ca", Role::Member),
        ("m2", "edu", Role::Member),
    ] {
        everybody.push(person(&fixture, login, unit, role).await);
    }
    for _ in 0..2_000 {
        random_act(&people, &mut rng, &everybody).await;
    }
    let (made, single): (i64, i64) = sqlx::query_as(
        "SELECT count(*), count(*) FILTER (WHERE granted_by = account_id OR confirmed_by = account_id
             OR role NOT IN ('member', 'leader') AND (confirmed_by IS NULL OR confirmed_by = granted_by))
         FROM memberships WHERE granted_by IS NOT NULL",
    )
    .fetch_one(fixture.store.pool())
    .await
    .unwrap();
    assert!(made >= 20, "{made} grants say little");
    assert_eq!(single, 0);
    assert!(people.admins_besides("taihe", AccountId(0)).await.unwrap() >= 1);
    // Each grant by a person has its line, with who gave it or confirmed it.
    let silent: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM memberships m WHERE m.granted_by IS NOT NULL AND NOT EXISTS (
            SELECT FROM account_acts c WHERE c.act = 'granted' AND c.account_id = m.account_id AND c.unit = m.unit AND c.role = m.role
                AND c.at = m.since AND c.actor = coalesce(m.confirmed_by, m.granted_by))",
    )
    .fetch_one(fixture.store.pool())
    .await
    .unwrap();
    assert_eq!(silent, 0);
}

async fn random_act(people: &Store<People>, rng: &mut StdRng, everybody: &[AccountId]) {
    let mut one_of = |n: usize| usize::try_from(rng.next_u32()).unwrap() % n;
    let (actor, of) = (everybody[one_of(everybody.len())], everybody[one_of(everybody.len())]);
    let unit = ["office", "ca", "edu"][one_of(3)];
    let role = [Role::Member, Role::Leader, Role::Office, Role::Oversight, Role::Admin][one_of(5)];
    let acting = |word| NewAct {
        unit: Some(unit),
        role: Some(role),
        ..act(actor, word, of)
    };
    // What is refused is refused by an error or an answer; both are right here.
    match one_of(30) {
        0..11 => drop(
            people
                .membership_grant(of, unit, role, &acting(AccountActKind::Granted))
                .await,
        ),
        11..18 if role.takes_two() => {
            drop(people.grant_ask(of, unit, role, &acting(AccountActKind::Asked)).await);
        }
        18..27 => {
            let listed = people.grants_asked("taihe", clock::now()).await.unwrap();
            for asked in listed
                .iter()
                .filter_map(Listed::read)
                .filter(|asked| asked.decision.is_none())
            {
                drop(
                    people
                        .grant_decide(asked.id, Decide::Confirm, &act(actor, AccountActKind::Granted, of))
                        .await,
                );
            }
        }
        27..29 => drop(
            people
                .account_leave(
                    "taihe",
                    of,
                    Leaving::Role { unit, role },
                    &[],
                    &acting(AccountActKind::Ended),
                )
                .await,
        ),
        _ => {
            drop(
                people
                    .account_leave("taihe", of, Leaving::Account, &[], &acting(AccountActKind::Disabled))
                    .await,
            );
            drop(
                people
                    .account_enable("taihe", of, &acting(AccountActKind::Enabled))
                    .await,
            );
        }
    }
}
