//! A word of a closed list in a column: text in the database, an enum in the program.

use std::{
    fmt::{self, Display},
    ops::Deref,
    str::FromStr,
};

use serde::{Deserialize, Deserializer};
use sqlx::{
    Decode, Postgres, Type,
    error::BoxDynError,
    postgres::{PgTypeInfo, PgValueRef},
};

/// A word of the list `T` where a column may be empty or has no name: `Option<Word<T>>`. A named column that always holds one
/// is read by `#[sqlx(try_from = "String")]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Word<T>(pub T);

impl<T> Deref for Word<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Type<Postgres> for Word<T> {
    fn type_info() -> PgTypeInfo {
        <str as Type<Postgres>>::type_info()
    }

    fn compatible(ty: &PgTypeInfo) -> bool {
        <str as Type<Postgres>>::compatible(ty)
    }
}

impl<'r, T> Decode<'r, Postgres> for Word<T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(<&str as Decode<Postgres>>::decode(value)?.parse()?))
    }
}

/// A word that is kept as it is where this version does not know it: of a list that grows with the versions, or of what somebody
/// reported, which is shown whatever it says.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Loose<T> {
    /// Of the list.
    Known(T),
    /// As it was found.
    Other(String),
}

impl<T: Copy> Loose<T> {
    /// The word of the list, where it is one.
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(word) => Some(*word),
            Self::Other(_) => None,
        }
    }

    /// Whether it is this word.
    pub fn is(&self, word: T) -> bool
    where
        T: PartialEq,
    {
        self.known() == Some(word)
    }
}

impl<T: FromStr> From<String> for Loose<T> {
    fn from(word: String) -> Self {
        match word.parse() {
            Ok(known) => Self::Known(known),
            Err(_) => Self::Other(word),
        }
    }
}

impl<T: Display> Display for Loose<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(word) => word.fmt(f),
            Self::Other(word) => f.write_str(word),
        }
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::from)
    }
}

impl<T> Type<Postgres> for Loose<T> {
    fn type_info() -> PgTypeInfo {
        <str as Type<Postgres>>::type_info()
    }

    fn compatible(ty: &PgTypeInfo) -> bool {
        <str as Type<Postgres>>::compatible(ty)
    }
}

impl<'r, T: FromStr> Decode<'r, Postgres> for Loose<T> {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(<String as Decode<Postgres>>::decode(value)?.into())
    }
}

/// The word, or `None` for one that this version does not know: what only looks at some words lives with the rest.
pub(in crate::store) fn known<'de, D: Deserializer<'de>, T: FromStr>(from: D) -> Result<Option<T>, D::Error> {
    Ok(String::deserialize(from)?.parse().ok())
}
