//! The dates at the beginning of a clause: `2022年12月31日至2023年1月2日`, `2月14日（周六）、28日（周六）`.

use chrono::{Datelike, NaiveDate, Weekday};

/// No holiday is longer; a longer span was read wrongly.
const LONGEST: i64 = 31;

/// A day or a span of days, as said.
pub(super) struct Said {
    text: String,
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
    weekdays: Vec<(NaiveDate, Weekday)>,
}

impl Said {
    /// Its days. Errors: the text that is no date, or no span.
    pub(super) fn days(&self) -> Result<Vec<NaiveDate>, &str> {
        let (Some(first), Some(last)) = (self.first, self.last) else {
            return Err(&self.text);
        };
        if last < first || (last - first).num_days() > LONGEST {
            return Err(&self.text);
        }
        Ok(first.iter_days().take_while(|day| *day <= last).collect())
    }

    /// The weekdays that stand behind its dates.
    pub(super) fn weekdays(&self) -> impl Iterator<Item = (NaiveDate, Weekday)> {
        self.weekdays.iter().copied()
    }
}

/// Where a clause has been read to. Year and month carry on from date to date.
pub(super) struct Cursor<'t> {
    rest: &'t str,
    year: i32,
    month: Option<u32>,
}

impl<'t> Cursor<'t> {
    /// At the beginning of a clause of that year's notice.
    pub(super) fn new(clause: &'t str, year: i32) -> Self {
        Self {
            rest: clause,
            year,
            month: None,
        }
    }

    /// What follows the dates.
    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    /// All dates and spans; `None` where the clause does not begin with one.
    pub(super) fn dates(&mut self) -> Option<Vec<Said>> {
        let mut found = vec![self.said()?];
        while let Some(rest) = self.rest.strip_prefix(['、', '和', '及']) {
            let before = self.rest;
            self.rest = rest;
            match self.said() {
                Some(said) => found.push(said),
                None => {
                    self.rest = before;
                    break;
                }
            }
        }
        Some(found)
    }

    fn said(&mut self) -> Option<Said> {
        let begin = self.rest;
        let (first, of_first, explicit) = self.date()?;
        let mut weekdays: Vec<_> = first.into_iter().zip(of_first).collect();
        let (mut first, mut last) = (first, first);
        if let Some(rest) = self.rest.strip_prefix(['至', '到', '-']) {
            self.rest = rest.trim_start_matches('-');
            let (end, of_end, _) = self.date()?;
            weekdays.extend(end.into_iter().zip(of_end));
            // 12月30日至1月1日 without a year: the beginning lies in the year before.
            if let (Some(from), Some(to)) = (first, end)
                && !explicit
                && from > to
                && (from.month(), to.month()) == (12, 1)
            {
                first = from.with_year(from.year() - 1);
                weekdays.retain(|(day, _)| *day != from);
            }
            last = end;
        }
        let length = begin.len() - self.rest.len();
        Some(Said {
            text: begin[..length].to_owned(),
            first,
            last,
            weekdays,
        })
    }

    /// One date with the weekday in brackets behind it, and whether it names its year. The date is `None` where there is none such
    /// in the calendar (2月30日).
    fn date(&mut self) -> Option<(Option<NaiveDate>, Option<Weekday>, bool)> {
        let (mut number, mut rest) = digits(self.rest)?;
        let mut explicit = false;
        if let Some(behind) = rest.strip_prefix('年') {
            self.year = i32::try_from(number).ok()?;
            explicit = true;
            (number, rest) = digits(behind)?;
        }
        if let Some(behind) = rest.strip_prefix('月') {
            self.month = Some(number);
            (number, rest) = digits(behind)?;
        }
        let rest = rest.strip_prefix(['日', '号'])?;
        let day = NaiveDate::from_ymd_opt(self.year, self.month?, number);
        let (inside, rest) = match rest.strip_prefix('(').and_then(|text| text.split_once(')')) {
            Some((inside, rest)) => (Some(inside), rest),
            None => (None, rest),
        };
        self.rest = rest;
        Some((day, inside.and_then(weekday_in), explicit))
    }
}

fn digits(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// The weekday in `农历除夕、周二` or `星期六`.
fn weekday_in(text: &str) -> Option<Weekday> {
    let at = ["周", "星期"]
        .iter()
        .find_map(|word| text.rfind(word).map(|at| at + word.len()))?;
    match text[at..].chars().next()? {
        '一' => Some(Weekday::Mon),
        '二' => Some(Weekday::Tue),
        '三' => Some(Weekday::Wed),
        '四' => Some(Weekday::Thu),
        '五' => Some(Weekday::Fri),
        '六' => Some(Weekday::Sat),
        '日' | '天' => Some(Weekday::Sun),
        _ => None,
    }
}

/// Whether a clause names a day at all.
pub(super) fn speaks_of_a_date(clause: &str) -> bool {
    clause
        .match_indices(['日', '号'])
        .any(|(at, _)| clause[..at].ends_with(|c: char| c.is_ascii_digit()))
}
