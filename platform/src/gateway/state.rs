//! A provider as the board and the page of the bill know it: no secret, no address.

use casework::spending::Quota;

use super::Gateway;
use crate::store::StateOfGateway;

/// Without another word a warning comes when this part of a quota is left.
const A_PART: i64 = 10;

impl Gateway {
    /// As described, and as the last answers found it.
    pub fn state(&self) -> StateOfGateway {
        let described = &self.description;
        StateOfGateway {
            name: described.name.clone(),
            channel: described.channel,
            price_yuan: described.price_yuan,
            quota: described.quota.as_ref().map(|bought| Quota {
                count: bought.count,
                from: bought.from,
                warn_below: bought.warn_below.unwrap_or(bought.count / A_PART),
            }),
            away: self.away(),
        }
    }
}
