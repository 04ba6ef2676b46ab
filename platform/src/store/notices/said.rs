//! What a mail says about its notice, beside the queue: tickets, facts without identity, and whom to phone.

use std::collections::BTreeMap;

use casework::{report::StoredFacts, routing::Basis};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::kind::of_json;
use crate::store::notices::kind::StoredKind;
use crate::store::{
    Ended, FloodId, Legible, NoticeId, NoticeKind, NoticeState, Notifier, ReportId, Said, Store, StoreError,
    SubjectKind, TicketId, Word,
};
use casework::words::{Grade, TicketClock, Urgency};

/// A notice with what its mail needs to say. No sealed column is read.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LeasedNotice {
    /// Stable id; becomes the Message-ID.
    pub id: NoticeId,
    /// What it is.
    #[sqlx(try_from = "StoredKind")]
    pub kind: NoticeKind,
    /// Escalation level, if it is a step.
    pub level: Option<i16>,
    /// Recipient's unit code.
    pub unit: String,
    /// Recipient's name.
    pub unit_name: String,
    /// Recipient's kind: it tells which pages its people may open.
    pub unit_kind: String,
    /// Recipient's mailbox: the person's own, or the unit's.
    pub mailbox: String,
    /// Whose own address it is; none: the unit's mailbox.
    pub person: Option<String>,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// A drill.
    pub drill: bool,
    /// The delay is the system's own.
    pub system_late: bool,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// Earlier attempts.
    pub attempts: i32,
    /// Earlier failures that were this mail's own.
    pub strikes: i32,
    /// The report; its receipt is printed. None where it is not about a ticket.
    pub report_id: Option<ReportId>,
    /// Routing facts as stored.
    pub facts: Option<Json<StoredFacts>>,
    /// What it is about; see [`LeasedNotice::tickets`].
    pub tickets: Json<Legible<Vec<NoticeTicket>>>,
    /// What it is about where that is no ticket.
    pub subject_kind: Option<Word<SubjectKind>>,
    /// Its id.
    pub subject_id: Option<i64>,
    /// What is said of it; see [`LeasedNotice::said`].
    pub said: Option<Json<Legible<Said>>>,
    /// It is decided already.
    pub settled: bool,
    /// When the notice that a person had sent again was queued, if this is such a one.
    pub resent_of: Option<DateTime<Utc>>,
    /// The notice that did not arrive, if this one is `undeliverable`; see [`LeasedNotice::failed`].
    pub failed: Option<Json<Legible<FailedNotice>>>,
    /// The flood, if this one tells of many reports at once; see [`LeasedNotice::flood`].
    pub flood: Option<Json<Legible<NoticeFlood>>>,
    /// Whom to phone, by unit code: recipient, holders, and the office.
    #[sqlx(skip)]
    pub contacts: BTreeMap<String, NoticeContact>,
}

/// A nested value that can't be read stops its own mail and no other.
impl LeasedNotice {
    /// The tickets it is about, the lead first.
    pub fn tickets(&self) -> Result<&[NoticeTicket], StoreError> {
        Ok(self.tickets.read("tickets of a notice")?)
    }

    /// What it says of its subject, if it is not about a ticket.
    pub fn said(&self) -> Result<Said, StoreError> {
        let said = self
            .said
            .as_ref()
            .map(|said| said.read("said of a notice"))
            .transpose()?;
        Ok(said.cloned().unwrap_or_default())
    }

    /// The notice that did not arrive, if this one is `undeliverable`.
    pub fn failed(&self) -> Result<Option<&FailedNotice>, StoreError> {
        let failed = self.failed.as_ref();
        failed.map(|failed| failed.read("failed of a notice")).transpose()
    }

    /// The flood that it tells of, if it does.
    pub fn flood(&self) -> Result<Option<&NoticeFlood>, StoreError> {
        let flood = self.flood.as_ref();
        flood.map(|flood| flood.read("flood of a notice")).transpose()
    }
}

/// A ticket that a notice is about.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct NoticeTicket {
    /// Its id.
    pub id: TicketId,
    /// The obligation's code.
    pub obligation: String,
    /// Unit that holds it.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Its kind, which tells whether it is written letters.
    pub unit_kind: String,
    /// Lead ticket of its report.
    pub lead: bool,
    /// The outcome that is asked for while a closing waits.
    #[serde(default)]
    pub close_outcome: Option<String>,
    /// Name of the unit that shall take it over, while that waits.
    #[serde(default)]
    pub transfer_to: Option<String>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When it was dispatched.
    pub dispatched_at: DateTime<Utc>,
    /// Bases of the obligation.
    pub basis: Vec<Basis>,
    /// Clocks that the notice is about, if it is a step.
    pub about: Vec<TicketClock>,
    /// Its stages: sign, contact, resolve.
    pub stages: Vec<NoticeStage>,
    /// Situations that asked it, where it shows them.
    #[serde(default)]
    pub own: Vec<String>,
}

