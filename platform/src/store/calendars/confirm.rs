//! One person proposes, another confirms; either may give it up before. A confirmation makes the next version of the pack.

use casework::county::PackFiles;
use casework::pack::{Pack, with_calendar};
use sqlx::{PgTransaction, types::Json};

use super::change::{CalendarChange, CalendarError, NewCalendar, select_change};
use super::propose::propose;
use crate::store::{
    CalendarChangeId, Clerk, Office, Store,
    packs::{digest::files_digest, lock::pack_lock},
};

impl Store<Office> {
    /// Proposes a calendar and tells the office. One waits at a time.
    pub async fn calendar_propose(&self, new: &NewCalendar<'_>) -> Result<CalendarChangeId, CalendarError> {
        let mut tx = self.pool.begin().await?;
        pack_lock(&mut tx, new.county).await?;
        let id = propose(&mut tx, new).await?;
        tx.commit().await?;
        id.ok_or(CalendarError::Waiting)
    }

    /// Gives a waiting calendar up.
    pub async fn calendar_withdraw(
        &self,
        county: &str,
        id: CalendarChangeId,
        by: Clerk<'_>,
    ) -> Result<(), CalendarError> {
        let done = sqlx::query(
            "UPDATE calendar_changes SET withdrawn_at = $3, withdrawn_by = $4, withdrawn_account = $5
             WHERE county = $1 AND id = $2 AND confirmed_at IS NULL AND withdrawn_at IS NULL",
        )
        .bind(county)
        .bind(id)
        .bind(by.at)
        .bind(by.name)
        .bind(by.account)
        .execute(&self.pool)
        .await?;
        if done.rows_affected() == 0 {
            return Err(CalendarError::NotWaiting);
        }
        Ok(())
    }

    /// A second person confirms: the calendar is in force at once, and the open clocks follow.
    pub async fn calendar_confirm(
        &self,
        county: &str,
        id: CalendarChangeId,
        by: Clerk<'_>,
    ) -> Result<(), CalendarError> {
        let mut tx = self.pool.begin().await?;
        pack_lock(&mut tx, county).await?;
        let waiting: Option<CalendarChange> = sqlx::query_as(select_change!(
            "AND id = $2 AND confirmed_at IS NULL AND withdrawn_at IS NULL FOR UPDATE"
        ))
        .bind(county)
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
        let change = waiting.ok_or(CalendarError::NotWaiting)?;
        if change.proposed_account == Some(by.account) {
            return Err(CalendarError::SamePerson);
        }
        let version = version(&mut tx, county, &change, by).await?;
        sqlx::query(
            "UPDATE calendar_changes SET confirmed_at = $2, confirmed_by = $3, confirmed_account = $4, pack_version = $5 WHERE id = $1",
        )
        .bind(id)
        .bind(by.at)
        .bind(by.name)
        .bind(by.account)
        .bind(version)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The newest pack with the calendar of the change, as its next version. The rules in force are no part of it.
async fn version(
    tx: &mut PgTransaction<'_>,
    county: &str,
    change: &CalendarChange,
    by: Clerk<'_>,
) -> Result<i32, CalendarError> {
    let (last, Json(files)): (i32, Json<PackFiles>) =
        sqlx::query_as("SELECT version, files FROM packs WHERE county = $1 ORDER BY version DESC LIMIT 1")
            .bind(county)
            .fetch_one(&mut **tx)
            .await?;
    let unfit = |why: String| CalendarError::Unfit(why);
    let (Some(held), _) = Pack::examine(&files) else {
        return Err(unfit("pack.toml can't be read".to_owned()));
    };
    if held.calendar().version() != change.base {
        return Err(CalendarError::Stale);
    }
    let calendar = change.calendar().map_err(unfit)?;
    let files = with_calendar(&files, &calendar).ok_or_else(|| unfit("pack.toml can't be read".to_owned()))?;
    let read =
        Pack::read(&files).map_err(|problems| unfit(problems.first().map(ToString::to_string).unwrap_or_default()))?;
    if read.calendar().version() != change.calendar {
        return Err(unfit("it reads otherwise than it was proposed".to_owned()));
    }
    sqlx::query("INSERT INTO packs (county, version, digest, files, loaded_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(county)
        .bind(last + 1)
        .bind(files_digest(&files))
        .bind(Json(&files))
        .bind(by.at)
        .execute(&mut **tx)
        .await?;
    Ok(last + 1)
}
