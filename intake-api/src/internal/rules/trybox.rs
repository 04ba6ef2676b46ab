//! `GET /rules/{version}/try`: what this version would do with a report, beside what the rules in force do. A form that is sent
//! by GET: nothing is stored, and nothing in it says who a child is.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use casework::county::Area;
use casework::disclosure::Shows;
use casework::pack::Pack;
use casework::report::{ChildFacts, Facts};
use casework::routing::{self, Decision};
use casework::words::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect, Urgency};
use platform::{clock, text::Lang};

use super::examined;
use crate::{
    internal::{
        By,
        auth::Overseer,
        board::facts,
        error::PageError,
        page::{
            Frame, render,
            words::{self, Telling},
        },
    },
    parts::Opened,
};

/// Code, words, chosen.
type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "internal/rules/try.html")]
struct TryPage {
    frame: Frame,
    version: i32,
    situations: Vec<Choice>,
    /// Each township with its villages.
    townships: Vec<(Choice, Vec<Choice>)>,
    places: Vec<Choice>,
    suspects: Vec<Choice>,
    sexes: Vec<Choice>,
    living_with: Vec<Choice>,
    ages: Vec<Choice>,
    left_behind: Vec<Choice>,
    flags: Vec<Choice>,
    nothing: bool,
    /// What was asked, in words: name and value of each fact.
    asked: Vec<(&'static str, String)>,
    /// The version's answer, then that of the rules in force, where they are another version.
    answers: Vec<Answer>,
    unreadable: bool,
}

struct Answer {
    title: String,
    urgency: &'static str,
    hot: bool,
    tickets: Vec<Ticket>,
    triage: Vec<String>,
}

struct Ticket {
    obligation: String,
    unit: String,
    lead: bool,
    /// The other version sends no such ticket, or with other deadlines.
    differs: bool,
    stages: Vec<String>,
    why: String,
}

/// `GET /rules/{version}/try`
pub(super) async fn page(
    by: By<Overseer>,
    Path(version): Path<i32>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let (internal, lang) = (&by.internal, by.lang);
    let (_, rules) = examined::opened(internal, version).await?;
    let examined = examined::check(internal, &rules).await?;
    // Half of a pack that has mistakes routes as well: its doubts become triage tickets, as they would for a real report.
    let pack = examined.pack.as_ref();
    let loaded = internal.pack.current();
    let typed = Typed::read(query.as_deref().unwrap_or_default());
    let facts = typed.facts();
    let now = clock::now();
    let mut answers = Vec::new();
    if let (Some(facts), Some(pack)) = (&facts, pack) {
        let mine = routing::decide(pack, facts, now);
        let theirs = (loaded.rule_set != version).then(|| routing::decide(&loaded.pack, facts, now));
        let title = lang.fill("rules.try.by_version", &[("n", &version.to_string())]);
        answers.push(answer(
            Telling { pack, lang, now },
            facts,
            &mine,
            theirs.as_ref(),
            title,
        ));
        if let Some(theirs) = &theirs {
            let title = lang.fill("rules.try.in_force", &[("n", &loaded.rule_set.to_string())]);
            answers.push(answer(
                Telling {
                    pack: &loaded.pack,
                    lang,
                    now,
                },
                facts,
                theirs,
                Some(&mine),
                title,
            ));
        }
    }
    let shown = pack.unwrap_or(&loaded.pack);
    let page = TryPage {
        frame: by.frame("/rules"),
        version,
        nothing: typed.asked && facts.is_none(),
        asked: facts
            .as_ref()
            .map(|facts| asked(facts, shown, lang))
            .unwrap_or_default(),
        answers,
        unreadable: pack.is_none(),
        ..typed.page(shown, lang)
    };
    Ok(render(StatusCode::OK, &page))
}

/// The facts of a trial in words. Who reports is not asked here.
fn asked(facts: &Facts, pack: &Pack, lang: Lang) -> Vec<(&'static str, String)> {
    let reporter = lang.t("board.fact.reporter");
    let mut lines = facts::lines(&Opened::of_facts(facts, Shows::all()), pack, lang);
    lines.retain(|(name, _)| *name != reporter);
    lines
}

fn answer(how: Telling<'_>, facts: &Facts, decision: &Decision, other: Option<&Decision>, title: String) -> Answer {
    let Telling { pack, lang, now } = how;
    let tickets = decision.tickets.iter().map(|ticket| {
        let same = other.is_none_or(|other| {
            other.tickets.iter().any(|theirs| {
                (&theirs.obligation, &theirs.unit, theirs.lead) == (&ticket.obligation, &ticket.unit, ticket.lead)
                    && theirs
                        .stages
                        .iter()
                        .map(|stage| stage.due)
                        .eq(ticket.stages.iter().map(|stage| stage.due))
            })
        });
        let stages = ticket.stages.iter().map(|stage| {
            let due = stage.due.map_or_else(
                || lang.t("rules.try.waits").to_owned(),
                |due| words::due(lang, due, now),
            );
            format!("{} {due}", words::stage(lang, stage.stage.into()))
        });
        Ticket {
            obligation: pack
                .vocabulary()
                .obligations
                .label(&ticket.obligation, lang.pack())
                .to_owned(),
            unit: pack
                .units()
                .get(&ticket.unit)
                .map_or_else(|| ticket.unit.clone(), |unit| unit.name.clone()),
            lead: ticket.lead,
            differs: !same,
            stages: stages.collect(),
            why: casework::office::explain::ticket(pack, facts, decision, ticket).text(),
        }
    });
    Answer {
        title,
        urgency: words::urgency(lang, decision.urgency),
        hot: decision.urgency == Urgency::P1,
        tickets: tickets.collect(),
        triage: decision.triage_reasons.clone(),
    }
}

/// What the form sent.
#[derive(Default)]
struct Typed {
    asked: bool,
    pairs: Vec<(String, String)>,
}

/// The facts that are yes or no, in the form's order: name of the fact, key of its words.
const FLAGS: [(&str, &str); 4] = [
    ("present_danger", "board.fact.danger_yes"),
    ("guardian_absent", "board.fact.guardian_absent"),
    ("adult_co_offender", "board.fact.adult_co_offender"),
    ("repeat", "board.fact.repeat"),
];

impl Typed {
    fn read(query: &str) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        Self {
            asked: pairs.iter().any(|(name, _)| name == "asked"),
            pairs,
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.pairs.iter().any(|(key, given)| key == name && given == value)
    }

