//! What became of drills. When a random one starts is read by nobody before it has.

use casework::words::Channel;
use chrono::{DateTime, Utc};
use sqlx::types::Json;

use crate::store::{AccountId, AnsweredHow, Board, CallId, CallState, DrillId, Store, StoreError, Word};

/// Drills of a list.
const SHOWN: i64 = 60;

/// A drill, or one round of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Drill {
    /// Which.
    pub id: DrillId,
    /// Its moment was drawn.
    pub random: bool,
    /// When it starts; none: nobody is to know yet.
    pub at: Option<DateTime<Utc>>,
    /// First day of the month of a random one, at its beginning.
    pub month: DateTime<Utc>,
    /// How long it rings.
    pub minutes: i16,
    /// Again each month.
    pub monthly: bool,
    /// 1, or more where it was repeated.
    pub round: i16,
    /// Its first round.
    pub of_drill: Option<DrillId>,
    /// Codes of its units; empty: all.
    pub asked: Vec<String>,
    /// Who planned it.
    pub made_by: String,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Units that were called.
    pub units: i64,
    /// Of these, answered for.
    pub answered: i64,
    /// A later round exists.
    pub repeated: bool,
}

/// A unit in a drill.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DrillUnit {
    /// Code.
    pub unit: String,
    /// Name.
    pub name: String,
    /// When a named person answered; none: nobody did.
    pub answered_at: Option<DateTime<Utc>>,
    /// Who.
    pub answered_by: Option<String>,
    /// By what.
    pub answered_how: Option<Word<AnsweredHow>>,
    /// Who of the office wrote it down.
    pub recorded_by: Option<String>,
    /// The calls for it, in their order.
    pub calls: Json<Vec<DrillCall>>,
}

/// A call for a unit in a drill.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub struct DrillCall {
    /// Which.
    pub id: CallId,
    /// Who was called; none: a telephone of the last resort.
    pub person: Option<String>,
    /// Their account.
    pub account: Option<AccountId>,
    /// By what.
    pub channel: Channel,
    /// How far it came.
    pub state: CallState,
    /// It went by mail to an address that nobody verified.
    pub address_unverified: bool,
}

/// A telephone that did not work.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DrillWrong {
    /// Whose.
    pub person: String,
    /// For the duty of which unit they were called.
    pub unit: String,
    /// Which of their telephones, from 1.
    pub place: i16,
    /// The gateway's words.
    pub why: String,
}

/// How a unit did in a month.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DrillRate {
    /// Name.
    pub name: String,
    /// Code.
    pub unit: String,
    /// As 2026-12.
    pub month: String,
    /// Rounds in which it was called.
    pub called: i64,
    /// Of these, answered.
    pub answered: i64,
}

const DRILL: &str = "SELECT d.id, d.random, CASE WHEN NOT d.random OR d.started_at IS NOT NULL THEN d.at END AS at,
    date_trunc('month', d.at, 'Asia/Shanghai') AS month, d.minutes, d.monthly, d.round, d.of_drill, d.units AS asked,
    person_shown(d.made_by, (SELECT a.name FROM accounts a WHERE a.id = d.made_by)) AS made_by, d.started_at, d.ended_at, d.withdrawn_at,
    (SELECT count(*) FROM drill_units u WHERE u.drill_id = d.id) AS units,
    (SELECT count(*) FROM drill_units u WHERE u.drill_id = d.id AND u.answered_at IS NOT NULL) AS answered,
    EXISTS (SELECT FROM drills l WHERE l.of_drill = coalesce(d.of_drill, d.id) AND l.round > d.round) AS repeated
    FROM drills d WHERE d.county = $1";

impl Store<Board> {
    /// The drills of a county: those to come, then the last ones.
    pub async fn drills(&self, county: &str) -> Result<Vec<Drill>, StoreError> {
        let sql = format!("{DRILL} ORDER BY d.started_at IS NOT NULL, d.started_at DESC, d.id DESC LIMIT $2");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(SHOWN)
            .fetch_all(&self.pool)
            .await?)
    }

    /// One of them.
    pub async fn drill(&self, county: &str, id: DrillId) -> Result<Option<Drill>, StoreError> {
        let sql = format!("{DRILL} AND d.id = $2");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Its units: those that nobody answered for first.
    pub async fn drill_units(&self, id: DrillId) -> Result<Vec<DrillUnit>, StoreError> {
        let units = sqlx::query_as(
            "SELECT u.unit, n.name, u.answered_at, u.answered_how,
                    person_shown(u.answered_by, (SELECT a.name FROM accounts a WHERE a.id = u.answered_by)) AS answered_by,
                    person_shown(u.recorded_by, (SELECT a.name FROM accounts a WHERE a.id = u.recorded_by)) AS recorded_by,
                    coalesce((SELECT jsonb_agg(jsonb_build_object('id', c.id, 'person', person_shown(c.account_id, a.name), 'account', c.account_id,
                                                                  'channel', c.channel, 'state', c.state,
                                                                  'address_unverified', c.channel = 'mail' AND coalesce(a.mail_unverified, false)) ORDER BY c.created_at, c.id)
                              FROM drill_rings r JOIN calls c ON c.id = r.call_id LEFT JOIN accounts a ON a.id = c.account_id
                              WHERE r.drill_unit_id = u.id), '[]') AS calls
             FROM drill_units u JOIN units n ON n.county = u.county AND n.code = u.unit WHERE u.drill_id = $1
             ORDER BY u.answered_at IS NOT NULL, u.answered_at, u.unit",
        );
        Ok(units.bind(id).fetch_all(&self.pool).await?)
    }

    /// Telephones of persons that a gateway or a receipt said no to.
    pub async fn drill_wrong(&self, id: DrillId) -> Result<Vec<DrillWrong>, StoreError> {
        let wrong = sqlx::query_as(
            "SELECT DISTINCT ON (c.account_id, t.place) person_shown(c.account_id, a.name) AS person, n.name AS unit, t.place,
                    coalesce(c.last_error, '') AS why
             FROM drill_units u JOIN drill_rings r ON r.drill_unit_id = u.id JOIN calls c ON c.id = r.call_id
             JOIN call_tries t ON t.call_id = c.id JOIN accounts a ON a.id = c.account_id
             JOIN units n ON n.county = c.county AND n.code = c.unit
             WHERE u.drill_id = $1 AND t.outcome = 'failed' AND t.phone_id IS NOT NULL
             ORDER BY c.account_id, t.place, t.began_at DESC",
        );
        Ok(wrong.bind(id).fetch_all(&self.pool).await?)
    }

    /// How each unit did in each month of the last year, the newest month first.
    pub async fn drill_rates(&self, county: &str, from: DateTime<Utc>) -> Result<Vec<DrillRate>, StoreError> {
        let rates = sqlx::query_as(
            "SELECT n.name, u.unit, to_char(d.started_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month, count(*) AS called,
                    count(u.answered_at) AS answered
             FROM drills d JOIN drill_units u ON u.drill_id = d.id JOIN units n ON n.county = u.county AND n.code = u.unit
             WHERE d.county = $1 AND d.started_at >= $2 GROUP BY 1, 2, 3 ORDER BY 3 DESC, count(u.answered_at) - count(*), 2 LIMIT 1000",
        );
        Ok(rates.bind(county).bind(from).fetch_all(&self.pool).await?)
    }
}
