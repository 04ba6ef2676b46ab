//! PostgreSQL and RabbitMQ under the tests: shared ones from `tests/run`, or private ones for tests that break them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Where servers are.
#[derive(Clone, Debug)]
pub struct Servers {
    /// Owner's connection to some database of the server.
    pub database_url: String,
    /// The broker.
    pub amqp_url: String,
    dir: Option<PathBuf>,
}

impl Servers {
    /// The servers that `tests/run` started. Never restart these.
    pub fn shared() -> Self {
        let var = |name: &str| {
            std::env::var(name).unwrap_or_else(|_| {
                panic!("{name} is not set: run tests/run, or `deploy/servers start DIR` and export what DIR/env says under this name")
            })
        };
        Self {
            database_url: var("SHOUWANG_TEST_DATABASE_URL"),
            amqp_url: var("SHOUWANG_TEST_AMQP_URL"),
            dir: None,
        }
    }

    /// Servers of this test alone, which it may stop, kill and restart. They end when this is dropped.
    pub fn private(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("shouwang-test-{name}-{}", std::process::id()));
        run(&["start".as_ref(), dir.as_os_str()]);
        let env = std::fs::read_to_string(dir.join("env")).expect("the servers' env file");
        let var = |name: &str| {
            let line = env.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_else(|| panic!("no {name} in the env file"))
                .trim_matches('\'')
                .to_owned()
        };
        Self {
            database_url: var("DATABASE_URL"),
            amqp_url: var("AMQP_URL"),
            dir: Some(dir),
        }
    }

    /// Whether they are this test's alone.
    pub(crate) fn is_private(&self) -> bool {
        self.dir.is_some()
    }

    /// Does `command` of `deploy/servers`, such as `restart-postgres`, to private servers.
    pub fn command(&self, command: &str, option: Option<&str>) {
        let dir = self.dir.as_deref().expect("shared servers are not restarted");
        let mut words = vec![command.as_ref(), dir.as_os_str()];
        words.extend(option.map(std::ffi::OsStr::new));
        run(&words);
    }

    /// `rabbitmqctl` of the private node.
    pub fn rabbitmqctl(&self, words: &[&str]) {
        let dir = self.dir.as_deref().expect("shared servers are not touched");
        let mut all = vec!["rabbitmqctl".as_ref(), dir.as_os_str()];
        all.extend(words.iter().map(std::ffi::OsStr::new));
        run(&all);
    }

    /// While the node is down: removes what its queues hold and keeps their names.
    pub fn rabbitmq_forget_quorum(&self) {
        let dir = self.dir.as_deref().expect("shared servers are not touched");
        let nodes = std::fs::read_dir(dir.join("rabbitmq/mnesia")).expect("the node's data");
        let forgotten = nodes
            .filter_map(|node| Some(node.ok()?.path().join("quorum")))
            .filter(|quorum| quorum.is_dir() && std::fs::remove_dir_all(quorum).is_ok())
            .count();
        assert_eq!(forgotten, 1, "one node with quorum queues");
    }

    /// Makes the node's user again, after a reset.
    pub fn rabbitmq_user(&self) {
        let (user, rest) = self
            .amqp_url
            .trim_start_matches("amqp://")
            .split_once(':')
            .expect("a user");
        let (password, _) = rest.split_once('@').expect("a password");
        let listed = self.rabbitmqctl_output(&["list_users", "--quiet"]);
        if !listed.lines().any(|line| line.split_whitespace().next() == Some(user)) {
            self.rabbitmqctl(&["add_user", user, password]);
        }
        self.rabbitmqctl(&["set_permissions", user, ".*", ".*", ".*"]);
    }

    fn rabbitmqctl_output(&self, words: &[&str]) -> String {
        let dir = self.dir.as_deref().expect("shared servers are not touched");
        let output = Command::new(crate::root().join("deploy/servers"))
            .arg("rabbitmqctl")
            .arg(dir)
            .args(words)
            .output();
        String::from_utf8_lossy(&output.expect("rabbitmqctl").stdout).into_owned()
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        if let Some(dir) = self.dir.take() {
            // After a failure the logs stay to be read; the processes end either way.
            let end = if std::thread::panicking() { "stop" } else { "wipe" };
            run(&[end.as_ref(), dir.as_os_str()]);
        }
    }
}

fn run(words: &[&std::ffi::OsStr]) {
    let script: &Path = &crate::root().join("deploy/servers");
    let output = Command::new(script).args(words).output().expect("deploy/servers");
    assert!(
        output.status.success(),
        "deploy/servers {words:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
