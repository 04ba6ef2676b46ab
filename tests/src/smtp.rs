//! An SMTP server that keeps what it gets, with faults on demand. Enough of RFC 5321 for a client that speaks correctly.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A mail as it arrived.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Envelope recipient.
    pub to: String,
    /// Headers and body, as sent.
    pub raw: String,
    /// When the server said 250.
    pub at: Instant,
}

impl Mail {
    /// The first header of that name, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self
            .raw
            .split("\r\n\r\n")
            .next()?
            .replace("\r\n ", " ")
            .replace("\r\n\t", " ");
        let prefix = format!("{}:", name.to_lowercase());
        head.lines().find_map(|line| {
            line.to_lowercase()
                .starts_with(&prefix)
                .then(|| line[prefix.len()..].trim().to_owned())
        })
    }

    /// The words of its plain part.
    pub fn text(&self) -> String {
        let part = self.raw.split("Content-Type: text/plain").nth(1).unwrap_or(&self.raw);
        let (head, body) = part.split_once("\r\n\r\n").unwrap_or(("", part));
        let body = body.split("\r\n--").next().unwrap_or(body);
        let head = head.to_lowercase();
        let bytes = if head.contains("base64") {
            base64(body)
        } else if head.contains("quoted-printable") {
            quoted_printable(body)
        } else {
            body.as_bytes().to_vec()
        };
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sextets = text
        .bytes()
        .filter_map(|b| LETTERS.iter().position(|letter| *letter == b));
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u32, 0_usize);
    for sextet in sextets {
        held = held << 6 | sextet;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).unwrap_or_default());
        }
    }
    out
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut parts = text.split('=');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.extend(byte);
        out.extend_from_slice(part.get(2..).unwrap_or_default().as_bytes());
    }
    out
}

#[derive(Default)]
struct State {
    mails: Vec<Mail>,
    counts_only: bool,
    counted: usize,
    refused: Vec<(String, String)>,
}

/// The server; it ends with the runtime.
#[derive(Clone)]
pub struct MailSink {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl MailSink {
    /// Listens on a free port of 127.0.0.1.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port for SMTP");
        let port = listener.local_addr().expect("its address").port();
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                tokio::spawn(async move { _ = serve(stream, state).await });
            }
        });
        Self { port, state }
    }

    /// For SMTP_URL.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Everything so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).mails.clone()
    }

    /// How many so far.
    pub fn count(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).counted
    }

    /// From now on mails are counted and not kept, for floods.
    pub fn only_count(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).counts_only = true;
    }

    /// From now on answers RCPT for this address with `answer`, such as `550 no such mailbox`.
    pub fn refuse(&self, address: &str, answer: &str) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .refused
            .push((address.into(), answer.into()));
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut to = String::new();
    write.write_all(b"220 sink ESMTP\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if read.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.trim_end().to_ascii_uppercase();
        let answer = if verb.starts_with("EHLO") {
            "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n".to_owned()
        } else if verb.starts_with("RCPT") {
            to = line
                .split_once('<')
                .and_then(|(_, rest)| rest.split_once('>'))
                .map_or_else(String::new, |(a, _)| a.to_owned());
            let state = state.lock().unwrap_or_else(PoisonError::into_inner);
            let refused = state.refused.iter().rev().find(|(address, _)| *address == to);
            refused.map_or_else(|| "250 ok\r\n".to_owned(), |(_, answer)| format!("{answer}\r\n"))
        } else if verb == "DATA" {
            write.write_all(b"354 go on\r\n").await?;
            let raw = data(&mut read).await?;
            let mail = Mail {
                to: to.clone(),
                raw,
                at: Instant::now(),
            };
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.counted += 1;
            if !state.counts_only {
                state.mails.push(mail);
            }
            drop(state);
            "250 kept\r\n".to_owned()
        } else if verb == "QUIT" {
            write.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            "250 ok\r\n".to_owned()
        };
        write.write_all(answer.as_bytes()).await?;
    }
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
