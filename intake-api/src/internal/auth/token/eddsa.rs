//! The one signature that our tokens use, for jsonwebtoken: Ed25519.
//!
//! Its own sets of algorithms bring RSA with them (RUSTSEC-2023-0071), which nothing here uses. What is not in this file
//! can't sign or verify a token, whatever a token's header says.

use ed25519_dalek::{
    SECRET_KEY_LENGTH, Signature, SigningKey, VerifyingKey,
    ed25519::signature::{Error, Signer, Verifier},
};
use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey, EncodingKey,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{ErrorKind, Result},
};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Must be called before the first token; again does nothing.
pub(super) fn install() {
    let _ = PROVIDER.install_default();
}

struct Signs(SigningKey);
struct Verifies(VerifyingKey);

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    if *algorithm != Algorithm::EdDSA || key.family() != AlgorithmFamily::Ed {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    // PKCS #8 as `super::key` writes it ends with the seed.
    let seed = key.as_bytes().last_chunk::<SECRET_KEY_LENGTH>();
    let seed = seed.ok_or(ErrorKind::InvalidEddsaKey)?;
    Ok(Box::new(Signs(SigningKey::from_bytes(seed))))
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    if *algorithm != Algorithm::EdDSA || key.family() != AlgorithmFamily::Ed {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    let public = key.try_get_as_bytes()?.try_into().ok();
    let public = public.and_then(|bytes| VerifyingKey::from_bytes(bytes).ok());
    Ok(Box::new(Verifies(public.ok_or(ErrorKind::InvalidEddsaKey)?)))
}

impl Signer<Vec<u8>> for Signs {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        let signature: Signature = self.0.try_sign(message)?;
        Ok(signature.to_bytes().to_vec())
    }
}

impl JwtSigner for Signs {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

impl Verifier<Vec<u8>> for Verifies {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        // Strict: of one message and key there is one signature, and weak keys verify nothing.
        self.0.verify_strict(message, &Signature::from_slice(signature)?)
    }
}

impl JwtVerifier for Verifies {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}
