//! A unit's roster for its own system: the patterns and exceptions as they stand, and another roster in their place.

use axum::extract::Path;
use casework::roster::{Exception, Pattern};
use platform::clock;
use serde::{Deserialize, Serialize};

use super::{book_of, standing::Standing, write::write, written::Written};
use crate::internal::{Answer, By, auth::Staffed, duty::scope, error::ApiError, wire::JsonBody};

/// A roster.
#[derive(Serialize)]
pub(crate) struct Roster {
    /// Of what stands. Whoever writes names it, so that nothing is taken away that they have not seen.
    version: String,
    patterns: Vec<Pattern>,
    /// Those that are not over.
    exceptions: Vec<Exception>,
}

/// A roster in the place of the one that stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRoster {
    version: String,
    patterns: Vec<Pattern>,
    exceptions: Vec<Exception>,
}

/// What was changed.
#[derive(Serialize)]
pub(crate) struct Changed {
    /// Of what stands now.
    version: String,
    /// Patterns and exceptions that were written.
    written: usize,
    /// Those that were taken away.
    removed: usize,
}

/// `GET /api/v1/duty/{unit}/roster`
pub(crate) async fn get(by: By<Staffed>, Path(unit): Path<String>) -> Result<Answer<Roster>, ApiError> {
    scope::kept_unit(&by, &unit).map_err(ApiError::of_read)?;
    let (book, _) = book_of(&by).await.map_err(ApiError::of_read)?;
    let standing = Standing::of(&by, &unit, &book, clock::now())
        .await
        .map_err(ApiError::of_read)?;
    let Written { patterns, exceptions } = standing.written();
    Ok(Answer(Roster {
        version: standing.version(),
        patterns,
        exceptions,
    }))
}

/// `PUT /api/v1/duty/{unit}/roster`: all of it is written, or nothing. What it does not have is taken away.
pub(crate) async fn put(
    by: By<Staffed>,
    Path(unit): Path<String>,
    JsonBody(new): JsonBody<NewRoster>,
) -> Result<Answer<Changed>, ApiError> {
    scope::kept_unit(&by, &unit).map_err(ApiError::of_read)?;
    let now = clock::now();
    let people = scope::colleagues(&by, &unit).await.map_err(ApiError::of_read)?;
    let (book, _) = book_of(&by).await.map_err(ApiError::of_read)?;
    let standing = Standing::of(&by, &unit, &book, now).await.map_err(ApiError::of_read)?;
    let (version, written) = (
        new.version,
        Written {
            patterns: new.patterns,
            exceptions: new.exceptions,
        },
    );
    if version != standing.version() {
        return Err(ApiError::key(409, "duty.import.stale"));
    }
    // What stands may name somebody who left; what is written anew may not.
    let difference = standing.difference(written);
    if let Some(key) = difference.written.wrong(&people, now) {
        return Err(ApiError::key(422, key));
    }
    let count = difference.written.patterns.len() + difference.written.exceptions.len();
    let removed = difference.patterns_gone.len() + difference.exceptions_gone.len();
    if !difference.is_empty() && !write(&by, &unit, (&book, standing), difference, now).await? {
        return Err(ApiError::key(409, "duty.import.stale"));
    }
    let standing = Standing::of(&by, &unit, &book, now).await.map_err(ApiError::of_read)?;
    Ok(Answer(Changed {
        version: standing.version(),
        written: count,
        removed,
    }))
}
