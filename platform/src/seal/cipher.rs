//! Authenticated encryption with two providers: AES-256-GCM, and SM4-GCM where the county must use the national cipher.
//!
//! A sealed value is `version byte, 12-byte nonce, ciphertext with tag`. The version byte says the cipher, so both can be
//! opened whatever is configured for new ones.

use aes_gcm::{
    Aes256Gcm, AesGcm, KeyInit, Nonce,
    aead::{Aead, Payload, consts::U12},
};
use sm4::Sm4;

/// A cipher for new values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// AES-256-GCM, the default.
    Aes256Gcm,
    /// SM4-GCM (GB/T 32907, GB/T 36624); uses the first 16 bytes of the key.
    Sm4Gcm,
}

/// A sealed value that can't be opened.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpenError {
    /// Too short, or an unknown version byte.
    #[error("the sealed value has an unknown form")]
    Form,
    /// Wrong key, wrong row or column, or altered.
    #[error("the sealed value does not open with this key in this place")]
    Authentication,
}

const NONCE: usize = 12;

impl Cipher {
    /// Reads the configuration's word.
    pub fn from_name(name: &str) -> anyhow::Result<Self> {
        match name {
            "aes-256-gcm" => Ok(Self::Aes256Gcm),
            "sm4-gcm" => Ok(Self::Sm4Gcm),
            other => anyhow::bail!("seal.cipher (SHOUWANG_CIPHER) is {other:?}: use \"aes-256-gcm\" or \"sm4-gcm\""),
        }
    }

    /// Seals `plain`, bound to `place`. `nonce` must be fresh and random for each call with the same key.
    pub fn seal(self, key: &[u8; 32], nonce: [u8; NONCE], place: &[u8], plain: &[u8]) -> Vec<u8> {
        let payload = Payload { msg: plain, aad: place };
        let nonce_ref = Nonce::<U12>::from(nonce);
        let sealed = match self {
            Self::Aes256Gcm => Aes256Gcm::new(key.into()).encrypt(&nonce_ref, payload),
            Self::Sm4Gcm => sm4(key).encrypt(&nonce_ref, payload),
        };
        // GCM fails only above 64 GiB; the body limit is far below. An empty value fails to open rather than leak.
        let sealed = sealed.unwrap_or_default();
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(match self {
            Self::Aes256Gcm => 1,
            Self::Sm4Gcm => 2,
        });
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    /// Opens a value sealed by either cipher.
    pub fn open(key: &[u8; 32], place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let (version, rest) = sealed.split_first().ok_or(OpenError::Form)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(OpenError::Form)?;
        let payload = Payload { msg: body, aad: place };
        let nonce = Nonce::<U12>::from(*nonce);
        match version {
            1 => Aes256Gcm::new(key.into()).decrypt(&nonce, payload),
            2 => sm4(key).decrypt(&nonce, payload),
            _ => return Err(OpenError::Form),
        }
        .map_err(|_| OpenError::Authentication)
    }
}

fn sm4(key: &[u8; 32]) -> AesGcm<Sm4, U12> {
    let mut half = [0; 16];
    half.copy_from_slice(&key[..16]);
    AesGcm::<Sm4, U12>::new(&half.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ciphers_open_what_they_sealed_and_nothing_else() {
        for cipher in [Cipher::Aes256Gcm, Cipher::Sm4Gcm] {
            let sealed = cipher.seal(&[7; 32], [9; NONCE], b"here", "孩子".as_bytes());
            assert!(!String::from_utf8_lossy(&sealed).contains("孩子"));
            assert_eq!(Cipher::open(&[7; 32], b"here", &sealed), Ok("孩子".as_bytes().to_vec()));
            assert_eq!(Cipher::open(&[8; 32], b"here", &sealed), Err(OpenError::Authentication));
            assert_eq!(
                Cipher::open(&[7; 32], b"there", &sealed),
                Err(OpenError::Authentication)
            );
            let mut altered = sealed.clone();
            *altered.last_mut().unwrap() ^= 1;
            assert_eq!(
                Cipher::open(&[7; 32], b"here", &altered),
                Err(OpenError::Authentication)
            );
        }
        assert_eq!(Cipher::open(&[7; 32], b"", &[]), Err(OpenError::Form));
        assert_eq!(Cipher::open(&[7; 32], b"", &[3; 40]), Err(OpenError::Form));
    }
}
