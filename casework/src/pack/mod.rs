//! The county pack: everything that makes Shouwang this county's.
//!
//! A pack is a folder of plain files: areas, units, vocabulary, calendar, recusals, ranking and the decision
//! model `routing.dmn`. It is read whole and refused whole: every mistake is collected and named by file and
//! line, because a pack that is half right would lose a child at the half that is wrong.

mod calendar;
mod read;

use std::collections::HashMap;

pub use calendar::{days_of_table, holidays_csv, with_calendar};

use crate::calendar::Calendar;
use crate::county::{
    Areas, Confirmations, DutyHours, Label, LastResort, PackProblem, Phrases, Problems, Statutes, Units, Vocabulary,
};
use crate::dmn::Table;
use crate::ringing::table::Ringing;
use crate::rules::Rules;
use crate::words::Lang;

/// A county pack that was read and found sound.
#[derive(Debug, Clone)]
pub struct Pack {
    county: String,
    county_name: Label,
    hotline: Label,
    office_phone: Option<String>,
    areas: Areas,
    pinyin: HashMap<String, String>,
    phrases: Phrases,
    units: Units,
    vocabulary: Vocabulary,
    calendar: Calendar,
    statutes: Statutes,
    confirmations: Confirmations,
    duty_hours: DutyHours,
    last_resort: Vec<LastResort>,
    ringing: Option<Ringing>,
    rules: Rules,
}

impl Pack {
    /// This pack with another decision table in place of the one of the same name, and what is wrong with that table.
    /// How a change of some rows is tried without reading the whole pack anew.
    pub fn with_table(&self, table: Table) -> (Self, Vec<PackProblem>) {
        let mut problems = Problems::default();
        let words = (&self.vocabulary, &self.units);
        let rules = self.rules.with_table(table, words, &mut problems);
        // Field by field: a clone of the whole would copy the old rules once more.
        let pack = Self {
            county: self.county.clone(),
            county_name: self.county_name.clone(),
            hotline: self.hotline.clone(),
            office_phone: self.office_phone.clone(),
            areas: self.areas.clone(),
            pinyin: self.pinyin.clone(),
            phrases: self.phrases.clone(),
            units: self.units.clone(),
            vocabulary: self.vocabulary.clone(),
            calendar: self.calendar.clone(),
            statutes: self.statutes.clone(),
            confirmations: self.confirmations.clone(),
            duty_hours: self.duty_hours.clone(),
            last_resort: self.last_resort.clone(),
            ringing: self.ringing.clone(),
            rules,
        };
        (pack, problems.finish())
    }

    /// The county's short code, `taihe`.
    pub fn county(&self) -> &str {
        &self.county
    }

    /// The county's name.
    pub fn county_name(&self, lang: Lang) -> &str {
        self.county_name.get(lang)
    }

    /// Whom to call in an emergency.
    pub fn hotline(&self, lang: Lang) -> &str {
        self.hotline.get(lang)
    }

    /// The office's telephone, where the pack gives one. A unit's own duty phone comes before it.
    pub fn office_phone(&self) -> Option<&str> {
        self.office_phone.as_deref()
    }

    /// Places.
    pub fn areas(&self) -> &Areas {
        &self.areas
    }

    /// How a place is spelt in letters, syllable by syllable, such as `ba li cun`; several spellings are parted by `|`.
    pub fn pinyin(&self, area: &str) -> Option<&str> {
        self.pinyin.get(area).map(String::as_str)
    }

    /// Chinese for what the tables write in English.
    pub fn phrases(&self) -> &Phrases {
        &self.phrases
    }

    /// Member units.
    pub fn units(&self) -> &Units {
        &self.units
    }

    /// Words.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Days off.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// What the law asks of the rules.
    pub fn statutes(&self) -> &Statutes {
        &self.statutes
    }

    /// How long a confirmation or approval may take.
    pub fn confirmations(&self) -> &Confirmations {
        &self.confirmations
    }

    /// When units are there, and the telephones on their desks.
    pub fn duty_hours(&self) -> &DutyHours {
        &self.duty_hours
    }

    /// Telephones for when nobody else can be reached.
    pub fn last_resort(&self) -> &[LastResort] {
        &self.last_resort
    }

    /// Whom a notice rings, where the pack says it.
    pub fn ringing_said(&self) -> Option<&Ringing> {
        self.ringing.as_ref()
    }

    /// Whom a notice rings. A pack that does not say it rings by what stands in for a missing table, never nobody.
    pub fn ringing(&self) -> Ringing {
        self.ringing.clone().unwrap_or_default()
    }

    /// The decision tables, read.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    #[cfg(test)]
    pub(crate) fn rules_mut(&mut self) -> &mut Rules {
        &mut self.rules
    }
}
