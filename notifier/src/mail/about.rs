//! Mails that are not about a ticket: rules that wait for approval, rights that changed, an opening that is asked for.

use casework::words::Urgency;
use casework::words::reserved::{LEADING_GROUP, OFFICE};
use casework::zh;
use chrono::{DateTime, Utc};
use platform::{
    store::{LeasedNotice, NoticeKind, Said, StoreError, Subject, SubjectKind},
    text::notice_kind,
};

use super::{
    row::Row,
    texts::{fill, t},
    when::moment,
};

/// What such a mail is about, as its subject line says it: `第3版规则`. No name and no receipt in full.
pub(super) fn line(notice: &LeasedNotice) -> String {
    let said = notice.said().unwrap_or_default();
    let n = match (said.version, said.count) {
        (Some(version), _) => i64::from(version),
        (None, Some(count)) => count,
        _ => notice.subject_id.unwrap_or_default(),
    };
    let kind = notice.subject_kind.map_or(SubjectKind::Account, |kind| *kind);
    fill(&format!("notice.about.{kind}"), &[("n", &n.to_string())])
}

/// What is said of it: one row for each thing.
pub(super) fn rows(notice: &LeasedNotice, urgency: Urgency) -> Result<Vec<Row>, StoreError> {
    let said: Said = notice.said()?;
    let version = said
        .version
        .map(|n| fill("notice.about.rule-set", &[("n", &n.to_string())]));
    let rows = [
        Some(("urgency", urgency.zh().to_owned())),
        version.map(|version| ("version", version)),
        said.count.map(|n| ("count", n.to_string())),
        said.unit.map(|unit| match notice.kind {
            NoticeKind::DutyPageLost => ("duty-unit", unit),
            _ => ("asking-unit", unit),
        }),
        said.asked.map(|asked| match notice.kind {
            NoticeKind::MotionAsked | NoticeKind::MotionGranted | NoticeKind::MotionRefused => ("motion", asked),
            _ => ("asked", asked),
        }),
        said.person.map(|person| ("person", person)),
        said.change.map(|change| match notice.kind {
            NoticeKind::MotionGranted => ("granted", change),
            _ => ("change", change),
        }),
        said.by.map(|by| ("by", by)),
        Some(("since", moment(notice.created_at))),
        said.due.map(|due| match notice.kind {
            NoticeKind::DutyPageLost => ("heard-of", moment(due)),
            _ => ("decide-by", moment(due)),
        }),
        said.report.map(|report| ("receipt", report.to_string())),
    ];
    let holes = said.holes.into_iter().map(|hole| ("hole", hole));
    let people = said.without_phone.into_iter().map(|person| ("without-phone", person));
    let moved = said.moved.into_iter().map(|line| ("moved", line));
    let through = said.through.map(|day| ("through", zh::date(day)));
    let gateways = said.gateways.into_iter().map(|line| ("gateway", line));
    let none = said.without_roster.map(|n| ("without-roster", n.to_string()));
    let swap = [
        said.gives.map(|when| ("gives", when)),
        said.takes.map(|when| ("takes", when)),
    ];
    Ok(rows
        .into_iter()
        .flatten()
        .chain(swap.into_iter().flatten())
        .chain(through)
        .chain(moved)
        .chain(holes)
        .chain(people)
        .chain(none)
        .chain(gateways)
        .map(|(name, value)| Row::new(name, value))
        .collect())
}

/// What is asked of whoever gets it; nothing where it is decided already.
pub(super) fn action(notice: &LeasedNotice, as_of: DateTime<Utc>) -> String {
    if notice.settled {
        return t("notice.action.settled").to_owned();
    }
    let n = notice.said().unwrap_or_default().count.unwrap_or_default();
    let at = moment(as_of.min(notice.created_at));
    let key = match (notice.kind, notice.unit_kind.as_str()) {
        // The leading group decides nothing itself; a unit looks after its own person.
        (NoticeKind::OpeningOverdue, LEADING_GROUP) => "notice.action.opening-overdue-leading".to_owned(),
        (NoticeKind::ReviewOverdue, LEADING_GROUP) => "notice.action.review-overdue-leading".to_owned(),
        (NoticeKind::OpeningFaulted, OFFICE) => "notice.action.opening-faulted-office".to_owned(),
        (kind, _) => notice_kind(kind).replace("notice.what", "notice.action"),
    };
    fill(&key, &[("n", &n.to_string()), ("at", &at)])
}

/// Where its recipients find it, and what the button says.
pub(super) fn link(notice: &LeasedNotice) -> (String, &'static str) {
    let kind = notice.subject_kind.map_or(SubjectKind::Account, |kind| *kind);
    // Rosters stand open to everybody who has a role; the office reads those of the whole county.
    if matches!(kind, SubjectKind::Duty | SubjectKind::Swap) {
        let page = match notice.kind {
            NoticeKind::DutyHoles | NoticeKind::Undeliverable => "/duty".to_owned(),
            _ => format!("/duty/{}", notice.unit),
        };
        return (page, t(&format!("notice.open.{kind}")));
    }
    if notice.unit_kind == LEADING_GROUP {
        return ("/leading".to_owned(), t("notice.open.leading"));
    }
    let page = Subject::page(kind, notice.subject_id.unwrap_or_default(), &notice.unit_kind);
    let open = match notice.kind {
        _ if page == "/" => "home",
        NoticeKind::OpeningFaulted => "opening-found",
        NoticeKind::ReviewWaits | NoticeKind::ReviewOverdue => "opening-review",
        _ => kind.as_str(),
    };
    (page, t(&format!("notice.open.{open}")))
}
