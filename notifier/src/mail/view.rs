//! Everything the templates show, already in words.

use casework::pack::Pack;
use casework::report::salvage;
use casework::words::Urgency;
use casework::words::reserved::{LEADING_GROUP, OFFICE, TRIAGE};
use chrono::{DateTime, Utc};
use platform::{
    receipt::ReportId,
    store::{LeasedNotice, NoticeFlood, NoticeKind, NoticeState, NoticeTicket, StoreError},
    text::notice_kind,
};

use super::{
    about, facts,
    phones::{self, Callable},
    row::Row,
    texts::{fill, t},
    ticket::{TicketView, listed},
    when::moment,
};

/// What kind of mail it is; the words follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Dispatch,
    /// Closed before, and to be done again.
    Reopened,
    /// To the office: it stands in where no unit of the kind exists.
    StandIn,
    /// To court and procuratorate: a request, not an order.
    Letter,
    Triage,
    /// A step of this action.
    Step(NoticeKind),
    /// Somebody acted, and the recipient acts next or has to know.
    Act(NoticeKind),
    /// Not about a ticket.
    Subject(NoticeKind),
    Undeliverable,
    /// Many reports at once, in one mail.
    Flood,
    /// About an opening: overdue, decided.
    Opening(NoticeKind),
}

impl Tone {
    fn of(notice: &LeasedNotice, tickets: &[NoticeTicket], pack: &Pack) -> Self {
        use NoticeKind as K;
        let kinds = &pack.vocabulary().unit_kinds;
        let letter = kinds.get(&notice.unit_kind).is_some_and(|kind| kind.letter);
        match notice.kind {
            K::Dispatch if tickets.iter().any(|ticket| ticket.obligation == TRIAGE) => Self::Triage,
            K::Dispatch if letter => Self::Letter,
            K::Dispatch if notice.unit_kind == OFFICE => Self::StandIn,
            K::Dispatch => Self::Dispatch,
            K::Reopened => Self::Reopened,
            K::Undeliverable => Self::Undeliverable,
            K::Flood => Self::Flood,
            kind if notice.subject_kind.is_none() && of_opening(kind) => Self::Opening(kind),
            kind @ (K::CloseRequested
            | K::TransferRequested
            | K::CloseRefused
            | K::TransferWithdrawn
            | K::NotFiled
            | K::NotFiledWithdrawn
            | K::Instruction) => Self::Act(kind),
            kind @ (K::RulesSubmitted
            | K::RightsChanged
            | K::OpeningAsked
            | K::OpeningOverdue
            | K::OpeningFaulted
            | K::ReviewWaits
            | K::ReviewOverdue
            | K::CallbacksDue
            | K::FactorResetAsked
            | K::FloodClosed
            | K::FloodGivenBack
            | K::DutyPageLost
            | K::DutyHole
            | K::DutyNone
            | K::DutyHoles
            | K::SwapAsked
            | K::SwapAccepted
            | K::SwapDeclined
            | K::SwapWithdrawn
            | K::CalendarProposed
            | K::CalendarMoved
            | K::CalendarEnds
            | K::MotionAsked
            | K::MotionGranted
            | K::MotionRefused
            | K::GatewayQuota) => Self::Subject(kind),
            kind @ (K::Remind | K::Urge | K::Supervise | K::SuperviseLetter | K::AdvisoryLetter) => Self::Step(kind),
            K::OpeningApproved | K::OpeningRefused | K::Other => Self::Step(K::Other),
        }
    }

    /// The last part of this tone's keys in the text files.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::Reopened => "reopened",
            Self::StandIn => "stand-in",
            Self::Letter => "letter",
            Self::Triage => "triage",
            Self::Step(kind) | Self::Act(kind) | Self::Subject(kind) | Self::Opening(kind) => kind.as_str(),
            Self::Undeliverable => "undeliverable",
            Self::Flood => "flood",
        }
    }
}

/// The mail in words.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) tone: Tone,
    pub(crate) drill: bool,
    pub(crate) title: String,
    pub(crate) recipient: String,
    pub(crate) late: Option<&'static str>,
    pub(crate) resent: Option<String>,
    pub(crate) action: String,
    pub(crate) urgency: &'static str,
    /// Colour of the urgency.
    pub(crate) colour: &'static str,
    pub(crate) failed_unit: Option<String>,
    /// Over the rows: the report, or what it is about instead.
    pub(crate) heading: &'static str,
    /// About the report, or what it is about instead.
    pub(crate) rows: Vec<Row>,
    pub(crate) tickets: Vec<TicketView>,
    pub(crate) phones: Vec<Callable>,
    /// What the button says.
    pub(crate) open: &'static str,
    /// Where the button leads: a page that the recipient's people may open.
    pub(crate) link: String,
}

