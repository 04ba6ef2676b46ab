//! What needs a call now. Live, and alone refreshed every 15 seconds where the browser can.

use askama::Template;
use axum::{
    Json,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use casework::pack::Pack;
use casework::words::TicketClock;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{BoardNow, Role, StoreError, UnlistedArea, Word},
    text::Lang,
};

use super::{
    answers,
    arrivals::{self, Arrivals},
    line::{Line, about, failed, in_vain, row, triage_line},
    mail,
    said::counted,
    watch::{self, WatchLine},
};
use crate::internal::{
    By, Visit,
    auth::Overseer,
    error::{ApiError, PageError},
    floods::said as floods,
    gateways::said as gateways,
    page::{Frame, render, words},
};

/// A number with the matters behind it.
pub(crate) struct Group {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) calm: &'static str,
    pub(crate) count: String,
    pub(crate) zero: bool,
    /// Style of its number.
    pub(crate) tone: &'static str,
    /// Where the whole list is.
    pub(crate) all: Option<String>,
    pub(crate) lines: Vec<Line>,
    /// Said when the list is shorter than the count.
    pub(crate) more: bool,
    /// Counts by level, of the overdue ones.
    pub(crate) parts: Vec<(&'static str, String)>,
}

/// The live part.
pub(crate) struct Now {
    pub(crate) at: String,
    pub(crate) groups: Vec<Group>,
    pub(crate) parked: Option<String>,
    pub(crate) undecided: Option<String>,
    /// Mail does not go out: what the office must know at once.
    pub(crate) mail: Vec<String>,
    /// Providers of messages and calls that answer nothing, or of which too little is left.
    pub(crate) gateways: Vec<String>,
    /// Whose the board is: the office's, who also sees what the providers cost.
    pub(crate) office: bool,
    /// Whether clock and sending run.
    pub(crate) watch: Vec<WatchLine>,
    /// Closings and transfers that wait for the office.
    pub(crate) closings: Option<String>,
    /// What units ask of the office.
    pub(crate) motions: Option<String>,
    /// Openings that wait for a decision or a review.
    pub(crate) openings: Option<String>,
    /// Those of them that are overdue.
    pub(crate) openings_overdue: Option<String>,
    /// Area codes that the list does not have.
    pub(crate) unlisted: Vec<Unlisted>,
    /// Possibly floods.
    pub(crate) floods: Vec<floods::OnBoard>,
    /// What did not arrive.
    pub(crate) arrivals: Arrivals,
}

/// A code with where its reports went.
pub(crate) struct Unlisted {
    pub(crate) said: String,
    pub(crate) receipts: String,
}

#[derive(Template)]
#[template(path = "internal/board/now.html")]
struct NowPart {
    frame: Frame,
    now: Now,
}

/// `GET /board/now`: the part alone, for the page that refreshes itself; anybody else gets the whole page.
pub(crate) async fn part(by: By<Overseer>, headers: HeaderMap) -> Result<Response, PageError> {
    if !headers.contains_key("hx-request") {
        return Ok(Redirect::to("/board").into_response());
    }
    let now = look(&by).await?;
    let frame = frame(&by, &now);
    Ok(render(StatusCode::OK, &NowPart { frame, now }))
}

/// `GET /api/v1/board/now`
pub(crate) async fn api(by: By<Overseer>) -> Result<Json<answers::Now>, ApiError> {
    let (board, county) = (&by.internal.board, &by.internal.county);
    let now = board.board_now(county, clock::now()).await?;
    Ok(Json(now.into()))
}

/// Reads it and says it in words.
pub(crate) async fn look(visit: &Visit) -> Result<Now, StoreError> {
    let (internal, now) = (&visit.internal, clock::now());
    let found = internal.board.board_now(&internal.county, now).await?;
    let arrived = internal.board.arrivals(&internal.county, now).await?;
    let office = visit.actor.is(&[Role::Office]);
    let loaded = internal.pack.current();
    let (pack, lang, now) = (&loaded.pack, visit.lang, clock::now());
    let book = if office {
        arrivals::book_for(internal, pack, &arrived, now).await?
    } else {
        None
    };
    Ok(Now {
        arrivals: arrivals::say(&arrived, pack, book.as_ref(), lang, now),
        ..say(found, pack, office, lang, now)
    })
}

