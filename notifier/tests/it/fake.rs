//! An SMTP server that misbehaves on demand, at each step of a conversation.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use notifier::mailer::{Security, Sender, Server, Smtp, Timeouts};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What the server does at a step instead of agreeing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// Answers this line.
    Say(&'static str),
    /// Agrees after so many milliseconds.
    Slow(u64),
    /// Says nothing more.
    Hang,
    /// Closes the connection.
    Drop,
}

#[derive(Default)]
struct State {
    acts: HashMap<&'static str, Act>,
    /// Extension lines of EHLO.
    offers: &'static str,
    texts: Vec<String>,
    commands: Vec<String>,
    connections: usize,
}

/// The server; it ends with the runtime.
#[derive(Clone)]
pub(crate) struct Fake {
    /// Where it listens.
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

impl Fake {
    /// A server that agrees to everything but `acts`. Steps: `greeting`, `EHLO`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `text`.
    pub(crate) async fn start(acts: &[(&'static str, Act)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let fake = Self {
            port: listener.local_addr().expect("an address").port(),
            state: Arc::default(),
        };
        fake.now(acts);
        let state = fake.state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = state.clone();
                tokio::spawn(async move { _ = serve(stream, &state).await });
            }
        });
        fake
    }

    /// Behaves like this from now on.
    pub(crate) fn now(&self, acts: &[(&'static str, Act)]) {
        self.with(|state| state.acts = acts.iter().copied().collect());
    }

    /// Offers these extensions.
    pub(crate) fn offer(&self, lines: &'static str) {
        self.with(|state| state.offers = lines);
    }

    /// Mails taken so far.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.with(|state| state.texts.clone())
    }

    /// Commands heard so far.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.with(|state| state.commands.clone())
    }

    /// Connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.with(|state| state.connections)
    }

    /// A mailer that talks to it, with short timeouts.
    pub(crate) fn mailer(&self, timeouts: Timeouts) -> Smtp {
        Smtp::new(
            self.server(),
            Sender::parse("shouwang@taihe.example").expect("an address"),
            timeouts,
        )
    }

    /// Its address, without encryption and login.
    pub(crate) fn server(&self) -> Server {
        Server {
            host: "127.0.0.1".into(),
            port: self.port,
            security: Security::Plain,
            login: None,
        }
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// All phases as short as `ms`.
pub(crate) fn timeouts(ms: u64) -> Timeouts {
    let each = Duration::from_millis(ms);
    Timeouts {
        connect: each,
        greeting: each,
        envelope: each,
        data: each,
        done: each,
    }
}

async fn serve(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let look = |look: &mut dyn FnMut(&mut State)| {
        look(&mut state.lock().unwrap_or_else(PoisonError::into_inner));
    };
    look(&mut |s| s.connections += 1);
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut step = "greeting".to_owned();
    let mut text = String::new();
    loop {
        let (mut act, mut offers) = (None, "");
        look(&mut |s| (act, offers) = (s.acts.get(step.as_str()).copied(), s.offers));
        let usual = match step.as_str() {
            "greeting" => "220 fake",
            "DATA" => "354 go on",
            _ => "250 ok",
        };
        let answer = match act {
            Some(Act::Hang) => std::future::pending().await,
            Some(Act::Drop) => return Ok(()),
            Some(Act::Say(line)) => line.to_owned(),
            Some(Act::Slow(ms)) => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                usual.to_owned()
            }
            None if step == "EHLO" && !offers.is_empty() => format!("250-fake\r\n250 {offers}"),
            None if step == "AUTH" => "235 welcome".to_owned(),
            None => usual.to_owned(),
        };
        if step == "text" && answer.starts_with('2') {
            look(&mut |s| s.texts.push(std::mem::take(&mut text)));
        }
        let goes_on = step == "DATA" && answer.starts_with('3');
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
        if goes_on {
            while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                text.push('\n');
            }
            step = "text".into();
            continue;
        }
        let Some(line) = lines.next_line().await? else {
            return Ok(());
        };
        step = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        look(&mut |s| s.commands.push(line.clone()));
    }
}
