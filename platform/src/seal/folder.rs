//! What leaves for a closed network: signed with a key of this installation, and encrypted to the unit's own key, which we never have.

use std::{fmt, path::Path, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use rand::Rng;
use serde::Serialize;

use super::line;

/// The key that signs what is written into folders.
#[derive(Clone)]
pub struct FolderKey {
    id: String,
    key: SigningKey,
}

/// Prints the id only.
impl fmt::Debug for FolderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FolderKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A fresh key file's line, `id:hex`.
pub fn new_folder_key_line(rng: &mut impl Rng) -> String {
    line::fresh("fk", rng)
}

/// The public part as a JSON Web Key (RFC 8037).
#[derive(Serialize)]
struct Jwk<'a> {
    kty: &'static str,
    crv: &'static str,
    x: String,
    kid: &'a str,
    alg: &'static str,
    r#use: &'static str,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    kid: &'a str,
    cty: &'static str,
}

impl FolderKey {
    /// Reads the key from its file. Refuses a file that others may read.
    pub fn load(file: &Path) -> anyhow::Result<Self> {
        Self::parse(&line::read_private(file)?)
    }

    /// Reads `id:hex` (64 hexadecimal digits).
    pub fn parse(line: &str) -> anyhow::Result<Self> {
        let (id, seed) = line::parse(line, "a folder key")?;
        let seed = line::derive(&seed, "shouwang folder signatures")?;
        Ok(Self {
            id,
            key: SigningKey::from_bytes(&seed),
        })
    }

    /// The public part, one line of JSON, for whoever verifies.
    pub fn public(&self) -> String {
        let jwk = Jwk {
            kty: "OKP",
            crv: "Ed25519",
            x: URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes()),
            kid: &self.id,
            alg: "EdDSA",
            r#use: "sig",
        };
        serde_json::to_string(&jwk).unwrap_or_default()
    }

    /// Signs a JSON text: a JWS in its compact form (RFC 7515) with `EdDSA` (RFC 8037).
    pub fn sign(&self, payload: &[u8]) -> String {
        let header = Header {
            alg: "EdDSA",
            kid: &self.id,
            cty: "json",
        };
        let header = serde_json::to_vec(&header).unwrap_or_default();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

/// A unit's public key, `age1…`.
#[derive(Clone, Debug)]
pub struct Recipient(age::x25519::Recipient);

impl Recipient {
    /// Reads it. None: it is not one (a secret key, a key of another kind, one with a wrong sign in it).
    pub fn read(text: &str) -> Option<Self> {
        age::x25519::Recipient::from_str(text).ok().map(Self)
    }

    /// Encrypts to it, in the format age v1. None where the system gives no random numbers.
    pub fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        age::encrypt(&self.0, plain).ok()
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, VerifyingKey};
    use rand::{SeedableRng, rngs::StdRng};
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_is_signed_verifies_with_what_is_public() {
        let key = FolderKey::parse(&new_folder_key_line(&mut StdRng::seed_from_u64(1))).unwrap();
        let jws = key.sign(br#"{"a":1}"#);
        let parts: Vec<&str> = jws.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            panic!("{jws}")
        };
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        assert_eq!(bytes(payload), br#"{"a":1}"#);
        let header: Value = serde_json::from_slice(&bytes(header)).unwrap();
        let public: Value = serde_json::from_str(&key.public()).unwrap();
        assert_eq!((&header["alg"], &header["kid"]), (&public["alg"], &public["kid"]));
        let x = bytes(public["x"].as_str().unwrap()).try_into().unwrap();
        let verifying = VerifyingKey::from_bytes(&x).unwrap();
        let signature = Signature::from_slice(&bytes(signature)).unwrap();
        let signed = jws.rsplit_once('.').unwrap().0;
        assert!(verifying.verify_strict(signed.as_bytes(), &signature).is_ok());
        assert!(verifying.verify_strict(b"another", &signature).is_err());
        assert!(!format!("{key:?}").contains(&hex::encode(key.key.to_bytes())));
    }

    #[test]
    fn only_the_unit_opens_what_is_encrypted_to_it() {
        let (unit, other) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
        let recipient = Recipient::read(&unit.to_public().to_string()).unwrap();
        let sealed = recipient.encrypt("孩子".as_bytes()).unwrap();
        assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
        assert_eq!(age::decrypt(&unit, &sealed).unwrap(), "孩子".as_bytes());
        assert!(age::decrypt(&other, &sealed).is_err());
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let good = age::x25519::Identity::generate().to_public().to_string();
        let mut broken = good.clone();
        broken.replace_range(10..11, if &good[10..11] == "q" { "p" } else { "q" });
        for text in [
            "",
            "age1",
            "AGE-SECRET-KEY-1QQQ",
            "ssh-ed25519 AAAA",
            &broken,
            &good[..40],
        ] {
            assert!(Recipient::read(text).is_none(), "{text}");
        }
        assert_eq!(Recipient::read(&good).unwrap().to_string(), good);
    }
}
