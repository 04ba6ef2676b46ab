//! What every key of ours is: one line `id:hex` in a private file, from which keys for single purposes are derived.

use std::path::Path;

use anyhow::Context;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use sha2::Sha256;

/// A fresh key file's line; the id is random too, so that two keys are never taken for one.
pub(super) fn fresh(prefix: &str, rng: &mut impl Rng) -> String {
    let mut id = [0; 4];
    let mut key = [0; 32];
    rng.fill_bytes(&mut id);
    rng.fill_bytes(&mut key);
    format!("{prefix}-{}:{}\n", hex::encode(id), hex::encode(key))
}

/// Reads `id:hex` (64 hexadecimal digits); `what` names the key in an error.
pub(super) fn parse(line: &str, what: &str) -> anyhow::Result<(String, [u8; 32])> {
    let (id, digits) = line
        .trim()
        .split_once(':')
        .with_context(|| format!("{what} is one line `id:hex`"))?;
    let key: [u8; 32] = hex::decode(digits)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .with_context(|| format!("{what} has 64 hexadecimal digits after the colon"))?;
    anyhow::ensure!(
        !id.is_empty() && id.len() <= 40,
        "the id of {what} has 1 to 40 characters"
    );
    Ok((id.to_owned(), key))
}

/// The key for one purpose (HKDF-SHA-256), so that no key does two jobs.
pub(super) fn derive(key: &[u8; 32], purpose: &str) -> anyhow::Result<[u8; 32]> {
    let mut out = [0; 32];
    Hkdf::<Sha256>::new(None, key)
        .expand(purpose.as_bytes(), &mut out)
        .map_err(|e| anyhow::anyhow!("key derivation: {e}"))?;
    Ok(out)
}

/// A fresh nonce.
pub(super) fn nonce(rng: &mut impl Rng) -> [u8; 12] {
    let mut nonce = [0; 12];
    rng.fill_bytes(&mut nonce);
    nonce
}

/// A keyed hash of parts, one after the other.
pub(super) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Vec<u8> {
    whole_mac(key, parts).to_vec()
}

/// The same, in its own width.
pub(super) fn whole_mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC takes keys of any length")
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Reads a secret from a file that only its owner may read.
pub fn read_private(file: &Path) -> anyhow::Result<String> {
    use std::os::unix::fs::PermissionsExt;
    let shown = file.display();
    let mode = std::fs::metadata(file)
        .with_context(|| format!("can't read {shown}"))?
        .permissions()
        .mode();
    let others = mode & 0o077;
    anyhow::ensure!(
        others == 0,
        "{shown} is readable by others (mode {:o}): run `chmod 600 {shown}`",
        mode & 0o777
    );
    std::fs::read_to_string(file).with_context(|| format!("can't read {shown}"))
}
