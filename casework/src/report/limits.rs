//! Limits of the wire format; text is counted in characters, not bytes.

/// Situations of one report.
pub const SITUATIONS: usize = 12;
/// Children of one report.
pub const CHILDREN: usize = 10;
/// Names of persons.
pub const NAME: usize = 100;
/// Telephone numbers.
pub const PHONE: usize = 40;
/// Numbers of identity papers.
pub const ID_NUMBER: usize = 40;
/// Addresses, where_now, school, organization.
pub const LINE: usize = 500;
/// The narrative.
pub const NARRATIVE: usize = 10_000;
/// The highest age that is a child's.
pub const AGE: u8 = 17;
/// Mistakes reported at once; a body made of junk must not be answered with megabytes.
pub const ERRORS: usize = 100;
