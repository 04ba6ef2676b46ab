//! A child's tickets, by the blind index alone, and the record of who searched or took a list away.

use chrono::{DateTime, Utc};

use crate::store::{AccountId, Board, Desk, DeskScope, Role, Store, StoreError, TicketId};

casework::words! {
    /// What was done.
    SearchKind {
        /// 姓名加出生日期
        NameBirth = "name-birth",
        /// 证件号码
        IdNumber = "id-number",
        /// A list was taken away as a workbook.
        Workbook = "workbook",
    }
}

/// What the blind index knows a child by.
#[derive(Clone, Debug)]
pub struct ChildToken {
    /// Of which of the two.
    pub kind: SearchKind,
    /// Keyed hash.
    pub token: Vec<u8>,
}

/// Who searches, why, and when.
#[derive(Clone, Copy, Debug)]
pub struct Searching<'a> {
    /// County.
    pub county: &'a str,
    /// Who.
    pub account: AccountId,
    /// A word of the list of reasons.
    pub reason: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// A search, or a list that was taken away.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SearchLine {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, as shown.
    pub name: String,
    /// Their login.
    pub login: String,
    /// As what.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// Name of the unit whose tickets; none: of the county.
    pub unit_name: Option<String>,
    /// What.
    #[sqlx(try_from = "String")]
    pub kind: SearchKind,
    /// Why, of a search.
    pub reason: Option<String>,
    /// Filters of a workbook's list.
    pub list: Option<String>,
    /// How many tickets.
    pub found: i32,
}

impl Store<Desk> {
    /// Tickets of a unit about a child, among those that show it what it searches by. It is written down.
    pub async fn desk_child_search(
        &self,
        scope: &DeskScope,
        unit: &str,
        token: &ChildToken,
        by: Searching<'_>,
    ) -> Result<Vec<TicketId>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let found = sqlx::query_scalar("SELECT * FROM desk_child_search($1, $2, $3, $4, $5, $6, $7)")
            .bind(by.county)
            .bind(unit)
            .bind(token.kind.as_str())
            .bind(&token.token)
            .bind(by.account)
            .bind(by.reason)
            .bind(by.at)
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(found)
    }

    /// That somebody took a unit's list away.
    pub async fn desk_list_taken(
        &self,
        county: &str,
        unit: &str,
        taken: (&str, usize),
        who: (AccountId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        self.list_taken_as(county, Some(unit), taken, who).await
    }
}

impl Store<Board> {
    /// Tickets of the county about a child. It is written down.
    pub async fn child_search(&self, token: &ChildToken, by: Searching<'_>) -> Result<Vec<TicketId>, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT * FROM board_child_search($1, $2, $3, $4, $5, $6)")
                .bind(by.county)
                .bind(token.kind.as_str())
                .bind(&token.token)
                .bind(by.account)
                .bind(by.reason)
                .bind(by.at)
                .fetch_all(&self.pool)
                .await?,
        )
    }

    /// That somebody took the county's list away.
    pub async fn list_taken(
        &self,
        county: &str,
        taken: (&str, usize),
        who: (AccountId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        self.list_taken_as(county, None, taken, who).await
    }

    /// Searches and lists taken away before a time, the newest first.
    pub async fn searches(
        &self,
        county: &str,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<SearchLine>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT s.at, person_shown(a.id, a.name) AS name, a.login, s.role, u.name AS unit_name, s.kind, s.reason, s.list, s.found
             FROM searches s JOIN accounts a ON a.id = s.account_id LEFT JOIN units u ON u.county = s.county AND u.code = s.unit
             WHERE s.county = $1 AND s.at < $2 ORDER BY s.at DESC, s.id DESC LIMIT $3",
        )
        .bind(county)
        .bind(before)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?)
    }
}

impl<L> Store<L> {
    /// The two logins that may call it have their own door to it.
    async fn list_taken_as(
        &self,
        county: &str,
        unit: Option<&str>,
        (list, rows): (&str, usize),
        (account, at): (AccountId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        sqlx::query("SELECT list_taken($1, $2, $3, $4, $5, $6)")
            .bind(county)
            .bind(unit)
            .bind(list)
            .bind(i32::try_from(rows).unwrap_or(i32::MAX))
            .bind(account)
            .bind(at)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
