//! What a list of tickets is asked for.

use casework::{ticket::TicketState, words::Urgency};
use chrono::{DateTime, Utc};
use sqlx::{Postgres, QueryBuilder};

use super::clocks::ClockAsked;
use crate::store::{AccountId, ReportId, TicketId};

casework::words! {
    /// Which tickets, by how they stand.
    ListTab {
        /// 待办: those on which the unit still owes something.
        Open = "open",
        /// 我承办的: open, and assigned to whoever asks.
        Mine = "mine",
        /// 未分办: open, and assigned to nobody.
        Unassigned = "unassigned",
        /// 等待他方: open, and somebody else has to act.
        Waiting = "waiting",
        /// 已办结: nothing is owed any more.
        Closed = "closed",
        /// 全部
        All = "all",
    }
}

casework::words! {
    /// In which order.
    ListSort {
        /// The next due first. Of open tickets only: nothing is due on others.
        Due = "due",
        /// The report that came last first.
        New = "new",
        /// The report that came first first.
        Old = "old",
        /// The most urgent first, of these the one that came first. Of open tickets only.
        Urgency = "urgency",
    }
}

impl ListTab {
    /// Whether it holds open tickets alone.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::All)
    }
}

/// Below which line a list goes on: the line's place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListCursor {
    /// Its urgency, where that is part of the order.
    pub urgency: Urgency,
    /// When its report came, or when it is due.
    pub at: DateTime<Utc>,
    /// Its ticket.
    pub ticket: TicketId,
}

/// What a list of tickets is asked for.
#[derive(Clone, Debug)]
pub struct TicketsAsked {
    /// County.
    pub county: String,
    /// Of one unit; none: of the county.
    pub unit: Option<String>,
    /// How they stand.
    pub tab: ListTab,
    /// Who asks, for [`ListTab::Mine`].
    pub me: AccountId,
    /// How urgent.
    pub urgency: Option<Urgency>,
    /// In one state.
    pub state: Option<TicketState>,
    /// First nine digits of the report's area.
    pub township: Option<String>,
    /// A situation that was reported.
    pub situation: Option<String>,
    /// What is owed.
    pub obligation: Option<String>,
    /// Whom it is assigned to.
    pub officer: Option<AccountId>,
    /// Whose report came at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Whose report came before.
    pub until: Option<DateTime<Utc>>,
    /// By how a clock was kept.
    pub clock: Option<ClockAsked>,
    /// Open and due before this time.
    pub overdue_at: Option<DateTime<Utc>>,
    /// Of these reports only, drills and others.
    pub reports: Option<Vec<ReportId>>,
    /// These only, drills and others.
    pub tickets: Option<Vec<TicketId>>,
    /// Drills instead of the others.
    pub drill: bool,
    /// Order.
    pub sort: ListSort,
    /// Goes on below.
    pub after: Option<ListCursor>,
    /// Lines to pass over: for programs that count lines. Pages go on below the last one.
    pub offset: i64,
}

impl TicketsAsked {
    /// All tickets of a county, the newest first.
    pub fn all(county: &str, me: AccountId) -> Self {
        Self {
            county: county.to_owned(),
            unit: None,
            tab: ListTab::All,
            me,
            urgency: None,
            state: None,
            township: None,
            situation: None,
            obligation: None,
            officer: None,
            from: None,
            until: None,
            clock: None,
            overdue_at: None,
            reports: None,
            tickets: None,
            drill: false,
            sort: ListSort::New,
            after: None,
            offset: 0,
        }
    }

    /// The conditions on `listings l`. A condition that is not asked does not stand there, so that the planner chooses the index of
    /// those that are.
    pub(super) fn conditions(&self, sql: &mut QueryBuilder<Postgres>) {
        sql.push("l.county = ").push_bind(self.county.clone());
        if self.reports.is_none() && self.tickets.is_none() {
            sql.push(" AND l.drill = ").push_bind(self.drill);
        }
        match self.tab {
            ListTab::All => {}
            ListTab::Closed => drop(sql.push(" AND NOT l.open")),
            ListTab::Waiting => drop(sql.push(" AND l.open AND l.waiting")),
            ListTab::Unassigned => drop(sql.push(" AND l.open AND l.assignee IS NULL")),
            ListTab::Mine => drop(sql.push(" AND l.open AND l.assignee = ").push_bind(self.me)),
            ListTab::Open => drop(sql.push(" AND l.open")),
        }
        if let Some(unit) = &self.unit {
            sql.push(" AND l.unit = ").push_bind(unit.clone());
        }
        if let Some(urgency) = self.urgency {
            sql.push(" AND l.urgency = ").push_bind(urgency.as_str());
        }
        if let Some(state) = self.state {
            sql.push(" AND l.state = ").push_bind(state.as_str());
        }
        if let Some(township) = &self.township {
            sql.push(" AND l.township = ").push_bind(township.clone());
        }
        if let Some(situation) = &self.situation {
            sql.push(" AND l.situations @> ").push_bind(vec![situation.clone()]);
        }
        if let Some(obligation) = &self.obligation {
            sql.push(" AND l.obligation = ").push_bind(obligation.clone());
        }
        if let Some(officer) = self.officer {
            sql.push(" AND l.assignee = ").push_bind(officer);
        }
        if let Some(from) = self.from {
            sql.push(" AND l.received_at >= ").push_bind(from);
        }
        if let Some(until) = self.until {
            sql.push(" AND l.received_at < ").push_bind(until);
        }
        if let Some(clock) = &self.clock {
            clock.condition(sql);
        }
        if let Some(at) = self.overdue_at {
            sql.push(" AND l.open AND l.due_at <= ").push_bind(at);
        }
        if let Some(reports) = &self.reports {
            let ids: Vec<i64> = reports.iter().map(|id| id.get()).collect();
            sql.push(" AND l.report_id = ANY (").push_bind(ids).push(")");
        }
        if let Some(tickets) = &self.tickets {
            sql.push(" AND l.ticket_id = ANY (")
                .push_bind(tickets.clone())
                .push(")");
        }
    }

    /// Only what stands below the cursor.
    pub(super) fn below(&self, sql: &mut QueryBuilder<Postgres>) {
        let Some(after) = self.after else { return };
        let row = match self.sort {
            ListSort::Due => " AND (l.due_at, l.ticket_id) > (",
            ListSort::Old => " AND (l.received_at, l.ticket_id) > (",
            ListSort::New => " AND (l.received_at, l.ticket_id) < (",
            ListSort::Urgency => " AND (l.urgency, l.received_at, l.ticket_id) > (",
        };
        sql.push(row);
        if self.sort == ListSort::Urgency {
            sql.push_bind(after.urgency.as_str()).push(", ");
        }
        sql.push_bind(after.at).push(", ").push_bind(after.ticket).push(")");
    }

    /// The order, of `l`.
    pub(super) fn order(&self) -> &'static str {
        match self.sort {
            ListSort::Due => " ORDER BY l.due_at, l.ticket_id",
            ListSort::Old => " ORDER BY l.received_at, l.ticket_id",
            ListSort::New => " ORDER BY l.received_at DESC, l.ticket_id DESC",
            ListSort::Urgency => " ORDER BY l.urgency, l.received_at, l.ticket_id",
        }
    }
}
