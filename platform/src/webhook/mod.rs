//! Standard Webhooks (standardwebhooks.com) to a unit's own system: who may be told, and how it is signed. The notifier sends, the
//! page of the administrators says beforehand what would be refused.

mod reach;
mod secret;
mod sender;

pub use reach::{Refused, Target};
pub use secret::{Secret, SecretError};
pub use sender::{Delivery, Sender, Undelivered};
