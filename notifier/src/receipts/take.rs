//! One piece of news, whoever brought it.

use platform::{
    clock,
    gateway::{Heard, Part, TryId},
    run::telemetry::chain,
    store::{Receipt, ReceiptOf, Receipted, StoreError},
};
use tracing::{info, warn};

use super::{
    answer,
    receiver::{Receiver, Taken},
};

impl Receiver {
    /// Takes news of a gateway. In a task of its own: a provider that hangs up leaves nothing half way.
    pub(crate) async fn take(&self, gateway: &str, heard: Heard) -> Taken {
        let (this, name) = (self.clone(), gateway.to_owned());
        let taken = tokio::spawn(async move { this.parts(&name, &heard).await });
        let taken = match taken.await {
            Ok(Ok(taken)) => taken,
            Ok(Err(e)) => {
                warn!(gateway, error = chain(&e), "a receipt was not recorded");
                // What can't be recorded today can't be recorded tomorrow either.
                if e.is_passing() { Taken::Away } else { Taken::Before }
            }
            Err(e) => {
                tracing::error!(gateway, error = %e, "a receipt died under way");
                Taken::Away
            }
        };
        metrics::counter!("shouwang_receipts_total", "gateway" => gateway.to_owned(), "word" => taken.as_str())
            .increment(1);
        taken
    }

    async fn parts(&self, gateway: &str, heard: &Heard) -> Result<Taken, StoreError> {
        let mut best = Taken::Unknown;
        for part in &heard.parts {
            let taken = match part {
                Part::Receipt(arrived, why) => match of(heard) {
                    Some(of) => self.receipt(gateway, (of, *arrived), why).await?,
                    None => Taken::Unknown,
                },
                Part::Digits(digits) => match of(heard) {
                    Some(of) => answer::digits(self, (gateway, of), digits).await?,
                    None => Taken::Unknown,
                },
                Part::Message { number, text } => answer::message(self, number, text).await?,
            };
            best = best.max(taken);
        }
        Ok(best)
    }

    /// A receipt.
    pub(super) async fn receipt(
        &self,
        gateway: &str,
        (of, arrived): (ReceiptOf, bool),
        why: &str,
    ) -> Result<Taken, StoreError> {
        let receipt = Receipt {
            gateway: gateway.to_owned(),
            of,
            arrived,
            why: why.to_owned(),
        };
        Ok(
            match self.store.receipt_record(&self.county, &receipt, clock::now()).await? {
                Receipted::Now(of) => {
                    if arrived {
                        info!(id = %of.call, gateway, place = of.place, "a call arrived");
                    } else {
                        warn!(id = %of.call, gateway, place = of.place, why, "a call did not arrive");
                        self.wake.notify_one();
                    }
                    Taken::Now
                }
                Receipted::Before(_) => Taken::Before,
                Receipted::Unknown => Taken::Unknown,
            },
        )
    }
}

/// Which try is meant: ours where it is given back, else the provider's.
fn of(heard: &Heard) -> Option<ReceiptOf> {
    let ours = heard.ours.as_deref().and_then(|id| id.parse::<TryId>().ok());
    match (ours, &heard.provider) {
        (Some(id), _) => Some(ReceiptOf::Ours(id.call, id.place)),
        (None, Some(id)) => Some(ReceiptOf::Provider(id.clone())),
        (None, None) => None,
    }
}
