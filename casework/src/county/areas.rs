//! The county's places: official 12-digit codes in a tree from province to village.

use std::collections::HashMap;

use super::Line;
use crate::words::{is_area_code, words};

words! {
    /// How high an area stands.
    AreaLevel {
        /// 省
        Province = "province",
        /// 市
        Prefecture = "prefecture",
        /// 县
        County = "county",
        /// 乡镇、街道
        Township = "township",
        /// 村、社区
        Village = "village",
    }
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// 12 digits.
    pub code: String,
    /// Official name.
    pub name: String,
    /// How high it stands.
    pub level: AreaLevel,
    /// The area it lies in; `None` at the top.
    pub parent: Option<String>,
    /// Line of `areas.csv`.
    pub(crate) line: Line,
}

/// Where the area code of a report lies. Codes of villages change each year, townships hardly ever, and a school's list is
/// older than the pack's or newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Located<'a> {
    /// No code was given.
    Unknown,
    /// An area of the pack's list.
    Listed(&'a Area),
    /// Not in the list, but its first nine digits are those of this township.
    InTownship(&'a Area),
    /// Not in the list, and of no township in it, but its first six digits are the county's.
    InCounty,
    /// Of another county.
    Foreign,
}

/// A code that begins as the county's do and is not in the list: the office should look at its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// 12 digits.
    pub code: String,
    /// Code of the township whose first nine digits it has.
    pub township: Option<String>,
}

/// All places of a pack.
#[derive(Debug, Clone)]
pub struct Areas {
    list: Vec<Area>,
    by_code: HashMap<String, usize>,
    county: String,
}

impl Areas {
    pub(crate) fn new(list: Vec<Area>, county: String) -> Self {
        let mut by_code = HashMap::with_capacity(list.len());
        for (index, area) in list.iter().enumerate() {
            by_code.entry(area.code.clone()).or_insert(index);
        }
        Self { list, by_code, county }
    }

    /// The area with this code.
    pub fn get(&self, code: &str) -> Option<&Area> {
        self.by_code.get(code).map(|index| &self.list[*index])
    }

    /// Whether a mention of the code is in order; see [`super::Terms::allows`].
    pub(crate) fn allows(&self, code: &str) -> bool {
        self.list.is_empty() || self.by_code.contains_key(code)
    }

    /// The county's own area code.
    pub fn county(&self) -> &str {
        &self.county
    }

    /// All areas in file order.
    pub fn iter(&self) -> impl Iterator<Item = &Area> {
        self.list.iter()
    }

    /// Townships of the county in file order.
    pub fn townships(&self) -> impl Iterator<Item = &Area> {
        self.within(&self.county, AreaLevel::Township)
    }

    /// Villages and communities of a township in file order.
    pub fn villages<'a>(&'a self, township: &'a str) -> impl Iterator<Item = &'a Area> {
        self.within(township, AreaLevel::Village)
    }

    fn within<'a>(&'a self, parent: &'a str, level: AreaLevel) -> impl Iterator<Item = &'a Area> {
        self.list
            .iter()
            .filter(move |area| area.level == level && area.parent.as_deref() == Some(parent))
    }

    /// The area and everything above it, lowest first. Ends where a parent is missing; never longer than the
    /// number of areas, even if parents go in circles.
    pub fn climb<'a>(&'a self, code: &str) -> impl Iterator<Item = &'a Area> {
        std::iter::successors(self.get(code), |area| self.get(area.parent.as_deref()?)).take(self.list.len())
    }

    /// Where a report's area lies.
    pub fn locate(&self, area: Option<&str>) -> Located<'_> {
        /// Digits of a township's code that those of its villages begin with.
        const TOWNSHIP: usize = 9;
        /// The same of a county.
        const COUNTY: usize = 6;
        let Some(code) = area else {
            return Located::Unknown;
        };
        if let Some(listed) = self.get(code) {
            return Located::Listed(listed);
        }
        let begins = |digits: usize, above: &str| {
            let (own, theirs) = (code.get(..digits), above.get(..digits));
            is_area_code(code) && own.is_some() && own == theirs
        };
        match self.townships().find(|township| begins(TOWNSHIP, &township.code)) {
            Some(township) => Located::InTownship(township),
            None if begins(COUNTY, &self.county) => Located::InCounty,
            None => Located::Foreign,
        }
    }

    /// The code where it is one of the county's that the list does not have; `None` for listed, foreign and no codes.
    pub fn unlisted(&self, area: Option<&str>) -> Option<Unlisted> {
        let township = match self.locate(area) {
            Located::InTownship(township) => Some(township.code.clone()),
            Located::InCounty => None,
            Located::Unknown | Located::Listed(_) | Located::Foreign => return None,
        };
        let code = area?.to_owned();
        Some(Unlisted { code, township })
    }

    /// Where a unit is sought for a report's area: a code that is not in the list but of a township means the township;
    /// what is unknown, foreign or above the county means the county itself.
    pub fn search_from(&self, area: Option<&str>) -> &str {
        match self.locate(area) {
            Located::Listed(area) if self.climb(&area.code).any(|above| above.code == self.county) => &area.code,
            Located::InTownship(township) => &township.code,
            _ => &self.county,
        }
    }

    /// Names from the county down, such as `太和县 旧县镇 某村`; `None` for an area not in the pack.
    pub fn path_name(&self, code: &str) -> Option<String> {
        let mut names: Vec<&str> = self
            .climb(code)
            .filter(|area| !matches!(area.level, AreaLevel::Province | AreaLevel::Prefecture) || area.code == code)
            .map(|area| area.name.as_str())
            .collect();
        names.reverse();
        (!names.is_empty()).then(|| names.join(" "))
    }

    /// The township of a place, or the place itself where it lies higher. A village that is not in the list is in the
    /// township that its first nine digits name.
    pub fn township_of(&self, code: &str) -> Option<&Area> {
        let by_prefix = || self.get(&format!("{}000", code.get(..9)?));
        let low = |area: &&Area| area.level == AreaLevel::Village;
        let found = self.get(code).or_else(by_prefix)?;
        self.climb(&found.code).find(|area| !low(area))
    }
}
