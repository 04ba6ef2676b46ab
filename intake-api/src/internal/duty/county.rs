//! `GET /duty`: who answers for each unit of the county, now or at another time, and to whom it falls where nobody does.
//!
//! Numbers are masked. Office and leading group may have them in full, which is an act in the trail.

use std::collections::BTreeMap;

use askama::Template;
use axum::{Form, extract::Query, http::StatusCode, response::Response};
use casework::words::{Channel, Seat};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AccountActKind, Role},
};
use serde::Deserialize;
use tracing::info;

use super::{
    numbers::{Phones, deputy},
    said::Saying,
    scope, waits,
};
use crate::internal::{
    By, Visit,
    auth::{NumbersReader, Staffed},
    detached,
    error::PageError,
    page::{Frame, Paper, Phone, minute, render, words},
    people::new_act,
};

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Another moment than now, as a form sends it.
    #[serde(default)]
    at: String,
    /// `holes`: units for which nobody answers just then.
    #[serde(default)]
    show: String,
}

/// A unit.
struct Line {
    unit: String,
    name: String,
    /// Whether it is its duty hours.
    open: bool,
    /// Who answers, and past whom.
    answers: String,
    number: Option<String>,
    fell: Vec<String>,
    deputy: Option<(String, Option<String>)>,
    leader: (String, Option<String>),
    desk: Option<Phone>,
    own: bool,
}

#[derive(Template)]
#[template(path = "internal/duty/county.html")]
struct CountyPage {
    frame: Frame,
    paper: Paper,
    lines: Vec<Line>,
    /// The moment in words, and as its field takes it.
    moment: String,
    at: String,
    now: bool,
    counted: String,
    /// Units with a hole in the next days, and how many have no roster at all: for those who see that rosters are kept.
    ahead: Vec<(String, String)>,
    unrostered: Option<String>,
    /// Logins of people one of whose telephones can't be opened, for an administrator.
    locked: Option<String>,
    only_holes: bool,
    /// Numbers stand in full.
    full: bool,
    may_full: bool,
    wrong: bool,
}

/// The page.
pub(super) async fn page(by: By<Staffed>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    show(&by, asked, false).await
}

/// `POST /duty/numbers`: the page with numbers in full; who saw them is in the trail.
pub(super) async fn numbers(by: By<NumbersReader>, Form(asked): Form<Asked>) -> Result<Response, PageError> {
    let visit = Visit::clone(&by);
    let recorded = detached(async move {
        let act = new_act(&visit, AccountActKind::DutyNumbers, None, clock::now());
        visit.internal.people.phones_seen(&act).await
    });
    recorded.await?;
    info!(by = by.me().0, "telephones of people on duty were shown in full");
    show(&by, asked, true).await
}

async fn show(visit: &Visit, asked: Asked, full: bool) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let typed_at = minute::minute(&asked.at);
    let wrong = !asked.at.trim().is_empty() && typed_at.is_none();
    let at = typed_at.unwrap_or(now);
    let loaded = internal.pack.current();
    let book = internal.people.duty_book(&loaded.pack, at).await?;
    let watch = book.watch(&loaded.pack);
    let contacts = internal.people.units_all(&internal.county).await?;
    let desks: BTreeMap<String, String> = contacts
        .into_iter()
        .filter_map(|unit| Some((unit.code, unit.duty_phone?)))
        .collect();
    let mut phones = Phones::of(visit, (&book, &watch), at, full).await?;
    let say = Saying {
        pack: &loaded.pack,
        people: &book.people,
        lang,
        now,
    };
    let own = scope::own_units(&visit.actor);
    let mut lines = Vec::new();
    let mut holes = 0;
    for unit in loaded.pack.units().iter() {
        let code = unit.code.as_str();
        let answer = watch.answer(code, Seat::Duty, &[Channel::Voice], at);
        let hole = !answer.fell.is_empty();
        holes += usize::from(hole);
        if asked.show == "holes" && !hole {
            continue;
        }
        let open = watch.clock(code).is_open(at);
        let number = phones.of_reached(&answer.reached);
        let leader = watch.answer(code, Seat::Leader, &[Channel::Voice], at).reached;
        let deputy = deputy(&watch, code, at);
        lines.push(Line {
            answers: say.reached(&answer.reached, code),
            fell: answer.fell.iter().map(|fall| say.fall(fall, code)).collect(),
            deputy: deputy.map(|holder| (say.holder(&holder), phones.first(&holder.person, code))),
            leader: (say.reached(&leader, code), phones.of_reached(&leader)),
            desk: desks.get(code).map(|phone| Phone::of(phone)),
            own: own.contains(&code),
            unit: unit.code.clone(),
            name: unit.name.clone(),
            open,
            number,
        });
    }
    let (ahead, unrostered) = ahead(visit, now).await?;
    // One's own unit first, the others as the county lists them.
    lines.sort_by_key(|line| !line.own);
    let moment = words::moment(lang, at, now);
    let frame = visit.frame("/duty");
    let county = loaded.pack.county_name(lang.pack());
    let counted = [
        ("n", loaded.pack.units().iter().count().to_string()),
        ("holes", holes.to_string()),
    ];
    let counted = counted.each_ref().map(|(name, value)| (*name, value.as_str()));
    let page = CountyPage {
        paper: Paper::new(
            &frame,
            county,
            visit.t("duty.county.title"),
            &moment,
            &words::moment(lang, now, now),
        ),
        counted: lang.fill("duty.county.counted", &counted),
        ahead,
        unrostered,
        locked: phones.locked(visit),
        at: minute::local(at),
        now: typed_at.is_none(),
        only_holes: asked.show == "holes",
        may_full: visit.actor.is(&[Role::Office, Role::LeadingGroup]),
        full,
        wrong,
        moment,
        lines,
        frame,
    };
    let status = if wrong {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(render(status, &page))
}

