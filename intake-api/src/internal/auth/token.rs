//! Login tokens: short-lived JWTs, EdDSA only, with kid, iss, aud, exp.
//!
//! A token says who and which session, nothing about rights: memberships are read at every request, so that taking a role
//! away works at once. The key file holds one key per line; the first signs, all verify, so keys can be rotated.

mod eddsa;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use platform::seal::read_private;
use platform::store::{AccountId, DeviceId, SessionId};
use rand::Rng;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

const ISSUER: &str = "shouwang";
const AUDIENCE: &str = "shouwang-internal";
/// Who reads the cookie of a browser that is known: nobody takes one for a login.
const DEVICE_AUDIENCE: &str = "shouwang-device";
/// Days for which a browser is known after a login: as long as browsers keep a cookie.
pub(crate) const DEVICE_DAYS: i64 = 400;

/// PKCS #8 around a bare Ed25519 seed (RFC 8410).
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    sub: String,
    /// The session, which can be ended at any time.
    pub(crate) sid: SessionId,
    /// Issued at, seconds.
    pub(crate) iat: i64,
    nbf: i64,
    exp: i64,
}

/// What the cookie of a known browser says.
#[derive(Serialize, Deserialize)]
struct DeviceClaims {
    iss: String,
    aud: String,
    sub: DeviceId,
    exp: i64,
}

struct Key {
    kid: String,
    sign: EncodingKey,
    verify: DecodingKey,
}

/// Signs and verifies.
pub(crate) struct Tokens {
    keys: Vec<Key>,
    lifetime: TimeDelta,
}

/// A fresh key file's line, `kid:hex`.
pub(crate) fn new_token_key_line(rng: &mut impl Rng) -> String {
    let (mut kid, mut seed) = ([0; 4], [0; 32]);
    rng.fill_bytes(&mut kid);
    rng.fill_bytes(&mut seed);
    format!("tk-{}:{}\n", hex::encode(kid), hex::encode(seed))
}

impl Tokens {
    /// Reads the key file; refuses one that others may read.
    pub(crate) fn load(file: &std::path::Path, lifetime_minutes: u32) -> anyhow::Result<Self> {
        Self::parse(&read_private(file)?, lifetime_minutes)
            .with_context(|| format!("login.token_key_file {}", file.display()))
    }

    fn parse(text: &str, lifetime_minutes: u32) -> anyhow::Result<Self> {
        eddsa::install();
        let keys = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(key)
            .collect::<anyhow::Result<Vec<_>>>()?;
        anyhow::ensure!(
            !keys.is_empty(),
            "holds no key; make one with `intake-api key new-token FILE`"
        );
        Ok(Self {
            keys,
            lifetime: TimeDelta::minutes(lifetime_minutes.into()),
        })
    }

    /// How long a token lives.
    pub(crate) fn lifetime(&self) -> TimeDelta {
        self.lifetime
    }

