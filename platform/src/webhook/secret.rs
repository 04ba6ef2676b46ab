//! What signs: `whsec_` and base64 (specification, "Signature scheme", symmetric).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use sha2::Sha256;

/// What the specification puts before a symmetric secret.
const PREFIX: &str = "whsec_";
/// Between 24 and 64 bytes, says the specification.
const BYTES: usize = 32;
const LEAST: usize = 24;
const MOST: usize = 64;

/// What signs for one receiver. It prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// A text or bytes that are no secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is whsec_ and the base64 of 24 to 64 bytes")]
pub struct SecretError;

impl Secret {
    /// A fresh one.
    pub fn fresh(rng: &mut impl Rng) -> Self {
        let mut bytes = vec![0; BYTES];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// As stored.
    pub fn of(bytes: Vec<u8>) -> Result<Self, SecretError> {
        if (LEAST..=MOST).contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(SecretError)
        }
    }

    /// As written.
    pub fn read(text: &str) -> Result<Self, SecretError> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(SecretError)?;
        Self::of(STANDARD.decode(encoded).map_err(|_| SecretError)?)
    }

    /// Its bytes, to be sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it is handed over, once.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// `v1,…` over id, seconds and body.
    pub fn sign(&self, id: &str, seconds: i64, body: &str) -> String {
        let signed = format!("{id}.{seconds}.{body}");
        // A key may have any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return String::new();
        };
        mac.update(signed.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// The three fields of the head. Each secret signs, so that a receiver with the old or the new one finds its own.
pub(super) fn headers(secrets: &[Secret], id: &str, seconds: i64, body: &str) -> [(String, String); 3] {
    let signatures: Vec<String> = secrets.iter().map(|secret| secret.sign(id, seconds, body)).collect();
    [
        ("webhook-id".into(), id.to_owned()),
        ("webhook-timestamp".into(), seconds.to_string()),
        ("webhook-signature".into(), signatures.join(" ")),
    ]
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    /// The vector of standard-webhooks' reference implementations ("sign function works").
    #[test]
    fn it_signs_as_the_reference_does() {
        let secret = Secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        // The one of docs.svix.com, "Verifying manually": the same scheme under its older names, and a secret that is shorter than the
        // specification's.
        let other = Secret(STANDARD.decode("plJ3nmyCDGBKInavdOK15jsl").unwrap());
        assert_eq!(
            other.sign(
                "msg_loFOjxBNrRLzqYUf",
                1_731_705_121,
                r#"{"event_type":"ping","data":{"success":true}}"#
            ),
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
        );
    }

    #[test]
    fn a_secret_comes_back_as_it_was_handed_over() {
        let secret = Secret::fresh(&mut StdRng::seed_from_u64(1));
        assert_eq!(Secret::read(&secret.text()), Ok(secret.clone()));
        assert_eq!(Secret::of(secret.bytes().to_vec()), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret");
        for wrong in [
            "",
            "whsec_",
            "whsec_AAAA",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_!",
        ] {
            assert_eq!(Secret::read(wrong), Err(SecretError), "{wrong}");
        }
    }

    #[test]
    fn two_secrets_sign_side_by_side() {
        let [old, new] = [1, 2].map(|seed| Secret::fresh(&mut StdRng::seed_from_u64(seed)));
        let [id, at, signed] = headers(&[new.clone(), old.clone()], "m", 7, "{}");
        assert_eq!((id.1.as_str(), at.1.as_str()), ("m", "7"));
        assert_eq!(
            signed.1,
            format!("{} {}", new.sign("m", 7, "{}"), old.sign("m", 7, "{}"))
        );
    }
}
