//! The contact key: it seals the telephones of officers and the secrets of units' own systems, and nothing that reporters write.
//!
//! Whoever dials must open numbers, and must not be able to open reports: so the notifier has this key and not the master key.

use std::fmt;

use casework::typed::phone::Dialled;
use rand::Rng;

use super::line::{self, nonce, whole_mac};
use super::{Cipher, Column, OpenError, normalise};
use crate::run::config::Seal;
use crate::store::{AccountId, CallId, OutletId};

/// The key of telephone numbers, with the keys derived from it.
#[derive(Clone)]
pub struct ContactKey {
    id: String,
    numbers: [u8; 32],
    same: [u8; 32],
    codes: [u8; 32],
    sent: [u8; 32],
    answers: [u8; 32],
    webhooks: [u8; 32],
    cipher: Cipher,
}

/// Prints the id only.
impl fmt::Debug for ContactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A fresh key file's line, `id:hex`.
pub fn new_contact_key_line(rng: &mut impl Rng) -> String {
    line::fresh("ck", rng)
}

impl ContactKey {
    /// Reads the key that the configuration names. Refuses a file that others may read.
    pub fn load(seal: &Seal) -> anyhow::Result<Self> {
        let line = match (&seal.contact_key_file, &seal.contact_key) {
            (Some(file), _) => line::read_private(file)?,
            (None, Some(line)) => line.clone(),
            (None, None) => anyhow::bail!(
                "seal.contact_key_file (SHOUWANG_CONTACT_KEY_FILE) is not set; make one with `intake-api key new-contact FILE`"
            ),
        };
        Self::parse(&line, Cipher::from_name(&seal.cipher)?)
    }

    /// Reads `id:hex` (64 hexadecimal digits).
    pub fn parse(line: &str, cipher: Cipher) -> anyhow::Result<Self> {
        let (id, key) = line::parse(line, "a contact key")?;
        Ok(Self {
            id,
            numbers: line::derive(&key, "shouwang telephone numbers")?,
            same: line::derive(&key, "shouwang whose telephone")?,
            codes: line::derive(&key, "shouwang telephone codes")?,
            sent: line::derive(&key, "shouwang telephone codes on their way")?,
            answers: line::derive(&key, "shouwang answers by mail")?,
            webhooks: line::derive(&key, "shouwang webhook secrets")?,
            cipher,
        })
    }

    /// Its id, which is no secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Seals a telephone number of an account.
    pub fn seal(&self, account: AccountId, number: &str, rng: &mut impl Rng) -> Vec<u8> {
        let place = Column::Phone.bound_to(account.0);
        self.cipher.seal(&self.numbers, nonce(rng), &place, number.as_bytes())
    }

    /// Opens it.
    pub fn open(&self, account: AccountId, sealed: &[u8]) -> Result<String, OpenError> {
        let plain = Cipher::open(&self.numbers, &Column::Phone.bound_to(account.0), sealed)?;
        String::from_utf8(plain).map_err(|_| OpenError::Form)
    }

    /// Fails with a sentence that says what to do where it does not open the telephone that was added last. With another key nobody on
    /// duty could be called, and nobody would notice before a night.
    pub fn fits(&self, newest: Option<(AccountId, Vec<u8>)>) -> anyhow::Result<()> {
        anyhow::ensure!(
            newest.is_none_or(|(account, sealed)| self.open(account, &sealed).is_ok()),
            "the contact key {} (SHOUWANG_CONTACT_KEY_FILE) does not open the telephones in this database: put the right key back from \
             its safe copy. If it is lost, run `intake-api people phones-forget --all` once; everybody then enters their telephones again",
            self.id
        );
        Ok(())
    }

    /// What is stored of a number to find whose it is: the same however it is written, by a person or by a gateway.
    pub fn mac(&self, number: &str) -> [u8; 32] {
        let normal = Dialled::read(number).map_or_else(|_| normalise(number), |dialled| dialled.to_string());
        whole_mac(&self.same, &[normal.as_bytes()])
    }

