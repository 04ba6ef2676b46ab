//! Whose connection it is.

use std::net::{IpAddr, Ipv6Addr};

/// What counts as one subscriber: IPv6 hands each a /64.
pub fn line(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_counts_by_64_and_mapped_ipv4_as_ipv4() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(line(ip("2001:db8:1:2:aaaa::1")), line(ip("2001:db8:1:2:bbbb::9")));
        assert_ne!(line(ip("2001:db8:1:2::1")), line(ip("2001:db8:1:3::1")));
        assert_eq!(line(ip("::ffff:10.0.0.1")), ip("10.0.0.1"));
    }
}
