//! The master key and what is derived from it.

use std::fmt;

use rand::Rng;

use super::line::{self, mac, nonce};
use super::{Cipher, Column, OpenError};
use crate::run::config::Seal;
use crate::store::{AccountId, ReportId, SessionId};

/// The key that wraps every report's data key, with the keys derived from it.
#[derive(Clone)]
pub struct MasterKey {
    id: String,
    wrap: [u8; 32],
    answers: [u8; 32],
    follow_up: [u8; 32],
    idempotency: [u8; 32],
    blind: [u8; 32],
    csrf: [u8; 32],
    kept: [u8; 32],
    source: [u8; 32],
    factor: [u8; 32],
    recovery: [u8; 32],
    cipher: Cipher,
}

/// Prints the id only: a key must not reach a log.
impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A fresh key file's line, `id:hex`.
pub fn new_key_line(rng: &mut impl Rng) -> String {
    line::fresh("mk", rng)
}

impl MasterKey {
    /// Reads the key that the configuration names. Refuses a file that others may read.
    pub fn load(seal: &Seal) -> anyhow::Result<Self> {
        let line = match (&seal.master_key_file, &seal.master_key) {
            (Some(file), _) => line::read_private(file)?,
            (None, Some(line)) => line.clone(),
            (None, None) => anyhow::bail!(
                "seal.master_key_file (SHOUWANG_MASTER_KEY_FILE) is not set; make one with `intake-api key new FILE`"
            ),
        };
        Self::parse(&line, Cipher::from_name(&seal.cipher)?)
    }

    /// Reads `id:hex` (64 hexadecimal digits).
    pub fn parse(line: &str, cipher: Cipher) -> anyhow::Result<Self> {
        let (id, key) = line::parse(line, "a master key")?;
        let derive = |purpose| line::derive(&key, purpose);
        Ok(Self {
            id,
            wrap: derive("shouwang data keys")?,
            answers: derive("shouwang answers")?,
            follow_up: derive("shouwang follow-up codes")?,
            idempotency: derive("shouwang idempotency keys")?,
            blind: derive("shouwang blind index")?,
            csrf: derive("shouwang csrf")?,
            kept: derive("shouwang kept forms")?,
            source: derive("shouwang sources")?,
            factor: derive("shouwang second factors")?,
            recovery: derive("shouwang recovery codes")?,
            cipher,
        })
    }

    /// The id that stands beside everything this key wrapped.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A fresh data key and its wrapped form for report `id`.
    pub fn new_data_key(&self, id: ReportId, rng: &mut impl Rng) -> ([u8; 32], Vec<u8>) {
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        let wrapped = self
            .cipher
            .seal(&self.wrap, nonce(rng), &Column::DataKey.bound_to(id.get()), &key);
        (key, wrapped)
    }

    /// Unwraps the data key of report `id`.
    pub fn open_data_key(&self, id: ReportId, wrapped: &[u8]) -> Result<[u8; 32], OpenError> {
        Cipher::open(&self.wrap, &Column::DataKey.bound_to(id.get()), wrapped)?
            .try_into()
            .map_err(|_| OpenError::Form)
    }

    /// Seals a column of report `id` with its data key.
    pub fn seal(&self, key: &[u8; 32], column: Column, id: ReportId, plain: &[u8], rng: &mut impl Rng) -> Vec<u8> {
        self.cipher.seal(key, nonce(rng), &column.bound_to(id.get()), plain)
    }

    /// Opens a column of report `id` with its data key.
    pub fn open(key: &[u8; 32], column: Column, id: ReportId, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        Cipher::open(key, &column.bound_to(id.get()), sealed)
    }

    /// Seals the answer kept for an idempotency key.
    pub fn seal_answer(&self, id: ReportId, plain: &[u8], rng: &mut impl Rng) -> Vec<u8> {
        self.cipher
            .seal(&self.answers, nonce(rng), &Column::Answer.bound_to(id.get()), plain)
    }

    /// Opens such an answer.
    pub fn open_answer(&self, id: ReportId, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        Cipher::open(&self.answers, &Column::Answer.bound_to(id.get()), sealed)
    }

    /// What is stored of a follow-up code.
    pub fn follow_up_mac(&self, id: ReportId, code: &str) -> Vec<u8> {
        mac(&self.follow_up, &[&id.get().to_be_bytes(), code.as_bytes()])
    }

    /// What is stored of an idempotency key: over the key and what it came with, each part told from the next by its length.
    /// Half a hash is plenty to find a row by, and this is the widest index of the accept transaction.
    pub fn idempotency_mac(&self, county: &str, purpose: &str, key: &str, with: &[u8]) -> Vec<u8> {
        let length = (key.len() as u64).to_be_bytes();
        let parts: [&[u8]; 6] = [
            county.as_bytes(),
            &[0],
            purpose.as_bytes(),
            &length,
            key.as_bytes(),
            with,
        ];
        let mut whole = mac(&self.idempotency, &parts);
        whole.truncate(16);
        whole
    }

    /// What is stored, for a day, of the address that a report came from: enough to see that many came from the same one.
    pub fn source_mac(&self, county: &str, address: &str) -> Vec<u8> {
        let mut whole = mac(&self.source, &[county.as_bytes(), &[0], address.as_bytes()]);
        whole.truncate(16);
        whole
    }