    /// What is stored of a code that was sent to a telephone of an account.
    pub fn code_mac(&self, account: AccountId, code: &str) -> [u8; 32] {
        whole_mac(&self.codes, &[&account.0.to_be_bytes(), code.as_bytes()])
    }

    /// By which the link of a mail answers its call: 32 hexadecimal digits. Nobody stores it; who has the mail has it.
    pub fn answer_code(&self, call: CallId) -> String {
        hex::encode(&whole_mac(&self.answers, &[call.0.as_bytes()])[..16])
    }

    /// Seals what signs for a unit's own system.
    pub fn seal_webhook(&self, outlet: OutletId, secret: &[u8], rng: &mut impl Rng) -> Vec<u8> {
        let place = Column::Webhook.bound_to_uuid(outlet.0);
        self.cipher.seal(&self.webhooks, nonce(rng), &place, secret)
    }

    /// Opens it.
    pub fn open_webhook(&self, outlet: OutletId, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        Cipher::open(&self.webhooks, &Column::Webhook.bound_to_uuid(outlet.0), sealed)
    }

    /// Seals a code for whoever sends it.
    pub fn seal_code(&self, account: AccountId, code: &str, rng: &mut impl Rng) -> Vec<u8> {
        let place = Column::PhoneCode.bound_to(account.0);
        self.cipher.seal(&self.sent, nonce(rng), &place, code.as_bytes())
    }

    /// Opens it.
    pub fn open_code(&self, account: AccountId, sealed: &[u8]) -> Result<String, OpenError> {
        let plain = Cipher::open(&self.sent, &Column::PhoneCode.bound_to(account.0), sealed)?;
        String::from_utf8(plain).map_err(|_| OpenError::Form)
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn key(seed: u64) -> ContactKey {
        let line = new_contact_key_line(&mut StdRng::seed_from_u64(seed));
        ContactKey::parse(&line, Cipher::Aes256Gcm).unwrap()
    }

    #[test]
    fn a_number_opens_for_its_person_alone() {
        let (key, mut rng) = (key(1), StdRng::seed_from_u64(9));
        let sealed = key.seal(AccountId(7), "13812345678", &mut rng);
        assert_eq!(key.open(AccountId(7), &sealed).as_deref(), Ok("13812345678"));
        assert_eq!(key.open(AccountId(8), &sealed), Err(OpenError::Authentication));
        assert_eq!(self::key(2).open(AccountId(7), &sealed), Err(OpenError::Authentication));
        let code = key.seal_code(AccountId(7), "204613", &mut rng);
        assert_eq!(key.open_code(AccountId(7), &code).as_deref(), Ok("204613"));
        assert_eq!(key.open(AccountId(7), &code), Err(OpenError::Authentication));
        assert!(!format!("{key:?}").contains(&hex::encode(key.numbers)));
    }

    #[test]
    fn whose_a_number_is_does_not_hang_on_how_it_is_written() {
        let key = key(1);
        for typed in ["138 1234 5678", "+8613812345678", "8613812345678"] {
            assert_eq!(key.mac(typed), key.mac("13812345678"), "{typed}");
        }
        assert_ne!(key.mac("13812345679"), key.mac("13812345678"));
        assert_ne!(key.mac("05588612345,8012"), key.mac("05588612345"));
        assert_ne!(key.mac("13812345678"), self::key(2).mac("13812345678"));
        assert_ne!(
            key.code_mac(AccountId(1), "204613"),
            key.code_mac(AccountId(2), "204613")
        );
    }

    #[test]
    fn bad_keys_are_refused_with_words() {
        for line in ["", "no colon", "id:12", "id:zz", ":00"] {
            assert!(ContactKey::parse(line, Cipher::Aes256Gcm).is_err(), "{line}");
        }
    }
}
