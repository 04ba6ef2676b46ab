//! What a connection URL says about encryption, in the words of the driver that will read it.

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::store::StoreError;

/// How a connection would be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// The other machine; none = a socket of this one.
    pub host: Option<String>,
    /// It is refused without TLS.
    pub tls: bool,
    /// And unless the certificate names the host.
    pub verified: bool,
}

/// Reads a URL as the driver does, `PGSSLMODE` and the like included.
pub fn encryption(url: &str) -> Result<Encryption, StoreError> {
    let options = PgConnectOptions::from_str(url)?;
    let host = options.get_host();
    let socket = options.get_socket().is_some() || host.starts_with('/');
    let mode = options.get_ssl_mode();
    Ok(Encryption {
        host: (!socket).then(|| host.to_owned()),
        tls: matches!(mode, PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull),
        verified: matches!(mode, PgSslMode::VerifyFull),
    })
}
