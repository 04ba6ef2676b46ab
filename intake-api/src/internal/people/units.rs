//! Units and whom to call there. A pack brings a made-up mailbox for each unit: it stays an example (示例) until an administrator
//! has confirmed it, and is the county's own from then on, whatever later packs say.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use casework::county::{Unit, is_mailbox};
use platform::{
    clock,
    store::{AccountActKind, Detail, Find, UnitContacts, act_detail::Contacts},
    text::Lang,
};
use serde::Deserialize;
use tracing::info;
use unicode_normalization::UnicodeNormalization;

use super::{
    fields,
    list::{Line, line},
    said::{Again, Said},
    trail::{self, ActLine, new_act},
};
use crate::internal::{
    By, Visit,
    again::Wrong,
    auth::Admin,
    detached,
    error::PageError,
    page::{Frame, Phone, render, words},
};

/// Units that a page lists.
const SHOWN: usize = 100;

struct UnitLine {
    code: String,
    name: String,
    mailbox: String,
    duty: Option<Phone>,
    example: bool,
}

/// What is looked for.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    show: String,
}

#[derive(Template)]
#[template(path = "internal/people/units.html")]
struct UnitsPage {
    frame: Frame,
    units: Vec<UnitLine>,
    q: String,
    only_examples: bool,
    count: String,
    examples: String,
    more: bool,
}

/// `GET /units`
pub(super) async fn list(by: By<Admin>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (internal, lang) = (&by.internal, by.lang);
    let contacts = internal.people.units_all(&internal.county).await?;
    let loaded = internal.pack.current();
    let words: Vec<String> = asked
        .q
        .nfkc()
        .collect::<String>()
        .to_lowercase()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let only_examples = asked.show == "examples";
    let examples = contacts.iter().filter(|unit| unit.confirmed_at.is_none()).count();
    let fits = |unit: &UnitLine| {
        let text = format!("{} {} {}", unit.name, unit.code, unit.mailbox).to_lowercase();
        (!only_examples || unit.example) && words.iter().all(|word| text.contains(word.as_str()))
    };
    let mut units: Vec<UnitLine> = contacts
        .into_iter()
        .map(|unit| UnitLine {
            name: words::unit_name(&loaded.pack, &unit.code),
            example: unit.confirmed_at.is_none(),
            duty: unit.duty_phone.as_deref().map(Phone::of),
            mailbox: unit.mailbox,
            code: unit.code,
        })
        .filter(fits)
        .collect();
    let count = units.len();
    units.truncate(SHOWN);
    let page = UnitsPage {
        count: lang.fill("units.count", &[("n", &count.to_string())]),
        examples: lang.fill("units.examples", &[("n", &examples.to_string())]),
        more: count > SHOWN,
        q: asked.q,
        only_examples,
        units,
        frame: by.frame("/units"),
    };
    Ok(render(StatusCode::OK, &page))
}

/// The form of a unit's contacts.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    mailbox: String,
    #[serde(default)]
    duty_phone: String,
}

#[derive(Template)]
#[template(path = "internal/people/unit.html")]
struct UnitPage {
    frame: Frame,
    code: String,
    name: String,
    kind: String,
    place: String,
    parent: Option<(String, String)>,
    example: bool,
    confirmed: Option<String>,
    /// The mailbox of the pack, where the confirmed one is another.
    pack_mailbox: Option<String>,
    typed: Typed,
    wrong: Wrong,
    people: Vec<Line>,
    acts: Vec<ActLine>,
    said: Said,
}

impl UnitPage {
    fn wrong(&self, field: &str) -> Option<&'static str> {
        self.wrong.get(field).map(|key| self.frame.lang.t(key))
    }
}

/// `GET /units/{code}`
pub(super) async fn page(by: By<Admin>, Path(code): Path<String>) -> Result<Response, PageError> {
    show(&by, &code, Again::default()).await
}

