//! The files that a county's pack consists of.

use std::collections::BTreeMap;

/// The texts of a pack by file name.
pub type PackFiles = BTreeMap<String, String>;

/// The decision model of a pack, one of its [`FILES`].
pub const MODEL: &str = "routing.dmn";

/// Days off and made up, one of its [`FILES`].
pub const HOLIDAYS: &str = "holidays.csv";

/// The files that a pack consists of; anything else in its folder is for people.
pub const FILES: [&str; 16] = [
    "pack.toml",
    "areas.csv",
    "units.csv",
    HOLIDAYS,
    "situations.csv",
    "unit-kinds.csv",
    "obligations.csv",
    "evidence.csv",
    "outcomes.csv",
    "confirmations.csv",
    "events.csv",
    "ranking.csv",
    "recusal.csv",
    "statutory-duties.csv",
    "statutory-limits.csv",
    MODEL,
];

/// Chinese for English pieces of a basis, another file that a pack may do without.
pub const PHRASES: &str = "phrases.csv";

/// Whom a notice rings. A pack of before has none, and so one is read without it; nothing is published without it.
pub const RINGING: &str = "ringing.csv";

/// Duty hours and telephones of units, as [`RINGING`].
pub const DUTY: &str = "duty.csv";

/// The files that a pack is read without.
pub const OPTIONAL: [&str; 4] = [PINYIN, PHRASES, RINGING, DUTY];

/// How places are spelt in letters, one of the files that a pack may do without: then places are found by their characters.
pub const PINYIN: &str = "pinyin.csv";
