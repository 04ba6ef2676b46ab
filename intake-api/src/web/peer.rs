//! From where a request comes: the peer, or what the nearest proxy says of it where that is believed.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};

const FORWARDED: &str = "x-forwarded-for";

/// The address that a limit counts by: the peer, or the last entry of the header, which alone is written by our own proxy.
pub(crate) fn counted(extensions: &Extensions, headers: &HeaderMap, trust_forwarded: bool) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded = || {
        let last = headers.get_all(FORWARDED).iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse().ok()
    };
    let address = trust_forwarded.then(forwarded).flatten().or(peer);
    address.map(|ip: IpAddr| ip.to_canonical())
}

/// The address that a right may rest on. A header that is there and not believed means that a proxy stands in between which
/// nobody told us of: then the peer is the proxy, and where the person sits is not known.
pub(crate) fn certain(extensions: &Extensions, headers: &HeaderMap, trust_forwarded: bool) -> Option<IpAddr> {
    if headers.contains_key(FORWARDED) && !trust_forwarded {
        return None;
    }
    counted(extensions, headers, trust_forwarded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarded_is_believed_only_where_configured_and_only_its_last_entry() {
        let mut extensions = Extensions::new();
        let mut headers = HeaderMap::new();
        assert_eq!(counted(&extensions, &headers, false), None);
        extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 5))));
        let peer: Option<IpAddr> = "10.0.0.1".parse().ok();
        assert_eq!(certain(&extensions, &headers, false), peer);
        headers.append(FORWARDED, "6.6.6.6".parse().unwrap());
        headers.append(FORWARDED, "7.7.7.7, 8.8.8.8".parse().unwrap());
        assert_eq!(counted(&extensions, &headers, false), peer);
        assert_eq!(
            certain(&extensions, &headers, false),
            None,
            "a proxy that nobody told us of hides the address"
        );
        assert_eq!(counted(&extensions, &headers, true), "8.8.8.8".parse().ok());
        assert_eq!(certain(&extensions, &headers, true), "8.8.8.8".parse().ok());
        headers.append(FORWARDED, "nonsense".parse().unwrap());
        assert_eq!(counted(&extensions, &headers, true), peer);
    }
}
