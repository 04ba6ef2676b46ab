//! A person answers without a browser: by a digit in the call, by a message, or by a duty PIN on a shared telephone.
//!
//! Who answers is whose verified telephone it is; a shared one is nobody's, and whoever picks it up says their own duty PIN. A shared
//! telephone that is picked up without one is 已接听, and ringing goes on.

use argon2::{Argon2, PasswordHash, PasswordVerifier};
use platform::{
    clock,
    store::{AccountId, AnsweredHow, BellAnswer, BellAnswered, CallId, PinHolder, ReceiptOf, StoreError},
    text::Lang,
};
use tracing::{info, warn};

use super::receiver::{Receiver, Taken};

/// The digit that says 知悉接手.
const YES: char = '1';
/// The shortest that may be a duty PIN.
const PIN: usize = 4;
/// Wrong PINs that one call hears. The next ring is another call.
const WRONG_PINS: i64 = 3;

/// Digits in a call.
pub(super) async fn digits(
    receiver: &Receiver,
    (gateway, of): (&str, ReceiptOf),
    pressed: &str,
) -> Result<Taken, StoreError> {
    let found = receiver.store.receipt_find(&receiver.county, gateway, &of).await?;
    let Some(found) = found else {
        return Ok(Taken::Unknown);
    };
    // Whoever presses has picked up, whatever comes of it.
    let picked_up = receiver.receipt(gateway, (of, true), "").await?;
    let digits: String = pressed.chars().filter(char::is_ascii_digit).collect();
    match (found.phone, found.account) {
        (Some(_), Some(account)) if digits.starts_with(YES) => {
            acknowledged(receiver, &[found.call], account, AnsweredHow::Digit).await
        }
        (None, Some(_)) if digits.len() >= PIN => match by_pin(receiver, found.call, digits).await? {
            Some(account) => acknowledged(receiver, &[found.call], account, AnsweredHow::Pin).await,
            None => Ok(picked_up),
        },
        // A telephone of the last resort is nobody's, and another digit says nothing.
        _ => Ok(picked_up),
    }
}

/// A message from a telephone. Words of a stranger, and words that say nothing, are heard and change nothing.
pub(super) async fn message(receiver: &Receiver, number: &str, text: &str) -> Result<Taken, StoreError> {
    let mac = receiver.contacts.mac(number);
    let Some(account) = receiver.store.phone_owner(&receiver.county, &mac).await? else {
        metrics::counter!("shouwang_replies_of_strangers_total").increment(1);
        return Ok(Taken::Before);
    };
    let plain = casework::typed::plain(text);
    let said = plain.trim().trim_end_matches(['.', '!']).to_lowercase();
    let yes = [Lang::Zh, Lang::En].map(|lang| lang.t("call.reply").split(' '));
    if !yes.into_iter().flatten().any(|word| word == said) {
        info!(%account, "a reply says nothing that we know");
        return Ok(Taken::Before);
    }
    let answered = receiver
        .store
        .bell_answer_all(answer(account, AnsweredHow::Message))
        .await?;
    Ok(told(account, AnsweredHow::Message, &answered))
}

async fn acknowledged(
    receiver: &Receiver,
    calls: &[CallId],
    account: AccountId,
    how: AnsweredHow,
) -> Result<Taken, StoreError> {
    let answered = receiver.store.bell_answer(calls, answer(account, how)).await?;
    Ok(told(account, how, &answered))
}

fn answer(by: AccountId, how: AnsweredHow) -> BellAnswer {
    BellAnswer {
        by,
        how,
        recorded_by: None,
        at: clock::now(),
    }
}

fn told(account: AccountId, how: AnsweredHow, answered: &[BellAnswered]) -> Taken {
    let fresh = answered.iter().filter(|bell| bell.fresh).count();
    if fresh == 0 {
        return Taken::Before;
    }
    info!(%account, how = how.as_str(), bells = fresh, "acknowledged");
    metrics::counter!("shouwang_calls_acknowledged_total", "how" => how.as_str()).increment(1);
    Taken::Now
}

/// Who of the unit has this PIN. One that two people have is nobody's.
async fn by_pin(receiver: &Receiver, call: CallId, pin: String) -> Result<Option<AccountId>, StoreError> {
    let holders = receiver.store.pin_holders(call, WRONG_PINS).await?;
    if holders.is_empty() {
        return Ok(None);
    }
    // argon2 is slow on purpose: on a thread of its own, one call at a time.
    let whose = tokio::task::spawn_blocking(move || whose(&holders, &pin)).await;
    let whose = whose.unwrap_or_else(|e| {
        warn!(error = %e, "a duty PIN could not be compared");
        None
    });
    if whose.is_none() {
        receiver.store.pin_wrong(call, clock::now()).await?;
        warn!(id = %call, "a wrong duty PIN on a shared telephone");
    }
    Ok(whose)
}

fn whose(holders: &[PinHolder], pin: &str) -> Option<AccountId> {
    let fits = |holder: &&PinHolder| {
        PasswordHash::new(&holder.pin_hash)
            .is_ok_and(|hash| Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok())
    };
    let mut fitting = holders.iter().filter(fits);
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first.account_id)
}
