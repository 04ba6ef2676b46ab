//! What an address asks a list for: codes, numbers and days. An empty field asks nothing.

use casework::{
    calendar::midnight,
    ticket::TicketState,
    typed::plain,
    words::{Stage, Urgency},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use platform::{
    receipt::fragment::{Fragment, NoFragment, last_day},
    store::{AccountId, Candidates, ClockAsked, ClockKept, ListCursor, ListSort, ListTab, StoreError, TicketsAsked},
};
use serde::Deserialize;

use super::reach::Reach;
use crate::internal::Visit;

/// The fields of an address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) tab: String,
    pub(super) receipt: String,
    pub(super) unit: String,
    pub(super) area: String,
    pub(super) situation: String,
    pub(super) obligation: String,
    pub(super) urgency: String,
    pub(super) state: String,
    pub(super) officer: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) clock: String,
    pub(super) kept: String,
    pub(super) due_from: String,
    pub(super) due_to: String,
    pub(super) overdue: String,
    pub(super) drill: String,
    pub(super) sort: String,
    pub(super) after: String,
}

/// Why a list is not shown.
#[derive(Debug)]
pub(super) enum NotAsked {
    /// A field can't be read; key of what is wrong.
    Wrong(&'static str),
    /// The database could not be asked.
    Store(StoreError),
}

impl From<StoreError> for NotAsked {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

impl Asked {
    /// What is given, with its name, in the order of the form.
    pub(super) fn given(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("tab", &self.tab),
            ("receipt", &self.receipt),
            ("unit", &self.unit),
            ("area", &self.area),
            ("situation", &self.situation),
            ("obligation", &self.obligation),
            ("urgency", &self.urgency),
            ("state", &self.state),
            ("officer", &self.officer),
            ("from", &self.from),
            ("to", &self.to),
            ("clock", &self.clock),
            ("kept", &self.kept),
            ("due_from", &self.due_from),
            ("due_to", &self.due_to),
            ("overdue", &self.overdue),
            ("drill", &self.drill),
            ("sort", &self.sort),
            ("after", &self.after),
        ];
        let given = all.into_iter().map(|(name, value)| (name, value.as_str()));
        given.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The address of the same list with other fields; an empty one is left out. Whoever changes anything begins at the top.
    pub(super) fn address(&self, path: &str, with: &[(&'static str, &str)]) -> String {
        let kept = self.given().into_iter();
        let kept = kept.filter(|(name, _)| *name != "after" && with.iter().all(|(other, _)| other != name));
        let all: Vec<_> = kept
            .chain(with.iter().copied())
            .filter(|(_, value)| !value.is_empty())
            .collect();
        match serde_urlencoded::to_string(all) {
            Ok(query) if !query.is_empty() => format!("{path}?{query}"),
            _ => path.to_owned(),
        }
    }

    /// Whether it asks for less than all.
    pub(super) fn filters(&self) -> bool {
        let apart = ["tab", "sort", "after"];
        self.given().iter().any(|(name, _)| !apart.contains(name))
    }

    /// Which tab: a unit begins with what it owes, the county with all.
    pub(super) fn tab(&self, reach: &Reach) -> Result<ListTab, &'static str> {
        match (self.tab.as_str(), reach) {
            ("", Reach::County) => Ok(ListTab::All),
            ("", Reach::Unit { .. }) => Ok(ListTab::Open),
            // Nobody of the office holds a ticket as a person of a unit does.
            ("mine", Reach::County) => Err("finding.wrong.tab"),
            (word, _) => ListTab::from_word(word).ok_or("finding.wrong.tab"),
        }
    }

    /// In which order: what is owed by its due time, other lists the newest first.
    pub(super) fn sort(&self, tab: ListTab) -> Result<ListSort, &'static str> {
        match ListSort::from_word(&self.sort) {
            None if !self.sort.is_empty() => Err("finding.wrong.sort"),
            None if tab.is_open() => Ok(ListSort::Due),
            // The form of a tab may still name the order of another.
            None | Some(ListSort::Due | ListSort::Urgency) if !tab.is_open() && self.overdue.is_empty() => {
                Ok(ListSort::New)
            }
            Some(sort) => Ok(sort),
            None => Ok(ListSort::Due),
        }
    }