    /// Seals what a browser keeps for us for some minutes; `opened` by [`MasterKey::open_slip`] only.
    pub fn seal_slip(&self, plain: &[u8], rng: &mut impl Rng) -> Vec<u8> {
        self.cipher
            .seal(&self.answers, nonce(rng), &Column::Slip.bound_to(0), plain)
    }

    /// Opens it.
    pub fn open_slip(&self, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        Cipher::open(&self.answers, &Column::Slip.bound_to(0), sealed)
    }

    /// A blind index token; `parts` are already normalised.
    pub fn blind_token(&self, county: &str, kind: &str, parts: &[&str]) -> Vec<u8> {
        mac(
            &self.blind,
            &[
                county.as_bytes(),
                &[0],
                kind.as_bytes(),
                &[0],
                parts.join("\u{1f}").as_bytes(),
            ],
        )
    }

    /// The token that every form of a session carries: `session-account-proof`, the session as a MAC. After the session has
    /// ended it still says whose page a form came from, and that the page was ours.
    pub fn csrf_token(&self, session: SessionId, account: AccountId) -> String {
        let of_session = hex::encode(&mac(&self.csrf, &[session.0.as_bytes()])[..16]);
        let proof = self.csrf_proof(&of_session, account);
        format!("{of_session}-{account}-{proof}")
    }

    /// The account whose page carried this token; `None` for a token that is not ours.
    pub fn csrf_account(&self, token: &str) -> Option<AccountId> {
        let mut parts = token.splitn(3, '-');
        let (of_session, account, proof) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
        (self.csrf_proof(of_session, account) == proof).then_some(account)
    }

    fn csrf_proof(&self, of_session: &str, account: AccountId) -> String {
        hex::encode(&mac(&self.csrf, &[b"of", of_session.as_bytes(), &account.0.to_be_bytes()])[..16])
    }

    /// Seals what somebody typed, to be carried by a login page; only a login of this account opens it.
    pub fn seal_kept(&self, account: AccountId, plain: &[u8], rng: &mut impl Rng) -> Vec<u8> {
        self.cipher
            .seal(&self.kept, nonce(rng), &Column::Kept.bound_to(account.0), plain)
    }

    /// Opens it.
    pub fn open_kept(&self, account: AccountId, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        Cipher::open(&self.kept, &Column::Kept.bound_to(account.0), sealed)
    }
}

impl MasterKey {
    /// Seals the secret of an account's second factor.
    pub fn seal_factor(&self, account: AccountId, plain: &[u8], rng: &mut impl Rng) -> Vec<u8> {
        self.cipher
            .seal(&self.factor, nonce(rng), &Column::Factor.bound_to(account.0), plain)
    }

    /// Opens it.
    pub fn open_factor(&self, account: AccountId, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        Cipher::open(&self.factor, &Column::Factor.bound_to(account.0), sealed)
    }

    /// What is stored of a recovery code.
    pub fn recovery_mac(&self, account: AccountId, code: &str) -> Vec<u8> {
        mac(&self.recovery, &[&account.0.to_be_bytes(), code.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn a_data_key_opens_only_for_its_report() {
        let mut rng = StdRng::seed_from_u64(1);
        let line = new_key_line(&mut rng);
        let master = MasterKey::parse(&line, Cipher::Aes256Gcm).unwrap();
        let (key, wrapped) = master.new_data_key(ReportId::from_db(5), &mut rng);
        assert_eq!(master.open_data_key(ReportId::from_db(5), &wrapped), Ok(key));
        assert_eq!(
            master.open_data_key(ReportId::from_db(6), &wrapped),
            Err(OpenError::Authentication)
        );
        let sealed = master.seal(&key, Column::Narrative, ReportId::from_db(5), b"words", &mut rng);
        assert_eq!(
            MasterKey::open(&key, Column::Narrative, ReportId::from_db(5), &sealed),
            Ok(b"words".to_vec())
        );
        assert_eq!(
            MasterKey::open(&key, Column::Identity, ReportId::from_db(5), &sealed),
            Err(OpenError::Authentication)
        );
    }

    #[test]
    fn no_two_purposes_share_a_key() {
        let master = MasterKey::parse(&new_key_line(&mut StdRng::seed_from_u64(2)), Cipher::Sm4Gcm).unwrap();
        let keys = [
            master.wrap,
            master.answers,
            master.follow_up,
            master.idempotency,
            master.blind,
            master.csrf,
            master.kept,
            master.source,
            master.factor,
            master.recovery,
        ];
        let distinct: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
        assert!(!format!("{master:?}").contains(&hex::encode(master.wrap)));
    }

    #[test]
    fn a_page_says_whose_it_was() {
        let master = MasterKey::parse(&new_key_line(&mut StdRng::seed_from_u64(3)), Cipher::Aes256Gcm).unwrap();
        let token = master.csrf_token(SessionId(uuid::Uuid::from_u128(1)), AccountId(42));
        assert_eq!(master.csrf_account(&token), Some(AccountId(42)));
        for forged in ["", "0", "a-42-b", &token.replace("-42-", "-43-"), &format!("0{token}")] {
            assert_eq!(master.csrf_account(forged), None, "{forged}");
        }
    }

    #[test]
    fn bad_keys_are_refused_with_words() {
        for line in ["", "no colon", "id:12", "id:zz", ":00"] {
            assert!(MasterKey::parse(line, Cipher::Aes256Gcm).is_err(), "{line}");
        }
    }
}
