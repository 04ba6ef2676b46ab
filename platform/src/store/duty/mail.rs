//! A person's own mail address, beside their telephones: by which they are told on duty.

use crate::store::{AccountId, NewAct, People, Store, StoreError};

impl Store<People> {
    /// The address; none: mails of duty have nowhere to go but the unit's mailbox.
    pub async fn own_mail(&self, account: AccountId) -> Result<Option<String>, StoreError> {
        let mail = sqlx::query_scalar("SELECT mail FROM accounts WHERE id = $1")
            .bind(account)
            .fetch_one(&self.pool)
            .await?;
        Ok(mail)
    }

    /// Sets it, or takes it away; `false` where it is so already.
    pub async fn own_mail_set(
        &self,
        account: AccountId,
        mail: Option<&str>,
        act: &NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let set = sqlx::query("UPDATE accounts SET mail = $2 WHERE id = $1 AND mail IS DISTINCT FROM $2")
            .bind(account)
            .bind(mail)
            .execute(&mut *tx)
            .await?;
        if set.rows_affected() == 0 {
            return Ok(false);
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }
}
