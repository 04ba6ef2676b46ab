//! Scripts, styles and fonts of others are those of their packages: `assets/CHECKSUMS` lists every one, and no more.

use std::{collections::BTreeMap, fs, path::Path};

use sha2::{Digest, Sha256};

fn found(dir: &Path, below: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            found(&path, &format!("{name}/"), files);
        } else if !name.ends_with("README.md") {
            files.insert(name, hex::encode(Sha256::digest(fs::read(&path).unwrap())));
        }
    }
}

#[test]
fn what_others_wrote_is_what_they_published() {
    let assets = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets"));
    let list = fs::read_to_string(assets.join("CHECKSUMS")).unwrap();
    let listed: BTreeMap<String, String> = list
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (sum, name) = line.split_once("  ").unwrap();
            (name.to_owned(), sum.to_owned())
        })
        .collect();
    let mut files = BTreeMap::new();
    found(&assets.join("vendor"), "vendor/", &mut files);
    for name in fs::read_dir(assets)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
    {
        // Of what lies beside our own files only the minified is another's.
        if name.contains(".min.") {
            files.insert(
                name.clone(),
                hex::encode(Sha256::digest(fs::read(assets.join(&name)).unwrap())),
            );
        }
    }
    assert!(files.len() > 10, "{files:?}");
    assert_eq!(
        files, listed,
        "a new version of another's file is looked at, then assets/CHECKSUMS is made anew"
    );
}
