//! Passwords: what a new one must be, and how one is hashed and compared.

use rand::Rng;

use super::{
    argon,
    weak::{About, is_guessable},
};

/// Shortest password. Long beats complicated; the bounded number of tries does the rest.
pub(crate) const SHORTEST: usize = 10;
const LONGEST: usize = 200;

/// What is wrong with a new password, as a key of the text files.
pub(crate) fn weakness(password: &str, about: About<'_>) -> Option<&'static str> {
    let count = password.chars().count();
    if count < SHORTEST {
        Some("password.too_short")
    } else if count > LONGEST {
        Some("password.too_long")
    } else if is_guessable(password, about) {
        Some("password.too_easy")
    } else {
        None
    }
}

/// Hashes; the error may be [`argon::Busy`].
pub(crate) async fn hash(password: String) -> anyhow::Result<String> {
    argon::hash(password).await
}

/// Compares; an account that does not exist (`None`) takes the same time. The error may be [`argon::Busy`].
pub(crate) async fn matches(password: String, stored: Option<String>) -> anyhow::Result<bool> {
    argon::check(password, stored).await
}

/// A password of a demo, which its login page shows: 12 characters that are not confused when read out.
pub(crate) fn fresh(rng: &mut impl Rng) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567892";
    (0..12)
        .map(|_| char::from(LETTERS[usize::try_from(rng.next_u32() & 31).unwrap_or(0)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_itself_only() {
        let _alone = argon::ALONE.lock().await;
        let hash = hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(matches("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!matches("correct horsf".into(), Some(hash)).await.unwrap());
        assert!(
            !matches("nobody".into(), None).await.unwrap(),
            "an account that does not exist has no password"
        );
        assert!(!matches("!".into(), Some("!".to_owned())).await.unwrap());
    }

    #[test]
    fn weak_passwords_are_named() {
        let about = About {
            login: "zhangsan",
            ..About::default()
        };
        assert_eq!(weakness("short", about), Some("password.too_short"));
        assert_eq!(weakness(&"长".repeat(201), about), Some("password.too_long"));
        for easy in ["aaaaaaaaaaaa", "zhangsan2026", "password123", "1234567890"] {
            assert_eq!(weakness(easy, about), Some("password.too_easy"), "{easy}");
        }
        assert_eq!(weakness("守望相助守望相助孩子", about), None);
    }
}
