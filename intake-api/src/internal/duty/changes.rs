//! What changes a roster for a while: exceptions by whoever keeps it, absences by oneself or by them, swaps between two people.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use casework::words::Seat;
use platform::{
    clock,
    store::{
        AccountActKind, AccountId, Detail, NewRosterChange, RosterChangeId, RosterChangeKind, StoreError, SwapDecision,
        act_detail::{ChangeDecided, ChangeWritten},
    },
};
use tracing::info;

use super::{
    page::{done, refused, show},
    scope::{self, Colleague},
    typed,
};
use crate::internal::{
    By, Visit,
    again::{Fields, Wrong},
    auth::Staffed,
    detached,
    error::PageError,
    people::new_act,
};

fn get<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.get(name).map_or("", |value| value.trim())
}

/// One of the unit's people by the id in a field.
fn colleague(colleagues: &[Colleague], typed: &str) -> Option<AccountId> {
    let id: AccountId = typed.parse().ok()?;
    colleagues.iter().any(|colleague| colleague.id == id).then_some(id)
}

/// `POST /duty/{unit}/absences`: somebody is away, and perhaps somebody stands in.
pub(super) async fn absence(
    by: By<Staffed>,
    Path(unit): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let keeps = own_or_kept(&by, &unit)?;
    let colleagues = scope::colleagues(&by, &unit).await?;
    let mut wrong = Wrong::new();
    let person = if keeps {
        colleague(&colleagues, get(&fields, "a_person"))
    } else {
        Some(by.me())
    };
    if person.is_none() {
        wrong.insert("a_person", "duty.wrong.person");
    }
    let other = colleague(&colleagues, get(&fields, "a_other"));
    if !get(&fields, "a_other").is_empty() && (other.is_none() || other == person) {
        wrong.insert("a_other", "duty.wrong.other");
    }
    let during = typed::during(&fields, ("a_from", "a_to"), clock::now(), &mut wrong);
    let (Some(during), true) = (during, wrong.is_empty()) else {
        return not_saved(&by, &unit, wrong, fields).await;
    };
    let new = NewRosterChange {
        kind: RosterChangeKind::Absence,
        seat: None,
        account: person,
        other,
        during,
        takes: None,
    };
    write(&by, &unit, new, AccountActKind::RosterAbsence).await
}

/// `POST /duty/{unit}/exceptions`: a seat given to somebody else for once, or to nobody.
pub(super) async fn exception(
    by: By<Staffed>,
    Path(unit): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    scope::kept_unit(&by, &unit)?;
    let colleagues = scope::colleagues(&by, &unit).await?;
    let mut wrong = Wrong::new();
    let seat = Seat::from_word(get(&fields, "e_seat"));
    if seat.is_none() {
        wrong.insert("e_seat", "duty.wrong.seat");
    }
    let person = colleague(&colleagues, get(&fields, "e_person"));
    if person.is_none() && get(&fields, "e_person") != "nobody" {
        wrong.insert("e_person", "duty.wrong.person");
    }
    let during = typed::during(&fields, ("e_from", "e_to"), clock::now(), &mut wrong);
    let (Some(during), true) = (during, wrong.is_empty()) else {
        return not_saved(&by, &unit, wrong, fields).await;
    };
    let new = NewRosterChange {
        kind: RosterChangeKind::Exception,
        seat,
        account: person,
        other: None,
        during,
        takes: None,
    };
    write(&by, &unit, new, AccountActKind::RosterException).await
}

/// `POST /duty/{unit}/swaps`: asks a colleague to take one's duty over, and perhaps offers to take theirs.
pub(super) async fn swap(
    by: By<Staffed>,
    Path(unit): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    scope::unit(&by, &unit)?;
    if !scope::is_of(&by.actor, &unit) {
        return Err(PageError::NotFound);
    }
    let (colleagues, now) = (scope::colleagues(&by, &unit).await?, clock::now());
    let mut wrong = Wrong::new();
    let other = colleague(&colleagues, get(&fields, "s_other")).filter(|other| *other != by.me());
    if other.is_none() {
        wrong.insert("s_other", "duty.wrong.other");
    }
    let during = typed::during(&fields, ("s_from", "s_to"), now, &mut wrong);
    let in_return = !get(&fields, "s_takes_from").is_empty() || !get(&fields, "s_takes_to").is_empty();
    let takes = if in_return {
        typed::during(&fields, ("s_takes_from", "s_takes_to"), now, &mut wrong)
    } else {
        None
    };
    let (Some(during), true) = (during, wrong.is_empty()) else {
        return not_saved(&by, &unit, wrong, fields).await;
    };
    let new = NewRosterChange {
        kind: RosterChangeKind::Swap,
        seat: None,
        account: Some(by.me()),
        other,
        during,
        takes,
    };
    write(&by, &unit, new, AccountActKind::RosterSwapAsked).await
}

