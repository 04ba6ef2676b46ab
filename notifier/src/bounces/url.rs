//! Where returned mails are read, as the operator writes it.

use percent_encoding::percent_decode_str;
use platform::run::config::is_this_machine;
use url::Url;

/// A mailbox.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ImapUrl {
    pub(super) host: String,
    pub(super) port: u16,
    /// TLS from the first byte. Only this machine is spoken to without.
    pub(super) tls: bool,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) folder: String,
}

/// The password stays out of logs.
impl std::fmt::Debug for ImapUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}/{}", self.host, self.port, self.folder)
    }
}

/// A text that names no mailbox. It never repeats the text, which holds a password.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("mail.bounces_imap_url (SHOUWANG_BOUNCES_IMAP_URL) {0}; write imaps://user:password@host/INBOX")]
pub(crate) struct ImapUrlError(&'static str);

impl ImapUrl {
    /// Reads the operator's text.
    pub(crate) fn parse(text: &str) -> Result<Self, ImapUrlError> {
        let url = Url::parse(text).map_err(|_| ImapUrlError("is not a URL"))?;
        let tls = match url.scheme() {
            "imaps" => true,
            "imap" => false,
            _ => return Err(ImapUrlError("has an unknown scheme")),
        };
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host
            .ok_or(ImapUrlError("names no host"))?
            .trim_matches(['[', ']'])
            .to_owned();
        if !tls && !is_this_machine(&host) {
            return Err(ImapUrlError("has no encryption, and is not on this machine"));
        }
        let decode = |text: &str| percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned);
        let (Ok(user), Ok(password), Ok(folder)) = (
            decode(url.username()),
            decode(url.password().unwrap_or_default()),
            decode(url.path().trim_matches('/')),
        ) else {
            return Err(ImapUrlError("has a login that is not UTF-8"));
        };
        if user.is_empty() || password.is_empty() {
            return Err(ImapUrlError("has no user and password"));
        }
        Ok(Self {
            host,
            port: url.port().unwrap_or(if tls { 993 } else { 143 }),
            tls,
            user,
            password,
            folder: if folder.is_empty() { "INBOX".into() } else { folder },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_read_over_tls_or_on_this_machine() {
        let far = ImapUrl::parse("imaps://robot%40taihe:p%3Aw@mail.taihe.example/Returned").unwrap();
        assert_eq!(
            (
                far.port,
                far.tls,
                far.user.as_str(),
                far.password.as_str(),
                far.folder.as_str()
            ),
            (993, true, "robot@taihe", "p:w", "Returned")
        );
        let here = ImapUrl::parse("imap://u:p@127.0.0.1:1143").unwrap();
        assert_eq!((here.port, here.tls, here.folder.as_str()), (1143, false, "INBOX"));
        for text in [
            "",
            "imap://u:secret@mail.example",
            "http://u:secret@h",
            "imaps://h",
            "imaps://u@h",
            "imaps://u:secret@",
        ] {
            let error = ImapUrl::parse(text).unwrap_err().to_string();
            assert!(
                error.contains("SHOUWANG_BOUNCES_IMAP_URL") && !error.contains("secret"),
                "{error}"
            );
        }
        assert!(!format!("{far:?}").contains("p:w"));
    }
}
