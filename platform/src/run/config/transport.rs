//! Whether a connection may go out of this machine as it is written: without TLS it may not, unless a setting says so.
//!
//! Reports are sealed before they reach the database, but passwords, times and who signs what are not.

use std::net::IpAddr;

use anyhow::ensure;

use crate::store::{Encryption, encryption};

/// Whether a host is the machine itself: only such a connection can't be listened to by others.
pub fn is_this_machine(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.to_canonical().is_loopback())
}

/// Refuses a database on another machine that may be spoken to without TLS. The error doesn't repeat the URL.
pub(super) fn database(url: &str, allow_plain: bool) -> anyhow::Result<()> {
    let Ok(Encryption { host, tls, verified }) = encryption(url) else {
        // It names no database; connecting says so, in the words of the driver.
        return Ok(());
    };
    let here = host.as_deref().is_none_or(is_this_machine);
    ensure!(
        here || tls || allow_plain,
        "database.url (DATABASE_URL) or a file of database.logins_dir (SHOUWANG_DB_LOGINS): the connection to {} may go without \
         TLS, and with it passwords; add ?sslmode=verify-full to the URL, or allow it with database.allow_plain \
         (SHOUWANG_DB_ALLOW_PLAIN=true)",
        host.unwrap_or_default()
    );
    if !here && tls && !verified {
        tracing::warn!("the database's certificate is not compared with its name; sslmode=verify-full does that");
    }
    Ok(())
}

/// Refuses a broker on another machine without TLS.
pub(super) fn broker(url: &str, allow_plain: bool) -> anyhow::Result<()> {
    let plain = url
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("amqp://"));
    if !plain {
        return Ok(());
    }
    let host = host(&url[7..]);
    ensure!(
        is_this_machine(host) || allow_plain,
        "broker.url (AMQP_URL): the connection to {host} goes without TLS, and with it the password; write amqps://, or allow \
         it with broker.allow_plain (SHOUWANG_BROKER_ALLOW_PLAIN=true)"
    );
    Ok(())
}

/// The host of `user:password@host:port/vhost?…`.
fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_few_names() {
        for here in [
            "localhost",
            "LOCALHOST",
            "127.0.0.1",
            "127.8.9.1",
            "::1",
            "[::1]",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_this_machine(here), "{here}");
        }
        for there in [
            "",
            "db.county",
            "10.0.0.1",
            "0.0.0.0",
            "::",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "1",
        ] {
            assert!(!is_this_machine(there), "{there}");
        }
    }

    #[test]
    fn a_database_elsewhere_is_spoken_to_over_tls() {
        let with = |url: &str, allowed| database(url, allowed).map_err(|e| e.to_string());
        for fine in [
            "postgres://u:p@127.0.0.1:5432/db",
            "postgres://u:p@localhost/db?sslmode=disable",
            "postgres://u:p@[::1]/db",
            "postgres:///db?host=/var/run/postgresql",
            "postgres://u:p@db.county/db?sslmode=verify-full",
            "postgres://u:p@db.county/db?sslmode=verify-ca",
            "postgresql://u:p@db.county/db?sslmode=require",
        ] {
            assert_eq!(with(fine, false), Ok(()), "{fine}");
        }
        for clear in [
            "postgres://u:hidden@db.county/db",
            "postgres://u:hidden@10.1.2.3:5432/db?sslmode=prefer",
            "postgresql://u:hidden@db.county/db?sslmode=disable",
            "postgres://u:hidden@127.0.0.1/db?host=db.county",
            "postgres://u:hidden@[2001:db8::1]/db?sslmode=allow",
        ] {
            let said = with(clear, false).unwrap_err();
            assert!(
                said.contains("SHOUWANG_DB_ALLOW_PLAIN") && said.contains("verify-full"),
                "{said}"
            );
            assert!(!said.contains("hidden"), "{said}");
            assert_eq!(with(clear, true), Ok(()), "{clear}");
        }
    }

    #[test]
    fn a_broker_elsewhere_is_spoken_to_over_tls() {
        let with = |url: &str, allowed| broker(url, allowed).map_err(|e| e.to_string());
        for fine in [
            "amqp://u:p@127.0.0.1:5672/%2f",
            "amqp://localhost",
            "amqp://u:p@[::1]:5672",
            "amqps://u:p@mq.county/%2f",
        ] {
            assert_eq!(with(fine, false), Ok(()), "{fine}");
        }
        for clear in [
            "amqp://u:hidden@mq.county:5672/%2f",
            "AMQP://u:hidden@10.0.0.9",
            "amqp://u:hid@den@mq.county/127.0.0.1",
            "amqp://127.0.0.1:hidden@mq.county",
            "amqp://u:hidden@[2001:db8::1]:5672/",
        ] {
            let said = with(clear, false).unwrap_err();
            assert!(
                said.contains("SHOUWANG_BROKER_ALLOW_PLAIN") && said.contains("amqps://"),
                "{said}"
            );
            assert!(!said.contains("hid"), "{said}");
            assert_eq!(with(clear, true), Ok(()), "{clear}");
        }
    }
}
