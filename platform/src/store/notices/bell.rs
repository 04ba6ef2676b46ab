//! A doorbell for notifiers: NOTIFY after the commit, never inside the transaction, and never relied upon.

use sqlx::postgres::PgListener;

use crate::store::{Login, Notifier, Store, StoreError};

const CHANNEL: &str = "shouwang_notices";

/// Rings whenever notices may have been queued.
pub struct NoticeBell(PgListener);

impl<L: Login> Store<L> {
    /// Rings the bell.
    pub async fn notices_wake(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT pg_notify($1, '')")
            .bind(CHANNEL)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

impl Store<Notifier> {
    /// Listens; holds one connection of the pool.
    pub async fn notices_listen(&self) -> Result<NoticeBell, StoreError> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(NoticeBell(listener))
    }
}

impl NoticeBell {
    /// Waits for the next ring. It reconnects by itself; rings during the gap are lost, which polling makes good.
    pub async fn rung(&mut self) -> Result<(), StoreError> {
        self.0.recv().await?;
        Ok(())
    }
}
