//! Passwords: argon2id, and a delay that grows with failures.

use anyhow::anyhow;
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use chrono::TimeDelta;
use rand::Rng;

/// Shortest password. Long beats complicated; the login delay does the rest.
pub(crate) const SHORTEST: usize = 10;
const LONGEST: usize = 200;

/// Failures before attempts are delayed at all: a slip of the finger costs nothing.
const FREE_FAILURES: i32 = 3;
const LONGEST_DELAY_S: i64 = 300;

/// What is wrong with a new password, as a key of the text files.
pub(crate) fn weakness(password: &str, login: &str) -> Option<&'static str> {
    let count = password.chars().count();
    let first = password.chars().next();
    if count < SHORTEST {
        Some("password.too_short")
    } else if count > LONGEST {
        Some("password.too_long")
    } else if password.chars().all(|c| Some(c) == first) || (!login.is_empty() && password.contains(login)) {
        Some("password.too_easy")
    } else {
        None
    }
}

/// Hashes on a thread that may block: argon2 is slow on purpose.
pub(crate) async fn hash(password: String) -> anyhow::Result<String> {
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|e| anyhow!("argon2: {e}"))
    })
    .await?
}

/// Compares. An unknown account is compared with a hash of nothing, so that time tells nothing.
pub(crate) async fn matches(password: String, stored: Option<String>) -> anyhow::Result<bool> {
    tokio::task::spawn_blocking(move || {
        let known = stored.is_some();
        let stored = match stored {
            Some(hash) => hash,
            None => Argon2::default()
                .hash_password(b"nobody")
                .map_err(|e| anyhow!("argon2: {e}"))?
                .to_string(),
        };
        let parsed = PasswordHash::new(&stored).map_err(|e| anyhow!("a stored password hash can't be read: {e}"))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await?
}

/// How long after the `failures`-th failure in a row no attempt counts: 0, 0, 0, 2 s, 4 s … 5 min.
pub(crate) fn delay(failures: i32) -> TimeDelta {
    let over = u32::try_from(failures - FREE_FAILURES).unwrap_or(0).min(16);
    let seconds = if over == 0 {
        0
    } else {
        (1_i64 << over).min(LONGEST_DELAY_S)
    };
    TimeDelta::seconds(seconds)
}

/// A password for somebody else to hand over: 12 characters that are not confused when read out.
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
        let hash = hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(matches("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!matches("correct horsf".into(), Some(hash)).await.unwrap());
        assert!(
            !matches("nobody".into(), None).await.unwrap(),
            "an account that does not exist has no password"
        );
    }

    #[test]
    fn delays_grow_and_end() {
        let seconds: Vec<_> = (0..=14).map(|n| delay(n).num_seconds()).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    }

    #[test]
    fn weak_passwords_are_named() {
        assert_eq!(weakness("short", ""), Some("password.too_short"));
        assert_eq!(weakness("aaaaaaaaaaaa", ""), Some("password.too_easy"));
        assert_eq!(weakness("zhangsan2026", "zhangsan"), Some("password.too_easy"));
        assert_eq!(weakness("守望相助守望相助孩子", "zhangsan"), None);
    }

    #[test]
    fn what_the_handbook_says_of_the_longest_wait() {
        let handbook = include_str!("../../../../docs/operations.md");
        assert!(handbook.contains(&format!("up to {} minutes", LONGEST_DELAY_S / 60)));
    }
}