/// A stage as a mail shows it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct NoticeStage {
    /// Which clock.
    pub stage: TicketClock,
    /// Due time, if its clock has started.
    pub due_at: Option<DateTime<Utc>>,
    /// `30min`, `3sd` …
    pub time_limit: String,
    /// The event that starts its clock.
    pub start_event: String,
    /// Where the limit comes from.
    pub basis: String,
    /// Grade of that source.
    pub grade: Grade,
    /// The calendar beyond this date is not published yet.
    pub provisional: bool,
    /// Ended: by its act, or without it.
    pub ended_at: Option<DateTime<Utc>>,
    /// How it ended.
    #[serde(default)]
    pub ended_how: Option<Ended>,
}

/// A notice that did not arrive, as the one that reports it shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct FailedNotice {
    /// Its kind.
    #[serde(deserialize_with = "of_json")]
    pub kind: NoticeKind,
    /// Code of the unit that did not get it.
    pub unit: String,
    /// That unit's name.
    pub unit_name: String,
    /// That unit's mailbox.
    pub mailbox: String,
    /// Where it stands: it may have gone out since.
    pub state: NoticeState,
    /// What the last attempt said.
    pub error: Option<String>,
}

/// A flood as a mail shows it, as of now.
#[derive(Clone, Debug, Deserialize)]
pub struct NoticeFlood {
    /// Its id.
    pub id: FloodId,
    /// The first nine digits of its area, where it is one of a township; empty where the area is not known. Else it has one
    /// source.
    pub township: Option<String>,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// Reports so far.
    pub reports: i64,
    /// Tickets that this notice is about; the first of them are listed.
    pub tickets: i64,
    /// Tickets of the recipient.
    pub of_unit: i64,
}

/// Whom to phone at a unit.
#[derive(Clone, Debug, Default)]
pub struct NoticeContact {
    /// The unit's name.
    pub unit_name: String,
    /// It is the office.
    pub office: bool,
    /// Duty phone of the unit.
    pub duty_phone: Option<String>,
    /// People of the unit with a phone, leaders first.
    pub people: Vec<Phone>,
}

/// A person and their phone at work.
#[derive(Clone, Debug, Deserialize)]
pub struct Phone {
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
}

#[derive(sqlx::FromRow)]
struct ContactRow {
    unit: String,
    office: bool,
    unit_name: String,
    duty_phone: Option<String>,
    people: Json<Vec<Phone>>,
}

impl Store<Notifier> {
    /// What the mails of these notices say, P1 first.
    pub async fn notice_said(&self, county: &str, ids: &[NoticeId]) -> Result<Vec<LeasedNotice>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut notices: Vec<LeasedNotice> = sqlx::query_as(include_str!("said.sql"))
            .bind(ids)
            .persistent(false)
            .fetch_all(&self.pool)
            .await?;
        let contacts = self.contacts(county, units_of(&notices)).await?;
        for notice in &mut notices {
            let own = units_of(std::slice::from_ref(notice));
            let wanted = contacts.iter().filter(|(unit, c)| c.office || own.contains(unit));
            notice.contacts = wanted.map(|(unit, c)| (unit.clone(), c.clone())).collect();
        }
        Ok(notices)
    }

    async fn contacts(&self, county: &str, units: Vec<String>) -> Result<BTreeMap<String, NoticeContact>, StoreError> {
        let rows: Vec<ContactRow> = sqlx::query_as(include_str!("contacts.sql"))
            .bind(county)
            .bind(units)
            .fetch_all(&self.pool)
            .await?;
        let contact = |row: ContactRow| {
            let contact = NoticeContact {
                unit_name: row.unit_name,
                office: row.office,
                duty_phone: row.duty_phone,
                people: row.people.0,
            };
            (row.unit, contact)
        };
        Ok(rows.into_iter().map(contact).collect())
    }
}

/// Recipients, holders, and who was not reached. What can't be read fails in its own mail.
fn units_of(notices: &[LeasedNotice]) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    for notice in notices {
        units.push(notice.unit.clone());
        let holders = notice.tickets.known().into_iter().flatten();
        units.extend(holders.map(|ticket| ticket.unit.clone()));
        let failed = notice.failed.as_ref().and_then(|failed| failed.known());
        units.extend(failed.map(|failed| failed.unit.clone()));
    }
    units.sort();
    units.dedup();
    units
}
