//! Where a call goes, and under which id.

use std::{fmt, str::FromStr};

use crate::store::CallId;
use casework::typed::phone::Dialled;

/// An address of a person.
#[derive(Clone, Debug)]
pub enum Address {
    /// A telephone.
    Phone(Dialled),
    /// A mail address.
    Mail(String),
}

/// The id of a try as the other side is given it: the call, and which of its numbers. A repeat of a number has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryId {
    /// The call.
    pub call: CallId,
    /// Which number, from 1.
    pub place: i16,
}

impl fmt::Display for TryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.call.0.simple(), self.place)
    }
}

/// A text that is no id of a try.
#[derive(Debug, PartialEq, Eq)]
pub struct NotATry;

impl FromStr for TryId {
    type Err = NotATry;

    fn from_str(text: &str) -> Result<Self, NotATry> {
        let (call, place) = text.split_once('-').ok_or(NotATry)?;
        Ok(Self {
            call: CallId(call.parse().map_err(|_| NotATry)?),
            place: place.parse().map_err(|_| NotATry)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_as_it_went() {
        let id = TryId {
            call: CallId(uuid::Uuid::from_u128(7)),
            place: 2,
        };
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string(), "00000000000000000000000000000007-2");
        for wrong in [
            "",
            "7-2",
            "00000000000000000000000000000007",
            "00000000000000000000000000000007-x",
        ] {
            assert_eq!(wrong.parse::<TryId>(), Err(NotATry), "{wrong}");
        }
    }
}