    /// For the store; a piece of a receipt is looked up.
    pub(super) async fn read(
        &self,
        visit: &Visit,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<TicketsAsked, NotAsked> {
        let (mut asked, piece) = self.parse(visit, reach, now).map_err(NotAsked::Wrong)?;
        if let Some(piece) = piece {
            match reach.receipts(&visit.internal, &piece).await? {
                Candidates::Of(reports) => asked.reports = Some(reports),
                Candidates::TooMany => return Err(NotAsked::Wrong("finding.wrong.receipt_many")),
            }
        }
        Ok(asked)
    }

    fn parse(
        &self,
        visit: &Visit,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<(TicketsAsked, Option<Fragment>), &'static str> {
        let tab = self.tab(reach)?;
        let code = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let piece = match code(&self.receipt) {
            None => None,
            Some(text) => Some(Fragment::read(&text, last_day(now)).map_err(|wrong| match wrong {
                NoFragment::Short => "finding.wrong.receipt_short",
                NoFragment::Long => "finding.wrong.receipt_long",
                NoFragment::Stranger => "finding.wrong.receipt",
            })?),
        };
        let urgency = match code(&self.urgency) {
            None => None,
            Some(word) => Some(Urgency::from_word(&word).ok_or("finding.wrong.urgency")?),
        };
        let state = match code(&self.state) {
            None => None,
            Some(word) => Some(TicketState::from_word(&word).ok_or("finding.wrong.state")?),
        };
        let officer = match code(&self.officer) {
            None => None,
            Some(text) => Some(text.parse::<AccountId>().map_err(|_| "finding.wrong.officer")?),
        };
        let township = match code(&self.area) {
            None => None,
            Some(area) if area.len() == 12 && area.bytes().all(|b| b.is_ascii_digit()) => Some(area[..9].to_owned()),
            Some(_) => return Err("finding.wrong.area"),
        };
        let after = match code(&self.after) {
            None => None,
            Some(text) => Some(cursor_of(&text).ok_or("finding.wrong.after")?),
        };
        let asked = TicketsAsked {
            unit: reach.unit().map(ToOwned::to_owned).or_else(|| code(&self.unit)),
            tab,
            urgency,
            state,
            township,
            situation: code(&self.situation),
            obligation: code(&self.obligation),
            officer,
            from: day(&self.from)?.and_then(midnight),
            until: day(&self.to)?.and_then(|day| midnight(day + TimeDelta::days(1))),
            clock: self.clock(reach, now)?,
            overdue_at: (!self.overdue.is_empty()).then_some(now),
            drill: !self.drill.is_empty(),
            sort: self.sort(tab)?,
            after,
            ..TicketsAsked::all(&visit.internal.county, visit.me())
        };
        Ok((asked, piece))
    }
}

impl Asked {
    /// How a clock was kept, as the county's sheet counts it.
    fn clock(&self, reach: &Reach, now: DateTime<Utc>) -> Result<Option<ClockAsked>, &'static str> {
        const WRONG: &str = "finding.wrong.clock";
        if [&self.clock, &self.kept, &self.due_from, &self.due_to]
            .iter()
            .all(|field| field.trim().is_empty())
        {
            return Ok(None);
        }
        let stage = Stage::from_word(self.clock.trim()).filter(|_| reach.is_county());
        Ok(Some(ClockAsked {
            stage: stage.ok_or(WRONG)?,
            kept: match self.kept.trim() {
                "" => None,
                word => Some(ClockKept::from_word(word).ok_or(WRONG)?),
            },
            from: day(&self.due_from)?.and_then(midnight).unwrap_or(DateTime::UNIX_EPOCH),
            until: day(&self.due_to)?
                .and_then(|day| midnight(day.succ_opt()?))
                .unwrap_or(now + TimeDelta::days(36_525)),
            now,
        }))
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>, &'static str> {
    let text = plain(text).trim().to_owned();
    if text.is_empty() {
        return Ok(None);
    }
    let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").map_err(|_| "reads.wrong_day")?;
    Ok(Some(day))
}

/// Where a list goes on, for an address.
pub(super) fn cursor(cursor: &ListCursor) -> String {
    format!("{}-{}-{}", cursor.urgency, cursor.at.timestamp_micros(), cursor.ticket)
}

fn cursor_of(text: &str) -> Option<ListCursor> {
    let mut parts = text.splitn(3, '-');
    Some(ListCursor {
        urgency: Urgency::from_word(parts.next()?)?,
        at: DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?,
        ticket: parts.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_was_asked_and_begins_at_the_top() {
        let asked = Asked {
            tab: "open".into(),
            area: "341222101000".into(),
            after: "P1-17-3".into(),
            ..Asked::default()
        };
        assert!(asked.filters());
        assert_eq!(
            asked.address("/tickets", &[("tab", "closed")]),
            "/tickets?area=341222101000&tab=closed"
        );
        assert_eq!(
            asked.address("/tickets", &[("tab", ""), ("area", "")]),
            "/tickets",
            "what is empty asks nothing"
        );
    }

    #[test]
    fn a_place_in_a_list_is_read_back() {
        let at = ListCursor {
            urgency: Urgency::P2,
            at: "2026-11-24T00:10:00.123456Z".parse().unwrap(),
            ticket: platform::store::TicketId(71),
        };
        assert_eq!(cursor_of(&cursor(&at)), Some(at));
        for text in ["", "P1", "P1-x-3", "P9-1-1", "P1-1-"] {
            assert_eq!(cursor_of(text), None, "{text}");
        }
    }

    #[test]
    fn an_order_fits_its_tab() {
        let sort = |word: &str, tab| {
            let asked = Asked {
                sort: word.into(),
                ..Asked::default()
            };
            asked.sort(tab)
        };
        assert_eq!(sort("", ListTab::Open), Ok(ListSort::Due));
        assert_eq!(sort("", ListTab::All), Ok(ListSort::New));
        assert_eq!(sort("due", ListTab::Closed), Ok(ListSort::New));
        assert_eq!(sort("old", ListTab::Closed), Ok(ListSort::Old));
        assert_eq!(sort("urgency", ListTab::Waiting), Ok(ListSort::Urgency));
        assert_eq!(sort("x", ListTab::Open), Err("finding.wrong.sort"));
    }
}
