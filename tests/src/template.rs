//! Databases for tests: each a copy of one that was migrated and got the pack of Taihe once.
//!
//! Migrating and loading takes a second, copying a tenth of that, and most tests have a database of their own.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::SystemTime,
};

use casework::pack::Pack;
use platform::{
    clock,
    pack::dir,
    store::{self, Owner, Store},
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

use crate::{Servers, root};

/// Of the advisory lock under which a template is made: any number.
const LOCK: i64 = 0x7465_6d70_6c61_7465;

/// A database `sw_…` with schema and pack and without logins; returns its name and URL. `settings` as `ALTER DATABASE … SET`.
pub async fn database(servers: &Servers, settings: &[(&str, &str)]) -> (String, String) {
    let name = format!("sw_{}", Uuid::new_v4().simple());
    let mut server = PgConnection::connect(&servers.database_url)
        .await
        .expect("the test server");
    // Private servers have few databases: a template would be made for one copy.
    if servers.is_private() {
        execute(&mut server, format!("CREATE DATABASE \"{name}\"")).await;
        fill(&servers.database(&name)).await;
    } else {
        let template = template(servers, &mut server).await;
        execute(
            &mut server,
            format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\" STRATEGY FILE_COPY"),
        )
        .await;
    }
    for (key, value) in settings {
        execute(&mut server, format!("ALTER DATABASE \"{name}\" SET {key} = '{value}'")).await;
    }
    server.close().await.expect("close");
    let url = servers.database(&name);
    (name, url)
}

/// The template of this test binary on these servers; whoever comes first makes it.
async fn template(servers: &Servers, server: &mut PgConnection) -> String {
    let name = format!("sw_template_{:016x}", of_this_binary());
    let there = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)";
    let exists: bool = sqlx::query_scalar(there)
        .bind(&name)
        .fetch_one(&mut *server)
        .await
        .expect("the databases");
    if exists {
        return name;
    }
    execute(server, format!("SELECT pg_advisory_lock({LOCK})")).await;
    let exists: bool = sqlx::query_scalar(there)
        .bind(&name)
        .fetch_one(&mut *server)
        .await
        .expect("the databases");
    if !exists {
        // It has its name when it is whole, so that one who was killed leaves nothing that others take.
        let making = format!("sw_making_{}", Uuid::new_v4().simple());
        execute(server, format!("CREATE DATABASE \"{making}\"")).await;
        fill(&servers.database(&making)).await;
        execute(server, format!("ALTER DATABASE \"{making}\" RENAME TO \"{name}\"")).await;
    }
    execute(server, format!("SELECT pg_advisory_unlock({LOCK})")).await;
    name
}

async fn fill(url: &str) {
    store::migrate(url, clock::now()).await.expect("migrations");
    let files = dir::read(&root().join("counties/taihe")).expect("the pack's files");
    let pack = Pack::read(&files).expect("a sound pack");
    let store = Store::<Owner>::open(url, "template", 1).expect("a store");
    store
        .pack_load(&pack, &files, clock::now())
        .await
        .expect("a loaded pack");
    store.close().await;
}

/// What the template holds depends on this binary, which has the migrations in it, and on the pack.
fn of_this_binary() -> u64 {
    let mut hasher = DefaultHasher::new();
    let binary = std::env::current_exe()
        .and_then(std::fs::metadata)
        .expect("this binary");
    let built = binary
        .modified()
        .ok()
        .and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    (binary.len(), built).hash(&mut hasher);
    dir::read(&root().join("counties/taihe"))
        .expect("the pack's files")
        .hash(&mut hasher);
    hasher.finish()
}

async fn execute(connection: &mut PgConnection, statement: String) {
    let done = connection.execute(AssertSqlSafe(statement.clone())).await;
    done.unwrap_or_else(|e| panic!("{statement}: {e}"));
}
