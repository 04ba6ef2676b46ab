//! What a form brought: its fields in order, and how they travel over a login without being readable in the page.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, header},
};
use platform::{seal::MasterKey, store::AccountId, text::Lang};
use serde::{Deserialize, Serialize};

/// Fields that belong to the page and not to the person.
const OF_THE_PAGE: [&str; 2] = ["csrf", "kept"];
/// Never kept, never shown again.
const SECRET: [&str; 6] = ["password", "old", "new", "again", "slip", "code"];

/// Longest name of a file that is said again, in characters.
const FILE_NAME: usize = 100;

/// The fields of a form as they were sent, passwords and the page's token left out. Files are not kept, only their names are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Typed {
    fields: Vec<(String, String)>,
    files: Vec<String>,
    /// The longest texts were taken out, because a login page can't carry them.
    cut: bool,
}

impl Typed {
    /// Reads a form; what can't be read is no field.
    pub(super) async fn read(headers: &HeaderMap, body: &Bytes) -> Self {
        let kind = headers.get(header::CONTENT_TYPE);
        let with_files = kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("multipart/form-data"));
        if with_files {
            Self::parts(headers, body).await
        } else {
            Self::form(body)
        }
    }

    /// A form without files.
    pub(super) fn form(body: &[u8]) -> Self {
        let mut typed = Self {
            fields: serde_urlencoded::from_bytes(body).unwrap_or_default(),
            ..Self::default()
        };
        typed.fields.retain(|(name, _)| is_kept(name));
        typed
    }

    /// A form with files: its other fields, and what the chosen files are called.
    async fn parts(headers: &HeaderMap, body: &Bytes) -> Self {
        let mut typed = Self::default();
        let mut request = Request::new(Body::from(body.clone()));
        if let Some(kind) = headers.get(header::CONTENT_TYPE) {
            request.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
        }
        let Ok(mut parts) = Multipart::from_request(request, &()).await else {
            return typed;
        };
        while let Ok(Some(part)) = parts.next_field().await {
            match (part.file_name(), part.name().map(str::to_owned)) {
                // A file that nobody chose comes without a name.
                (Some(""), _) | (None, None) => {}
                (Some(file), _) => typed.files.push(file.chars().take(FILE_NAME).collect()),
                (None, Some(name)) => {
                    if let (true, Ok(text)) = (is_kept(&name), part.text().await) {
                        typed.fields.push((name, text));
                    }
                }
            }
        }
        typed
    }

    /// Without its longest text; `None` when none is left.
    pub(super) fn without_longest(mut self) -> Option<Self> {
        let (longest, _) = self
            .fields
            .iter()
            .enumerate()
            .max_by_key(|(_, (_, value))| value.len())?;
        self.fields.remove(longest);
        self.cut = true;
        Some(self)
    }

    /// The fields that a shorter copy of this does not have.
    pub(super) fn beyond(&self, shorter: &Self) -> Self {
        let fields = self.fields.iter().filter(|field| !shorter.fields.contains(field));
        Self {
            fields: fields.cloned().collect(),
            ..Self::default()
        }
    }

    /// Whether a file was chosen.
    pub(super) fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// The sentence about a form that comes back or waits, with what of it does not: long texts, files.
    pub(super) fn said(&self, key: &str, when: When, lang: Lang) -> String {
        let (cut, file) = match when {
            When::Copy => ("kept.cut_copy", "kept.file_later"),
            When::Later => ("kept.cut_gone", "kept.file_later"),
            When::Now => ("kept.cut_gone", "kept.file_now"),
        };
        let mut said = vec![lang.t(key).to_owned()];
        if self.cut {
            said.push(lang.t(cut).to_owned());
        }
        if self.has_files() {
            said.push(lang.fill(file, &[("file", &self.files.join(lang.t("words.and")))]));
        }
        said.join(if lang == Lang::Zh { "" } else { " " })
    }

    /// One field of a form.
    pub(super) fn field(body: &[u8], wanted: &str) -> String {
        let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
        let mut found = fields.into_iter().filter(|(name, _)| name == wanted);
        found.next().map(|(_, value)| value).unwrap_or_default()
    }

    /// Whether there is anything to bring back.
    pub(super) fn is_empty(&self) -> bool {
        !self.has_files() && self.fields.iter().all(|(_, value)| value.trim().is_empty())
    }

    /// The n-th value of a name.
    pub(super) fn nth(&self, wanted: &str, n: usize) -> Option<&str> {
        let mut found = self.fields.iter().filter(|(name, _)| name == wanted);
        found.nth(n).map(|(_, value)| value.as_str())
    }

    /// Whether this value was chosen.
    pub(super) fn has(&self, wanted: &str, chosen: &str) -> bool {
        self.fields
            .iter()
            .any(|(name, value)| name == wanted && value == chosen)
    }

    /// All fields.
    pub(super) fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
}

