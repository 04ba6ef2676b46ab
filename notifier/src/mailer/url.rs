//! Where mails go, as the operator writes it.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use url::Url;

/// Encryption of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// `smtps://`: TLS from the first byte.
    Tls,
    /// `smtp://` with a user: STARTTLS, or no login and no mail.
    StartTls,
    /// The same where the operator allows a login in the clear: STARTTLS where the server offers it.
    StartTlsIfOffered,
    /// `smtp://` without a user: plain, for a relay on the same machine or network.
    Plain,
}

/// An SMTP server.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Server {
    /// Name or address; the certificate must name it.
    pub(crate) host: String,
    /// TCP port.
    pub(crate) port: u16,
    /// Encryption.
    pub(crate) security: Security,
    /// User and password.
    pub(crate) login: Option<(String, String)>,
}

/// The password stays out of logs.
impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            host,
            port,
            security,
            login,
        } = self;
        write!(
            f,
            "{host}:{port} ({security:?}, {})",
            if login.is_some() { "with login" } else { "no login" }
        )
    }
}

/// A parsed `mail.smtp_url`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MailUrl {
    /// `smtp://` or `smtps://`.
    Smtp(Server),
    /// `file:///folder`: one `.eml` file a mail.
    Spool(PathBuf),
}

/// A text that names no mail server. It never repeats the text, which may hold a password.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "mail.smtp_url (SMTP_URL) {0}; write smtp://host:port, smtp://user:password@host:port, smtps://… or file:///folder"
)]
pub(crate) struct MailUrlError(&'static str);

impl MailUrl {
    /// Reads the operator's text. `plain_login`: the password may go to a server that offers no encryption.
    pub(crate) fn parse(text: &str, plain_login: bool) -> Result<Self, MailUrlError> {
        let url = Url::parse(text).map_err(|_| MailUrlError("is not a URL"))?;
        let (security, port) = match url.scheme() {
            "file" => {
                let dir = url
                    .to_file_path()
                    .map_err(|()| MailUrlError("names no absolute folder"))?;
                return Ok(Self::Spool(dir));
            }
            "smtps" => (Security::Tls, 465),
            "smtp" if url.username().is_empty() => (Security::Plain, 25),
            "smtp" if plain_login => (Security::StartTlsIfOffered, 587),
            "smtp" => (Security::StartTls, 587),
            _ => return Err(MailUrlError("has an unknown scheme")),
        };
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(MailUrlError("names no host"))?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(MailUrlError("has something behind the port"));
        }
        let decode = |text: &str| percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned);
        let login = match (decode(url.username()), url.password().map(decode).transpose()) {
            (Ok(user), Ok(None)) if user.is_empty() => None,
            (Ok(user), Ok(Some(password))) if !user.is_empty() => Some((user, password)),
            (Ok(_), Ok(_)) => {
                return Err(MailUrlError(
                    "has a user without a password, or a password without a user",
                ));
            }
            _ => return Err(MailUrlError("has a login that is not UTF-8")),
        };
        Ok(Self::Smtp(Server {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            security,
            login,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(text: &str) -> Server {
        match MailUrl::parse(text, false) {
            Ok(MailUrl::Smtp(server)) => server,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn servers_are_read() {
        let plain = smtp("smtp://127.0.0.1:1025");
        assert_eq!(
            (plain.host.as_str(), plain.port, plain.security, plain.login),
            ("127.0.0.1", 1025, Security::Plain, None)
        );
        let login = smtp("smtp://shou%40wang:p%3Aw%2F@mail.taihe.example");
        assert_eq!((login.port, login.security), (587, Security::StartTls));
        let Ok(MailUrl::Smtp(allowed)) = MailUrl::parse("smtp://u:p@127.0.0.1", true) else {
            panic!("a server");
        };
        assert_eq!(allowed.security, Security::StartTlsIfOffered);
        assert_eq!(login.login, Some(("shou@wang".into(), "p:w/".into())));
        let tls = smtp("smtps://u:p@[::1]");
        assert_eq!((tls.host.as_str(), tls.port, tls.security), ("::1", 465, Security::Tls));
        assert_eq!(
            MailUrl::parse("file:///var/spool/mail", false),
            Ok(MailUrl::Spool("/var/spool/mail".into()))
        );
    }

    #[test]
    fn mistakes_are_named_and_the_password_is_not() {
        for text in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://u@h",
            "smtp://h/x",
            "smtp://h?x",
            "smtp://:secret@h",
        ] {
            let error = MailUrl::parse(text, false).expect_err(text).to_string();
            assert!(error.contains("SMTP_URL") && !error.contains("secret"), "{error}");
        }
        assert!(!format!("{:?}", smtp("smtp://user:secret@h")).contains("secret"));
    }
}
