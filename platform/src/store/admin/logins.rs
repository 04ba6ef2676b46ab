//! A database login per task, each with exactly the rights in `grants.sql`; none owns a table.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path, str::FromStr};

use anyhow::Context;
use rand::Rng;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions};

/// The tasks that have a login. One service may hold several.
pub const TASKS: [&str; 8] = [
    "intake", "relay", "router", "notifier", "desk", "board", "office", "people",
];

/// Makes or keeps the logins, applies the grants, and writes `DIR/<task>.url` (0600).
///
/// A login whose file still works is left alone, so that running services keep their connections. Roles belong to the whole
/// server, hence their names start with the database's name.
pub async fn logins_write(url: &str, dir: &Path, rng: &mut impl Rng) -> anyhow::Result<()> {
    let owner = PgConnectOptions::from_str(url).context("database.url (DATABASE_URL)")?;
    let mut connection = PgConnection::connect_with(&owner)
        .await
        .context("connecting as the database's owner")?;
    let database: String = sqlx::query_scalar("SELECT current_database()")
        .fetch_one(&mut connection)
        .await?;
    fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    for task in TASKS {
        let role = format!("{database}_{task}");
        let file = dir.join(format!("{task}.url"));
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
            .bind(&role)
            .fetch_one(&mut connection)
            .await?;
        if exists && works(&file).await {
            continue;
        }
        let mut bytes = [0; 24];
        rng.fill_bytes(&mut bytes);
        let password = hex::encode(bytes);
        let verb = if exists { "ALTER" } else { "CREATE" };
        // Identifiers are quoted, the password is hexadecimal: nothing here can break out.
        let statement = format!(
            "{verb} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD '{password}'",
            quoted(&role)
        );
        // A server without superuser rights for us refuses attributes we may not touch; ask for less then.
        if connection.execute(AssertSqlSafe(statement)).await.is_err() {
            let statement = format!("{verb} ROLE {} LOGIN PASSWORD '{password}'", quoted(&role));
            connection.execute(AssertSqlSafe(statement)).await.with_context(|| {
                format!("making the login {role}: DATABASE_URL must be a role that may create roles (ALTER ROLE … CREATEROLE)")
            })?;
        }
        write_private(&file, &login_url(url, &role, &password)?)?;
    }
    let grants = include_str!("grants.sql").replace("{role}", &database.replace('"', "\"\""));
    connection
        .execute(AssertSqlSafe(grants))
        .await
        .context("granting rights to the logins")?;
    connection.close().await?;
    Ok(())
}

async fn works(file: &Path) -> bool {
    let Ok(url) = fs::read_to_string(file) else {
        return false;
    };
    match PgConnection::connect(url.trim()).await {
        Ok(connection) => connection.close().await.is_ok(),
        Err(_) => false,
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The owner's URL with another user and password; host, port, database and parameters stay.
fn login_url(url: &str, role: &str, password: &str) -> anyhow::Result<String> {
    let (scheme, rest) = url.split_once("://").context("DATABASE_URL has no ://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let host = rest[..end].rsplit_once('@').map_or(&rest[..end], |(_, host)| host);
    Ok(format!(
        "{scheme}://{}:{password}@{host}{}",
        percent(role),
        &rest[end..]
    ))
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-_.".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

fn write_private(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut out = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(file)
        .with_context(|| format!("writing {}", file.display()))?;
    writeln!(out, "{text}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::login_url;

    #[test]
    fn a_login_url_keeps_everything_but_the_user() {
        let made = |url| login_url(url, "sw_relay", "ab").unwrap();
        assert_eq!(
            made("postgres://a:b@h:5/db?sslmode=require"),
            "postgres://sw_relay:ab@h:5/db?sslmode=require"
        );
        assert_eq!(made("postgresql://h/db"), "postgresql://sw_relay:ab@h/db");
        assert_eq!(
            made("postgres://u:p%40@[::1]:5432/x"),
            "postgres://sw_relay:ab@[::1]:5432/x"
        );
    }
}
