//! How often one address may file reports and try follow-up codes.
//!
//! A school or a mobile carrier shares one address among many people, so the limit is generous, holds a whole minute's
//! worth as a burst, and is never asked about a child in present danger. IPv6 hands each subscriber a /64, so that is what
//! counts as one address.

use std::{
    fmt,
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};

use platform::run::listener;

/// Addresses that were quiet for a minute are dropped each time this many questions were asked.
const SWEEP_EVERY: u32 = 1024;

/// Whom a request counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Client(IpAddr);

impl Client {
    pub(super) fn of(addr: IpAddr) -> Self {
        Self(listener::line(addr))
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One limit, per client.
pub(super) struct Limiter {
    buckets: DefaultKeyedRateLimiter<Client>,
    clock: DefaultClock,
    asked: AtomicU32,
}

impl Limiter {
    /// `per_minute` at once, refilled evenly.
    pub(super) fn new(per_minute: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        Self {
            buckets: DefaultKeyedRateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            asked: AtomicU32::new(0),
        }
    }

    /// Takes one from the client's bucket; the error is the seconds to wait, at least 1.
    pub(super) fn take(&self, client: Client) -> Result<(), u64> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.buckets.retain_recent();
            self.buckets.shrink_to_fit();
        }
        self.buckets.check_key(&client).map_err(|busy| {
            let wait = busy.wait_time_from(self.clock.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0 || wait.is_zero())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_minutes_worth_passes_at_once_and_each_address_has_its_own() {
        let limiter = Limiter::new(120);
        let (school, village) = (Client::of(ip("10.0.0.1")), Client::of(ip("10.0.0.2")));
        let passed = (0..200).filter(|_| limiter.take(school).is_ok()).count();
        assert!((120..=122).contains(&passed), "{passed} passed");
        let wait = limiter.take(school).unwrap_err();
        assert!((1..=2).contains(&wait), "wait {wait} s");
        assert_eq!(limiter.take(village), Ok(()));
    }

    #[test]
    fn quiet_addresses_are_swept() {
        // At 60,000 a minute a bucket is full again, and so forgettable, after a millisecond.
        let limiter = Limiter::new(60_000);
        for n in 0..SWEEP_EVERY - 1 {
            limiter
                .take(Client::of(IpAddr::V4(std::net::Ipv4Addr::from_bits(n))))
                .unwrap();
        }
        while limiter.take(Client::of(ip("10.9.9.9"))).is_err() || limiter.buckets.len() > 900 {}
        assert!(
            limiter.buckets.len() <= 900,
            "{} addresses are kept",
            limiter.buckets.len()
        );
    }
}
