//! A calendar is written down and told to the office.

use casework::pack::holidays_csv;
use casework::words::Urgency;
use sqlx::PgTransaction;

use super::change::NewCalendar;
use crate::store::{CalendarChangeId, Said, StoreError, Subject, SubjectNotice, To, notices::subject::subject_notice};

/// Stores a proposal and tells the office; `None` where another one waits.
pub(in crate::store) async fn propose(
    tx: &mut PgTransaction<'_>,
    new: &NewCalendar<'_>,
) -> Result<Option<CalendarChangeId>, StoreError> {
    let id: Option<CalendarChangeId> = sqlx::query_scalar(
        "INSERT INTO calendar_changes (county, source, said, years, holidays, through, calendar, base, proposed_at, proposed_by, proposed_account)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(new.county)
    .bind(new.source.as_str())
    .bind(new.said)
    .bind(&new.years)
    .bind(holidays_csv(new.calendar))
    .bind(new.calendar.published_through())
    .bind(new.calendar.version())
    .bind(new.base)
    .bind(new.at)
    .bind(new.by)
    .bind(new.account)
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(id) = id {
        let notice = SubjectNotice {
            county: new.county,
            subject: Subject::CalendarProposed(id),
            round: 0,
            to: To::Office,
            urgency: Urgency::P3,
            drill: false,
            said: Said {
                by: Some(new.by.to_owned()),
                through: Some(new.calendar.published_through()),
                ..Said::default()
            },
            at: new.at,
        };
        subject_notice(tx, &notice).await?;
    }
    Ok(id)
}
