//! A person answers without a browser: by a digit in the call, by a message, or by a duty PIN on a shared telephone.

use platform::store::{ReceiptOf, StoreError};

use super::receiver::{Receiver, Taken};

pub(super) async fn digits(
    receiver: &Receiver,
    (gateway, of): (&str, ReceiptOf),
    digits: &str,
) -> Result<Taken, StoreError> {
    _ = (receiver, gateway, of, digits);
    Ok(Taken::Unknown)
}

pub(super) async fn message(receiver: &Receiver, number: &str, text: &str) -> Result<Taken, StoreError> {
    _ = (receiver, number, text);
    Ok(Taken::Unknown)
}
