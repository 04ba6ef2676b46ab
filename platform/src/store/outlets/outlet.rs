//! The outlets themselves: set and ended by an administrator, or taken from the file of gateways.

use chrono::{DateTime, Utc};

use super::folder::late;
use crate::store::{AccountId, NewAct, Notifier, OutletId, People, Store, StoreError};

casework::words! {
    /// What an outlet is.
    OutletKind {
        /// The robot of a group chat.
        Robot = "robot",
        /// A unit's own system, by Standard Webhooks.
        Webhook = "webhook",
        /// The folder of a unit on a closed network.
        Folder = "folder",
    }
}

/// A robot as the file of gateways describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RobotOf {
    /// Of which unit's group.
    pub unit: String,
    /// The name of its description.
    pub gateway: String,
}

/// A unit's own system, to be set.
#[derive(Clone, Copy, Debug)]
pub struct NewWebhook<'a> {
    /// Drawn by the caller: the secret is bound to it.
    pub id: OutletId,
    /// Of which unit.
    pub unit: &'a str,
    /// Where it listens.
    pub url: &'a str,
    /// What signs, sealed.
    pub secret: &'a [u8],
}

/// An outlet with how it goes.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OutletLine {
    /// Which.
    pub id: OutletId,
    /// Of which unit.
    pub unit: String,
    /// What.
    #[sqlx(try_from = "String")]
    pub kind: OutletKind,
    /// Of a robot: the name of its description.
    pub gateway: Option<String>,
    /// Of a unit's own system: where it listens.
    pub url: Option<String>,
    /// Of a folder: the unit's public key.
    pub recipient: Option<String>,
    /// Until when the secret before signs too; none: there is one.
    pub old_until: Option<DateTime<Utc>>,
    /// When it was set.
    pub made_at: DateTime<Utc>,
    /// By whom; none: by the file of gateways.
    pub made_by: Option<String>,
    /// Tries that failed since the last success.
    pub failures: i32,
    /// Since when it fails; none: it does not.
    pub failing_since: Option<DateTime<Utc>>,
    /// The last success.
    pub last_sent_at: Option<DateTime<Utc>>,
    /// The last failure.
    pub last_failed_at: Option<DateTime<Utc>>,
    /// Why that was.
    pub last_error: Option<String>,
    /// Posts or files that wait.
    pub waiting: i64,
    /// Posts that were given up.
    pub lost: i64,
    /// Tickets that a folder should have handed on by now.
    pub late: i64,
}

