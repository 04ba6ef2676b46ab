//! Reading a pack: each file in turn, then what must agree between them.

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::Pack;
use crate::county::read::sheet::text_of;
use crate::county::read::{duty, law, places, tables, words};
use crate::county::{AreaLevel, Label, LastResort, MODEL, PackFiles, PackProblem, Problems};
use crate::dmn::lines::{line_of, line_starts};
use crate::rules;
use crate::typed::is_blank;
use crate::typed::phone::is_callable;
use crate::words::is_code;
use crate::zh::ringing as said;

pub(super) const PACK: &str = "pack.toml";

impl Pack {
    /// Reads a pack. Errors: every problem, by file and line.
    pub fn read(files: &PackFiles) -> Result<Self, Vec<PackProblem>> {
        match examine(files) {
            (Some(pack), problems) if problems.is_empty() => Ok(pack),
            (_, problems) => Err(problems),
        }
    }

    /// Reads as much of a pack as can be read, with every problem. Only `pack.toml` must be readable.
    ///
    /// Routing must hold its safety floor even under rules that should never have been published; this is how
    /// tests get hold of such a pack. Everything else uses [`Pack::read`].
    pub fn examine(files: &PackFiles) -> (Option<Self>, Vec<PackProblem>) {
        examine(files)
    }
}

/// Reads as much as can be read. The pack is there as soon as `pack.toml` can be read, however wrong the rest.
fn examine(files: &PackFiles) -> (Option<Pack>, Vec<PackProblem>) {
    let mut problems = Problems::default();
    let head = head(files, &mut problems);
    let vocabulary = words::vocabulary(files, &mut problems);
    let county = head.as_ref().map_or("", |head| head.area.get_ref()).to_owned();
    let areas = places::areas(files, county, &mut problems);
    let pinyin = places::pinyin(files, &areas, &mut problems);
    let phrases = words::phrases(files, &mut problems);
    let units = places::units(files, &areas, &vocabulary, &mut problems);
    let recusals = tables::recusals(files, &vocabulary, &mut problems);
    let ranking = tables::ranking(files, &vocabulary, &mut problems);
    let confirmations = tables::confirmations(files, &mut problems);
    let statutes = law::statutes(files, &vocabulary, &mut problems);
    let duty_hours = duty::duty(files, &units, &vocabulary, &mut problems);
    let ringing = rules::ringing::read(files, &vocabulary, &mut problems);
    let through = head.as_ref().map_or(NaiveDate::MIN, |head| head.published_through);
    let calendar = tables::calendar(files, through, &mut problems);
    let text = text_of(files, MODEL, &mut problems).unwrap_or_default();
    let rules = rules::read(text, (&vocabulary, &units), ranking, recusals, &mut problems);
    if let Some(head) = &head
        && areas.iter().next().is_some()
        && areas
            .get(head.area.get_ref())
            .is_none_or(|area| area.level != AreaLevel::County)
    {
        problems.add(
            PACK,
            head.area_line,
            format!("area {} is not a county of areas.csv", head.area.get_ref()),
        );
    }
    let pack = head.map(|head| Pack {
        county: head.county,
        county_name: head.name,
        hotline: head.hotline,
        office_phone: head.office_phone,
        areas,
        pinyin,
        phrases,
        units,
        vocabulary,
        calendar,
        statutes,
        confirmations,
        duty_hours,
        last_resort: head.last_resort,
        ringing,
        rules,
    });
    (pack, problems.finish())
}

/// What `pack.toml` says.
struct Head {
    county: String,
    area: Spanned<String>,
    area_line: u32,
    name: Label,
    hotline: Label,
    office_phone: Option<String>,
    last_resort: Vec<LastResort>,
    published_through: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadFile {
    county: Spanned<String>,
    area: Spanned<String>,
    name: TextFile,
    calendar: CalendarFile,
    hotline: TextFile,
    office_phone: Option<String>,
    // A pack of before has none; it is not published again without.
    #[serde(default)]
    last_resort: Vec<PhoneFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhoneFile {
    name: TextFile,
    phone: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextFile {
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    published_through: Spanned<toml::value::Datetime>,
}

/// Where the last published day stands in a `pack.toml`.
pub(super) fn through_span(text: &str) -> Option<std::ops::Range<usize>> {
    let file: HeadFile = toml::from_str(text).ok()?;
    Some(file.calendar.published_through.span())
}

fn head(files: &PackFiles, problems: &mut Problems) -> Option<Head> {
    let text = text_of(files, PACK, problems)?;
    let starts = line_starts(text);
    let file: HeadFile = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let line = error.span().map_or(0, |span| line_of(&starts, span.start));
            problems.add(PACK, line, error.message());
            return None;
        }
    };
    if !is_code(file.county.get_ref()) {
        let line = line_of(&starts, file.county.span().start);
        problems.add(
            PACK,
            line,
            "county must be a short code of a-z, 0-9 and -, such as taihe",
        );
    }
    let through = &file.calendar.published_through;
    let Ok(published_through) = through.get_ref().to_string().parse() else {
        let line = line_of(&starts, through.span().start);
        problems.add(PACK, line, "published_through must be a date such as 2026-12-31");
        return None;
    };
    let label = |text: TextFile| Label {
        zh: text.zh,
        en: text.en,
    };
    for phone in &file.last_resort {
        let (text, line) = (phone.phone.get_ref(), line_of(&starts, phone.phone.span().start));
        if !is_callable(text) {
            let reason = format!(
                "last_resort phone \"{text}\" holds nothing that can be called; write a number such as 0558-1234567"
            );
            problems.add_zh((PACK, line), reason, said::no_number("last_resort", text));
        }
    }
    let last_resort = file.last_resort.into_iter().map(|phone| LastResort {
        name: label(phone.name),
        phone: phone.phone.into_inner(),
    });
    Some(Head {
        last_resort: last_resort.collect(),
        area_line: line_of(&starts, file.area.span().start),
        county: file.county.into_inner(),
        area: file.area,
        name: label(file.name),
        hotline: label(file.hotline),
        office_phone: file.office_phone.filter(|phone| !is_blank(phone)),
        published_through,
    })
}
