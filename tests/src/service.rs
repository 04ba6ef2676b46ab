//! One service process that can be killed, stopped and started again.

use std::{
    fs::File,
    net::TcpListener,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::process::{Child, Command};

use crate::{binary, eventually};

/// A service with its environment; it remembers how to start again.
pub struct Service {
    name: &'static str,
    env: Vec<(String, String)>,
    private: String,
    log: PathBuf,
    descriptors: Option<u32>,
    child: Option<Child>,
}

/// A port that stays this process's own until it ends, also while its service is down. It lies below the ports that the kernel
/// hands to outgoing connections, one of which else takes it between the choosing and the binding, and below those of `deploy/up`
/// and `deploy/servers`; a locked file keeps other test processes off it.
pub fn free_port() -> u16 {
    const PORTS: std::ops::Range<u16> = 12_000..20_000;
    let claims = std::env::temp_dir().join("shouwang-test-ports");
    std::fs::create_dir_all(&claims).expect("a folder for claimed ports");
    for _ in 0..1000 {
        let port = rand::RngExt::random_range(&mut rand::rng(), PORTS);
        let claim = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(claims.join(port.to_string()));
        let Ok(claim) = claim else { continue };
        if claim.try_lock().is_ok() && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            // Unlocked by the end of the process.
            std::mem::forget(claim);
            return port;
        }
    }
    panic!("no free port among {PORTS:?}");
}

impl Service {
    /// Describes a service; `env` is its whole environment besides PATH.
    pub fn new(name: &'static str, mut env: Vec<(String, String)>, log: PathBuf) -> Self {
        let private = format!("127.0.0.1:{}", free_port());
        env.push(("SHOUWANG_PRIVATE_ADDR".into(), private.clone()));
        Self {
            name,
            env,
            private,
            log,
            descriptors: None,
            child: None,
        }
    }

    /// Lets the next start have so many file descriptors.
    pub fn limit_descriptors(&mut self, limit: u32) {
        self.descriptors = Some(limit);
    }

    /// Starts the process, without waiting.
    pub fn spawn(&mut self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .expect("a log file");
        self.spawn_logging_to(log);
    }

    /// As [`Service::spawn`], with another standard error than the log file.
    pub fn spawn_logging_to(&mut self, log: impl Into<Stdio>) {
        // It ends with the thread that started it, however that ends: a test run that is killed leaves no service behind.
        let mut command = Command::new("/usr/bin/setpriv");
        command.args(["--pdeathsig", "KILL", "--"]);
        if let Some(limit) = self.descriptors {
            command.args(["/bin/sh", "-c", &format!("ulimit -n {limit}; exec \"$0\" \"$@\"")]);
        }
        command.arg(binary(self.name));
        let child = command
            .arg("serve")
            .env_clear()
            .envs(self.env.iter().map(|(k, v)| (k, v)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}", self.name));
        self.child = Some(child);
    }

    /// Waits until `/ready` says yes; returns how long that took.
    pub async fn ready(&mut self) -> Duration {
        let begun = Instant::now();
        let url = format!("http://{}/ready", self.private);
        eventually(
            &format!("{} ready (log: {})", self.name, self.log.display()),
            Duration::from_secs(60),
            async || {
                if let Some(status) = self.child.as_mut().and_then(|c| c.try_wait().ok().flatten()) {
                    panic!(
                        "{} ended with {status} instead of getting ready; log: {}",
                        self.name,
                        self.log_text()
                    );
                }
                let response = reqwest::get(&url).await.ok()?;
                response.status().is_success().then_some(())
            },
        )
        .await;
        begun.elapsed()
    }

    /// What `/ready` says: status and body.
    pub async fn readiness(&self) -> Option<(u16, String)> {
        let response = reqwest::get(format!("http://{}/ready", self.private)).await.ok()?;
        Some((response.status().as_u16(), response.text().await.ok()?))
    }

    /// The Prometheus page.
    pub async fn metrics(&self) -> String {
        let response = reqwest::get(format!("http://{}/metrics", self.private))
            .await
            .expect("metrics");
        response.text().await.expect("metrics text")
    }

    /// kill -9.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.expect("kill");
        }
    }

    /// SIGTERM, then waits; returns the exit code.
    pub async fn stop(&mut self) -> Option<i32> {
        let mut child = self.child.take()?;
        let pid = child.id()?.to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .await
            .expect("kill -TERM");
        assert!(sent.success(), "{} was gone before it was stopped", self.name);
        child.wait().await.expect("wait").code()
    }

    /// Waits for the process to end by itself.
    pub async fn ended(&mut self, within: Duration) -> Option<i32> {
        let child = self.child.as_mut()?;
        let status = tokio::time::timeout(within, child.wait()).await;
        status
            .unwrap_or_else(|_| panic!("{} still runs after {within:?}", self.name))
            .expect("wait")
            .code()
    }

    /// Which service it is.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether its process runs.
    pub fn is_running(&mut self) -> bool {
        self.child
            .as_mut()
            .is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// The process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// Everything it logged so far.
    pub fn log_text(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Changes one variable for the next start; an empty value takes it away.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.retain(|(k, _)| k != name);
        if !value.is_empty() {
            self.env.push((name.into(), value.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::free_port;

    #[test]
    fn a_port_is_given_to_one() {
        let ports: std::collections::BTreeSet<u16> = (0..300).map(|_| free_port()).collect();
        assert_eq!(ports.len(), 300);
        let ephemeral = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
        let first = ephemeral
            .split_whitespace()
            .next()
            .and_then(|first| first.parse::<u16>().ok());
        assert!(
            first.is_none_or(|first| ports.iter().all(|port| *port < first)),
            "{ephemeral}"
        );
    }
}
