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
/// The sheet of a roster's weeks.
pub const WEEKS: &str = "排班";
/// Its headings: the first day of the pattern, which of the weeks that take turns, day, from and to, and the three seats.
pub const WEEK_COLUMNS: [&str; 8] = ["起始日", "第几周", "星期", "从", "到", "值班", "副班", "带班领导"];
/// Its days, in the order in which a pattern has them.
pub const WEEKDAYS: [&str; 9] = [
    "周一",
    "周二",
    "周三",
    "周四",
    "周五",
    "周六",
    "周日",
    "节假日",
    "调休上班",
];
/// The sheet of single exceptions.
pub const EXCEPTIONS: &str = "单次调整";
/// Its headings.
pub const EXCEPTION_COLUMNS: [&str; 4] = ["从", "到", "岗位", "由谁担任"];
/// Who has a seat that nobody has.
pub const NOBODY: &str = "无人";