/// `POST /units/{code}`: these contacts are right; who says so is recorded.
pub(super) async fn confirm(
    by: By<Admin>,
    Path(code): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let internal = &by.internal;
    let before = internal.people.unit_contacts(&internal.county, &code).await?;
    let known = internal.pack.current().pack.units().get(&code).is_some();
    let before = before.filter(|_| known).ok_or(PageError::NotFound)?;
    let mut wrong = Wrong::new();
    let mailbox = typed.mailbox.nfkc().collect::<String>().trim().to_owned();
    if !is_mailbox(&mailbox) {
        wrong.insert("mailbox", "units.bad_mailbox");
    }
    let phone = fields::phone(&typed.duty_phone).map_err(|key| wrong.insert("duty_phone", key));
    let (Ok(phone), true) = (phone, wrong.is_empty()) else {
        return show(&by, &code, Again::not_saved(wrong, Some(typed), by.lang)).await;
    };
    let (visit, unit) = (Visit::clone(&by), code.clone());
    let done = detached(async move {
        let mut act = new_act(&visit, AccountActKind::Contacts, None, clock::now());
        act.unit = Some(&unit);
        act.detail = Detail::of(&Contacts {
            old_mailbox: before.mailbox,
            mailbox: mailbox.clone(),
            old_phone: before.duty_phone,
            phone: phone.clone(),
        });
        let people = &visit.internal.people;
        people
            .unit_confirm(&unit, &mailbox, phone.as_deref(), visit.me(), &act)
            .await
    });
    if !done.await? {
        return Err(PageError::NotFound);
    }
    info!(unit = code, by = by.me().0, "a unit's contacts were confirmed");
    let said = Said::done(by.t("units.confirmed_done"));
    show(&by, &code, Again::saying(StatusCode::OK, said)).await
}

async fn show(visit: &Visit, code: &str, again: Again<Option<Typed>>) -> Result<Response, PageError> {
    let (internal, lang) = (&visit.internal, visit.lang);
    let (people, county, loaded) = (&internal.people, &internal.county, internal.pack.current());
    let contacts = people.unit_contacts(county, code).await?;
    let of_unit = people.accounts_list(county, Find::OfUnit(code)).await?;
    let acts = people.unit_acts(county, code).await?;
    let (Some(unit), Some(contacts)) = (loaded.pack.units().get(code), contacts) else {
        return Err(PageError::NotFound);
    };
    let now = clock::now();
    let page = UnitPage {
        code: unit.code.clone(),
        name: unit.name.clone(),
        kind: kind(unit, &loaded.pack, lang),
        place: words::place(lang, &loaded.pack, Some(&unit.area)),
        parent: unit
            .parent
            .as_ref()
            .map(|parent| (parent.clone(), words::unit_name(&loaded.pack, parent))),
        example: contacts.confirmed_at.is_none(),
        confirmed: confirmed(&contacts, lang, now),
        pack_mailbox: (contacts.confirmed_at.is_some() && unit.mailbox != contacts.mailbox)
            .then(|| lang.fill("units.pack_mailbox", &[("mailbox", &unit.mailbox)])),
        typed: again.fields.unwrap_or(Typed {
            mailbox: contacts.mailbox,
            duty_phone: contacts.duty_phone.unwrap_or_default(),
        }),
        wrong: again.wrong,
        people: of_unit.into_iter().map(|p| line(p, &loaded.pack, lang)).collect(),
        acts: trail::lines(&acts, &loaded.pack, lang, now),
        said: again.said,
        frame: visit.frame("/units").titled(&unit.name),
    };
    Ok(render(again.status, &page))
}

fn confirmed(contacts: &UnitContacts, lang: Lang, now: chrono::DateTime<chrono::Utc>) -> Option<String> {
    let (at, by) = (contacts.confirmed_at?, contacts.confirmed_by.as_deref()?);
    Some(lang.fill("units.confirmed", &[("by", by), ("at", &words::moment(lang, at, now))]))
}

fn kind(unit: &Unit, pack: &casework::pack::Pack, lang: Lang) -> String {
    let known = pack.vocabulary().unit_kinds.get(&unit.kind);
    known.map_or_else(|| unit.kind.clone(), |kind| kind.term.label.get(lang.pack()).to_owned())
}
