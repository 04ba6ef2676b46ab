//! Networks as an operator lists them: `10.0.0.0/8, fc00::/7`.

use std::net::IpAddr;

/// A network, `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    base: u128,
    mask: u128,
    four: bool,
}

/// Networks, as the configuration lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

impl Networks {
    /// Reads networks with commas between; else the text that is none.
    pub fn read(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let networks = parts.map(|part| network(part).ok_or_else(|| part.to_owned()));
        Ok(Self(networks.collect::<Result<_, _>>()?))
    }

    /// Whether an address lies in one of them. A mapped IPv4 address is that IPv4 address.
    pub fn hold(&self, address: IpAddr) -> bool {
        let (bits, four) = bits(address.to_canonical());
        self.0.iter().any(|net| net.four == four && bits & net.mask == net.base)
    }
}

fn bits(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(v4) => (v4.to_bits().into(), true),
        IpAddr::V6(v6) => (v6.to_bits(), false),
    }
}

fn network(text: &str) -> Option<Network> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
        None => (text, None),
    };
    let (base, four) = bits(address.parse().ok()?);
    let width = if four { 32 } else { 128 };
    let length = length.unwrap_or(width);
    let open = width.checked_sub(length)?;
    let all = u128::MAX.checked_shr(128 - width)?;
    let mask = all & all.checked_shl(open).unwrap_or(0);
    Some(Network {
        base: base & mask,
        mask,
        four,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_network_is_said() {
        for wrong in ["10.0.0.0/33", "10.0.0/8", "office", "::/129"] {
            assert_eq!(Networks::read(&format!("10.0.0.0/8,{wrong}")), Err(wrong.to_owned()));
        }
        let two = Networks::read(" 10.0.0.0/8,, fc00::/7 ").unwrap();
        for (address, inside) in [
            ("10.9.9.9", true),
            ("::ffff:10.9.9.9", true),
            ("fd00::1", true),
            ("11.0.0.1", false),
            ("::a09:909", false),
        ] {
            assert_eq!(two.hold(address.parse().unwrap()), inside, "{address}");
        }
    }
}
