//! What a test that passed leaves on the shared servers: its database with its logins, and its queues. A thread takes them away, one
//! after the other, while other tests run. Those of a test that failed stay for a look, and so do the last ones of a process: they
//! go with the servers.

use std::{
    sync::{
        LazyLock,
        mpsc::{Sender, channel},
    },
    thread,
};

use platform::broker::Topology;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// What is to go. The last field of what uses it, so that everything else has let go of it before.
pub(crate) struct Gone {
    /// Of the servers' owner.
    pub(crate) server_url: String,
    /// The database.
    pub(crate) name: String,
    /// The broker.
    pub(crate) amqp_url: String,
    /// Of the queues.
    pub(crate) prefix: String,
    /// Set when the test has passed; otherwise all of it stays.
    pub(crate) passed: bool,
}

impl Drop for Gone {
    fn drop(&mut self) {
        static CLEANER: LazyLock<Sender<Gone>> = LazyLock::new(|| {
            let (sender, gone) = channel::<Gone>();
            thread::spawn(move || {
                if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
                    for gone in gone {
                        // What can't be taken away now stays.
                        _ = runtime.block_on(gone.drop_database());
                        _ = runtime.block_on(Topology::new(&gone.prefix).discard(&gone.amqp_url));
                    }
                }
            });
            sender
        });
        if self.passed {
            _ = CLEANER.send(Self {
                server_url: std::mem::take(&mut self.server_url),
                name: std::mem::take(&mut self.name),
                amqp_url: std::mem::take(&mut self.amqp_url),
                prefix: std::mem::take(&mut self.prefix),
                passed: false,
            });
        }
    }
}

impl Gone {
    async fn drop_database(&self) -> sqlx::Result<()> {
        let mut server = PgConnection::connect(&self.server_url).await?;
        let drop = format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name);
        server.execute(AssertSqlSafe(drop)).await?;
        // As `logins_write` names them: DATABASE_TASK.
        let logins: Option<String> = sqlx::query_scalar(
            "SELECT string_agg(quote_ident(rolname), ', ') FROM pg_roles WHERE starts_with(rolname, $1 || '_')",
        )
        .bind(&self.name)
        .fetch_one(&mut server)
        .await?;
        if let Some(logins) = logins {
            server.execute(AssertSqlSafe(format!("DROP ROLE {logins}"))).await?;
        }
        server.close().await
    }
}
