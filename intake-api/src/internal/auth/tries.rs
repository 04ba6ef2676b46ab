//! What a try of a login counts against, reserved before the password is compared so that many at once are not all compared.
//!
//! A browser in which this account logged in before has its own count, and nothing that strangers do reaches it. Everybody
//! else counts by address, by account and address, and, from addresses at which the account was never seen, by account with a
//! brake that is bounded: it slows a guesser who has many addresses and never shuts the account. All counts leak away with
//! time, so that a guess now and then keeps nobody out. Unknown logins count the same, or the answers would tell them apart.

use std::net::IpAddr;

use chrono::TimeDelta;
use platform::{
    seal::MasterKey,
    store::{AccountId, Bucket, DeviceId},
};

/// How many at once, and seconds after which one more is possible.
type Limit = (i32, i64);

/// One browser that the account knows: slips of the finger.
const KNOWN_BROWSER: Limit = (4, 30);
/// One account from one address: 1,440 guesses a day at the most, of passwords that are not common ones.
const ACCOUNT_AND_ADDRESS: Limit = (4, 60);
/// One address: an office behind one address mistypes less than this, and made-up names stop here before argon2 is asked.
const ADDRESS: Limit = (30, 10);
/// One account from all addresses at which it was never seen. Three a minute is little for a guesser and a short wait for
/// an officer at a new place.
const ACCOUNT: Limit = (60, 20);
/// The second factor of one account, asked only after a right password: 288 guesses a day out of a million.
const FACTOR: Limit = (5, 300);

/// Who tries, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who<'a> {
    /// County.
    pub(crate) county: &'a str,
    /// The normalised login.
    pub(crate) login: &'a str,
    /// From where.
    pub(crate) address: Option<IpAddr>,
    /// This account logged in from this browser before.
    pub(crate) known: Option<DeviceId>,
    /// This account logged in from this address before.
    pub(crate) placed: bool,
}

/// IPv6 hands each subscriber a /64, so that is what counts as one address.
fn place_text(address: Option<IpAddr>) -> String {
    match address.map(|ip| ip.to_canonical()) {
        Some(IpAddr::V6(v6)) => std::net::Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).to_string(),
        Some(v4) => v4.to_string(),
        // Everybody whose address is unknown shares one, which is the careful side.
        None => "unknown".to_owned(),
    }
}

/// An address as it is stored beside a known browser.
pub(crate) fn place(keys: &MasterKey, county: &str, address: Option<IpAddr>) -> Vec<u8> {
    keys.idempotency_mac(county, "login place", &place_text(address), &[])
}

/// The buckets of a try.
pub(crate) fn buckets(keys: &MasterKey, who: Who<'_>) -> Vec<Bucket> {
    let key = |purpose: &str, with: &[u8]| keys.idempotency_mac(who.county, purpose, who.login, with);
    if let Some(device) = who.known {
        return vec![bucket(key("login browser", device.0.as_bytes()), KNOWN_BROWSER)];
    }
    let from = place_text(who.address);
    let mut all = vec![
        bucket(keys.idempotency_mac(who.county, "login address", &from, &[]), ADDRESS),
        bucket(key("login at address", from.as_bytes()), ACCOUNT_AND_ADDRESS),
    ];
    if !who.placed {
        all.push(bucket(key("login", &[]), ACCOUNT));
    }
    all
}

/// The bucket of the second factor.
pub(crate) fn factor_bucket(keys: &MasterKey, county: &str, account: AccountId) -> Vec<Bucket> {
    vec![bucket(
        keys.idempotency_mac(county, "login factor", &account.to_string(), &[]),
        FACTOR,
    )]
}

fn bucket(key: Vec<u8>, (at_once, seconds): Limit) -> Bucket {
    Bucket {
        key,
        cost: TimeDelta::seconds(seconds),
        at_once,
    }
}

#[cfg(test)]
mod tests {
    use platform::seal::{Cipher, new_key_line};
    use uuid::Uuid;

    use super::*;

    fn keys_of(who: Who<'_>, keys: &MasterKey) -> Vec<Vec<u8>> {
        buckets(keys, who).into_iter().map(|b| b.key).collect()
    }

    #[test]
    fn a_known_browser_shares_no_count_with_strangers() {
        let keys = MasterKey::parse(&new_key_line(&mut rand::rng()), Cipher::Aes256Gcm).unwrap();
        let stranger = Who {
            county: "taihe",
            login: "zhang.san",
            address: "10.0.0.1".parse().ok(),
            known: None,
            placed: false,
        };
        let own = Who {
            known: Some(DeviceId(Uuid::new_v4())),
            ..stranger
        };
        let strange = keys_of(stranger, &keys);
        assert_eq!(strange.len(), 3);
        assert!(keys_of(own, &keys).iter().all(|key| !strange.contains(key)));
        // From an address where the account was seen, strangers elsewhere don't count.
        let placed = Who {
            placed: true,
            address: "10.0.0.2".parse().ok(),
            ..stranger
        };
        assert!(keys_of(placed, &keys).iter().all(|key| !strange.contains(key)));
        // One subscriber's addresses are one.
        let six = |text: &str| Who {
            address: text.parse().ok(),
            ..stranger
        };
        assert_eq!(keys_of(six("2001:db8::1"), &keys), keys_of(six("2001:db8::2:9"), &keys));
        assert_ne!(
            keys_of(six("2001:db8::1"), &keys),
            keys_of(six("2001:db8:0:1::1"), &keys)
        );
    }

    #[test]
    fn what_the_handbook_says_of_the_limits() {
        let handbook = include_str!("../../../../docs/operations.md");
        for (what, (at_once, seconds)) in [
            ("of one account from one address", ACCOUNT_AND_ADDRESS),
            ("from one address", ADDRESS),
            ("of one account from new addresses", ACCOUNT),
            ("in a browser that the account knows", KNOWN_BROWSER),
            ("of the second factor", FACTOR),
        ] {
            let said = format!("{at_once} {what} at once, then one every {seconds} s");
            assert!(handbook.contains(&said), "{said}");
        }
    }
}
