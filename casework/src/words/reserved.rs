//! Words of packs that the code reserves, because something follows from them.
//!
//! Each is a word of a county's own lists; a pack that lacks one is refused while it is read.

// Unit kinds.

/// The unit kind of the leading-group office, reserved in code.
pub const OFFICE: &str = "office";
/// The unit kind of the leading group, reserved in code.
pub const LEADING_GROUP: &str = "leading-group";
/// The unit kind of the safety floor, reserved in code.
pub const POLICE: &str = "police";
/// The kind of unit that [`OVERSIGHT`] goes to.
pub const PROCURATORATE: &str = "procuratorate";

// Obligations.

/// The obligation of the safety floor, reserved in code.
pub const POLICE_ACCEPT: &str = "police-accept";
/// The obligation of what no rule settles, reserved in code.
pub const TRIAGE: &str = "triage";
/// 法律监督: what a decision not to file a case opens.
pub const OVERSIGHT: &str = "procuratorial-oversight";

// Events that start a clock.

/// The event that starts a stage at once, reserved in code.
pub const DISPATCH: &str = "dispatch";
/// The event that starts the clock of a confirmation or approval.
pub const CLOSE_REQUESTED: &str = "close-requested";
/// The event that starts the clock of what a unit asks of the office.
pub const MOTION_ASKED: &str = "motion-asked";

// Outcomes of a closing.

/// 已移送
pub const TRANSFERRED: &str = "transferred";
/// 不予立案
pub const NOT_FILED: &str = "not-filed";
/// 不适用
pub const NOT_APPLICABLE: &str = "not-applicable";

/// The nine situations of the 2020 mandatory-report opinion, art. 4, and the county's `sexual-other`, which is
/// counted with them because the wording of the nine names girls only. Police are always told.
pub const STATUTORY: [&str; 10] = [
    "genital-injury",
    "sexual-under-14",
    "sexual-14-plus",
    "sexual-other",
    "abuse-injury",
    "abnormal-harm",
    "abandoned",
    "missing-trafficked",
    "forced-begging",
    "other-serious",
];