    /// `None` while no situation was chosen, or where a word is none of its list.
    fn facts(&self) -> Option<Facts> {
        let situations: Vec<_> = self
            .pairs
            .iter()
            .filter(|(name, _)| name == "situation")
            .map(|(_, code)| code.clone())
            .collect();
        if situations.is_empty() {
            return None;
        }
        let yes = |name: &str| self.has("flag", name);
        let word = |name: &str| self.get(name).unwrap_or("unknown");
        let child = ChildFacts {
            sex: Sex::from_word(word("sex"))?,
            age: self.get("age").and_then(|age| age.parse().ok()),
            age_from: None,
            left_behind: self.get("left_behind").and_then(|word| word.parse().ok()),
            living_with: LivingWith::from_word(word("living_with"))?,
        };
        Some(Facts {
            situations,
            present_danger: yes("present_danger"),
            area: self.get("area").map(str::to_owned),
            place: Place::from_word(word("place"))?,
            suspect: Suspect::from_word(word("suspect"))?,
            children: vec![child],
            reporter_kind: ReporterKind::Teacher,
            identity: Identity::Confidential,
            guardian_absent: yes("guardian_absent"),
            adult_co_offender: yes("adult_co_offender"),
            repeat: yes("repeat"),
        })
    }

    /// The form with what was typed.
    fn page(&self, pack: &Pack, lang: Lang) -> TryPage {
        let closed = |list: &str, codes: Vec<&'static str>| {
            let choice = |code: &'static str| {
                (
                    code.to_owned(),
                    lang.t(&format!("form.{list}.{code}")).to_owned(),
                    self.get(list).unwrap_or("unknown") == code,
                )
            };
            codes.into_iter().map(choice).collect::<Vec<Choice>>()
        };
        let area = |area: &Area| (area.code.clone(), area.name.clone(), self.has("area", &area.code));
        TryPage {
            frame: Frame::nobody(lang),
            version: 0,
            situations: pack
                .vocabulary()
                .situations
                .offered()
                .map(|situation| {
                    let code = &situation.term.code;
                    let label = situation.term.label.get(lang.pack()).to_owned();
                    (code.clone(), label, self.has("situation", code))
                })
                .collect(),
            townships: pack
                .areas()
                .townships()
                .map(|township| {
                    (
                        area(township),
                        pack.areas().villages(&township.code).map(area).collect(),
                    )
                })
                .collect(),
            places: closed("place", Place::ALL.iter().map(|word| word.as_str()).collect()),
            suspects: closed("suspect", Suspect::ALL.iter().map(|word| word.as_str()).collect()),
            sexes: closed("sex", Sex::ALL.iter().map(|word| word.as_str()).collect()),
            living_with: closed(
                "living_with",
                LivingWith::ALL.iter().map(|word| word.as_str()).collect(),
            ),
            ages: (0..=17)
                .map(|age| {
                    let code = age.to_string();
                    let words = lang.fill("board.fact.age", &[("n", &code)]);
                    let chosen = self.has("age", &code);
                    (code, words, chosen)
                })
                .collect(),
            left_behind: [
                ("", "rules.try.left_behind_unknown"),
                ("true", "form.yes"),
                ("false", "form.no"),
            ]
            .iter()
            .map(|(code, key)| {
                let chosen = self.get("left_behind").unwrap_or_default() == *code;
                ((*code).to_owned(), lang.t(key).to_owned(), chosen)
            })
            .collect(),
            flags: FLAGS
                .iter()
                .map(|(name, key)| ((*name).to_owned(), lang.t(key).to_owned(), self.has("flag", name)))
                .collect(),
            nothing: false,
            asked: Vec::new(),
            answers: Vec::new(),
            unreadable: false,
        }
    }
}
