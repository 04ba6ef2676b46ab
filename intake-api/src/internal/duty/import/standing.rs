//! A roster as it stands, and what a written one changes of it: what is new or otherwise is written, and what it does not have any
//! more is taken away.

use casework::roster::{Exception, Pattern, Post, Window};
use chrono::{DateTime, Utc};
use platform::store::{DutyBook, RosterChange, RosterChangeId, RosterChangeKind, RosterPatternId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::written::Written;
use crate::internal::{Visit, error::PageError};

/// The patterns and exceptions in force, each with its id.
pub(super) struct Standing {
    pub(super) patterns: Vec<(RosterPatternId, Pattern)>,
    pub(super) exceptions: Vec<(RosterChangeId, Exception)>,
    /// The same rows, for their acts.
    pub(super) changes: Vec<RosterChange>,
}

/// What is written and what is taken away; of a roster that stood in this version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Difference {
    pub(super) version: String,
    /// What is new, or otherwise than before.
    pub(super) written: Written,
    pub(super) patterns_gone: Vec<RosterPatternId>,
    pub(super) exceptions_gone: Vec<RosterChangeId>,
}

impl Difference {
    /// Nothing changes.
    pub(super) fn is_empty(&self) -> bool {
        self.written == Written::default() && self.patterns_gone.is_empty() && self.exceptions_gone.is_empty()
    }
}

impl Standing {
    /// That of a unit. A row that this version can't read is an error: what is not seen must not be taken away.
    pub(super) async fn of(visit: &Visit, unit: &str, book: &DutyBook, now: DateTime<Utc>) -> Result<Self, PageError> {
        let (people, county) = (&visit.internal.people, &visit.internal.county);
        if book
            .unreadable
            .iter()
            .any(|row| row.unit == unit || row.unit.is_empty())
        {
            return Err(PageError::unread("a row of the roster that this version can't read"));
        }
        let patterns = people.roster_patterns(county, unit).await?;
        let mut changes = people.roster_changes(county, unit, now).await?;
        changes.retain(|change| change.kind == RosterChangeKind::Exception && change.ends_at > now);
        let login = |account| {
            book.people
                .keys()
                .find(|login| book.account(login) == Some(account))
                .cloned()
        };
        let exceptions = changes.iter().filter_map(|change| {
            let exception = Exception {
                during: Window {
                    from: change.starts_at,
                    to: change.ends_at,
                },
                seat: *change.seat?,
                person: change.account_id.and_then(login),
            };
            Some((change.id, exception))
        });
        Ok(Self {
            exceptions: exceptions.collect(),
            patterns: patterns
                .into_iter()
                .map(|row| {
                    (
                        row.id,
                        Pattern {
                            from: row.from_day,
                            weeks: row.weeks.0,
                        },
                    )
                })
                .rev()
                .collect(),
            changes,
        })
    }

    /// As it goes down.
    pub(super) fn written(&self) -> Written {
        Written {
            patterns: self.patterns.iter().map(|(_, pattern)| pattern.clone()).collect(),
            exceptions: self.exceptions.iter().map(|(_, exception)| exception.clone()).collect(),
        }
    }

    /// Another one wherever a row was added or taken away.
    pub(super) fn version(&self) -> String {
        let mut digest = Sha256::new();
        for (id, _) in &self.patterns {
            digest.update(format!("pattern {id} "));
        }
        for (id, _) in &self.exceptions {
            digest.update(format!("exception {id} "));
        }
        hex::encode(&digest.finalize()[..16])
    }

    /// What a written roster changes.
    pub(super) fn difference(&self, mut written: Written) -> Difference {
        let mut exceptions_gone = Vec::new();
        for (id, exception) in &self.exceptions {
            // Each row answers for one: two that say the same are two.
            match written.exceptions.iter().position(|other| other == exception) {
                Some(at) => {
                    written.exceptions.remove(at);
                }
                None => exceptions_gone.push(*id),
            }
        }
        let stays = |from| written.patterns.iter().any(|other| other.from == from);
        let gone = self.patterns.iter().filter(|(_, pattern)| !stays(pattern.from));
        let patterns_gone = gone.map(|(id, _)| *id).collect();
        let same = |pattern: &Pattern| self.patterns.iter().any(|(_, known)| known == pattern);
        written.patterns.retain(|pattern| !same(pattern));
        Difference {
            version: self.version(),
            written,
            patterns_gone,
            exceptions_gone,
        }
    }

    /// The pattern of a first day.
    pub(super) fn pattern_from(&self, pattern: &Pattern) -> Option<&Pattern> {
        let known = self.patterns.iter().find(|(_, known)| known.from == pattern.from);
        known.map(|(_, pattern)| pattern)
    }

    /// The exception of the same seat and time that is taken away.
    pub(super) fn taken_away(&self, gone: &[RosterChangeId], exception: &Exception) -> Option<&Exception> {
        let before = self
            .exceptions
            .iter()
            .find(|(id, known)| gone.contains(id) && known.during == exception.during && known.seat == exception.seat);
        before.map(|(_, known)| known)
    }

    /// A unit's roster once it is written.
    pub(super) fn laid_on(&self, difference: &Difference, post: &mut Post) {
        let gone = self
            .patterns
            .iter()
            .filter(|(id, _)| difference.patterns_gone.contains(id));
        for (_, pattern) in gone {
            post.roster.patterns.retain(|known| known.from != pattern.from);
        }
        for pattern in &difference.written.patterns {
            post.roster.patterns.retain(|known| known.from != pattern.from);
            post.roster.patterns.push(pattern.clone());
        }
        let stay = self
            .exceptions
            .iter()
            .filter(|(id, _)| !difference.exceptions_gone.contains(id));
        post.roster.exceptions = stay.map(|(_, exception)| exception.clone()).collect();
        post.roster
            .exceptions
            .extend(difference.written.exceptions.iter().cloned());
    }
}