/// `office`: may have a notice sent again; the oversight reads.
fn say(found: BoardNow, pack: &Pack, office: bool, lang: Lang, now: DateTime<Utc>) -> Now {
    let overdue: i64 = found.overdue_by_level.iter().map(|(_, count)| count).sum();
    let by_level = found
        .overdue_by_level
        .iter()
        .map(|(level, count)| (words::level(lang, *level, false), counted(*count)));
    let groups = vec![
        group(
            lang,
            "unsigned",
            found.unsigned_count,
            found
                .unsigned
                .iter()
                .map(|l| row(l, lang, |l| about("board.unsigned_since", l, pack, lang, now)))
                .collect(),
        ),
        Group {
            parts: by_level.collect(),
            ..group(
                lang,
                "overdue",
                overdue,
                found
                    .overdue
                    .iter()
                    .map(|l| row(l, lang, |l| about("board.overdue_since", l, pack, lang, now)))
                    .collect(),
            )
        },
        group(
            lang,
            "triage",
            found.triage_count,
            found
                .triage
                .iter()
                .take(20)
                .map(|l| row(l, lang, |l| triage_line(l, pack, lang, now)))
                .collect(),
        ),
        group(
            lang,
            "failed",
            found.failed_count,
            found
                .failed
                .iter()
                .map(|n| row(n, lang, |n| failed("board.failed_since", n, office, lang, now)))
                .collect(),
        ),
        group(
            lang,
            "in-vain",
            found.in_vain_count,
            found
                .in_vain
                .iter()
                .map(|v| row(v, lang, |v| in_vain(v, pack, lang, now)))
                .collect(),
        ),
    ];
    let mut groups = groups;
    if !found.drills.is_empty() {
        let drills = found.drills.iter().map(|line| {
            let key = if line
                .read()
                .is_some_and(|line| line.stage == Some(Word(TicketClock::Sign)))
            {
                "board.unsigned_since"
            } else {
                "board.overdue_since"
            };
            row(line, lang, |l| about(key, l, pack, lang, now))
        });
        let drills: Vec<Line> = drills.collect();
        groups.push(group(
            lang,
            "drills",
            i64::try_from(drills.len()).unwrap_or_default(),
            drills,
        ));
    }
    let parked = (found.parked > 0).then(|| lang.fill("board.parked", &[("n", &counted(found.parked))]));
    let undecided = found.callbacks_undecided;
    let undecided = (undecided > 0).then(|| lang.fill("board.undecided", &[("n", &counted(undecided))]));
    let closings = (found.closings > 0).then(|| lang.fill("closings.count", &[("n", &counted(found.closings))]));
    let said = |key: &str, n: i64| (n > 0).then(|| lang.fill(key, &[("n", &counted(n))]));
    Now {
        arrivals: Arrivals::default(),
        closings,
        motions: said("motions.count", found.motions),
        openings: said("openings.board_waiting", found.openings),
        openings_overdue: said("openings.board_overdue", found.openings_overdue),
        undecided,
        at: words::moment(lang, now, now),
        mail: mail::lines(found.mail.as_ref(), found.mail_waiting, lang, now),
        gateways: gateways::on_board(&found.gateways, lang, now),
        office,
        watch: watch::lines(&found.watch, lang, now),
        groups,
        parked,
        floods: floods::on_board(&found.floods, pack, lang, now),
        unlisted: found
            .unlisted
            .iter()
            .map(|area| unlisted(area, pack, lang, now))
            .collect(),
    }
}

