//! The draft of an application (to a court) or of a letter to another unit: filled with what the asking unit's ticket shows, blank where
//! it shows nothing. A page to print, and the same as DOCX. Opening either is a look at the report and stands among the reads.

use askama::Template;
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use casework::routing::{self, Asking};
use casework::{pack::Pack, report::salvage};
use platform::{clock, store::DeskTicket, text::Lang};

use super::{
    asking::{askable, unit_kind},
    docx,
    sheet::Sheet,
};
use crate::{
    internal::{
        By,
        auth::Desk,
        desk::{fetch, found::read, told::children},
        error::PageError,
        page::{Frame, Paper, render, tail, words},
    },
    parts::Opened,
};

#[derive(Template)]
#[template(path = "internal/requests/draft.html")]
struct DraftPage {
    frame: Frame,
    paper: Paper,
    ticket: platform::store::TicketId,
    obligation: String,
    sheet: Sheet,
}

impl DraftPage {
    fn t(&self, key: &str) -> &'static str {
        self.frame.lang.t(key)
    }
}

/// `GET /tickets/{id}/requests/{obligation}`
pub(super) async fn page(by: By<Desk>, Path((id, obligation)): Path<(String, String)>) -> Result<Response, PageError> {
    let (ticket, sheet) = drafted(&by, &id, &obligation).await?;
    let loaded = by.internal.pack.current();
    let receipt = ticket.report_id.to_string();
    let frame = by.frame("/desk").titled(tail(&receipt));
    let now = clock::now();
    let county = loaded.pack.county_name(by.lang.pack());
    let page = DraftPage {
        paper: Paper::new(&frame, county, &sheet.from, &receipt, &words::moment(by.lang, now, now)),
        frame,
        ticket: ticket.id,
        obligation,
        sheet,
    };
    Ok(render(axum::http::StatusCode::OK, &page))
}

/// `GET /tickets/{id}/requests/{obligation}/docx`
pub(super) async fn docx(by: By<Desk>, Path((id, obligation)): Path<(String, String)>) -> Result<Response, PageError> {
    let (ticket, sheet) = drafted(&by, &id, &obligation).await?;
    let file = docx::written(&sheet, by.lang).map_err(anyhow::Error::new)?;
    let named = format!("attachment; filename=\"{obligation}-{}.docx\"", ticket.id);
    let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    Ok((
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, named),
        ],
        file,
    )
        .into_response())
}

/// The ticket and its paper; nothing is there for what this unit may not ask for.
async fn drafted(by: &By<Desk>, id: &str, obligation: &str) -> Result<(DeskTicket, Sheet), PageError> {
    let ticket = fetch(by, id).await?;
    let loaded = by.internal.pack.current();
    let pack = &loaded.pack;
    let kinds = askable(pack, &ticket);
    let entitled = kinds
        .get(obligation)
        .is_some_and(|kinds| kinds.contains(unit_kind(pack, &ticket)));
    if !entitled || !ticket.state.is_in_hand() {
        return Err(PageError::NotFound);
    }
    let opened = read(by, &ticket, "draft").await?;
    let sheet = sheet(pack, by.lang, &ticket, &opened, obligation);
    Ok((ticket, sheet))
}

fn sheet(pack: &Pack, lang: Lang, ticket: &DeskTicket, opened: &Opened, obligation: &str) -> Sheet {
    let asking = Asking {
        unit_kind: unit_kind(pack, ticket),
        obligation,
        urgency: ticket.urgency,
        at: clock::now(),
    };
    let planned = routing::request(pack, &salvage(&ticket.ground.facts).0, asking);
    let asked = planned.as_ref().and_then(|planned| planned.tickets.first());
    let kind = asked.and_then(|asked| pack.vocabulary().unit_kinds.get(&asked.unit_kind));
    let title = if kind.is_some_and(|kind| kind.letter) {
        "requests.draft.application"
    } else {
        "requests.draft.letter"
    };
    let what = pack.vocabulary().obligations.label(obligation, lang.pack());
    let from = words::unit_name(pack, &ticket.unit);
    let mut fields = vec![
        (lang.t("requests.draft.from"), from.clone()),
        (lang.t("requests.draft.person"), String::new()),
    ];
    for child in children(lang, opened) {
        fields.push((lang.t("desk.child_word"), child.heading));
        fields.extend(child.facts);
    }
    let place = opened.place.as_ref().and_then(|place| place.where_now.as_ref());
    fields.push((
        lang.t("desk.where_now"),
        place.map(ToString::to_string).unwrap_or_default(),
    ));
    fields.push((lang.t("requests.draft.against"), String::new()));
    let situations = opened.facts.situations.iter();
    let situations: Vec<&str> = situations
        .map(|code| pack.vocabulary().situations.label(code, lang.pack()))
        .collect();
    fields.push((lang.t("desk.situations"), situations.join(lang.t("words.and"))));
    Sheet {
        title: lang.fill(title, &[("what", what)]),
        to: asked
            .map(|asked| words::unit_name(pack, &asked.unit))
            .unwrap_or_default(),
        fields,
        narrative: opened.narrative.as_ref().map(ToString::to_string).unwrap_or_default(),
        bases: asked
            .into_iter()
            .flat_map(|asked| &asked.basis)
            .map(|basis| words::basis(lang, pack.phrases(), &basis.text, basis.grade))
            .collect(),
        from,
    }
}

#[cfg(test)]
mod tests {
    use platform::store::Role;

    use super::*;
    use crate::internal::testing;

    #[test]
    fn pages_of_a_draft() {
        let frame = testing::frame(&[("public-security", Role::Member)], Lang::Zh, "/desk");
        let page = DraftPage {
            paper: Paper::new(&frame, "太和县", "城关派出所", "SW-2026-0001", "11月24日 16:25"),
            frame,
            ticket: platform::store::TicketId(7),
            obligation: "protection-order".into(),
            sheet: Sheet {
                title: "人身安全保护令申请书".into(),
                to: "太和县人民法院".into(),
                fields: vec![
                    ("提请单位", "城关派出所".into()),
                    ("经办人和电话", String::new()),
                    ("孩子", "<b>小明</b> · 男 · 9岁".into()),
                ],
                narrative: String::new(),
                bases: vec!["《反家庭暴力法》第二十三条第二款".into()],
                from: "城关派出所".into(),
            },
        };
        testing::page("request-draft", &page);
    }
}
