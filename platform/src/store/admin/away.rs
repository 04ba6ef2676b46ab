//! What is wrong with PostgreSQL, in words for the person who looks at `/ready`: the thing, and what to do. Never the server's
//! own words, which may quote what somebody stored.

use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};

use crate::store::{StoreError, options};

/// Longest wait for an answer before PostgreSQL counts as hanging.
const ANSWER: Duration = Duration::from_secs(3);

/// Answers, and has room: a sort too large for its memory goes to a file beside the data and takes it away again, so that a
/// full disk is known before a report meets it. A quarter of a megabyte, without a trace in tables or write-ahead log.
const ROOM: &str = "SET LOCAL work_mem = '64kB'; SELECT count(*) FROM (SELECT n FROM generate_series(1, 8000) n ORDER BY md5(n::text)) t";

/// Asks PostgreSQL as a newcomer would: a connection of its own, an answer, room on the disk. `Err` says what is wrong.
///
/// A pool's connection would say nothing of a server that takes no new ones.
pub async fn probe(url: &str, task: &str) -> Result<(), String> {
    let asked = async {
        let mut connection = <PgConnection as Connection>::connect_with(&options(url, task)?).await?;
        connection.execute(ROOM).await?;
        connection.close().await?;
        Ok::<_, StoreError>(())
    };
    match tokio::time::timeout(ANSWER, asked).await {
        Ok(answered) => answered.map_err(|e| e.advice()),
        Err(_) => Err(format!(
            "PostgreSQL does not answer within {} s: it hangs or has too much to do; look at its log and restart it",
            ANSWER.as_secs()
        )),
    }
}
impl StoreError {
    /// What is wrong and what to do.
    pub fn advice(&self) -> String {
        let error = match self {
            Self::Db(error) => error,
            Self::Unreadable(_) => {
                return "PostgreSQL holds a value that this version can't read: is it older than the database?".into();
            }
        };
        match error {
            sqlx::Error::Database(said) => by_code(&said.code().unwrap_or_default()),
            sqlx::Error::PoolTimedOut => {
                "PostgreSQL gave no connection within 5 s: it is away, hangs, or all of ours are busy".into()
            }
            sqlx::Error::Io(_) => "PostgreSQL can't be reached: start it, or look at its log".into(),
            sqlx::Error::Tls(_) => "PostgreSQL and we agree on no TLS: look at sslmode and the certificates".into(),
            _ => "PostgreSQL gave an answer that we do not understand: look at our log".into(),
        }
    }
}

fn by_code(code: &str) -> String {
    let words = match code {
        "53300" => "PostgreSQL has no connection left: end what holds them, or raise max_connections",
        "53100" => "PostgreSQL's disk is full: make room",
        "57P01" | "57P02" | "57P03" => {
            "PostgreSQL is starting, stopping or recovering: wait, and look at its log if it lasts"
        }
        "57014" | "55P03" => "PostgreSQL is too slow: a statement ran into its limit; look at what it is busy with",
        "25006" => "PostgreSQL takes no writes: it is a standby or was set to read-only",
        "3D000" => "PostgreSQL has no such database: look at the URL of our login",
        "42P01" | "42703" | "42883" | "42501" => {
            "PostgreSQL's schema does not fit this version: run `intake-api migrate`"
        }
        code if code.starts_with("28") => {
            "PostgreSQL refuses our login: `intake-api migrate --logins DIR` makes it anew"
        }
        code if code.starts_with("53") => "PostgreSQL is short of memory or other resources: look at its log",
        code if code.starts_with("58") || code.starts_with("XX") => {
            "PostgreSQL fails in itself: look at its log and its disk"
        }
        _ => return format!("PostgreSQL answers with the error {code}: look at our log"),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::by_code;

    #[test]
    fn each_code_names_the_thing_and_what_to_do() {
        for code in [
            "53300", "53100", "57P03", "57014", "25006", "28P01", "53200", "58030", "XX001", "22012", "",
        ] {
            let words = by_code(code);
            assert!(
                words.starts_with("PostgreSQL") && words.contains(": "),
                "{code}: {words}"
            );
        }
    }
}
