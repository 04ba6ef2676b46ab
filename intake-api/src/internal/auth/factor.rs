//! The second factor: codes of six digits by time (RFC 6238), as every authenticator app makes them, and recovery codes.
//!
//! The secret is sealed with the master key and bound to its account, so that a copy of the database makes no codes. A code is
//! taken once: the step that it belongs to must be later than the last one taken.

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use platform::seal::MasterKey;
use platform::store::AccountId;
use qrcode::{EcLevel, QrCode, render::svg};
use rand::Rng;
use totp_rs::{Builder, Secret, Totp};
use unicode_normalization::UnicodeNormalization;

/// Steps by which a telephone's clock may be wrong, either way: 30 s each.
const SKEW: u16 = 1;
/// Recovery codes at a time.
pub(crate) const RECOVERY_CODES: usize = 10;

/// A secret that telephone and server share.
#[derive(Clone)]
pub(crate) struct Factor([u8; 20]);

impl Factor {
    /// A new one: 160 bits, as the RFC recommends.
    pub(crate) fn new(rng: &mut impl Rng) -> Self {
        let mut secret = [0; 20];
        rng.fill_bytes(&mut secret);
        Self(secret)
    }

    /// As it is stored.
    pub(crate) fn seal(&self, keys: &MasterKey, account: AccountId, rng: &mut impl Rng) -> Vec<u8> {
        keys.seal_factor(account, &self.0, rng)
    }

    /// Reads a stored one.
    pub(crate) fn open(keys: &MasterKey, account: AccountId, sealed: &[u8]) -> anyhow::Result<Self> {
        let secret = keys
            .open_factor(account, sealed)
            .context("a second factor can't be opened")?;
        Ok(Self(
            secret
                .try_into()
                .map_err(|_| anyhow!("a second factor has another length"))?,
        ))
    }

    /// The step whose code this is, if it is one of about now.
    pub(crate) fn step_of(&self, typed: &str, now: DateTime<Utc>) -> Option<i64> {
        let digits: String = typed.nfkc().filter(char::is_ascii_digit).collect();
        let seconds = u64::try_from(now.timestamp()).ok()?;
        let step = (digits.len() == 6).then(|| self.totp()?.check(&digits, seconds))??;
        i64::try_from(step).ok()
    }

    fn totp(&self) -> Option<Totp> {
        // Default: SHA-1, six digits, 30 s, which every app knows.
        let builder = Builder::new().with_secret(Secret::from(self.0)).with_skew(SKEW);
        builder.build().ok()
    }

    /// For typing it in by hand, in groups of four.
    pub(crate) fn in_letters(&self) -> String {
        let letters = Secret::from(self.0).to_base32();
        let letters: Vec<char> = letters.chars().filter(|c| *c != '=').collect();
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    }

    /// What the picture says: `otpauth://totp/…`.
    pub(crate) fn url(&self, issuer: &str, login: &str) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (issuer, login) = (encoded(issuer), encoded(login));
        let secret = self.in_letters().replace(' ', "");
        format!("otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
    }

    /// The picture, to be shown inside the page: nothing is fetched and nothing is kept.
    pub(crate) fn picture(&self, issuer: &str, login: &str) -> anyhow::Result<String> {
        let code = QrCode::with_error_correction_level(self.url(issuer, login), EcLevel::M)?;
        let svg = code
            .render::<svg::Color<'_>>()
            .min_dimensions(220, 220)
            .quiet_zone(true)
            .build();
        // The declaration in front belongs to a file, not to a page.
        let begin = svg.find("<svg").unwrap_or(0);
        Ok(svg[begin..].replacen("<svg", "<svg class=\"qr\" aria-hidden=\"true\"", 1))
    }
}