/// $1 county, $2 now.
const LINE: &str = concat!(
    "SELECT o.id, o.unit, o.kind, o.gateway, o.url, o.recipient, o.old_until, o.made_at, person_shown(a.id, a.name) AS made_by,
        o.failures, o.failing_since, o.last_sent_at, o.last_failed_at, o.last_error,
        (SELECT count(*) FROM posts p WHERE p.outlet_id = o.id AND p.state = 'queued')
            + (SELECT count(*) FROM folder_files f WHERE f.outlet_id = o.id AND f.state = 'queued') AS waiting,
        (SELECT count(*) FROM posts p WHERE p.outlet_id = o.id AND p.state = 'failed') AS lost,
        (SELECT count(DISTINCT f.ticket_id) FROM folder_files f WHERE f.outlet_id = o.id AND f.state IN ('queued', 'written') AND ",
    late!(),
    ") AS late
     FROM outlets o LEFT JOIN accounts a ON a.id = o.made_by WHERE o.county = $1 AND o.ended_at IS NULL",
);

impl Store<People> {
    /// The outlets of the county in force, by unit.
    pub async fn outlets_list(&self, county: &str, now: DateTime<Utc>) -> Result<Vec<OutletLine>, StoreError> {
        let sql = format!("{LINE} ORDER BY o.unit, o.kind, o.made_at, o.id");
        let lines = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        Ok(lines.bind(county).bind(now).fetch_all(&self.pool).await?)
    }

    /// One of them.
    pub async fn outlet_fetch(
        &self,
        county: &str,
        id: OutletId,
        now: DateTime<Utc>,
    ) -> Result<Option<OutletLine>, StoreError> {
        let sql = format!("{LINE} AND o.id = $3");
        let line = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        let line = line.bind(county).bind(now).bind(id);
        Ok(line.fetch_optional(&self.pool).await?)
    }

    /// Sets a unit's own system; `false` when the unit has one at that address, or is not there.
    pub async fn webhook_add(&self, new: NewWebhook<'_>, by: AccountId, act: &NewAct<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let added = sqlx::query(
            "INSERT INTO outlets (id, county, unit, kind, url, secret, made_at, made_by)
             SELECT $1, u.county, u.code, 'webhook', $4, $5, $6, $7 FROM units u
             WHERE u.county = $2 AND u.code = $3 AND u.retired_at IS NULL
             ON CONFLICT DO NOTHING",
        )
        .bind(new.id)
        .bind(act.county)
        .bind(new.unit)
        .bind(new.url)
        .bind(new.secret)
        .bind(act.at)
        .bind(by)
        .execute(&mut *tx)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Gives it another secret; the one before signs beside it until `old_until`. `false`: there is no such system in force.
    pub async fn webhook_rotate(
        &self,
        id: OutletId,
        secret: &[u8],
        old_until: DateTime<Utc>,
        act: &NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let turned = sqlx::query(
            "UPDATE outlets SET old_secret = secret, old_until = $4, secret = $3
             WHERE id = $1 AND county = $2 AND kind = 'webhook' AND ended_at IS NULL",
        )
        .bind(id)
        .bind(act.county)
        .bind(secret)
        .bind(old_until)
        .execute(&mut *tx)
        .await?;
        if turned.rows_affected() == 0 {
            return Ok(false);
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Nothing is told or written there any more. `false`: there is no such system or folder in force.
    pub async fn outlet_end(&self, id: OutletId, by: AccountId, act: &NewAct<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let ended = sqlx::query(
            "UPDATE outlets SET ended_at = $3, ended_by = $4, old_secret = NULL, old_until = NULL
             WHERE id = $1 AND county = $2 AND kind <> 'robot' AND ended_at IS NULL",
        )
        .bind(id)
        .bind(act.county)
        .bind(act.at)
        .bind(by)
        .execute(&mut *tx)
        .await?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Store<Notifier> {
    /// The robots of the county are these from now on. One of an unknown unit is left out, and said.
    pub async fn robots_are(
        &self,
        county: &str,
        robots: &[RobotOf],
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        let units: Vec<&str> = robots.iter().map(|robot| robot.unit.as_str()).collect();
        let gateways: Vec<&str> = robots.iter().map(|robot| robot.gateway.as_str()).collect();
        let mut tx = self.pool.begin().await?;
        sqlx::query(
            "UPDATE outlets o SET ended_at = $4 WHERE o.county = $1 AND o.kind = 'robot' AND o.ended_at IS NULL
             AND NOT EXISTS (SELECT FROM unnest($2::text[], $3::text[]) AS r (unit, gateway)
                             WHERE r.unit = o.unit AND r.gateway = o.gateway)",
        )
        .bind(county)
        .bind(&units)
        .bind(&gateways)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO outlets (id, county, unit, kind, gateway, made_at)
             SELECT gen_random_uuid(), $1, r.unit, 'robot', r.gateway, $4 FROM unnest($2::text[], $3::text[]) AS r (unit, gateway)
             JOIN units u ON u.county = $1 AND u.code = r.unit
             ON CONFLICT DO NOTHING",
        )
        .bind(county)
        .bind(&units)
        .bind(&gateways)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        let strangers = sqlx::query_scalar(
            "SELECT r.unit FROM unnest($2::text[]) AS r (unit)
             WHERE NOT EXISTS (SELECT FROM units u WHERE u.county = $1 AND u.code = r.unit) ORDER BY 1",
        )
        .bind(county)
        .bind(&units)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(strangers)
    }
}
