//! A ticket as it is carried into a closed network: what its page shows to anybody of its unit at this moment, as a page to print and as
//! JSON. What was opened for one person is not in it.

use askama::Template;
use casework::calendar::rfc3339;
use chrono::{DateTime, Utc};
use platform::{
    foreign,
    store::{DeskScope, FileAsked, FileId, StoreError, TicketId},
    text::Lang,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    answers, sealed,
    view::{View, view},
};
use crate::{
    internal::{
        Internal,
        page::words::{self, Telling},
    },
    parts::Opened,
};

/// The version of the JSON. What is added later does not change it; what means something else does.
const FORMAT: &str = "shouwang-folder/1";
/// The office's unit in every pack.
const OFFICE: &str = "office";

/// What is written into a folder, before it is signed and encrypted.
pub(crate) struct Carried {
    /// The page to print.
    pub(crate) page: String,
    /// JSON, which holds the page's digest.
    pub(crate) letter: Vec<u8>,
}

#[derive(Template)]
#[template(path = "internal/desk/carried.html")]
pub(super) struct CarriedPage {
    pub(super) v: View,
    /// Why the unit has it.
    pub(super) why: String,
    pub(super) written: String,
    /// Whom to call to sign.
    pub(super) call: String,
    pub(super) file: FileId,
}

impl CarriedPage {
    fn t(&self, key: &str) -> &'static str {
        Lang::Zh.t(key)
    }

    fn fill(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        words::fill(Lang::Zh, key, name, value)
    }
}

/// What is signed.
#[derive(Serialize)]
struct Letter<'a> {
    format: &'static str,
    /// The name of the files, the same if they are written again.
    id: FileId,
    county: &'a str,
    written_at: String,
    page: PageOf,
    unit: &'a str,
    unit_name: &'a str,
    receipt: String,
    ticket_id: TicketId,
    telephone: Telephone<'a>,
    words: Words<'a>,
    /// As `GET /api/v1/tickets/{id}` answers it to somebody of the unit.
    ticket: answers::Ticket,
}

/// The page beside it.
#[derive(Serialize)]
struct PageOf {
    name: String,
    sha256: String,
}

/// By which a unit that opens no page signs.
#[derive(Serialize)]
struct Telephone<'a> {
    office: Option<String>,
    hotline: &'a str,
    sign: &'a str,
}

/// Codes in words.
#[derive(Serialize)]
struct Words<'a> {
    urgency: &'static str,
    obligation: &'a str,
    role: &'static str,
    state: &'static str,
    basis: &'a [String],
    evidence: Option<&'a str>,
    stages: Vec<Stage<'a>>,
}

#[derive(Serialize)]
struct Stage<'a> {
    name: &'static str,
    status: &'a str,
    limit: &'a str,
    basis: &'a str,
}

/// The ticket of a file, as its unit may have it now; that it was opened for this is written down. None: it is not the unit's, or can't be
/// rendered.
pub(crate) async fn carried(
    internal: &Internal,
    asked: &FileAsked,
    now: DateTime<Utc>,
) -> Result<Option<Carried>, StoreError> {
    let scope = DeskScope::new([asked.unit.as_str()]);
    let Some(mut ticket) = internal.desk.desk_ticket(&scope, asked.ticket_id).await? else {
        return Ok(None);
    };
    ticket.ground = internal
        .office
        .ticket_ground(asked.ticket_id)
        .await?
        .unwrap_or_default();
    let offices = internal.desk.units_contacts(&internal.county, &[OFFICE]).await?;
    let office = offices.into_iter().find_map(|unit| unit.duty_phone);
    let Some(handed) = internal.desk.desk_folder_read(&scope, asked.id, now).await? else {
        return Ok(None);
    };
    let opened = Opened::new(&internal.keys, ticket.report_id, &handed);
    let why = internal
        .why
        .ticket(ticket.ground.made.as_ref(), &opened.sight(&ticket.own))
        .await;
    let loaded = internal.pack.current();
    let how = Telling {
        pack: &loaded.pack,
        lang: Lang::Zh,
        now,
    };
    let v = view(&ticket, &opened, &internal.keys, false, how);
    let call = match &office {
        Some(phone) => Lang::Zh.fill("carried.call", &[("phone", phone)]),
        None => Lang::Zh.fill("carried.call_hotline", &[("phone", &v.hotline)]),
    };
    let page = CarriedPage {
        v,
        why: why.text(),
        written: words::moment(Lang::Zh, now, now),
        call,
        file: asked.id,
    };
    let Some(html) = page.render().ok().map(foreign::page) else {
        return Ok(None);
    };
    let (v, key) = (&page.v, sealed::data_key(&internal.keys, &ticket).ok());
    let letter = Letter {
        format: FORMAT,
        id: asked.id,
        county: &internal.county,
        written_at: rfc3339(now),
        page: PageOf {
            name: format!("{}.html", asked.id),
            sha256: hex::encode(Sha256::digest(html.as_bytes())),
        },
        unit: &asked.unit,
        unit_name: &v.unit,
        receipt: ticket.report_id.to_string(),
        ticket_id: ticket.id,
        telephone: Telephone {
            office,
            hotline: &v.hotline,
            sign: &page.call,
        },
        words: words_of(v),
        ticket: answers::Ticket::of(ticket, opened, why.explained(), key.as_ref()),
    };
    let letter = serde_json::to_vec(&letter).ok();
    Ok(letter.map(|letter| Carried { page: html, letter }))
}

fn words_of(v: &View) -> Words<'_> {
    Words {
        urgency: v.urgency,
        obligation: &v.obligation,
        role: v.role,
        state: v.state,
        basis: &v.bases,
        evidence: v.evidence.as_deref(),
        stages: v
            .stages
            .iter()
            .map(|stage| Stage {
                name: stage.name,
                status: &stage.status,
                limit: &stage.limit,
                basis: &stage.basis,
            })
            .collect(),
    }
}
