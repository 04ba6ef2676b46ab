//! Who did what, and who may: acts that can't be changed, rights that take two people, refusals that are kept.

mod access;
mod acts;
mod granting;
mod pages;
mod reads;
mod walk;

use platform::{
    clock,
    store::{AccountActKind, AccountId, Created, NewAccount, NewAct, People, Role, WayIn},
};
use tests::Fixture;

/// An account of the fixture's county, made as by the command line.
async fn person(fixture: &Fixture, login: &str, unit: &str, role: Role) -> AccountId {
    let account = NewAccount {
        county: "taihe",
        login,
        name: login,
        phone: None,
        way: WayIn::Password("-"),
        unit,
        role,
        actor: None,
        by: "command line",
        detail: platform::store::Detail::default(),
    };
    match fixture
        .store
        .lend::<People>()
        .accounts_create(&[account], clock::now())
        .await
    {
        Ok(Created::All(ids)) => ids[0],
        other => panic!("{login}: {other:?}"),
    }
}

/// An act of an account, now.
fn act(actor: AccountId, kind: AccountActKind, account: AccountId) -> NewAct<'static> {
    NewAct {
        county: "taihe",
        at: clock::now(),
        actor: Some(actor),
        actor_name: "谁",
        act: kind,
        account: Some(account),
        unit: None,
        role: None,
        detail: platform::store::Detail::default(),
    }
}