    /// A token for a session.
    pub(crate) fn sign(&self, account: AccountId, session: SessionId, now: DateTime<Utc>) -> anyhow::Result<String> {
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: account.to_string(),
            sid: session,
            iat: now.timestamp(),
            nbf: now.timestamp() - 5, // another machine's clock may be a little behind
            exp: (now + self.lifetime).timestamp(),
        };
        self.signed(&claims)
    }

    /// The cookie of a browser in which somebody logged in.
    pub(crate) fn sign_device(&self, device: DeviceId, now: DateTime<Utc>) -> anyhow::Result<String> {
        self.signed(&DeviceClaims {
            iss: ISSUER.into(),
            aud: DEVICE_AUDIENCE.into(),
            sub: device,
            exp: (now + TimeDelta::days(DEVICE_DAYS)).timestamp(),
        })
    }

    /// The browser that a cookie of ours names.
    pub(crate) fn verify_device(&self, token: &str) -> Option<DeviceId> {
        self.verified::<DeviceClaims>(token, DEVICE_AUDIENCE, &["exp", "iss", "aud", "sub"])
            .map(|claims| claims.sub)
    }

    fn signed(&self, claims: &impl Serialize) -> anyhow::Result<String> {
        let key = &self.keys[0];
        let header = Header {
            kid: Some(key.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        Ok(encode(&header, claims, &key.sign)?)
    }

    /// The claims of a token that is ours, whole and still alive; `None` for anything else.
    pub(crate) fn verify(&self, token: &str) -> Option<Claims> {
        self.verified(token, AUDIENCE, &["exp", "iss", "aud", "nbf", "sub"])
    }

    fn verified<C: DeserializeOwned>(&self, token: &str, audience: &str, required: &[&str]) -> Option<C> {
        let kid = decode_header(token).ok()?.kid?;
        let key = self.keys.iter().find(|key| key.kid == kid)?;
        // The algorithm is ours, never the token's.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(required);
        validation.validate_nbf = true;
        validation.leeway = 0;
        decode::<C>(token, &key.verify, &validation)
            .ok()
            .map(|data| data.claims)
    }
}

fn key(line: &str) -> anyhow::Result<Key> {
    let (kid, digits) = line
        .trim()
        .split_once(':')
        .context("a token key is one line `kid:hex`")?;
    let seed: [u8; 32] = hex::decode(digits)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .context("a token key has 64 hexadecimal digits after the colon")?;
    let public = SigningKey::from_bytes(&seed).verifying_key();
    let der = [&PKCS8_HEAD[..], &seed].concat();
    Ok(Key {
        kid: kid.to_owned(),
        sign: EncodingKey::from_ed_der(&der),
        verify: DecodingKey::from_ed_der(public.as_bytes()),
    })
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};
    use platform::clock;
    use rand::{SeedableRng, rngs::StdRng};
    use uuid::Uuid;

    use super::*;

    fn tokens(lines: &[&str]) -> Tokens {
        Tokens::parse(&lines.concat(), 30).unwrap()
    }

    #[test]
    fn tokens_live_for_their_time_and_survive_a_new_key() {
        let mut rng = StdRng::seed_from_u64(1);
        let (old, new) = (new_token_key_line(&mut rng), new_token_key_line(&mut rng));
        let session = SessionId(Uuid::new_v4());
        let now = clock::now();
        let token = tokens(&[&old]).sign(AccountId(7), session, now).unwrap();
        assert_eq!(tokens(&[&old]).verify(&token).unwrap().sid, session);
        assert!(
            tokens(&[&new, &old]).verify(&token).is_some(),
            "an old key still verifies"
        );
        assert!(tokens(&[&new]).verify(&token).is_none(), "until it is taken out");
        let stale = tokens(&[&old])
            .sign(AccountId(7), session, now - TimeDelta::minutes(31))
            .unwrap();
        assert!(tokens(&[&old]).verify(&stale).is_none());
        let early = tokens(&[&old])
            .sign(AccountId(7), session, now + TimeDelta::minutes(5))
            .unwrap();
        assert!(tokens(&[&old]).verify(&early).is_none());
    }

    #[test]
    fn the_cookie_of_a_browser_opens_nothing_and_a_login_names_no_browser() {
        let ours = tokens(&[&new_token_key_line(&mut StdRng::seed_from_u64(3))]);
        let (device, now) = (DeviceId(Uuid::new_v4()), clock::now());
        let cookie = ours.sign_device(device, now).unwrap();
        assert_eq!(ours.verify_device(&cookie), Some(device));
        assert!(ours.verify(&cookie).is_none());
        assert!(
            ours.verify_device(&ours.sign(AccountId(7), SessionId(device.0), now).unwrap())
                .is_none()
        );
        let old = ours
            .sign_device(device, now - TimeDelta::days(DEVICE_DAYS + 1))
            .unwrap();
        assert!(ours.verify_device(&old).is_none());
        let strange = tokens(&[&new_token_key_line(&mut StdRng::seed_from_u64(4))]);
        assert!(strange.verify_device(&cookie).is_none());
    }

    #[test]
    fn nothing_else_is_a_token() {
        let line = new_token_key_line(&mut StdRng::seed_from_u64(2));
        let ours = tokens(&[&line]);
        let token = ours
            .sign(AccountId(7), SessionId(Uuid::new_v4()), clock::now())
            .unwrap();
        let mut parts: Vec<&str> = token.split('.').collect();
        let unsigned = format!("{}.{}.", parts[0], parts[1]);
        parts[1] = "eyJzdWIiOiIxIn0";
        for bad in ["", "a.b.c", &unsigned, &parts.join("."), &format!("{token}x")] {
            assert!(ours.verify(bad).is_none(), "{bad}");
        }
        // Another algorithm under our kid, signed with what everybody can know.
        let kid = line.split(':').next().unwrap().to_owned();
        let claims = token.split('.').nth(1).unwrap();
        for (algorithm, secret) in [
            ("HS256", &b"guess"[..]),
            ("HS256", &ours_public(&line)[..]),
            ("none", &[][..]),
        ] {
            let header = base64url(format!("{{\"typ\":\"JWT\",\"alg\":\"{algorithm}\",\"kid\":\"{kid}\"}}").as_bytes());
            let message = format!("{header}.{claims}");
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
            mac.update(message.as_bytes());
            let forged = format!("{message}.{}", base64url(&mac.finalize().into_bytes()));
            assert!(ours.verify(&forged).is_none(), "{algorithm}");
        }
        // And nobody can make us sign with another.
        let header = Header::new(Algorithm::HS256);
        assert!(
            encode(
                &header,
                &ours.verify(&token).unwrap(),
                &EncodingKey::from_secret(b"guess")
            )
            .is_err()
        );
    }

    /// The key that everybody may know, as a secret for HMAC: the classic confusion.
    fn ours_public(line: &str) -> Vec<u8> {
        let (_, seed) = line.trim().split_once(':').unwrap();
        let seed: [u8; 32] = hex::decode(seed).unwrap().try_into().unwrap();
        SigningKey::from_bytes(&seed).verifying_key().to_bytes().to_vec()
    }

    fn base64url(bytes: &[u8]) -> String {
        const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let digits = bytes.chunks(3).flat_map(|three| {
            let word =
                three.iter().fold(0_usize, |word, byte| word << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
            (0..=three.len()).map(move |n| char::from(SIGNS[word >> (18 - 6 * n) & 63]))
        });
        digits.collect()
    }
}