impl View {
    pub(crate) fn new(
        notice: &LeasedNotice,
        pack: &Pack,
        internal_url: &str,
        as_of: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let tickets = notice.tickets()?;
        let tone = Tone::of(notice, tickets, pack);
        let urgency = notice.urgency;
        let failed = notice.failed()?;
        let flood = notice.flood()?;
        let own = tickets.iter().all(|ticket| ticket.unit == notice.unit);
        let (facts, _) = salvage(&notice.facts.clone().unwrap_or_default());
        // Of a flood each ticket has its own page; the mail says how many there are.
        let listed = tickets.iter().filter(|_| tone != Tone::Flood);
        let shown: Vec<TicketView> = listed
            .map(|ticket| TicketView::new(ticket, notice, pack, link(internal_url, notice, Some(ticket)), as_of))
            .collect();
        let subject = notice.subject_kind.is_some();
        let (link, open) = if subject {
            let (page, open) = about::link(notice);
            (format!("{internal_url}{page}"), open)
        } else {
            (link(internal_url, notice, tickets.first()), t(open(notice, tone)))
        };
        let mut view = Self {
            tone,
            drill: notice.drill,
            title: title(tone, flood.as_ref().map_or(tickets.len() as i64, |flood| flood.of_unit)),
            recipient: match &notice.person {
                Some(name) => fill(
                    "notice.recipient-person",
                    &[("name", name), ("unit", &notice.unit_name)],
                ),
                None => fill("notice.recipient", &[("unit", &notice.unit_name)]),
            },
            late: notice
                .system_late
                .then(|| t(if own { "notice.late" } else { "notice.late-other" })),
            resent: notice.resent_of.map(|at| fill("notice.resent", &[("at", &moment(at))])),
            action: String::new(),
            urgency: urgency.zh(),
            colour: match urgency {
                Urgency::P1 => "#b3261e",
                Urgency::P2 => "#9a5b00",
                Urgency::P3 => "#1f5fa8",
            },
            failed_unit: failed.as_ref().map(|f| f.unit_name.clone()),
            heading: t(if subject { "notice.subject" } else { "notice.report" }),
            rows: if subject {
                about::rows(notice, urgency)?
            } else if let Some(flood) = &flood {
                facts::flood_rows(flood, notice.kind == NoticeKind::Flood, pack, urgency)
            } else {
                facts::rows(&facts, pack, urgency)
            },
            phones: phones::rows(notice, tickets),
            open,
            link: match &flood {
                Some(flood) if tone == Tone::Flood => flood_link(internal_url, notice, flood),
                _ => link,
            },
            tickets: shown,
        };
        let receipt = notice.report_id.filter(|_| flood.is_none());
        let receipt = receipt.map(|report| report.to_string());
        view.rows.extend(receipt.map(|receipt| Row::new("receipt", receipt)));
        view.action = view.action_of(notice, &facts, as_of);
        if let Some(failed) = failed {
            let what = t(&notice_kind(failed.kind));
            let state = match failed.state {
                NoticeState::Queued => "notice.undelivered.queued",
                NoticeState::Sent => "notice.undelivered.sent",
                NoticeState::Bounced => "notice.undelivered.bounced",
                NoticeState::Failed | NoticeState::Suppressed => "notice.undelivered.failed",
            };
            let said = fill(state, &[("unit", &failed.unit_name), ("what", what)]);
            view.action = format!("{said}{}", t("notice.action.undeliverable"));
            view.rows.push(Row::new("failed-unit", failed.unit_name.clone()));
            view.rows.push(Row::new("failed-mailbox", failed.mailbox.clone()));
            let error = failed.error.clone();
            view.rows.extend(error.map(|error| Row::new("failed-error", error)));
        }
        Ok(view)
    }

    /// A word of the text files, for the templates.
    #[expect(clippy::unused_self, reason = "templates call methods of what they show")]
    pub(crate) fn t(&self, key: &str) -> &'static str {
        t(key)
    }

    /// The link in print, where a button can't be pressed.
    #[expect(clippy::unused_self, reason = "templates call methods of what they show")]
    pub(crate) fn link_line(&self, link: &str) -> String {
        fill("notice.link", &[("url", link)])
    }

    /// Whether the tickets need links of their own.
    pub(crate) fn several(&self) -> bool {
        self.tickets.iter().any(|ticket| ticket.link != self.link)
    }

    fn action_of(&self, notice: &LeasedNotice, facts: &casework::report::Facts, as_of: DateTime<Utc>) -> String {
        match self.tone {
            Tone::Dispatch | Tone::Reopened | Tone::Letter | Tone::StandIn
                if self.tickets.iter().all(|ticket| ticket.closed.is_some()) =>
            {
                t("notice.action.closed").into()
            }
            Tone::Dispatch if facts.present_danger => t("notice.action.danger").into(),
            Tone::Undeliverable => t("notice.action.undeliverable").into(),
            Tone::Flood if notice.unit_kind == OFFICE => t("notice.action.flood-office").into(),
            Tone::Subject(_) => about::action(notice, as_of),
            Tone::Act(act) => act_action(act, &self.tickets, notice, as_of),
            Tone::Step(step) => {
                let items = listed(&self.tickets, notice, as_of);
                if items.is_empty() {
                    // What names no stage of its own says nothing of any.
                    let named = self.tickets.iter().any(|ticket| !ticket.about.is_empty());
                    return t(if named {
                        "notice.action.ended"
                    } else {
                        "notice.action.look"
                    })
                    .into();
                }
                let at = moment(as_of);
                fill(&format!("notice.action.{step}"), &[("items", &items), ("at", &at)])
            }
            tone => t(&format!("notice.action.{}", tone.key())).into(),
        }
    }
}

