//! Two words to systemd, where it started us: that we are up, and that we live (its watchdog). Elsewhere `NOTIFY_SOCKET` is not
//! set and nothing happens. The protocol is one datagram a word, so no library is needed.

use std::os::{
    linux::net::SocketAddrExt,
    unix::net::{SocketAddr, UnixDatagram},
};

/// The manager that started us, if one wants to hear.
#[derive(Debug)]
pub struct Systemd(Option<(UnixDatagram, SocketAddr)>);

impl Systemd {
    /// From the environment.
    pub fn from_env() -> Self {
        Self(std::env::var("NOTIFY_SOCKET").ok().and_then(|name| Self::to(&name)))
    }

    fn to(name: &str) -> Option<(UnixDatagram, SocketAddr)> {
        let address = match name.strip_prefix('@') {
            Some(name) => SocketAddr::from_abstract_name(name).ok()?,
            None => SocketAddr::from_pathname(name).ok()?,
        };
        let socket = UnixDatagram::unbound().ok()?;
        socket.set_nonblocking(true).ok()?;
        Some((socket, address))
    }

    /// The listeners are open.
    pub fn up(&self) {
        self.tell("READY=1");
    }

    /// We live; `status` is what `systemctl status` shows.
    pub fn alive(&self, status: &str) {
        self.tell(&format!("WATCHDOG=1\nSTATUS={}", status.replace('\n', "; ")));
    }

    /// A word that is lost is said again a moment later.
    fn tell(&self, word: &str) {
        if let Some((socket, address)) = &self.0 {
            _ = socket.send_to_addr(word.as_bytes(), address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_a_socket_by_path_and_by_abstract_name() {
        let dir = std::env::temp_dir().join(format!("sw-notify-{}", std::process::id()));
        let path = dir.to_string_lossy().into_owned();
        let by_path = UnixDatagram::bind(&path).unwrap();
        let abstract_name = format!("shouwang-{}", std::process::id());
        let by_name = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&abstract_name).unwrap()).unwrap();
        for (name, hears) in [(path.clone(), by_path), (format!("@{abstract_name}"), by_name)] {
            let systemd = Systemd(Systemd::to(&name));
            systemd.up();
            systemd.alive("writer: away\nrelay: away");
            let mut word = [0; 200];
            let got = hears.recv(&mut word).unwrap();
            assert_eq!(&word[..got], b"READY=1");
            let got = hears.recv(&mut word).unwrap();
            assert_eq!(&word[..got], b"WATCHDOG=1\nSTATUS=writer: away; relay: away");
        }
        std::fs::remove_file(path).unwrap();
        Systemd(None).alive("nobody hears");
    }
}
