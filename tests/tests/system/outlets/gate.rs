//! A one-way gate and the unit behind it: fetches, decrypts with the unit's key, verifies.

use std::{
    collections::HashMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use age::x25519::Identity;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tests::System;

/// The gate, and what the unit keeps.
pub(super) struct Gate {
    dir: PathBuf,
    unit: Identity,
}

/// A version of a ticket as the unit has it.
pub(super) struct Version {
    pub(super) id: String,
    pub(super) page: String,
    pub(super) letter: Value,
    sealed: Vec<u8>,
}

impl Drop for Gate {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

impl Gate {
    pub(super) fn new() -> Self {
        let dir = std::env::temp_dir().join(format!("sw-gate-{}", uuid::Uuid::new_v4().simple()));
        fs::create_dir_all(dir.join("base")).expect("a folder");
        let key = dir.join("folder.key");
        fs::write(&key, format!("fk-test:{}\n", "2b".repeat(32))).expect("a key");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("its mode");
        Self {
            dir,
            unit: Identity::generate(),
        }
    }

    pub(super) fn env(&self) -> Vec<(String, String)> {
        let path = |name: &str| self.dir.join(name).display().to_string();
        vec![
            ("SHOUWANG_FOLDER_DIR".into(), path("base")),
            ("SHOUWANG_FOLDER_KEY_FILE".into(), path("folder.key")),
        ]
    }

    /// The unit's public key.
    pub(super) fn key(&self) -> String {
        self.unit.to_public().to_string()
    }

    /// The unit makes another; the one before.
    pub(super) fn change_key(&mut self) -> Identity {
        std::mem::replace(&mut self.unit, Identity::generate())
    }

    /// What the platform says that it signs with.
    pub(super) async fn public(&self, system: &System) -> Value {
        let file = self.dir.join("folder.key");
        let out = system
            .intake_cli(&["key", "folder-public", &file.to_string_lossy()])
            .await;
        serde_json::from_str(&out.stdout).expect("a JSON Web Key")
    }

    fn folder(&self, unit: &str) -> PathBuf {
        self.dir.join("base").join(unit)
    }

    /// Whole versions in a unit's folder. What can't be opened or does not verify fails the test; what is of another key is not counted.
    pub(super) fn versions(&self, unit: &str, public: &Value) -> Vec<Version> {
        let names = listed(&self.folder(unit));
        let mut found = Vec::new();
        for id in names.iter().filter_map(|name| name.strip_suffix(".jws.age")) {
            let read = |end: &str| fs::read(self.folder(unit).join(format!("{id}.{end}"))).ok();
            let (Some(sealed), Some(page)) = (read("jws.age"), read("html.age")) else {
                continue;
            };
            let (Ok(jws), Ok(page)) = (age::decrypt(&self.unit, &sealed), age::decrypt(&self.unit, &page)) else {
                continue;
            };
            let letter = verified(&jws, public);
            assert_eq!(
                letter["page"]["sha256"],
                hex::encode(Sha256::digest(&page)),
                "the page is covered"
            );
            assert_eq!(letter["id"], id);
            found.push(Version {
                id: id.to_owned(),
                page: String::from_utf8(page).expect("a page"),
                letter,
                sealed,
            });
        }
        found
    }

    pub(super) fn opens(&self, version: &Version, identity: &Identity) -> bool {
        age::decrypt(identity, &version.sealed).is_ok() && age::decrypt(&self.unit, &version.sealed).is_err()
    }

    /// All names in all folders.
    pub(super) fn names(&self) -> Vec<String> {
        let units = listed(&self.dir.join("base"));
        units.iter().flat_map(|unit| listed(&self.folder(unit))).collect()
    }

    /// Whether nothing but the mark lies there.
    pub(super) fn is_empty(&self, unit: &str) -> bool {
        listed(&self.folder(unit)).iter().all(|name| name == ".shouwang")
    }

    pub(super) fn move_away(&self, unit: &str) {
        let is_file = |name: &&String| std::path::Path::new(name).extension().is_some_and(|end| end == "age");
        for name in listed(&self.folder(unit)).iter().filter(is_file) {
            fs::remove_file(self.folder(unit).join(name)).expect("the gate takes it");
        }
    }

    pub(super) fn sign_for(&self, unit: &str) {
        for name in listed(&self.folder(unit)) {
            if let Some(id) = name.strip_suffix(".jws.age") {
                fs::write(self.folder(unit).join(format!("{id}.taken")), "").expect("the gate signs");
            }
        }
    }

    /// The disk of a unit's folder goes: an empty one stands in its place.
    pub(super) fn unmount(&self, unit: &str) {
        let _ = fs::remove_dir_all(self.dir.join("away"));
        fs::rename(self.folder(unit), self.dir.join("away")).expect("it goes");
        fs::create_dir(self.folder(unit)).expect("an empty one");
    }

    pub(super) fn mount(&self, unit: &str) {
        fs::remove_dir_all(self.folder(unit)).expect("the empty one goes");
        fs::rename(self.dir.join("away"), self.folder(unit)).expect("it comes back");
    }

    pub(super) fn base_away(&self) {
        fs::rename(self.dir.join("base"), self.dir.join("base-away")).expect("it goes");
    }

    pub(super) fn base_back(&self) {
        fs::rename(self.dir.join("base-away"), self.dir.join("base")).expect("it comes back");
    }
}

fn listed(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().filter_map(Result::ok);
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// The payload of a JWS, whose signature and header are right.
fn verified(jws: &[u8], public: &Value) -> Value {
    let jws = String::from_utf8(jws.to_vec()).expect("a JWS");
    let (signed, signature) = jws.rsplit_once('.').expect("three parts");
    let (header, payload) = signed.split_once('.').expect("three parts");
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let header: HashMap<String, String> = serde_json::from_slice(&bytes(header)).expect("a header");
    assert_eq!(
        (header["alg"].as_str(), &header["kid"]),
        ("EdDSA", &public["kid"].as_str().expect("kid").to_owned())
    );
    let x: [u8; 32] = bytes(public["x"].as_str().expect("x")).try_into().expect("32 bytes");
    let key = VerifyingKey::from_bytes(&x).expect("a key");
    let signature = Signature::from_slice(&bytes(signature)).expect("a signature");
    key.verify_strict(signed.as_bytes(), &signature)
        .expect("the signature is right");
    serde_json::from_slice(&bytes(payload)).expect("JSON")
}
