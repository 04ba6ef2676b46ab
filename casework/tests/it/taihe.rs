//! The shipped pack and files of the repository.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use casework::county::{FILES, OPTIONAL, PackFiles};
use casework::pack::Pack;
use chrono::{DateTime, Utc};

/// The pack as it ships.
pub(crate) static FILES_OF_TAIHE: LazyLock<PackFiles> = LazyLock::new(|| {
    let dir = repository().join("counties/taihe");
    FILES
        .iter()
        .chain(&OPTIONAL)
        .map(|name| ((*name).to_owned(), std::fs::read_to_string(dir.join(name)).unwrap()))
        .collect()
});

/// The pack, read.
pub(crate) static TAIHE: LazyLock<Pack> = LazyLock::new(|| match Pack::read(&FILES_OF_TAIHE) {
    Ok(pack) => pack,
    Err(problems) => panic!("the shipped pack is unsound: {problems:#?}"),
});

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A CSV file as rows of cells, header left out.
pub(crate) fn csv(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// A time in RFC 3339.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}
