//! A unit's contacts: they come with the pack as examples, and are the county's own once somebody has confirmed them.

use chrono::{DateTime, Utc};

use crate::store::{AccountId, Login, NewAct, People, Store, StoreError};

/// Contacts of a unit.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UnitContacts {
    /// Code.
    pub code: String,
    /// Where notices go.
    pub mailbox: String,
    /// 值班电话, as typed.
    pub duty_phone: Option<String>,
    /// When a person confirmed them; none: an example.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Who did.
    pub confirmed_by: Option<String>,
    /// It left the pack.
    pub retired_at: Option<DateTime<Utc>>,
}

const CONTACTS: &str = "SELECT u.code, u.mailbox, u.duty_phone, u.mailbox_confirmed_at AS confirmed_at, u.retired_at,
       NULL::text AS confirmed_by FROM units u";

impl<L: Login> Store<L> {
    /// Contacts of some units.
    pub async fn units_contacts(&self, county: &str, codes: &[&str]) -> Result<Vec<UnitContacts>, StoreError> {
        let sql = format!("{CONTACTS} WHERE u.county = $1 AND u.code = ANY($2) ORDER BY u.code");
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(codes)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }
}

impl Store<People> {
    /// Contacts of every unit that is in the pack.
    pub async fn units_all(&self, county: &str) -> Result<Vec<UnitContacts>, StoreError> {
        let sql = format!("{CONTACTS} WHERE u.county = $1 AND u.retired_at IS NULL ORDER BY u.code");
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// Contacts of one unit, with who confirmed them.
    pub async fn unit_contacts(&self, county: &str, code: &str) -> Result<Option<UnitContacts>, StoreError> {
        let row = sqlx::query_as(
            "SELECT u.code, u.mailbox, u.duty_phone, u.mailbox_confirmed_at AS confirmed_at, u.retired_at,
                    person_shown(a.id, a.name) AS confirmed_by
             FROM units u LEFT JOIN accounts a ON a.id = u.mailbox_confirmed_by WHERE u.county = $1 AND u.code = $2",
        )
        .bind(county)
        .bind(code)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// Sets and confirms the contacts of a unit of the act's county.
    pub async fn unit_confirm(
        &self,
        code: &str,
        mailbox: &str,
        duty_phone: Option<&str>,
        by: AccountId,
        act: &NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let done = sqlx::query(
            "UPDATE units SET mailbox = $3, duty_phone = $4, mailbox_confirmed_at = $5, mailbox_confirmed_by = $6
             WHERE county = $1 AND code = $2 AND retired_at IS NULL",
        )
        .bind(act.county)
        .bind(code)
        .bind(mailbox)
        .bind(duty_phone)
        .bind(act.at)
        .bind(by)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Made-up duty phones of a demo, for units that nobody has confirmed; `None` takes them away again.
    pub async fn units_demo_phones(&self, county: &str, phones: &[(&str, &str)], set: bool) -> Result<(), StoreError> {
        let (codes, numbers): (Vec<&str>, Vec<&str>) = phones.iter().copied().unzip();
        sqlx::query(
            "UPDATE units u SET duty_phone = CASE WHEN $4 THEN d.phone END
             FROM unnest($2::text[], $3::text[]) AS d (code, phone)
             WHERE u.county = $1 AND u.code = d.code AND u.mailbox_confirmed_at IS NULL
               AND (u.duty_phone IS NULL OR u.duty_phone = d.phone)",
        )
        .bind(county)
        .bind(codes)
        .bind(numbers)
        .bind(set)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