fn unlisted(area: &UnlistedArea, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Unlisted {
    let receipts = area.receipts.iter().map(ToString::to_string);
    Unlisted {
        said: lang.fill(
            "board.unlisted_line",
            &[
                ("place", &words::place(lang, pack, Some(&area.code))),
                ("n", &area.reports.to_string()),
                ("at", &words::moment(lang, area.last_at, now)),
            ],
        ),
        receipts: receipts.collect::<Vec<_>>().join("、"),
    }
}

fn group(lang: Lang, id: &'static str, count: i64, lines: Vec<Line>) -> Group {
    Group {
        id,
        title: lang.t(&format!("board.{id}")),
        calm: lang.t(&format!("board.{id}_calm")),
        count: counted(count),
        zero: count == 0,
        tone: match id {
            "overdue" => "hot",
            "drills" => "",
            _ => "soon",
        },
        all: (id != "drills").then(|| {
            if id == "triage" {
                "/triage".to_owned()
            } else {
                format!("/board/{id}")
            }
        }),
        more: usize::try_from(count).is_ok_and(|count| count > lines.len()),
        lines,
        parts: Vec::new(),
    }
}

/// The frame of the board, with what is overdue in its title.
pub(crate) fn frame(visit: &Visit, now: &Now) -> Frame {
    let overdue = now.groups.iter().find(|group| group.id == "overdue" && !group.zero);
    visit
        .frame("/board")
        .titled(overdue.map_or("", |group| group.count.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::internal::{
        board::{call::Call, line::Cure},
        page::Phone,
        testing,
    };

    fn line() -> Line {
        Line {
            id: "sign-12".into(),
            href: "/board/tickets/12".into(),
            brief: "SW-2026-0001 · 城关镇 · 男 9岁".into(),
            tone: "late",
            unit: "县公安局".into(),
            what: "公安受理".into(),
            urgency: "特急",
            since: "签收已超期 3 小时".into(),
            level: "二级".into(),
            drill: false,
            hot: true,
            call: Some(Call {
                duty: Some(Phone::of("0558-8612345")),
                people: Vec::new(),
                mailbox: "police@example.cn".into(),
                example: true,
            }),
            again: Some(platform::store::NoticeId(uuid::Uuid::nil())),
            cure: None,
        }
    }

    #[test]
    fn pages_of_the_board() {
        let lang = Lang::Zh;
        let mut now = Now {
            at: "11月24日 16:05".into(),
            groups: vec![
                group(lang, "unsigned", 0, Vec::new()),
                group(lang, "overdue", 2, vec![line()]),
            ],
            parked: Some("1件被搁置".into()),
            undecided: None,
            mail: vec!["邮件发不出去".into()],
            gateways: vec!["短信通道没有应答".into()],
            office: true,
            watch: vec![
                WatchLine {
                    said: "时钟正常".into(),
                    well: true,
                },
                WatchLine {
                    said: "发送服务没有报到".into(),
                    well: false,
                },
            ],
            closings: Some("2件待确认".into()),
            motions: None,
            openings: None,
            openings_overdue: None,
            unlisted: Vec::new(),
            floods: Vec::new(),
            arrivals: Arrivals::default(),
        };
        let frame = testing::frame(&[("office", Role::Office)], lang, "/board");
        let part = |now| NowPart {
            frame: frame.clone(),
            now,
        };
        now.groups[1].parts = vec![("一级", "2".into())];
        now.arrivals = Arrivals {
            lines: vec![Line {
                again: None,
                level: "最近一次：短信，呼叫王芳，已交通道，未知是否送达（16:00）".into(),
                cure: Some(Cure {
                    ticket: platform::store::TicketId(12),
                    person: Some(platform::store::AccountId(7)),
                    name: "王芳".into(),
                    next: Some((platform::store::AccountId(8), "呼叫下一位：李娜（副班）".into())),
                }),
                ..line()
            }],
            held: vec![Line {
                again: None,
                call: None,
                ..line()
            }],
            lost: vec!["县公安局：王芳的值班页面失去联系。".into()],
        };
        testing::page("board-now", &part(now));
    }
}
