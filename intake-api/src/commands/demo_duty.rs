//! The duty of a demo: made-up telephones and rosters, so that its pages show what they will look like.

use std::collections::BTreeMap;

use anyhow::ensure;
use casework::roster::{Minute, PersonId, Shift, Week, day_of};
use chrono::TimeDelta;
use platform::{
    clock,
    run::config::Config,
    say,
    seal::ContactKey,
    store::{
        Account, AccountActKind, AccountId, Detail, Find, NewAct, NewPhone, Owner, People, Role, Store,
        act_detail::PatternWritten,
    },
};

/// Made-up landlines of this county, which no gateway of a demo dials; two digits follow.
const NUMBERS: &str = "055886000";

/// `people demo-duty`: a verified telephone for each person of a demo that has none, and a roster for each of their units that
/// has none.
pub(crate) async fn demo_duty() -> anyhow::Result<()> {
    let config = Config::load()?;
    let store: Store<People> = config.store::<Owner>("people", 1)?.lend();
    ensure!(
        store.installation_is_demo().await?,
        "this database was not made for a demo (`intake-api migrate --demo`), so it gets no demo rosters"
    );
    let keys = ContactKey::load(&config.seal)?;
    let people = store.accounts_list(&config.county, Find::All).await?;
    let demo = people
        .into_iter()
        .filter(|person| person.account.demo && person.account.disabled_at.is_none());
    let mut units: BTreeMap<String, Vec<(Role, Account)>> = BTreeMap::new();
    let mut accounts = Vec::new();
    for (index, person) in demo.enumerate() {
        phone(&store, &keys, &config.county, (&person.account, index)).await?;
        accounts.push(person.account.id);
        for membership in person.memberships {
            units
                .entry(membership.unit)
                .or_default()
                .push((membership.role, person.account.clone()));
        }
    }
    store.phones_demo_verify(&accounts, clock::now()).await?;
    let mut written = 0;
    for (unit, people) in &units {
        written += usize::from(roster(&store, &config.county, unit, people).await?);
    }
    say!("demo telephones: {}; rosters written: {written}", accounts.len())?;
    Ok(())
}

fn act<'a>(county: &'a str, account: &'a Account, kind: AccountActKind) -> NewAct<'a> {
    NewAct {
        county,
        at: clock::now(),
        actor: Some(account.id),
        actor_name: &account.name,
        act: kind,
        account: None,
        unit: None,
        role: None,
        detail: Detail::default(),
    }
}

async fn phone(
    store: &Store<People>,
    keys: &ContactKey,
    county: &str,
    (account, index): (&Account, usize),
) -> anyhow::Result<()> {
    let of: AccountId = account.id;
    if !store.phones_of(&[of], clock::now()).await?.is_empty() {
        return Ok(());
    }
    let number = format!("{NUMBERS}{:02}", index + 1);
    let new = NewPhone {
        account: of,
        number: &keys.seal(of, &number, &mut rand::rng()),
        number_mac: &keys.mac(&number),
        night: true,
    };
    let mut act = act(county, account, AccountActKind::PhoneAdded);
    act.account = Some(of);
    store.phone_add(&new, &act).await?;
    Ok(())
}

/// Who keeps the unit's roster has the days and leads, somebody else has the nights where there is anybody.
async fn roster(store: &Store<People>, county: &str, unit: &str, people: &[(Role, Account)]) -> anyhow::Result<bool> {
    let keeps = |role: &Role| [Role::Leader, Role::Office, Role::LeadingGroup].contains(role);
    let Some((_, leader)) = people.iter().find(|(role, _)| keeps(role)) else {
        return Ok(false);
    };
    if !store.roster_patterns(county, unit).await?.is_empty() {
        return Ok(false);
    }
    let on_it = people.iter().filter(|(role, _)| keeps(role) || *role == Role::Member);
    let other = on_it
        .map(|(_, account)| account)
        .find(|account| account.id != leader.id);
    let week = week(
        &leader.login,
        other.map_or(leader.login.as_str(), |other| other.login.as_str()),
    )?;
    let mut act = act(county, leader, AccountActKind::RosterPattern);
    // As if it had been written a week ago: a demo begins without a hole.
    let first = day_of(clock::now() - TimeDelta::days(7));
    act.unit = Some(unit);
    act.detail = Detail::of(&PatternWritten { day: first, n: 1 });
    store.roster_pattern_write(first, &[week], &act).await?;
    Ok(true)
}

fn week(leader: &str, other: &str) -> anyhow::Result<Week> {
    let minute = |text: &str| text.parse::<Minute>().map_err(anyhow::Error::msg);
    let (morning, evening) = (minute("08:00")?, minute("18:00")?);
    let person = |login: &str| Some(PersonId(login.to_owned()));
    let shift = |from, to, duty, deputy| Shift {
        from,
        to,
        duty: person(duty),
        deputy: person(deputy),
        leader: person(leader),
    };
    let day = vec![
        shift(morning, evening, other, leader),
        shift(evening, morning, leader, other),
    ];
    Ok(Week {
        mon: day.clone(),
        tue: day.clone(),
        wed: day.clone(),
        thu: day.clone(),
        fri: day.clone(),
        sat: day.clone(),
        sun: day,
        ..Week::default()
    })
}
