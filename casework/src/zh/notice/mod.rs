//! The State Council's yearly notice of days off (国务院办公厅关于……年部分节假日安排的通知), read from its text as pasted.
//!
//! A notice moves deadlines of the law, so nothing is guessed: what was read is shown day by day, what decided nothing is shown as
//! such, and whatever contradicts itself (a weekday, a count, a holiday that is missing) refuses the whole. Then the table
//! `holidays.csv` is the way.

mod dates;
mod refused;
mod sections;

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};

use super::due::weekday;
use super::times;
use crate::calendar::NamedDay;
use dates::{Cursor, Said};
pub(crate) use refused::{empty, gap, of_line, same, too_long};

/// The holidays of the law; each notice speaks of all of them.
const HOLIDAYS: [&str; 7] = ["元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆"];

/// What a notice says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notice {
    /// The year that it is about; 0 where it names none.
    pub year: i32,
    /// The days that it decides, in their order.
    pub days: Vec<NamedDay>,
    /// Sentences with dates that decided nothing: people should see that they were not read.
    pub unread: Vec<String>,
    /// What is wrong. With any of these it can't be used.
    pub problems: Vec<NoticeProblem>,
}

/// What is wrong with a notice, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeProblem {
    /// For people here.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// Reads the text of a notice. Spaces, line breaks and full-width signs do not matter.
pub fn read(text: &str) -> Notice {
    let text = sections::joined(text);
    let mut notice = Notice::default();
    let Some(year) = sections::year(&text) else {
        notice.wrong(
            "没有读到“关于某年部分节假日安排的通知”这样的年份。请粘贴通知全文，连同标题。",
            "No year was found, as in 关于2027年部分节假日安排的通知. Paste the whole notice with its title.",
        );
        return notice;
    };
    notice.year = year;
    let sections = sections::sections(&text);
    for section in &sections {
        for sentence in section.body.split(['。', ';']).filter(|sentence| !sentence.is_empty()) {
            notice.sentence(section.name, sentence);
        }
    }
    for holiday in HOLIDAYS {
        if !sections.iter().any(|section| section.name.contains(holiday)) {
            notice.wrong(
                format!("通知里没有读到{holiday}的安排，可能没有粘贴完整。请粘贴全文，或改为上传 holidays.csv 表格。"),
                format!("The notice says nothing of {holiday}; it may be cut off. Paste all of it, or upload a table."),
            );
        }
    }
    notice.finish();
    notice
}

impl Notice {
    fn wrong(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.problems.push(NoticeProblem {
            zh: zh.into(),
            en: en.into(),
        });
    }

    /// One sentence of a holiday: `1月1日至3日放假调休，共3天` or `2月14日（周六）、28日（周六）上班`.
    fn sentence(&mut self, name: &str, sentence: &str) {
        let explains = ["其中", "鼓励"].iter().any(|word| sentence.contains(word));
        let mut off = 0;
        let mut counted = None;
        let mut unread = false;
        for clause in sections::clauses(sentence) {
            if let Some(count) = clause.strip_prefix('共').and_then(days_counted) {
                counted = Some(count);
                continue;
            }
            let mut cursor = Cursor::new(clause, self.year);
            let dates = if explains { None } else { cursor.dates() };
            match (dates, Deed::of(cursor.rest())) {
                (Some(dates), Some(deed)) => {
                    counted = counted.or_else(|| cursor.rest().strip_prefix("放假").and_then(days_counted));
                    off += self.days_of(name, &dates, deed);
                }
                _ => unread |= dates::speaks_of_a_date(clause),
            }
        }
        if let Some(counted) = counted.filter(|counted| off > 0 && *counted != off) {
            self.wrong(
                format!("{name}：写的是共{counted}天，读到的放假日是{off}天。请对照原文。"),
                format!("{name}: it says {counted} days, but {off} days off were read. Compare with the original."),
            );
        }
        if unread {
            self.unread.push(format!("{name}：{sentence}"));
        }
    }

    /// Takes the days of a clause; how many of them are off.
    fn days_of(&mut self, name: &str, dates: &[Said], deed: Deed) -> usize {
        let mut count = 0;
        for said in dates {
            let days = match said.days() {
                Ok(days) => days,
                Err(text) => {
                    self.wrong(
                        format!("{name}：“{text}”不是可用的日期。请对照原文。"),
                        format!("{name}: “{text}” is no date that can be used. Compare with the original."),
                    );
                    continue;
                }
            };
            for (day, weekday_said) in said.weekdays() {
                if day.weekday() != weekday_said {
                    self.wrong(
                        format!(
                            "{name}：{}写作周{}，实际是周{}。请核对年份和日期。",
                            times::day(day),
                            weekday(weekday_said),
                            weekday(day.weekday())
                        ),
                        format!("{name}: {day} is not the weekday that the text gives. Check year and date."),
                    );
                }
            }
            for day in days {
                count += usize::from(deed == Deed::Off);
                self.take(name, day, deed);
            }
        }
        count
    }

    fn take(&mut self, name: &str, day: NaiveDate, deed: Deed) {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let in_year = day.year() == self.year || (day.year(), day.month()) == (self.year - 1, 12);
        if !in_year {
            self.wrong(
                format!("{name}：{}不在{}年。请核对年份。", times::day(day), self.year),
                format!("{name}: {day} is not in {}. Check the year.", self.year),
            );
        } else if deed == Deed::Work && !weekend {
            self.wrong(
                format!(
                    "{name}：{}是周{}，本来就上班。请对照原文。",
                    times::day(day),
                    weekday(day.weekday())
                ),
                format!("{name}: {day} is a weekday and worked anyway. Compare with the original."),
            );
        } else {
            self.days.push(NamedDay {
                day,
                off: deed == Deed::Off,
                name: name.to_owned(),
            });
        }
    }

    /// Sorts the days and finds those that are off and worked at once.
    fn finish(&mut self) {
        self.days
            .sort_by(|a, b| (a.day, a.off, &a.name).cmp(&(b.day, b.off, &b.name)));
        let both: BTreeSet<NaiveDate> = self
            .days
            .windows(2)
            .filter(|pair| pair[0].day == pair[1].day && pair[0].off != pair[1].off)
            .map(|pair| pair[0].day)
            .collect();
        for day in both {
            self.wrong(
                format!("{}既写放假又写上班。请对照原文。", times::day(day)),
                format!("{day} is both off and worked. Compare with the original."),
            );
        }
        self.days.dedup_by_key(|named| named.day);
    }
}

/// What is said of days.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Off,
    Work,
}

impl Deed {
    /// By what follows the dates.
    fn of(rest: &str) -> Option<Self> {
        let starts = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
        if starts(&["放假", "补休", "休息"]) {
            Some(Self::Off)
        } else if starts(&["上班", "正常上班", "照常上班"]) {
            Some(Self::Work)
        } else {
            None
        }
    }
}

/// `3天` -> 3
fn days_counted(text: &str) -> Option<usize> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    text[digits..].starts_with('天').then(|| text[..digits].parse().ok())?
}

#[cfg(test)]
mod tests;
