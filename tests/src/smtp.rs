//! The SMTP server of all tests: keeps what it gets, and misbehaves on demand at each step of a conversation. Enough of RFC 5321
//! for a client that speaks correctly.
//!
//! It runs in a thread of its own, so that mails arrive while a test's own runtime waits, and ends with its last handle.

use std::{
    collections::HashMap,
    net::TcpListener,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::oneshot,
};

use crate::Mail;

/// What the server does at a step instead of agreeing.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Answers this line.
    Say(&'static str),
    /// Agrees after so many milliseconds.
    Slow(u64),
    /// Says nothing more.
    Hang,
    /// Closes the connection.
    Drop,
}

struct State {
    acts: HashMap<&'static str, Act>,
    /// Extension lines of EHLO.
    offers: Vec<&'static str>,
    mails: Vec<Mail>,
    counts_only: bool,
    counted: usize,
    commands: Vec<String>,
    connections: usize,
    refused: Vec<(String, String)>,
}

/// The server, by one of its handles.
#[derive(Clone)]
pub struct MailSink {
    port: u16,
    state: Arc<Mutex<State>>,
    // The thread ends when the last of these is dropped.
    _ends: Arc<oneshot::Sender<()>>,
}

impl MailSink {
    /// Listens on a free port of 127.0.0.1 and agrees to everything.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port for SMTP");
        let port = listener.local_addr().expect("its address").port();
        listener.set_nonblocking(true).expect("a listener for tokio");
        let state = Arc::new(Mutex::new(State {
            acts: HashMap::new(),
            offers: vec!["8BITMIME", "SMTPUTF8"],
            mails: Vec::new(),
            counts_only: false,
            counted: 0,
            commands: Vec::new(),
            connections: 0,
            refused: Vec::new(),
        }));
        let (ends, mut ended) = oneshot::channel();
        let shared = state.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime for SMTP").block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                loop {
                    tokio::select! {
                        _ = &mut ended => return,
                        accepted = listener.accept() => {
                            let Ok((stream, _)) = accepted else { return };
                            let state = shared.clone();
                            tokio::spawn(async move { _ = serve(stream, &state).await });
                        }
                    }
                }
            });
        });
        Self {
            port,
            state,
            _ends: Arc::new(ends),
        }
    }

    /// Where it listens, of 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// For SMTP_URL.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Behaves like this from now on. Steps: `greeting`, `EHLO`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `text`.
    pub fn now(&self, acts: &[(&'static str, Act)]) {
        self.with(|state| state.acts = acts.iter().copied().collect());
    }

    /// Offers these extensions from now on, and no others.
    pub fn offer(&self, lines: &[&'static str]) {
        self.with(|state| state.offers = lines.to_vec());
    }

    /// From now on answers RCPT for this address with `answer`, such as `550 no such mailbox`.
    pub fn refuse(&self, address: &str, answer: &str) {
        self.with(|state| state.refused.push((address.into(), answer.into())));
    }

    /// From now on mails are counted and not kept, for floods.
    pub fn only_count(&self) {
        self.with(|state| state.counts_only = true);
    }

    /// Everything so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.with(|state| state.mails.clone())
    }

    /// How many mails so far.
    pub fn count(&self) -> usize {
        self.with(|state| state.counted)
    }

    /// Commands heard so far, of all connections.
    pub fn commands(&self) -> Vec<String> {
        self.with(|state| state.commands.clone())
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.with(|state| state.connections)
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn serve(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    state.lock().unwrap_or_else(PoisonError::into_inner).connections += 1;
    let mut step = "greeting".to_owned();
    let (mut line, mut to, mut raw) = (String::new(), String::new(), String::new());
    loop {
        let (act, usual) = {
            let state = state.lock().unwrap_or_else(PoisonError::into_inner);
            (state.acts.get(step.as_str()).copied(), usual(&state, &step, &to))
        };
        let answer = match act {
            Some(Act::Hang) => std::future::pending().await,
            Some(Act::Drop) => return Ok(()),
            Some(Act::Say(line)) => line.to_owned(),
            Some(Act::Slow(ms)) => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                usual
            }
            None => usual,
        };
        if step == "text" && answer.starts_with('2') {
            keep(state, &to, std::mem::take(&mut raw));
        }
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
        if step == "QUIT" {
            return Ok(());
        }
        if step == "DATA" && answer.starts_with('3') {
            raw = data(&mut read).await?;
            step = "text".into();
            continue;
        }
        line.clear();
        if read.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end();
        step = command
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        if step == "RCPT" {
            to = addressee(command);
        }
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.commands.push(command.to_owned());
    }
}

/// What a server that agrees answers at a step.
fn usual(state: &State, step: &str, to: &str) -> String {
    match step {
        "greeting" => "220 sink ESMTP".to_owned(),
        "EHLO" => {
            let mut lines = vec!["sink"];
            lines.extend(&state.offers);
            let last = lines.pop().unwrap_or_default();
            let more: String = lines.iter().map(|line| format!("250-{line}\r\n")).collect();
            format!("{more}250 {last}")
        }
        "AUTH" => "235 welcome".to_owned(),
        "DATA" => "354 go on".to_owned(),
        "QUIT" => "221 bye".to_owned(),
        "RCPT" => {
            let refused = state.refused.iter().rev().find(|(address, _)| address == to);
            refused.map_or_else(|| "250 ok".to_owned(), |(_, answer)| answer.clone())
        }
        _ => "250 ok".to_owned(),
    }
}

fn keep(state: &Mutex<State>, to: &str, raw: String) {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    state.counted += 1;
    if !state.counts_only {
        state.mails.push(Mail {
            to: to.to_owned(),
            raw,
            at: Instant::now(),
        });
    }
}

fn addressee(command: &str) -> String {
    let inside = command.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}

async fn data(read: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<String> {
    let mut raw = Vec::new();
    loop {
        let from = raw.len();
        if read.read_until(b'\n', &mut raw).await? == 0 || &raw[from..] == b".\r\n" {
            raw.truncate(from);
            return Ok(String::from_utf8_lossy(&raw).into_owned());
        }
        if raw[from..].starts_with(b"..") {
            raw.remove(from);
        }
    }
}
