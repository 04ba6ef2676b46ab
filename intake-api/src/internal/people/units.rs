//! Units and whom to call there. A pack brings a made-up mailbox for each unit: it stays an example (示例) until an administrator
//! has confirmed it, and is the county's own from then on, whatever later packs say.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use casework::county::{Unit, is_mailbox};
use platform::{
    clock,
    store::{Find, UnitContacts},
    text::Lang,
};
use serde::Deserialize;
use serde_json::json;
use tracing::info;
use unicode_normalization::UnicodeNormalization;

use super::{
    fields::{self, Wrong},
    list::{Line, line},
    said::Said,
    trail::{self, ActLine, new_act},
};
use crate::internal::{
    Internal,
    auth::{Actor, Admin},
    detached,
    page::{Frame, Language, Phone, problem, render, words},
    unavailable,
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
pub(super) async fn list(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Query(asked): Query<Asked>,
) -> Response {
    let contacts = match internal.people.units_all(&internal.county).await {
        Ok(contacts) => contacts,
        Err(e) => return unavailable(&e),
    };
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
            name: fields::unit_name(&loaded.pack, &unit.code),
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
        frame: Frame::of(&actor, lang, "/units"),
    };
    render(StatusCode::OK, &page)
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
pub(super) async fn page(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Path(code): Path<String>,
) -> Response {
    show(
        &internal,
        &actor,
        lang,
        &code,
        StatusCode::OK,
        None,
        Wrong::new(),
        Said::default(),
    )
    .await
}

/// `POST /units/{code}`: these contacts are right; who says so is recorded.
pub(super) async fn confirm(
    State(internal): State<Internal>,
    actor: Admin,
    Language(lang): Language,
    Path(code): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let before = match internal.people.unit_contacts(&internal.county, &code).await {
        Ok(Some(before)) if internal.pack.current().pack.units().get(&code).is_some() => before,
        Ok(_) => return problem::not_found().into_response(),
        Err(e) => return unavailable(&e),
    };
    let mut wrong = Wrong::new();
    let mailbox = typed.mailbox.nfkc().collect::<String>().trim().to_owned();
    if !is_mailbox(&mailbox) {
        wrong.insert("mailbox", "units.bad_mailbox");
    }
    let phone = fields::phone(&typed.duty_phone).map_err(|key| wrong.insert("duty_phone", key));
    let (Ok(phone), true) = (phone, wrong.is_empty()) else {
        let said = Said::error(lang.t("accounts.not_saved"));
        return show(
            &internal,
            &actor,
            lang,
            &code,
            StatusCode::UNPROCESSABLE_ENTITY,
            Some(typed),
            wrong,
            said,
        )
        .await;
    };
    let (within, by, unit) = (internal.clone(), actor.clone(), code.clone());
    let done = detached(async move {
        let mut act = new_act(&within, &by, "contacts", None, clock::now());
        act.unit = Some(&unit);
        act.detail = json!({"old_mailbox": before.mailbox, "mailbox": mailbox,
                            "old_phone": before.duty_phone, "phone": phone});
        let id = by.person.account.id;
        within
            .people
            .unit_confirm(&unit, &mailbox, phone.as_deref(), id, &act)
            .await
    });
    match done.await {
        Ok(true) => {
            info!(
                unit = code,
                by = actor.person.account.id,
                "a unit's contacts were confirmed"
            );
            let said = Said::done(lang.t("units.confirmed_done"));
            show(&internal, &actor, lang, &code, StatusCode::OK, None, Wrong::new(), said).await
        }
        Ok(false) => problem::not_found().into_response(),
        Err(response) => response,
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one page")]
async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    code: &str,
    status: StatusCode,
    typed: Option<Typed>,
    wrong: Wrong,
    said: Said,
) -> Response {
    let loaded = internal.pack.current();
    let (contacts, people, acts) = match (
        internal.people.unit_contacts(&internal.county, code).await,
        internal
            .people
            .accounts_list(&internal.county, Find::OfUnit(code))
            .await,
        internal.people.unit_acts(&internal.county, code).await,
    ) {
        (Ok(contacts), Ok(people), Ok(acts)) => (contacts, people, acts),
        (Err(e), ..) | (_, Err(e), _) | (.., Err(e)) => return unavailable(&e),
    };
    let (Some(unit), Some(contacts)) = (loaded.pack.units().get(code), contacts) else {
        return problem::not_found().into_response();
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
            .map(|parent| (parent.clone(), fields::unit_name(&loaded.pack, parent))),
        example: contacts.confirmed_at.is_none(),
        confirmed: confirmed(&contacts, lang, now),
        pack_mailbox: (contacts.confirmed_at.is_some() && unit.mailbox != contacts.mailbox)
            .then(|| lang.fill("units.pack_mailbox", &[("mailbox", &unit.mailbox)])),
        typed: typed.unwrap_or(Typed {
            mailbox: contacts.mailbox,
            duty_phone: contacts.duty_phone.unwrap_or_default(),
        }),
        wrong,
        people: people.into_iter().map(|p| line(p, &loaded.pack, lang)).collect(),
        acts: trail::lines(&acts, &loaded.pack, lang, now),
        said,
        frame: Frame::of(actor, lang, "/units").titled(&unit.name),
    };
    render(status, &page)
}

fn confirmed(contacts: &UnitContacts, lang: Lang, now: chrono::DateTime<chrono::Utc>) -> Option<String> {
    let (at, by) = (contacts.confirmed_at?, contacts.confirmed_by.as_deref()?);
    Some(lang.fill("units.confirmed", &[("by", by), ("at", &words::moment(lang, at, now))]))
}

fn kind(unit: &Unit, pack: &casework::pack::Pack, lang: Lang) -> String {
    let known = pack.vocabulary().unit_kinds.get(&unit.kind);
    known.map_or_else(|| unit.kind.clone(), |kind| kind.term.label.get(lang.pack()).to_owned())
}
