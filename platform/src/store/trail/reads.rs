//! 谁看过: who was shown what of which report, for the office and the oversight. The rows are written where parts are handed out.

use chrono::{DateTime, Utc};

use sqlx::types::Json;

use crate::store::{AccountId, Board, Opening, ReadId, ReportId, Role, Store, StoreError, TicketId};

/// A look.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ReadLine {
    /// Id.
    pub id: ReadId,
    /// When.
    pub at: DateTime<Utc>,
    /// Report.
    pub report_id: ReportId,
    /// Ticket on whose page it was, if any.
    pub ticket_id: Option<TicketId>,
    /// Who; none: nobody, it was written into the folder of a unit.
    pub account_id: Option<AccountId>,
    /// Their name, as shown.
    pub name: Option<String>,
    /// Their login.
    pub login: Option<String>,
    /// Unit of the ticket, or whose folder it was.
    pub unit_name: Option<String>,
    /// As what.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// What they were shown.
    pub parts: Vec<String>,
    /// `page`, `api`, `opening` …
    pub how: String,
}

/// Where a list goes on: below this time and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadCursor {
    /// Time of the last line.
    pub at: DateTime<Utc>,
    /// Its id.
    pub id: ReadId,
}

/// Which looks.
#[derive(Clone, Debug, Default)]
pub struct ReadsAsked {
    /// Of a report.
    pub report: Option<ReportId>,
    /// On a ticket's page.
    pub ticket: Option<TicketId>,
    /// By accounts; an empty list finds nothing.
    pub accounts: Option<Vec<AccountId>>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
    /// Only those at who reported.
    pub identity: bool,
    /// Goes on below.
    pub before: Option<ReadCursor>,
}

/// What a report is, for the page that looks at it without a ticket.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReportOutline {
    /// A drill.
    pub drill: bool,
    /// Its tickets: id, unit's name, obligation; the lead first.
    pub tickets: Json<Vec<(TicketId, String, String)>>,
}

/// Of this county: a condition on what is joined would be taken for a rare one, and the whole table read for it.
const LINE: &str = "SELECT x.id, x.at, x.report_id, x.ticket_id, x.account_id, person_shown(a.id, a.name) AS name, a.login,
    (SELECT u.name FROM units u
     WHERE u.county = $1 AND u.code = coalesce(o.unit, (SELECT t.unit FROM tickets t WHERE t.id = x.ticket_id))) AS unit_name,
    x.role, x.parts, x.how FROM reads x LEFT JOIN accounts a ON a.id = x.account_id AND a.county = $1
    LEFT JOIN folder_files f ON f.id = x.file_id AND f.county = $1 LEFT JOIN outlets o ON o.id = f.outlet_id
    WHERE (a.id IS NOT NULL OR f.id IS NOT NULL)";

impl Store<Board> {
    /// Looks, the newest first: `limit` of them below the cursor. Each filter that is asked reads its own index.
    pub async fn reads_list(&self, county: &str, asked: &ReadsAsked, limit: i64) -> Result<Vec<ReadLine>, StoreError> {
        let mut sql = LINE.to_owned();
        for (given, condition) in [
            (asked.report.is_some(), " AND x.report_id = $2"),
            (asked.ticket.is_some(), " AND x.ticket_id = $3"),
            (asked.accounts.is_some(), " AND x.account_id = ANY ($4)"),
            (asked.from.is_some(), " AND x.at >= $5"),
            (asked.to.is_some(), " AND x.at < $6"),
            (asked.identity, " AND 'identity' = ANY (x.parts)"),
            (asked.before.is_some(), " AND x.at <= $7 AND (x.at, x.id) < ($7, $8)"),
        ] {
            if given {
                sql.push_str(condition);
            }
        }
        // A parameter that no condition names has no type of its own.
        sql.push_str(
            " AND ($2::bigint, $3::bigint, $4::bigint[], $5::timestamptz, $6::timestamptz, $7::timestamptz, $8::bigint) IS NOT DISTINCT FROM
              ($2::bigint, $3::bigint, $4::bigint[], $5::timestamptz, $6::timestamptz, $7::timestamptz, $8::bigint)
              ORDER BY x.at DESC, x.id DESC LIMIT $9",
        );
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(asked.report)
            .bind(asked.ticket)
            .bind(&asked.accounts)
            .bind(asked.from)
            .bind(asked.to)
            .bind(asked.before.map(|cursor| cursor.at))
            .bind(asked.before.map(|cursor| cursor.id))
            .bind(limit)
            .persistent(false)
            .fetch_all(&self.pool)
            .await?)
    }

    /// Accounts of this login or name, for the filter.
    pub async fn reads_accounts(&self, county: &str, who: &str) -> Result<Vec<AccountId>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT id FROM accounts WHERE county = $1 AND (login = lower($2) OR name = $2) ORDER BY id LIMIT 50",
        )
        .bind(county)
        .bind(who)
        .fetch_all(&self.pool)
        .await?)
    }

    /// A report of the county with its tickets.
    pub async fn report_outline(&self, county: &str, report: ReportId) -> Result<Option<ReportOutline>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT r.drill, coalesce((SELECT jsonb_agg(jsonb_build_array(t.id, u.name, t.obligation) ORDER BY t.lead DESC, t.id)
                    FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit WHERE t.report_id = r.id), '[]') AS tickets
             FROM reports r WHERE r.county = $1 AND r.id = $2",
        )
        .bind(county)
        .bind(report)
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Looks through an opening: those of its person, while it was open, at what it opens. The first first, at most 200.
    pub async fn reads_of_opening(&self, county: &str, opening: &Opening) -> Result<Vec<ReadLine>, StoreError> {
        let (Some(from), Some(ends)) = (opening.opened_at, opening.ends_at) else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "{LINE} AND x.report_id = $2 AND x.account_id = $3 AND x.at >= $4 AND x.at < $5 AND x.parts && $6
             AND x.ticket_id IS NOT DISTINCT FROM $7 ORDER BY x.at, x.id LIMIT 200"
        );
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(opening.report_id)
            .bind(opening.asked_account)
            .bind(from)
            .bind(opening.ended_at.map_or(ends, |ended| ended.min(ends)))
            .bind(&opening.parts)
            .bind(opening.ticket_id)
            .fetch_all(&self.pool)
            .await?)
    }
}
