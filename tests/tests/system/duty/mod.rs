//! Who is on duty: telephones of people, rosters, and who may change them.

mod phones;
mod roster;
