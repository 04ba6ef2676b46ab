//! Who came to which door: logins, failed ones, refusals. Kept for 90 days, bounded whatever a flood does (`migrations/0004_rights.sql`).

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::store::{AccessId, AccountId, Detail, Intake, Loose, People, Store, StoreError};

/// Letters that are kept of a login that nobody has: people type passwords into that field.
const UNKNOWN_LOGIN: usize = 3;

casework::words! {
    /// What happened at a door, in the order in which the page offers it.
    AccessKind {
        /// Login, password or code was wrong.
        LoginFailed = "login-failed",
        /// Too many tries: none was taken.
        LoginThrottled = "login-throttled",
        /// A page or act was not theirs.
        Refused = "refused",
        /// Somebody came in.
        Login = "login",
        /// Somebody left.
        Logout = "logout",
    }
}

/// Somebody at a door.
#[derive(Clone, Debug)]
pub struct Access<'a> {
    /// County.
    pub county: &'a str,
    /// When.
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: AccessKind,
    /// Whose account; none where nobody is signed in and no account has the login.
    pub account: Option<AccountId>,
    /// The login as typed. Of one that no account has only the beginning is stored.
    pub login: Option<&'a str>,
    /// From where.
    pub address: IpAddr,
    /// Which route: `GET /board`. No more distinct words than there are routes.
    pub door: &'a str,
    /// What else is known; nothing that a person typed.
    pub detail: Detail,
}

/// What of it is asked for.
#[derive(Clone, Debug, Default)]
pub struct AccessFind {
    /// One kind.
    pub kind: Option<AccessKind>,
    /// One address.
    pub address: Option<IpAddr>,
    /// One account, by what is typed at login.
    pub login: Option<String>,
    /// Older than this row.
    pub before: Option<AccessId>,
    /// At most.
    pub limit: i64,
}

/// A line of the list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccessLine {
    /// Id.
    pub id: AccessId,
    /// The first time.
    pub at: DateTime<Utc>,
    /// The last time.
    pub last_at: DateTime<Utc>,
    /// How often.
    pub times: i64,
    /// What happened.
    #[sqlx(try_from = "String")]
    pub kind: Loose<AccessKind>,
    /// Whose account.
    pub account_id: Option<AccountId>,
    /// Their name.
    pub name: Option<String>,
    /// Their login, or the beginning of what was typed.
    pub login: Option<String>,
    /// From where; none: from many addresses.
    pub address: Option<String>,
    /// Which route; `*`: many.
    pub door: String,
    /// What else is known.
    pub detail: Detail,
}

impl Store<People> {
    /// Records somebody at a door. The same again within a minute is counted, not added.
    pub async fn access_record(&self, access: &Access<'_>) -> Result<(), StoreError> {
        let login = access.login.map(|login| match access.account {
            Some(_) => login.to_owned(),
            None => beginning(login),
        });
        sqlx::query("SELECT access_record($1, $2, $3, $4, $5, $6::inet, $7, $8)")
            .bind(access.county)
            .bind(access.at)
            .bind(access.kind.as_str())
            .bind(access.account)
            .bind(login)
            .bind(access.address.to_canonical().to_string())
            .bind(access.door)
            .bind(&access.detail)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The newest first.
    pub async fn access_list(&self, county: &str, find: &AccessFind) -> Result<Vec<AccessLine>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT e.id, e.at, e.last_at, e.times, e.kind, e.account_id, a.name, coalesce(a.login, e.login) AS login,
                    host(e.address) AS address, e.door, e.detail
             FROM access_events e LEFT JOIN accounts a ON a.id = e.account_id
             WHERE e.county = $1 AND ($2::text IS NULL OR e.kind = $2) AND ($3::inet IS NULL OR e.address = $3::inet)
               AND ($4::text IS NULL OR a.login = $4) AND ($5::bigint IS NULL OR e.id < $5)
             ORDER BY e.id DESC LIMIT $6",
        )
        .bind(county)
        .bind(find.kind.map(AccessKind::as_str))
        .bind(find.address.map(|address| address.to_canonical().to_string()))
        .bind(&find.login)
        .bind(find.before)
        .bind(find.limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}

impl Store<Intake> {
    /// Deletes what is older than 90 days; says how many rows went.
    pub async fn access_forget(&self, now: DateTime<Utc>) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT access_forget($1)")
            .bind(now)
            .fetch_one(&self.pool)
            .await?)
    }
}

/// The beginning of what was typed: enough to see that names are guessed, too little to be a password.
fn beginning(typed: &str) -> String {
    let seen = typed.trim().chars().filter(|c| !c.is_control());
    let mut beginning: String = seen.take(UNKNOWN_LOGIN).collect();
    beginning.push('…');
    beginning
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_password_in_the_wrong_field_is_not_kept() {
        assert_eq!(beginning("correct horse battery"), "cor…");
        assert_eq!(beginning(" \u{1b}守望相助孩子 "), "守望相…");
        assert_eq!(beginning(""), "…");
    }
}
