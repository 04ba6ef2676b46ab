//! Whose tickets somebody lists: their unit's, through the desk's login, or the county's, through the board's.

use chrono::{DateTime, Utc};
use platform::{
    receipt::fragment::Fragment,
    store::{
        AccountId, Candidates, ChildToken, DeskScope, Role, Searching, StoreError, TicketId, TicketsAsked, TicketsFound,
    },
};

use crate::internal::{By, Internal, auth::Desk, error::PageError};

/// Whose.
#[derive(Clone, Debug)]
pub(super) enum Reach {
    /// Of the county.
    County,
    /// Of one unit of the person; a program may ask for all of theirs.
    Unit { scope: DeskScope, unit: Option<String> },
}

impl Reach {
    /// The unit that is asked for, or the person's first. Another unit is not there.
    pub(super) fn of_desk(by: &By<Desk>, unit: &str) -> Result<Self, PageError> {
        let units = by.actor.units(&Role::HOLDERS);
        let wanted = match unit {
            "" => units.first(),
            code => units.iter().find(|held| **held == code),
        };
        Ok(Self::Unit {
            scope: by.right.scope.clone(),
            unit: Some((*wanted.ok_or(PageError::NotFound)?).to_owned()),
        })
    }

    /// For a program: the unit that is asked for, or all of the person's.
    pub(super) fn of_program(by: &By<Desk>, unit: &str) -> Result<Self, PageError> {
        if unit.is_empty() && by.actor.units(&Role::HOLDERS).len() > 1 {
            return Ok(Self::Unit {
                scope: by.right.scope.clone(),
                unit: None,
            });
        }
        Self::of_desk(by, unit)
    }

    /// Address of its list.
    pub(super) fn path(&self) -> &'static str {
        match self {
            Self::County => "/reports",
            Self::Unit { .. } => "/tickets",
        }
    }

    /// Whether it is the county's.
    pub(super) fn is_county(&self) -> bool {
        matches!(self, Self::County)
    }

    /// The unit, where it is one's.
    pub(super) fn unit(&self) -> Option<&str> {
        match self {
            Self::County => None,
            Self::Unit { unit, .. } => unit.as_deref(),
        }
    }

    /// A stretch of the list.
    pub(super) async fn found(
        &self,
        internal: &Internal,
        asked: &TicketsAsked,
        limit: i64,
    ) -> Result<TicketsFound, StoreError> {
        match self {
            Self::County => internal.board.tickets_found(asked, limit).await,
            Self::Unit { scope, .. } => internal.desk.desk_tickets_found(scope, asked, limit).await,
        }
    }

    /// How many there are, as far as it is counted.
    pub(super) async fn counted(&self, internal: &Internal, asked: &TicketsAsked) -> Result<i64, StoreError> {
        match self {
            Self::County => internal.board.tickets_counted(asked).await,
            Self::Unit { scope, .. } => internal.desk.desk_tickets_counted(scope, asked).await,
        }
    }

    /// Reports with a piece of a receipt.
    pub(super) async fn receipts(&self, internal: &Internal, piece: &Fragment) -> Result<Candidates, StoreError> {
        let county = &internal.county;
        match self {
            Self::County => internal.board.receipts_found(county, piece).await,
            Self::Unit { scope, unit } => {
                internal
                    .desk
                    .desk_receipts_found(scope, county, unit.as_deref(), piece)
                    .await
            }
        }
    }

    /// A child's tickets; it is written down.
    pub(super) async fn child(
        &self,
        internal: &Internal,
        token: &ChildToken,
        by: Searching<'_>,
    ) -> Result<Vec<TicketId>, StoreError> {
        match self {
            Self::County => internal.board.child_search(token, by).await,
            Self::Unit { scope, unit } => {
                let unit = unit.as_deref().unwrap_or_default();
                internal.desk.desk_child_search(scope, unit, token, by).await
            }
        }
    }

    /// Writes down that the list was taken away.
    pub(super) async fn taken(
        &self,
        internal: &Internal,
        list: (&str, usize),
        who: (AccountId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        let county = &internal.county;
        match self {
            Self::County => internal.board.list_taken(county, list, who).await,
            Self::Unit { unit, .. } => {
                let unit = unit.as_deref().unwrap_or_default();
                internal.desk.desk_list_taken(county, unit, list, who).await
            }
        }
    }
}
