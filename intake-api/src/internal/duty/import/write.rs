//! Writes what an upload or a program changes of a roster, each with its act.

use casework::roster::{Exception, PersonId};
use chrono::{DateTime, Utc};
use platform::store::{
    AccountActKind, AccountId, Detail, DutyBook, NewAct, NewRosterChange, RosterChangeKind, RosterWrite,
    act_detail::{ChangeDecided, ChangeWritten, PatternWritten},
};
use tracing::info;

use super::standing::{Difference, Standing};
use crate::internal::{Visit, detached, duty::waits, error::PageError, people::new_act};

/// All of it, or nothing: `false` where something that was to be taken away is gone already.
pub(super) async fn write(
    visit: &Visit,
    unit: &str,
    (book, standing): (&DutyBook, Standing),
    difference: Difference,
    now: DateTime<Utc>,
) -> Result<bool, PageError> {
    let account = |person: &PersonId| book.account(person);
    let new = |exception: &Exception| NewRosterChange {
        kind: RosterChangeKind::Exception,
        seat: Some(exception.seat),
        account: exception.person.as_ref().and_then(account),
        other: None,
        during: (exception.during.from, exception.during.to),
        takes: None,
    };
    let changes: Vec<NewRosterChange> = difference.written.exceptions.iter().map(new).collect();
    let (writing, code) = (visit.clone(), unit.to_owned());
    let written = detached(async move {
        let act = |word, account: Option<AccountId>, detail| NewAct {
            unit: Some(&code),
            detail,
            ..new_act(&writing, word, account, now)
        };
        let patterns = difference.written.patterns.iter().map(|pattern| {
            let detail = PatternWritten {
                day: pattern.from,
                n: pattern.weeks.len(),
            };
            (pattern, act(AccountActKind::RosterPattern, None, Detail::of(&detail)))
        });
        let fresh = changes.iter().map(|change| {
            let detail = ChangeWritten {
                from: change.during.0,
                to: change.during.1,
                other: None,
            };
            let word = AccountActKind::RosterException;
            (change, act(word, change.account, Detail::of(&detail)))
        });
        let patterns_gone = difference.patterns_gone.iter().map(|id| {
            let word = AccountActKind::RosterPatternEnded;
            (*id, act(word, None, Detail::default()))
        });
        let gone = difference.exceptions_gone.iter().map(|id| {
            let known = standing.changes.iter().find(|change| change.id == *id);
            let detail = ChangeDecided {
                change: RosterChangeKind::Exception,
                name: known.and_then(|known| known.name.clone()),
                other: None,
            };
            let whose = known.and_then(|known| known.account_id);
            (*id, act(AccountActKind::RosterChangeEnded, whose, Detail::of(&detail)))
        });
        let write = RosterWrite {
            patterns: patterns.collect(),
            changes: fresh.collect(),
            patterns_gone: patterns_gone.collect(),
            changes_gone: gone.collect(),
        };
        writing.internal.people.roster_write_all(&write).await
    });
    let written = written.await?;
    if written {
        waits::forget(&visit.internal);
        info!(unit, by = visit.me().0, "a roster was written as a whole");
    }
    Ok(written)
}
