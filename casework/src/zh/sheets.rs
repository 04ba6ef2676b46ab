//! Names and headings of the workbooks that people fill in. They are read back by these words, so they are the same in every
//! language of the pages.

/// The sheet that explains the others.
pub const GUIDE: &str = "说明";
/// The sheet of people.
pub const PEOPLE: &str = "人员";
/// Headings of people.
pub const COLUMNS: [&str; 5] = ["姓名", "账号名", "工作电话", "单位", "角色"];
/// The sheet of units to choose from.
pub const UNITS: &str = "单位";
/// Its headings: name and code.
pub const UNIT: [&str; 2] = ["名称", "代码"];
/// What stands above the numbers of a table's rows.
pub const NUMBER: &str = "行";
/// A table without a name.
pub const TABLE: &str = "表";
