//! The one text that CLI, desk and API show.

use std::fmt::Write;

use super::stages::StageWhy;
use crate::office::explain::{Explanation, RowWhy};
use crate::words::Handling;

/// Cells with more words than this are summed up, so that a row stays a line.
const NAMED_CHARS: usize = 24;

impl Explanation {
    /// One screen of plain text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let role = Handling::of(self.lead).zh();
        let (code, name) = &self.unit;
        let _ = writeln!(out, "【{}】{name}（{code}） {} {role}", self.obligation, self.urgency);
        section(&mut out, "报告了什么", self.reported.iter().cloned());
        section(
            &mut out,
            "为什么派这件事",
            self.asked.iter().map(row).chain(self.beside_rows.iter().cloned()),
        );
        section(&mut out, "为什么由这个单位办", [self.found.concat()]);
        section(
            &mut out,
            &format!("为什么是{}", self.urgency),
            self.urgent.iter().map(row).chain(self.urgent_because.iter().cloned()),
        );
        section(&mut out, &format!("为什么是{role}"), [self.leads.clone()]);
        section(&mut out, "时限怎么算", self.stages.iter().flat_map(stage));
        if !self.made.is_empty() {
            section(&mut out, "按哪一版规则", self.made.iter().cloned());
        }
        out
    }
}

fn section(out: &mut String, title: &str, lines: impl IntoIterator<Item = String>) {
    let _ = writeln!(out, "{title}");
    for line in lines {
        let _ = writeln!(out, "  {line}");
    }
}

/// `应办事项表第1行：情形1在本行所列之内，现实危险为是。依据：……〔V 法律法规，条文已核对〕`
fn row(row: &RowWhy) -> String {
    let mut parts: Vec<String> = Vec::new();
    // That a report came in as a report needs no telling.
    for condition in row.conditions.iter().filter(|condition| condition.column != "trigger") {
        let fact = match condition.column.as_str() {
            "situation" => numbered("情形", &row.situations),
            _ => format!("{}为{}", condition.label, condition.fact),
        };
        // A cell with one value says no more than the fact that met it.
        let plain = condition.accepts == condition.fact;
        parts.push(match plain || condition.accepts.chars().count() > NAMED_CHARS {
            true if condition.column == "situation" => format!("{fact}在本行所列之内"),
            true => fact,
            false => format!("{fact}（本行要求{}）", condition.accepts),
        });
    }
    let conditions = match (parts.is_empty(), &row.answer) {
        (false, _) => parts.join("，"),
        (true, Some(_)) => "其他行都不适用，本行不设条件".to_owned(),
        (true, None) => "本行不设条件".to_owned(),
    };
    let who = if row.children.len() > 1 {
        format!("{}：", numbered("孩子", &row.children))
    } else {
        String::new()
    };
    let answer = row
        .answer
        .as_ref()
        .map_or(String::new(), |answer| format!(" → {answer}"));
    let basis = row.basis.as_ref().map_or(String::new(), |basis| {
        format!("依据：{}〔{} {}〕", basis.text, basis.grade, basis.grade_zh)
    });
    format!("{}表第{}行：{who}{conditions}{answer}。{basis}", row.table, row.row)
}

/// `情形1、2`
fn numbered(what: &str, numbers: &[usize]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("{what}{}", numbers.join("、"))
}

fn stage(stage: &StageWhy) -> Vec<String> {
    let row = stage
        .row
        .map_or("规则表没有这一项，用程序的保底时限".to_owned(), |row| {
            format!("环节时限表第{row}行")
        });
    let basis = format!(
        "依据：{}〔{} {}〕",
        stage.basis.text, stage.basis.grade, stage.basis.grade_zh
    );
    let mut lines = vec![
        format!("{} {}（{row}）{basis}", stage.stage, stage.limit),
        format!("  {}", stage.counted.concat()),
    ];
    if !stage.pushed.is_empty() {
        lines.push(format!("  {}", stage.pushed));
    }
    lines
}
