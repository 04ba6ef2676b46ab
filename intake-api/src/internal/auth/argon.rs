//! argon2 on threads of its own, a fixed number, behind a short queue.
//!
//! argon2 is slow and takes much memory on purpose, so whoever may start as many as they like stops everything else in the
//! process: 500 logins with made-up names once took 11 GB and the public form with them. Here a login takes a thread that is
//! free or waits; beyond the queue it is told to come back. Threads of our own and not those of the runtime, because a report
//! must never wait for one of these.

use std::{
    sync::{
        LazyLock,
        mpsc::{SyncSender, sync_channel},
        {Arc, Mutex},
    },
    thread,
};

use anyhow::{Context, anyhow};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        PasswordHasher,
        phc::{Output, PasswordHash},
    },
};
use tokio::sync::oneshot;

/// How many at once. Each takes 19 MiB (the library's parameters, which are OWASP's) and one core for some 20 ms, so two are
/// 38 MiB and about a hundred logins a second: a whole county's officers within seconds.
const AT_ONCE: usize = 2;

/// How many wait: about a second's worth. The gate in front of the login (`gate.rs`) lets fewer through; the rest is room for
/// people who set or change theirs.
const WAITING: usize = 64;

/// The queue is full.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("too many passwords are being checked at this moment")]
pub(crate) struct Busy;

enum Work {
    Hash(String, oneshot::Sender<anyhow::Result<String>>),
    Check(String, Option<String>, oneshot::Sender<anyhow::Result<bool>>),
}

/// One for the process, so that no caller can get around the number.
static POOL: LazyLock<SyncSender<Work>> = LazyLock::new(|| {
    let (queue, work) = sync_channel::<Work>(WAITING);
    let work = Arc::new(Mutex::new(work));
    for n in 0..AT_ONCE {
        let work = Arc::clone(&work);
        let turn = move || {
            // Kept for the life of the thread: taken and given back for each password, these 19 MiB are cut into pieces by
            // the small allocations between them, and the process grows to ten times as much.
            let mut memory = vec![Block::default(); Params::DEFAULT.block_count()];
            loop {
                // The lock is held while waiting: one thread waits for work, the others for the lock.
                let next = match work.lock() {
                    Ok(work) => work.recv(),
                    Err(_) => return,
                };
                match next {
                    // Who asked may have gone; the answer then goes nowhere.
                    Ok(Work::Hash(password, to)) => drop(to.send(hash_now(&password))),
                    Ok(Work::Check(password, stored, to)) => {
                        drop(to.send(check_now(&password, stored.as_deref(), &mut memory)));
                    }
                    Err(_) => return,
                }
            }
        };
        if let Err(e) = thread::Builder::new().name(format!("argon2-{n}")).spawn(turn) {
            tracing::error!(error = %e, "a thread for passwords can't be started");
        }
    }
    queue
});

/// What an unknown login is compared with: same parameters, same time. Made once, since making it costs as much as comparing.
static NOBODY: LazyLock<anyhow::Result<String>> = LazyLock::new(|| hash_now("nobody"));

/// Hashes. The error may be [`Busy`].
pub(super) async fn hash(password: String) -> anyhow::Result<String> {
    let (to, answer) = oneshot::channel();
    POOL.try_send(Work::Hash(password, to)).map_err(|_| Busy)?;
    answer.await.context("a thread for passwords has ended")?
}

/// Compares; `None` is a login that does not exist. The error may be [`Busy`].
pub(super) async fn check(password: String, stored: Option<String>) -> anyhow::Result<bool> {
    let (to, answer) = oneshot::channel();
    POOL.try_send(Work::Check(password, stored, to)).map_err(|_| Busy)?;
    answer.await.context("a thread for passwords has ended")?
}

fn hash_now(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|e| anyhow!("argon2: {e}"))
}

fn check_now(password: &str, stored: Option<&str>, memory: &mut Vec<Block>) -> anyhow::Result<bool> {
    let parsed = stored.and_then(|stored| PasswordHash::new(stored).ok());
    let known = parsed.is_some();
    let nobody = NOBODY.as_ref().map_err(|e| anyhow!("{e:#}"))?;
    let hash = match parsed {
        Some(parsed) => parsed,
        None => PasswordHash::new(nobody).map_err(|e| anyhow!("argon2: {e}"))?,
    };
    Ok(is_of(password, &hash, memory).is_some_and(|right| right) && known)
}

/// Whether the hash is of this password; `None` for one that argon2 did not make. As the library's own comparison, but in this
/// memory.
fn is_of(password: &str, hash: &PasswordHash, memory: &mut Vec<Block>) -> Option<bool> {
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = Version::try_from(hash.version?).ok()?;
    let params = Params::try_from(hash).ok()?;
    let (salt, wanted) = (hash.salt.as_ref()?, hash.hash.as_ref()?);
    memory.resize(params.block_count().max(memory.len()), Block::default());
    let mut out = [0; Output::MAX_LENGTH];
    let out = out.get_mut(..wanted.len())?;
    let argon = Argon2::new(algorithm, version, params);
    argon
        .hash_password_into_with_memory(password.as_bytes(), salt, out, memory)
        .ok()?;
    // Compares in constant time.
    Some(Output::new(out).ok()? == *wanted)
}

/// Makes what an unknown login is compared with, so that the first such login does not take longer than the second.
pub(crate) fn warm() {
    LazyLock::force(&NOBODY);
    LazyLock::force(&POOL);
}

/// The threads are one for the process, so a test that fills their queue runs beside none that needs them.
#[cfg(test)]
pub(super) static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_says_so_and_the_process_stays_small() {
        let _alone = ALONE.lock().await;
        let tries: Vec<_> = (0..500)
            .map(|n| tokio::spawn(check(format!("guess {n}"), None)))
            .collect();
        let mut busy = 0;
        for tried in tries {
            match tried.await.unwrap() {
                Ok(right) => assert!(!right),
                Err(e) => {
                    assert!(e.is::<Busy>(), "{e:#}");
                    busy += 1;
                }
            }
        }
        assert!(busy >= 500 - WAITING - AT_ONCE - 100, "{busy} were refused");
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak_kb: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(peak_kb < 600 * 1024, "{peak_kb} kB at the most");
    }

    #[test]
    fn right_passwords_are_right_and_all_others_wrong() {
        let mut memory = Vec::new();
        let stored = hash_now("a long password 长密码").unwrap();
        // Parameters of another time: a stored hash says its own.
        let older = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8192, 3, 1, Some(48)).unwrap(),
        );
        let older = older
            .hash_password("a long password 长密码".as_bytes())
            .unwrap()
            .to_string();
        for stored in [&stored, &older, &stored] {
            let mut check = |password: &str| check_now(password, Some(stored), &mut memory).unwrap();
            assert!(check("a long password 长密码"), "{stored}");
            for wrong in ["", "a long password 长密", "A long password 长密码"] {
                assert!(!check(wrong), "{stored} {wrong}");
            }
        }
        for broken in [
            "",
            "x",
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ",
            "$5$rounds=5000$salt$hash",
        ] {
            assert!(!check_now("nobody", Some(broken), &mut memory).unwrap(), "{broken:?}");
        }
        assert!(
            !check_now("nobody", None, &mut memory).unwrap(),
            "nobody has no password"
        );
    }
}