/// What an act asks of the recipient. What was decided meanwhile asks nothing any more.
fn act_action(act: NoticeKind, tickets: &[TicketView], notice: &LeasedNotice, as_of: DateTime<Utc>) -> String {
    let items = listed(tickets, notice, as_of);
    let asks = matches!(act, NoticeKind::CloseRequested | NoticeKind::TransferRequested);
    if asks && items.is_empty() {
        return t("notice.action.decided").to_owned();
    }
    let key = match act {
        NoticeKind::CloseRequested if notice.unit_kind == OFFICE => "notice.action.close-requested-office".to_owned(),
        NoticeKind::CloseRefused if items.is_empty() => "notice.action.look".to_owned(),
        act => format!("notice.action.{act}"),
    };
    fill(&key, &[("items", &items)])
}

fn title(tone: Tone, tickets: i64) -> String {
    let key = match tone {
        Tone::Dispatch | Tone::Letter | Tone::StandIn if tickets > 1 => format!("notice.title.{}-several", tone.key()),
        tone => format!("notice.title.{}", tone.key()),
    };
    fill(&key, &[("n", &tickets.to_string())])
}

/// What is told of openings, of a ticket's to its unit and of overdue ones to the office.
fn of_opening(kind: NoticeKind) -> bool {
    matches!(
        kind,
        NoticeKind::OpeningOverdue
            | NoticeKind::ReviewOverdue
            | NoticeKind::OpeningApproved
            | NoticeKind::OpeningRefused
    )
}

fn open(notice: &LeasedNotice, tone: Tone) -> &'static str {
    match (notice.unit_kind.as_str(), tone) {
        (LEADING_GROUP, _) => "notice.open.leading",
        (OFFICE, Tone::Triage) => "notice.open.triage",
        (OFFICE, Tone::Opening(_)) => "notice.open.openings",
        (_, Tone::Opening(_)) => "notice.open.ticket",
        (OFFICE, Tone::Flood) => "notice.open.flood",
        (_, Tone::Flood) => "notice.open.tickets",
        (OFFICE, Tone::Act(NoticeKind::CloseRequested | NoticeKind::TransferRequested)) => "notice.open.closing",
        (OFFICE, _) => "notice.open.board",
        (_, Tone::Act(NoticeKind::CloseRequested)) => "notice.open.confirm",
        (_, Tone::Act(_)) => "notice.open.look",
        _ => "notice.open.desk",
    }
}

/// The office's page of the flood; a unit's list of tickets.
fn flood_link(internal_url: &str, notice: &LeasedNotice, flood: &NoticeFlood) -> String {
    match notice.unit_kind.as_str() {
        OFFICE => format!("{internal_url}/floods/{}", flood.id),
        LEADING_GROUP => format!("{internal_url}/leading"),
        _ => format!("{internal_url}/"),
    }
}

/// The page of a ticket that the recipient's people may open. The leading group reads its own page; the office the board, and
/// of a triage the page where it is settled.
fn link(internal_url: &str, notice: &LeasedNotice, ticket: Option<&NoticeTicket>) -> String {
    let path = match (notice.unit_kind.as_str(), ticket) {
        (LEADING_GROUP, _) => "/leading".to_owned(),
        (OFFICE, _) if of_opening(notice.kind) => "/openings".to_owned(),
        (OFFICE, Some(ticket)) if ticket.obligation == TRIAGE => {
            format!("/triage/{}", notice.report_id.map_or(0, ReportId::get))
        }
        // The page of a closing leads on to the ticket once it is decided.
        (OFFICE, Some(ticket)) if matches!(notice.kind, NoticeKind::CloseRequested | NoticeKind::TransferRequested) => {
            format!("/closings/{}", ticket.id)
        }
        (OFFICE, Some(ticket)) => format!("/board/tickets/{}", ticket.id),
        (_, Some(ticket)) if ticket.unit == notice.unit => format!("/tickets/{}", ticket.id),
        // Whoever does not hold the ticket has no page of it.
        _ => "/".to_owned(),
    };
    format!("{internal_url}{path}")
}
