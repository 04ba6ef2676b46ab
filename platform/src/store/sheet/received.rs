//! What came in a span, counted.

use chrono::{DateTime, Utc};

use crate::store::{Office, Store, StoreError};

casework::words! {
    /// By what reports are counted.
    ReceivedBy {
        /// 情形
        Situation = "situation",
        /// 乡镇: the first nine digits of the area.
        Township = "township",
        /// 年龄段, of each child.
        Age = "age",
        /// 报告人类型
        Reporter = "reporter",
        /// All of them.
        All = "all",
    }
}

/// How many of one kind.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Received {
    /// By what.
    #[sqlx(try_from = "String")]
    pub by: ReceivedBy,
    /// Code of the kind; empty: not known.
    pub code: String,
    /// Reports; by age: children.
    pub n: i64,
}

impl Store<Office> {
    /// The reports of a span by kind, the most frequent first. Facts are counted here and handed to nobody.
    pub async fn sheet_received(
        &self,
        county: &str,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<Received>, StoreError> {
        Ok(sqlx::query_as(include_str!("received.sql"))
            .bind(county)
            .bind(from)
            .bind(until)
            .persistent(false)
            .fetch_all(&self.pool)
            .await?)
    }
}
