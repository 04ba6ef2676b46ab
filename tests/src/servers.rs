//! PostgreSQL and RabbitMQ under the tests: shared ones from `tests/run`, or private ones for tests that break them.

use std::{
    io::Write,
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
    disk: Option<SmallDisk>,
}

/// A mounted disk; it goes with its servers.
#[derive(Clone, Debug)]
struct SmallDisk(PathBuf);

/// A file that fills a disk.
pub struct Filled(PathBuf);

impl Drop for Filled {
    fn drop(&mut self) {
        _ = std::fs::remove_file(&self.0);
    }
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
            disk: None,
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
            disk: None,
        }
    }

    /// The URL of a database of this server.
    pub(crate) fn database(&self, name: &str) -> String {
        let (base, query) = self.database_url.split_once('?').unwrap_or((&self.database_url, ""));
        let (host, _) = base.rsplit_once('/').expect("a database name");
        if query.is_empty() {
            format!("{host}/{name}")
        } else {
            format!("{host}/{name}?{query}")
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

    /// As [`Servers::private`], with PostgreSQL's data on a disk of so many megabytes. `None` where nothing may be mounted here.
    pub fn private_on_small_disk(name: &str, megabytes: u32) -> Option<Self> {
        let dir = std::env::temp_dir().join(format!("shouwang-test-{name}-{}", std::process::id()));
        let disk = dir.join("disk");
        std::fs::create_dir_all(&disk).expect("a folder");
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "shouwang-test"])
            .arg(&disk)
            .output();
        if !mounted.is_ok_and(|out| out.status.success()) {
            std::fs::remove_dir_all(&dir).expect("an empty folder");
            return None;
        }
        let disk = SmallDisk(disk);
        // Where `deploy/servers` puts the data; PostgreSQL's user must reach it.
        let home = disk.0.join("home");
        std::fs::create_dir(&home).expect("a folder on the disk");
        std::fs::write(dir.join("data-home"), home.to_string_lossy().as_bytes()).expect("a file");
        let mut servers = Self::private(name);
        servers.disk = Some(disk);
        Some(servers)
    }

    /// Leaves not a byte on the small disk. Dropping the answer gives the room back.
    pub fn fill_disk(&self) -> Filled {
        let disk = self.disk.as_ref().expect("servers on a small disk");
        let filled = Filled(disk.0.join("filled"));
        let mut file = std::fs::File::create(&filled.0).expect("a file");
        for size in [1 << 20, 4096, 1] {
            while file.write(&vec![0; size]).is_ok() {}
        }
        filled
    }

    /// The pid of a private server, as its pid file begins.
    pub fn pid(&self, server: &str) -> u32 {
        let dir = self.dir.as_deref().expect("private servers");
        let file = std::fs::read_to_string(dir.join(format!("state/{server}.pid"))).unwrap_or_default();
        let pid = file.split(' ').next().and_then(|pid| pid.parse().ok());
        pid.unwrap_or_else(|| panic!("no pid of {server}"))
    }

    /// Stops a private server where it stands (`STOP`) or lets it go on (`CONT`), with its children.
    pub fn signal(&self, server: &str, signal: &str) {
        let pid = self.pid(server).to_string();
        let minus = format!("-{signal}");
        _ = Command::new("pkill").args([&minus, "-P", &pid]).status();
        assert!(
            Command::new("kill")
                .args([&minus, &pid])
                .status()
                .expect("kill")
                .success()
        );
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
            if let Some(SmallDisk(disk)) = self.disk.take() {
                run(&["stop".as_ref(), dir.as_os_str()]);
                _ = Command::new("umount").arg(&disk).status();
                if end == "wipe" {
                    _ = std::fs::remove_dir_all(&dir);
                }
                return;
            }
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