/// Units that have begun with a roster and have a hole in the next days, and how many have none: for the office.
async fn ahead(visit: &Visit, now: DateTime<Utc>) -> Result<(Vec<(String, String)>, Option<String>), PageError> {
    if !visit.actor.is(&[Role::Office]) {
        return Ok((Vec::new(), None));
    }
    let holes = waits::holes(&visit.internal, now).await?;
    let loaded = visit.internal.pack.current();
    let name = |code: &str| loaded.pack.units().get(code).map_or(code, |unit| &unit.name).to_owned();
    let amiss = holes.iter().filter(|(_, holes)| holes.begun && holes.count > 0);
    let amiss = amiss.map(|(code, _)| (code.clone(), name(code))).collect();
    let none = holes.values().filter(|holes| !holes.begun).count();
    let fill = |n: usize| visit.lang.fill("duty.county.unrostered", &[("n", &n.to_string())]);
    Ok((amiss, (none > 0).then(|| fill(none))))
}

#[cfg(test)]
mod tests {
    use platform::text::Lang;

    use super::*;
    use crate::internal::testing;

    #[test]
    fn pages_of_who_is_on_duty() {
        let frame = testing::frame(&[("office", Role::Office)], Lang::Zh, "/duty");
        let line = |unit: &str, name: &str, answers: &str, fell: Vec<String>| Line {
            unit: unit.into(),
            name: name.into(),
            open: fell.is_empty(),
            answers: answers.into(),
            number: Some("138****5678".into()),
            deputy: fell.is_empty().then(|| ("李娜（换班）".into(), Some("打不开".into()))),
            leader: ("带班领导 张伟".into(), Some("139****0002".into())),
            desk: fell.is_empty().then(|| Phone::of("0558-8612345")),
            own: fell.is_empty(),
            fell,
        };
        let page = CountyPage {
            paper: Paper::new(&frame, "太和县", "谁在值班", "11月24日 16:05", "11月24日 16:05"),
            lines: vec![
                line("office", "办公室", "值班 王芳", Vec::new()),
                line(
                    "ca",
                    "县民政局",
                    "办公室值班 王芳",
                    vec!["县民政局值班：没有排班".into()],
                ),
            ],
            moment: "11月24日 16:05".into(),
            at: "2026-11-24T16:05".into(),
            now: true,
            counted: Lang::Zh.fill("duty.county.counted", &[("n", "2"), ("holes", "1")]),
            ahead: vec![("mz".into(), "县民政局".into())],
            unrostered: Some(Lang::Zh.fill("duty.county.unrostered", &[("n", "416")])),
            locked: Some(Lang::Zh.fill("duty.county.locked", &[("who", "李娜（lina）")])),
            only_holes: false,
            full: false,
            may_full: true,
            wrong: false,
            frame,
        };
        testing::page("duty-county", &page);
    }
}