/// `POST /duty/{unit}/changes/{change}/{act}`: takes a change back, or decides a swap.
pub(super) async fn act(
    by: By<Staffed>,
    Path((unit, change, act)): Path<(String, RosterChangeId, String)>,
) -> Result<Response, PageError> {
    let keeps = own_or_kept(&by, &unit)?;
    let (decision, word, key) = match act.as_str() {
        "end" => (None, AccountActKind::RosterChangeEnded, "duty.change.ended"),
        "accept" => (
            Some(SwapDecision::Accepted),
            AccountActKind::RosterSwapAccepted,
            "duty.swap.accepted_done",
        ),
        "decline" => (
            Some(SwapDecision::Declined),
            AccountActKind::RosterSwapDeclined,
            "duty.swap.declined_done",
        ),
        "withdraw" => (
            Some(SwapDecision::Withdrawn),
            AccountActKind::RosterSwapWithdrawn,
            "duty.swap.withdrawn_done",
        ),
        _ => return Err(PageError::NotFound),
    };
    let known = by
        .internal
        .people
        .roster_changes(&by.internal.county, &unit, clock::now())
        .await?;
    let known = known
        .into_iter()
        .find(|known| known.id == change)
        .ok_or(PageError::NotFound)?;
    let own = known.kind == RosterChangeKind::Absence && known.account_id == Some(by.me());
    if decision.is_none() && !keeps && !own {
        return Err(PageError::NotFound);
    }
    let (visit, code) = (Visit::clone(&by), unit.clone());
    let changed = detached(async move {
        let mut act = new_act(&visit, word, known.account_id, clock::now());
        act.unit = Some(&code);
        act.detail = Detail::of(&ChangeDecided {
            change: known.kind,
            name: known.name,
            other: known.other_name,
        });
        let people = &visit.internal.people;
        match decision {
            None => people.roster_change_end(change, &act).await,
            Some(decision) => {
                let decided = people.roster_swap_decide((change, decision), &act).await?;
                people.notices_wake().await.ok();
                Ok(decided)
            }
        }
    });
    if !changed.await? {
        let again = refused(
            StatusCode::CONFLICT,
            by.t("duty.change.before"),
            Wrong::new(),
            Fields::new(),
        );
        return show(&by, &unit, again).await;
    }
    info!(unit, by = by.me().0, act = word.as_str(), "a change of a roster");
    show(&by, &unit, done(by.t(key))).await
}

/// Whether the person keeps the roster; whoever is not even on it finds nothing.
fn own_or_kept(visit: &Visit, unit: &str) -> Result<bool, PageError> {
    scope::unit(visit, unit)?;
    let keeps = scope::keeps(&visit.actor, unit);
    (keeps || scope::is_of(&visit.actor, unit))
        .then_some(keeps)
        .ok_or(PageError::NotFound)
}

async fn write(visit: &Visit, unit: &str, new: NewRosterChange, word: AccountActKind) -> Result<Response, PageError> {
    let (writing, code) = (visit.clone(), unit.to_owned());
    let written = detached(async move {
        let mut act = new_act(&writing, word, new.account, clock::now());
        act.unit = Some(&code);
        act.detail = Detail::of(&ChangeWritten {
            from: new.during.0,
            to: new.during.1,
            other: new.other,
        });
        writing.internal.people.roster_change_write(&new, &act).await?;
        if new.kind == RosterChangeKind::Swap {
            writing.internal.people.notices_wake().await.ok();
        }
        Ok::<_, StoreError>(())
    });
    written.await?;
    info!(unit, by = visit.me().0, act = word.as_str(), "a change of a roster");
    show(visit, unit, done(visit.t(&format!("duty.done.{word}")))).await
}

async fn not_saved(visit: &Visit, unit: &str, wrong: Wrong, fields: Fields) -> Result<Response, PageError> {
    let again = refused(
        StatusCode::UNPROCESSABLE_ENTITY,
        visit.t("duty.not_saved"),
        wrong,
        fields,
    );
    show(visit, unit, again).await
}