/// Ten fresh recovery codes, `abcde-fghjk` each: 50 bits, without letters that are confused when written down.
pub(crate) fn recovery_codes(rng: &mut impl Rng) -> Vec<String> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567892";
    let code = |rng: &mut dyn FnMut() -> u32| {
        let mut letters: String = (0..10)
            .map(|_| char::from(LETTERS[usize::try_from(rng() & 31).unwrap_or(0)]))
            .collect();
        letters.insert(5, '-');
        letters
    };
    let mut draw = || rng.next_u32();
    (0..RECOVERY_CODES).map(|_| code(&mut draw)).collect()
}

/// A recovery code however it is typed, as it is stored; `None` for what can't be one.
pub(crate) fn recovery_mac(keys: &MasterKey, account: AccountId, typed: &str) -> Option<Vec<u8>> {
    let folded: String = typed.nfkc().filter(char::is_ascii_alphanumeric).collect();
    (folded.len() == 10).then(|| keys.recovery_mac(account, &folded.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use platform::seal::{Cipher, new_key_line};

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, SHA-1, the last six of eight digits.
        let factor = Factor(*b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(factor.step_of(code, at(seconds)), Some(seconds / 30), "{code}");
            assert_eq!(
                factor.step_of(code, at(seconds) + TimeDelta::seconds(30)),
                Some(seconds / 30)
            );
            assert_eq!(
                factor.step_of(code, at(seconds) - TimeDelta::seconds(30)),
                Some(seconds / 30)
            );
            assert_eq!(factor.step_of(code, at(seconds) + TimeDelta::seconds(90)), None);
        }
        assert_eq!(factor.step_of("２８７ ０８２", at(59)), Some(1));
        for bad in ["", "28708", "2870822", "abcdef", "287083"] {
            assert_eq!(factor.step_of(bad, at(59)), None, "{bad}");
        }
    }

    #[test]
    fn a_secret_opens_for_its_account_only() {
        let mut rng = rand::rng();
        let keys = MasterKey::parse(&new_key_line(&mut rng), Cipher::Aes256Gcm).unwrap();
        let factor = Factor::new(&mut rng);
        let sealed = factor.seal(&keys, AccountId(7), &mut rng);
        assert_eq!(Factor::open(&keys, AccountId(7), &sealed).unwrap().0, factor.0);
        assert!(Factor::open(&keys, AccountId(8), &sealed).is_err());
        assert!(!sealed.windows(20).any(|part| part == factor.0));
    }

    #[test]
    fn the_picture_holds_what_apps_read() {
        let factor = Factor(*b"12345678901234567890");
        assert_eq!(
            factor.url("值班 A", "zhang.san"),
            "otpauth://totp/%E5%80%BC%E7%8F%AD%20A:zhang%2Esan?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%80%BC%E7%8F%AD%20A&algorithm=SHA1&digits=6&period=30"
        );
        assert!(factor.in_letters().starts_with("GEZD GNBV"));
        let picture = factor.picture("A", "zhang.san").unwrap();
        assert!(
            picture.starts_with("<svg class=\"qr\"") && !picture.contains("style="),
            "{picture:.300}"
        );
    }

    #[test]
    fn recovery_codes_differ_and_have_one_spelling() {
        let mut rng = rand::rng();
        let keys = MasterKey::parse(&new_key_line(&mut rng), Cipher::Aes256Gcm).unwrap();
        let codes = recovery_codes(&mut rng);
        let distinct: std::collections::HashSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), RECOVERY_CODES);
        let code = &codes[0];
        let mac = recovery_mac(&keys, AccountId(7), code).unwrap();
        for typed in [
            code.to_uppercase(),
            code.replace('-', " "),
            format!(" {} ", code.replace('-', "——")),
        ] {
            assert_eq!(
                recovery_mac(&keys, AccountId(7), &typed).as_ref(),
                Some(&mac),
                "{typed}"
            );
        }
        assert_ne!(recovery_mac(&keys, AccountId(8), code), Some(mac));
        assert_eq!(recovery_mac(&keys, AccountId(7), "123456"), None);
    }
}
