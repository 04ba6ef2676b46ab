//! Where a unit's own system may be. Whoever sets an address must not be able to reach by it what only this machine reaches: the
//! database, another service, the router of the building. So a private address is refused unless the operator allows its network,
//! and the name is resolved once and each of its addresses judged: the connection goes to an address that was judged, never to the
//! name again (a name that answers otherwise the second time is DNS rebinding).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::networks::Networks;

/// Why nothing is sent to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No URL, or one without a host.
    #[error("the address is not a URL")]
    NoUrl,
    /// `http://`, anywhere but on this machine where that is allowed; or another protocol.
    #[error("the address is not https://")]
    Open,
    /// `https://user:password@…`, which would stand on pages.
    #[error("the address holds a password")]
    Password,
    /// The name has no address.
    #[error("the name has no address")]
    NoAddress,
    /// One of its addresses is private and not allowed.
    #[error("the address is in a private network that outlets.networks (SHOUWANG_WEBHOOK_NETWORKS) does not allow")]
    Private,
}

/// Where a unit's own system listens, with everything judged that can be without asking for its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    url: Url,
}

/// Judges all addresses of a name: one that is refused refuses the name, so that nothing hangs on which is tried.
pub(super) fn judge(allowed: &Networks, addresses: &[IpAddr]) -> Result<(), Refused> {
    if addresses.is_empty() {
        return Err(Refused::NoAddress);
    }
    let fits = |address: &IpAddr| is_public(*address) || allowed.hold(*address);
    if addresses.iter().all(fits) {
        Ok(())
    } else {
        Err(Refused::Private)
    }
}

impl Target {
    /// Reads where a unit's own system listens.
    pub fn read(text: &str, allowed: &Networks) -> Result<Self, Refused> {
        let url = Url::parse(text.trim()).map_err(|_| Refused::NoUrl)?;
        let literal = match url.host().ok_or(Refused::NoUrl)? {
            Host::Domain(_) => None,
            Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
            Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Password);
        }
        let here = literal.is_some_and(|address| address.to_canonical().is_loopback() && allowed.hold(address));
        if url.scheme() != "https" && !(url.scheme() == "http" && here) {
            return Err(Refused::Open);
        }
        if let Some(address) = literal {
            judge(allowed, &[address])?;
        }
        Ok(Self { url })
    }

    /// The address.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

/// Whether an address is one of the whole internet (IANA's special-purpose registries). What embeds an IPv4 address (NAT64, 6to4,
/// Teredo) is none: behind it may be anything.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => !PRIVATE_4.iter().any(|(base, length)| {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            v4.to_bits() & mask == base.to_bits()
        }),
        IpAddr::V6(v6) => {
            let within = |(base, length): &(Ipv6Addr, u32)| {
                let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
                v6.to_bits() & mask == base.to_bits()
            };
            // Of the whole space only 2000::/3 is given out.
            within(&(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)) && !PRIVATE_6.iter().any(within)
        }
    }
}

const PRIVATE_4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

const PRIVATE_6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn what_only_this_machine_reaches_is_refused() {
        let none = Networks::default();
        for private in [
            "127.0.0.1",
            "127.255.0.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "198.18.0.1",
            "192.0.0.8",
            "203.0.113.5",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "3fff::1",
        ] {
            assert_eq!(judge(&none, &[address(private)]), Err(Refused::Private), "{private}");
        }
        for public in [
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.32.0.1",
            "11.0.0.1",
            "2400:3200::1",
            "::ffff:8.8.8.8",
        ] {
            assert_eq!(judge(&none, &[address(public)]), Ok(()), "{public}");
        }
    }

    #[test]
    fn one_private_address_refuses_the_name() {
        let none = Networks::default();
        assert_eq!(
            judge(&none, &[address("8.8.8.8"), address("10.0.0.1")]),
            Err(Refused::Private)
        );
        assert_eq!(judge(&none, &[]), Err(Refused::NoAddress));
        let some = Networks::read("10.0.0.0/8, fd00::/8").unwrap();
        assert_eq!(
            judge(&some, &[address("8.8.8.8"), address("10.0.0.1"), address("fd00::1")]),
            Ok(())
        );
        assert_eq!(
            judge(&some, &[address("::ffff:10.9.9.9")]),
            Ok(()),
            "a mapped address is that address"
        );
        assert_eq!(judge(&some, &[address("192.168.0.1")]), Err(Refused::Private));
    }

    #[test]
    fn addresses_as_typed() {
        let read = |text: &str, allowed: &str| Target::read(text, &Networks::read(allowed).unwrap()).map(drop);
        assert_eq!(read("https://oa.police.example/hook?x=1", ""), Ok(()));
        for (text, why) in [
            ("", Refused::NoUrl),
            ("oa.police.example", Refused::NoUrl),
            ("http://oa.police.example/", Refused::Open),
            ("ftp://oa.police.example/", Refused::Open),
            ("file:///etc/passwd", Refused::NoUrl),
            ("https://u:p@oa.police.example/", Refused::Password),
            ("https://127.0.0.1/", Refused::Private),
            // Other ways to write 127.0.0.1 and 10.0.0.1.
            ("https://2130706433/", Refused::Private),
            ("https://0x7f.1/", Refused::Private),
            ("https://[::ffff:a00:1]/", Refused::Private),
            ("http://10.0.0.1/", Refused::Open),
        ] {
            assert_eq!(read(text, ""), Err(why), "{text}");
        }
        assert_eq!(read("http://127.0.0.1:8099/hook", "127.0.0.0/8"), Ok(()));
        assert_eq!(
            read("http://10.0.0.1/", "10.0.0.0/8"),
            Err(Refused::Open),
            "only this machine is told in the clear"
        );
    }
}
