//! A duty page that is heard of no more is an alarm: who trusts in it would hear nothing.
//!
//! The router's clock finds it. What stood on the page unseen falls to the person's next channel at once; unit and office are told
//! by mail, and the board shows it until somebody of the unit has a page open again. Nobody is told where a colleague's page is
//! open, where the person had given the duty over, or of a page that comes and goes more often than every ten minutes.

use casework::words::Urgency;
use chrono::{DateTime, TimeDelta, Utc};

use super::pages::LOST_AFTER;
use crate::store::{
    Board, CallFault, DutyPageId, Router, Said, Store, StoreError, Subject, SubjectNotice, To,
    notices::subject::subject_notice,
};

/// A unit is told of a lost page once in so long.
const TOLD_EVERY: TimeDelta = TimeDelta::minutes(10);

/// The board shows a lost page for so long.
const SHOWN: TimeDelta = TimeDelta::hours(12);

/// Calls that one turn hands on.
const BATCH: i64 = 500;

/// What a turn over the pages did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PagesTurned {
    /// Pages found lost.
    pub lost: usize,
    /// Mails queued.
    pub told: i64,
    /// Calls that no page showed and that fall to the next channel.
    pub fell: usize,
}

/// A lost page, for the board.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LostPage {
    /// Unit code.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Whose it was.
    pub person: String,
    /// When it was last heard of.
    pub beat_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Lost {
    id: DutyPageId,
    unit: String,
    unit_name: String,
    person: String,
    beat_at: DateTime<Utc>,
    tell: bool,
}

impl Store<Router> {
    /// Finds pages that were lost by now and tells of them, and hands on what no page showed within a minute.
    pub async fn duty_pages_turn(&self, county: &str, now: DateTime<Utc>) -> Result<PagesTurned, StoreError> {
        let mut tx = self.pool.begin().await?;
        let lost: Vec<Lost> = sqlx::query_as(include_str!("lost.sql"))
            .bind(county)
            .bind(now)
            .bind(now - LOST_AFTER)
            .bind(now - TOLD_EVERY)
            .fetch_all(&mut *tx)
            .await?;
        let mut turned = PagesTurned {
            lost: lost.len(),
            ..PagesTurned::default()
        };
        for page in lost.iter().filter(|page| page.tell) {
            for to in [To::Unit(&page.unit), To::Office] {
                let notice = SubjectNotice {
                    county,
                    subject: Subject::DutyPageLost(page.id),
                    round: 0,
                    to,
                    urgency: Urgency::P1,
                    drill: false,
                    said: Said {
                        unit: Some(page.unit_name.clone()),
                        person: Some(page.person.clone()),
                        due: Some(page.beat_at),
                        ..Said::default()
                    },
                    at: now,
                };
                turned.told += subject_notice(&mut tx, &notice).await?;
            }
        }
        let fell = sqlx::query(
            "SELECT call_fail(c.id, $2, $4) FROM (
                 SELECT id FROM calls WHERE county = $1 AND channel = 'desk' AND state = 'handed-over' AND created_at <= $3
                 ORDER BY created_at LIMIT $5) c",
        )
        .bind(county)
        .bind(now)
        .bind(now - LOST_AFTER)
        .bind(CallFault::NotShown.as_str())
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await?;
        turned.fell = fell.len();
        tx.commit().await?;
        Ok(turned)
    }
}

impl Store<Board> {
    /// Units that lost a page and have none open since, the last first.
    pub async fn duty_pages_lost(&self, county: &str, now: DateTime<Utc>) -> Result<Vec<LostPage>, StoreError> {
        let lost = sqlx::query_as(
            "SELECT l.unit, u.name AS unit_name, person_shown(a.id, a.name) AS person, l.beat_at FROM (
                 SELECT DISTINCT ON (p.unit) p.unit, p.account_id, p.beat_at, p.ended_at FROM duty_pages p
                 WHERE p.county = $1 AND p.ended_how = 'lost' AND p.ended_at > $2 ORDER BY p.unit, p.ended_at DESC) l
             JOIN units u ON u.county = $1 AND u.code = l.unit JOIN accounts a ON a.id = l.account_id
             WHERE NOT EXISTS (SELECT FROM duty_pages o WHERE o.county = $1 AND o.unit = l.unit AND o.began_at > l.beat_at)
               AND NOT EXISTS (SELECT FROM duty_pages o WHERE o.county = $1 AND o.unit = l.unit AND o.ended_at IS NULL)
             ORDER BY l.beat_at DESC",
        )
        .bind(county)
        .bind(now - SHOWN)
        .fetch_all(&self.pool)
        .await?;
        Ok(lost)
    }
}