fn is_kept(name: &str) -> bool {
    !OF_THE_PAGE.contains(&name) && !SECRET.contains(&name)
}

/// When a sentence about a form is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// On the login page, with the long texts below it.
    Copy,
    /// On the login page, the second time.
    Later,
    /// Above the form that came back.
    Now,
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
    pub(super) fn seal(&self, account: AccountId, keys: &MasterKey) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        let sealed = keys.seal_kept(account, &plain, &mut rand::rng());
        format!("{account}.{}", hex::encode(&sealed))
    }

    /// What a login page carried, with the account that it is for; a text that we did not seal is nothing.
    pub(super) fn open(text: &str, keys: &MasterKey) -> Option<(AccountId, Self)> {
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
        let typed = Typed::form(b"csrf=a&old=x&new=y&again=z&password=p&note=%E5%AD%A9&kept=q");
        assert_eq!(typed.fields(), [("note".to_owned(), "孩".to_owned())]);
        assert!(Typed::form(b"csrf=a&note=+").is_empty());
    }

    #[tokio::test]
    async fn of_a_file_the_name_is_kept_and_nothing_else() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=b".parse().unwrap());
        let part = |head: &str, body: &str| format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
        let long = "长".repeat(300);
        let body = [
            part("name=\"csrf\"", "t"),
            part("name=\"revision\"", "3"),
            part("name=\"note\"", "a&b=c"),
            part(&format!("name=\"file\"; filename=\"{long}.xlsx\""), "PK=&\u{0}"),
            part("name=\"other\"; filename=\"\"", ""),
            "--b--\r\n".to_owned(),
        ]
        .concat();
        let typed = Typed::read(&headers, &Bytes::from(body)).await;
        let fields = [("revision", "3"), ("note", "a&b=c")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(typed.fields(), fields);
        assert_eq!(typed.files, ["长".repeat(FILE_NAME)]);
        assert!(typed.said("kept.expired", When::Later, Lang::Zh).contains("没有保留"));
    }

    #[test]
    fn the_longest_text_goes_first() {
        let typed = Typed::form(b"a=1&b=longest&c=22").without_longest().unwrap();
        assert_eq!(typed.fields().len(), 2);
        assert!(typed.nth("b", 0).is_none() && typed.cut);
        let none = typed.without_longest().unwrap().without_longest().unwrap();
        assert!(none.without_longest().is_none());
    }

    #[test]
    fn what_waits_opens_for_its_account_only() {
        let keys = MasterKey::parse(&new_key_line(&mut rand::rng()), Cipher::Aes256Gcm).unwrap();
        let waiting = Waiting {
            path: "/tickets/5/contact".into(),
            typed: Typed::form(b"note=words"),
        };
        let sealed = waiting.seal(AccountId(7), &keys);
        assert!(!sealed.contains("words"));
        let (account, opened) = Waiting::open(&sealed, &keys).unwrap();
        assert_eq!((account, opened.path.as_str()), (AccountId(7), "/tickets/5/contact"));
        assert!(Waiting::open(&sealed.replacen("7.", "8.", 1), &keys).is_none());
        assert!(Waiting::open("nonsense", &keys).is_none());
    }
}
