//! What a form brought: its fields in order, and how they travel over a login without being readable in the page.

use platform::seal::MasterKey;
use serde::{Deserialize, Serialize};

/// Fields that belong to the page and not to the person.
const OF_THE_PAGE: [&str; 2] = ["csrf", "kept"];
/// Never kept, never shown again.
const SECRET: [&str; 6] = ["password", "old", "new", "again", "slip", "code"];

/// The fields of a form as they were sent, passwords and the page's token left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Typed(Vec<(String, String)>);

impl Typed {
    /// Reads a form; what can't be read is no field.
    pub(super) fn read(body: &[u8]) -> Self {
        let mut fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
        fields.retain(|(name, _)| !OF_THE_PAGE.contains(&name.as_str()) && !SECRET.contains(&name.as_str()));
        Self(fields)
    }

    /// One field of a form.
    pub(super) fn field(body: &[u8], wanted: &str) -> String {
        let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
        let mut found = fields.into_iter().filter(|(name, _)| name == wanted);
        found.next().map(|(_, value)| value).unwrap_or_default()
    }

    /// Whether there is anything to bring back.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, value)| value.trim().is_empty())
    }

    /// The n-th value of a name.
    pub(super) fn nth(&self, wanted: &str, n: usize) -> Option<&str> {
        let mut found = self.0.iter().filter(|(name, _)| name == wanted);
        found.nth(n).map(|(_, value)| value.as_str())
    }

    /// Whether this value was chosen.
    pub(super) fn has(&self, wanted: &str, chosen: &str) -> bool {
        self.0.iter().any(|(name, value)| name == wanted && value == chosen)
    }

    /// All fields.
    pub(super) fn fields(&self) -> &[(String, String)] {
        &self.0
    }
}

/// What waits for a login: for whom, where it goes, what it is.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// Where the form goes.
    pub(super) path: String,
    /// What was typed.
    pub(super) typed: Typed,
}

impl Waiting {
    /// As the login page carries it: sealed for this account (0 when the page did not say who had opened it).
    pub(super) fn seal(&self, account: i64, keys: &MasterKey) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        let sealed = keys.seal_kept(account, &plain, &mut rand::rng());
        format!("{account}.{}", hex::encode(&sealed))
    }

    /// What a login page carried, with the account that it is for; a text that we did not seal is nothing.
    pub(super) fn open(text: &str, keys: &MasterKey) -> Option<(i64, Self)> {
        let (account, sealed) = text.split_once('.')?;
        let account = account.parse().ok()?;
        let plain = keys.open_kept(account, &hex::decode(sealed).ok()?).ok()?;
        Some((account, serde_json::from_slice(&plain).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use platform::seal::{Cipher, new_key_line};

    use super::*;

    #[test]
    fn passwords_and_tokens_are_not_kept() {
        let typed = Typed::read(b"csrf=a&old=x&new=y&again=z&password=p&note=%E5%AD%A9&kept=q");
        assert_eq!(typed.fields(), [("note".to_owned(), "孩".to_owned())]);
        assert!(Typed::read(b"csrf=a&note=+").is_empty());
    }

    #[test]
    fn what_waits_opens_for_its_account_only() {
        let keys = MasterKey::parse(&new_key_line(&mut rand::rng()), Cipher::Aes256Gcm).unwrap();
        let waiting = Waiting {
            path: "/tickets/5/contact".into(),
            typed: Typed::read(b"note=words"),
        };
        let sealed = waiting.seal(7, &keys);
        assert!(!sealed.contains("words"));
        let (account, opened) = Waiting::open(&sealed, &keys).unwrap();
        assert_eq!((account, opened.path.as_str()), (7, "/tickets/5/contact"));
        assert!(Waiting::open(&sealed.replacen("7.", "8.", 1), &keys).is_none());
        assert!(Waiting::open("nonsense", &keys).is_none());
    }
}
