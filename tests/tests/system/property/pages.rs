//! What is said, held against the model: the status (page and API, both languages), the pages and API of each ticket, the
//! office's pages, and at the end every mail.

use std::collections::BTreeMap;

use platform::text::Lang;
use serde_json::Value;

use super::{
    model::{Facts, Model},
    world::{Report, World},
};

/// What was claimed, and which claims nothing supports.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) claims: BTreeMap<&'static str, usize>,
    pub(super) faults: Vec<String>,
}

impl Said {
    /// Something was said; it must hold.
    fn claim(&mut self, what: &'static str, holds: bool, place: &str) {
        *self.claims.entry(what).or_default() += 1;
        if !holds {
            self.faults
                .push(format!("{place} says {what}, and no event supports it"));
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (what, times) in &other.claims {
            *self.claims.entry(what).or_default() += times;
        }
    }
}

/// Everything that can be read about a report now.
pub(super) async fn check(world: &World, report: &Report, model: &Model) -> Said {
    let mut said = Said::default();
    status(&mut said, &world.status(report).await, model);
    for lang in [Lang::Zh, Lang::En] {
        let page = world.status_page(report, lang.tag()).await;
        status_page(&mut said, &page, lang, model);
    }
    let tickets: Vec<(i64, String)> = sqlx::query_as("SELECT id, unit FROM tickets WHERE report_id = $1")
        .bind(report.filed.id())
        .fetch_all(&world.system.db)
        .await
        .unwrap();
    for (id, unit) in tickets {
        let facts = &model.tickets[&id];
        if let Some(person) = world.people(&unit).first() {
            let ticket = world.get(person, &format!("/api/v1/tickets/{id}")).await;
            ticket_json(&mut said, &ticket, facts, model);
            for lang in ["zh", "en"] {
                let page = person.browser.get(&format!("/tickets/{id}?lang={lang}")).await;
                assert_eq!(page.status, 200);
                ticket_page(&mut said, &page.text, Lang::from_tag(lang), facts, "the unit's page");
            }
        }
        let page = world.office[0]
            .browser
            .get(&format!("/board/tickets/{id}?lang=zh"))
            .await;
        assert_eq!(page.status, 200);
        let contacted = format!("{} · ", Lang::Zh.t("board.event.contacted"));
        if page.text.contains(&contacted) {
            said.claim("child-seen", facts.seen.is_some(), "the office's page of a ticket");
        }
        let state = header(&page.text);
        if state.contains(Lang::Zh.t("words.state.confirmed")) {
            said.claim("confirmed", model.called_back, "the office's page of a ticket");
        }
    }
    said
}

fn status(said: &mut Said, status: &Value, model: &Model) {
    let mut when = |field: &str, what, holds| {
        if !status[field].is_null() {
            said.claim(what, holds, "the status by API");
        }
    };
    when("dispatched_at", "dispatched", model.decided);
    when("police_signed_at", "police-signed", model.police_signed());
    when("child_seen_at", "child-seen", model.seen());
    when("resolved_at", "resolved", model.resolved());
    if status["state"] == "resolved" {
        said.claim("resolved", model.resolved(), "the status by API");
    }
}

/// The steps that are marked as done.
fn status_page(said: &mut Said, page: &str, lang: Lang, model: &Model) {
    for item in page.split("<li class=\"done\">").skip(1) {
        let item = item.split("</li>").next().unwrap_or_default();
        let mut names = |key: &str, what, holds| {
            if item.contains(&format!(">{}<", lang.t(key))) {
                said.claim(what, holds, "the status page");
            }
        };
        names("status.step.police-signed", "police-signed", model.police_signed());
        names("status.step.child-seen", "child-seen", model.seen());
        names("status.step.resolved", "resolved", model.resolved());
        names("status.step.signed", "all-signed", model.all_signed());
    }
}

fn ticket_json(said: &mut Said, ticket: &Value, facts: &Facts, model: &Model) {
    let place = "a ticket by API";
    if !ticket["signed_at"].is_null() {
        said.claim("signed", facts.signed.is_some(), place);
    }
    if !ticket["contacted_at"].is_null() {
        said.claim("child-seen", facts.seen.is_some(), place);
    }
    if !ticket["resolved_at"].is_null() || !ticket["outcome"].is_null() {
        said.claim("closed", facts.closed.is_some(), place);
    }
    match ticket["state"].as_str().unwrap_or_default() {
        "signed" | "in-progress" => said.claim("signed", facts.in_hand, place),
        "close-requested" => said.claim("close-requested", facts.asked, place),
        "resolved" => said.claim("closed", facts.closed.is_some(), place),
        "confirmed" => said.claim("confirmed", facts.closed.is_some() && model.called_back, place),
        _ => {}
    }
}

/// Sentences of the ticket's page; each is looked for by the words around its blanks.
fn ticket_page(said: &mut Said, page: &str, lang: Lang, facts: &Facts, place: &str) {
    for (key, what, holds) in [
        ("desk.event.contacted", "child-seen", facts.seen.is_some()),
        ("desk.event.signed", "signed", facts.signed.is_some()),
        ("desk.ended_with", "closed", facts.closed.is_some()),
    ] {
        let text = lang.t(key);
        let piece = text
            .split(['{', '}'])
            .step_by(2)
            .max_by_key(|piece| piece.len())
            .unwrap_or_default();
        // A short piece, such as 签收 alone, stands on many pages for other reasons.
        let least = if lang == Lang::Zh { 4 } else { 7 };
        if piece.trim().chars().count() >= least && page.contains(piece) {
            said.claim(what, holds, place);
        }
    }
}

fn header(page: &str) -> &str {
    let main = page.split_once("<main").map_or("", |(_, rest)| rest);
    main.split_once("<section").map_or(main, |(head, _)| head)
}

/// Every mail that went out, by the ticket it links to: a stage that it calls done was done.
pub(super) async fn mails(world: &World) -> Said {
    let mut said = Said::default();
    for mail in world.system.mail.mails() {
        let text = mail.text();
        let Some(id) = text.split("/tickets/").nth(1).and_then(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<i64>().ok()
        }) else {
            continue;
        };
        let report: Option<i64> = sqlx::query_scalar("SELECT report_id FROM tickets WHERE id = $1")
            .bind(id)
            .fetch_optional(&world.system.db)
            .await
            .unwrap();
        let Some(report) = report else {
            said.claim(
                "mail",
                false,
                &format!("a mail that links to ticket {id}, which is not there,"),
            );
            continue;
        };
        said.claim("mail", true, "a mail");
        let model = Model::read(&world.system.db, report).await;
        let place = format!("a mail about ticket {id}");
        if text.contains(Lang::Zh.t("status.step.child-seen")) {
            said.claim("child-seen", model.seen(), &place);
        }
        let done = Lang::Zh.t("notice.done");
        let done = done.rsplit('}').next().unwrap_or_default();
        for line in text.lines().filter(|line| line.contains(done)) {
            let stage = |key: &str| line.contains(Lang::Zh.t(key));
            let supported = stage("words.stage.sign") && model.tickets.values().any(|t| t.signed.is_some())
                || stage("words.stage.contact") && model.seen()
                || stage("words.stage.resolve") && model.tickets.values().any(|t| t.closed.is_some());
            said.claim("stage-done", supported, &format!("{place}, with “{line}”,"));
        }
    }
    said
}
