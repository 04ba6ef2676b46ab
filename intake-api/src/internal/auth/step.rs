//! The second step of the login form: the slip of the first, and the code.

use super::{
    entry::{Arrival, Entry, Shown, may_enter},
    second::{Code, Slip, judge},
    tried::Tried,
    tries,
};
use platform::store::{AccessKind, DeviceId};

/// The second step of the form.
pub(crate) async fn step(arrival: Arrival<'_>, slip: &str, code: &str, browser: DeviceId) -> anyhow::Result<Entry> {
    let Arrival { internal, device, now } = arrival;
    let Some(slip) = Slip::open(internal, slip, now) else {
        return Ok(Entry::Late);
    };
    let door = internal.gate.door(device.known.is_some());
    let Some(_place) = door.enter(device.address).await else {
        return Ok(Entry::busy());
    };
    let (county, keys) = (&internal.county, &internal.keys);
    let place = tries::place(keys, county, device.address);
    let account = internal
        .people
        .account_secret(county, &slip.login, device.known, &place)
        .await?;
    let account = account.filter(|account| slip.fits(account) && may_enter(internal, account));
    let Some((account, sealed)) = account.and_then(|a| a.factor.clone().map(|sealed| (a, sealed))) else {
        return Ok(Entry::Late);
    };
    let mut tried = Tried {
        account: None,
        buckets: Vec::new(),
        place,
    };
    match judge(internal, &mut tried, &account, (&sealed, code), now).await? {
        Code::Right => {}
        Code::Wait { seconds } => return Ok(Entry::Wait { seconds, busy: false }),
        Code::Wrong => {
            arrival
                .note(AccessKind::LoginFailed, Some(account.id), &slip.login)
                .await;
            return Ok(Entry::Code {
                slip: Slip::seal(internal, &slip.login, &account, now),
                wrong: true,
            });
        }
    }
    let opened = arrival.open(&account, &tried, Some(browser), Shown::Factor);
    Ok(Entry::Open(opened.await?))
}
