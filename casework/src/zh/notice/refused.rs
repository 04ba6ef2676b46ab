//! Why days off are not taken, beside what is wrong inside a notice.

use super::NoticeProblem;
use crate::county::PackProblem;

fn problem(zh: impl Into<String>, en: impl Into<String>) -> NoticeProblem {
    NoticeProblem {
        zh: zh.into(),
        en: en.into(),
    }
}

pub(crate) fn empty() -> NoticeProblem {
    problem(
        "没有内容。请粘贴通知全文，或第一行为 date,kind,name 的表格。",
        "There is nothing to read. Paste the whole notice, or a table whose first line is date,kind,name.",
    )
}

pub(crate) fn too_long() -> NoticeProblem {
    problem(
        "内容太长。请只粘贴通知或表格。",
        "Too long. Paste the notice or the table alone.",
    )
}

/// A line of a table.
pub(crate) fn of_line(line: PackProblem) -> NoticeProblem {
    problem(
        format!(
            "表格第{}行不能读取：日期写作2027-01-01，kind 写 off 或 work，每天一行（{}）。",
            line.line, line.reason
        ),
        format!("Line {} of the table: {}.", line.line, line.reason),
    )
}

pub(crate) fn gap(year: i32) -> NoticeProblem {
    problem(
        format!("请先启用{year}年的安排：中间不能缺一年。"),
        format!("The days off of {year} have to come first: no year may be missing."),
    )
}

pub(crate) fn same() -> NoticeProblem {
    problem(
        "与现在的安排完全相同，无需提交。",
        "These are the days off in force; there is nothing to propose.",
    )
}
