//! A provider of messages and voice calls for tests: keeps what it is asked, and misbehaves on demand. Receipts are the test's own to
//! send, in whatever order, as often and as forged as it likes.
//!
//! As the mail server it runs in a thread of its own and ends with its last handle.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use platform::webhook::Secret;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::oneshot,
};

/// What a provider does instead of taking a message.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// Answers this status and body.
    Say(u16, &'static str),
    /// Takes it after so many milliseconds.
    Slow(u64),
    /// Takes it and says nothing.
    Hang,
    /// Closes the connection.
    Drop,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Of which gateway: the last part of its path.
    pub by: String,
    /// The body.
    pub body: Value,
    /// The body as it came.
    pub raw: String,
    /// The address that was asked for, with its query.
    pub path: String,
    /// The fields of the head, their names in small letters.
    pub headers: BTreeMap<String, String>,
    /// When.
    pub at: Instant,
}

impl Asked {
    /// A field of the head.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Whether a secret signed it, as Standard Webhooks has it. Of several signatures one is enough.
    pub fn is_signed_by(&self, secret: &Secret) -> bool {
        let Ok(seconds) = self.header("webhook-timestamp").parse() else {
            return false;
        };
        let ours = secret.sign(self.header("webhook-id"), seconds, &self.raw);
        self.header("webhook-signature")
            .split(' ')
            .any(|signature| signature == ours)
    }

    /// A text of the body.
    pub fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }
}

#[derive(Default)]
struct State {
    now: Option<Deed>,
    refused: Vec<String>,
    asked: Vec<Asked>,
    receipts: String,
}

/// The provider, by one of its handles.
#[derive(Clone)]
pub struct FakeGateway {
    port: u16,
    state: Arc<Mutex<State>>,
    // The thread ends when the last of these is dropped.
    _ends: Arc<oneshot::Sender<()>>,
}

/// The secret at the end of the callback's address.
pub const CALLBACK_SECRET: &str = "0123456789abcdef0123456789abcdef";

impl FakeGateway {
    /// Listens on a free port of 127.0.0.1 and takes everything.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port for the gateway");
        let port = listener.local_addr().expect("its address").port();
        listener.set_nonblocking(true).expect("a listener for tokio");
        let state = Arc::<Mutex<State>>::default();
        let (ends, mut ended) = oneshot::channel();
        let shared = state.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime for the gateway").block_on(async move {
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

    /// The address of one of its gateways.
    pub fn url(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.port)
    }

    /// Behaves like this from now on.
    pub fn now(&self, deed: Option<Deed>) {
        self.with(|state| state.now = deed);
    }

    /// Refuses this number from now on, whatever else it does.
    pub fn refuse(&self, number: &str) {
        self.with(|state| state.refused.push(number.to_owned()));
    }

    /// Everything it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.with(|state| state.asked.clone())
    }

    /// How much it was asked so far.
    pub fn count(&self) -> usize {
        self.with(|state| state.asked.len())
    }

    /// Where a unit's own system would listen.
    pub fn hook(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// Writes the description of one gateway `g` of a channel, with what else it says; `{polled}` becomes the address that is asked for
    /// receipts.
    pub fn describe_as(&self, dir: &Path, channel: &str, more: &str) -> PathBuf {
        let secret = dir.join("callback");
        crate::system::write_private(&secret, CALLBACK_SECRET);
        let port = self.port;
        let more = more.replace("{polled}", &format!("http://127.0.0.1:{port}/polled"));
        // A key of the gateway itself stands before its first table.
        let (own, tables) = more.split_at(more.find('[').unwrap_or(more.len()));
        let text = format!(
            r#"
[[gateway]]
name = "g"
channel = "{channel}"
{own}
secrets = {{ callback = {{ file = {secret:?} }} }}
[gateway.send]
url = "http://127.0.0.1:{port}/g"
json = {{ to = "{{number}}", id = "{{id}}", count = "{{count}}" }}
[gateway.code]
url = "http://127.0.0.1:{port}/g"
json = {{ to = "{{number}}", id = "{{id}}", code = "{{code}}" }}
[gateway.answer]
ok = {{ at = "/ok", is = ["true"] }}
{tables}"#,
            secret = secret.display().to_string(),
        );
        let file = dir.join("gateways.toml");
        std::fs::write(&file, text).expect("the description of a gateway");
        file
    }

    /// Answers whoever asks for receipts with these from now on.
    pub fn receipts(&self, receipts: &Value) {
        let answer = serde_json::json!({ "receipts": receipts }).to_string();
        self.with(|state| state.receipts = answer);
    }

    /// Adds the robot of a unit's group to a file of descriptions; unset: the office's.
    pub fn describe_robot(&self, file: &Path, (name, unit): (&str, Option<&str>)) {
        let unit = unit.map(|unit| format!("unit = \"{unit}\"\n")).unwrap_or_default();
        let known = std::fs::read_to_string(file).unwrap_or_default();
        let robot = format!(
            r#"
[[robot]]
name = "{name}"
{unit}[robot.values]
key = "this is secret"
[robot.send]
url = "http://127.0.0.1:{port}/{name}"
sign = {{ by = "feishu", key = "{{key}}" }}
json = {{ text = "{{office}} {{count}} {{urgency}} {{what}} {{tail}}", count = "{{count}}", what = "{{what}}" }}
[robot.answer]
ok = {{ at = "/ok", is = ["true"] }}
code = ["/code"]
passing = ["busy"]
"#,
            port = self.port,
        );
        std::fs::write(file, known + &robot).expect("descriptions of gateways");
    }

    /// Writes descriptions of gateways (name and channel), each with receipts within so many seconds; for `SHOUWANG_GATEWAYS`.
    pub fn describe(&self, dir: &Path, gateways: &[(&str, &str)], within_s: u64) -> PathBuf {
        let secret = dir.join("callback");
        crate::system::write_private(&secret, CALLBACK_SECRET);
        let text: String = gateways
            .iter()
            .map(|(name, channel)| self.description((name, channel), &secret, within_s))
            .collect();
        let file = dir.join("gateways.toml");
        std::fs::write(&file, text).expect("descriptions of gateways");
        file
    }

    fn description(&self, (name, channel): (&str, &str), secret: &Path, within_s: u64) -> String {
        format!(
            r#"
[[gateway]]
name = "{name}"
channel = "{channel}"
price_yuan = 0.05
secrets = {{ callback = {{ file = {secret:?} }} }}
[gateway.send]
url = "http://127.0.0.1:{port}/{name}"
json = {{ to = "{{number}}", id = "{{id}}", office = "{{office}}", urgency = "{{urgency}}", count = "{{count}}", tail = "{{tail}}", what = "{{what}}" }}
[gateway.code]
url = "http://127.0.0.1:{port}/{name}"
json = {{ to = "{{number}}", id = "{{id}}", code = "{{code}}" }}
[gateway.answer]
ok = {{ at = "/ok", is = ["true"] }}
id = "/id"
code = ["/code"]
final = ["no-such-number"]
[gateway.receipt]
within_s = {within_s}
path_secret = "callback"
thanks = "taken"
[[gateway.receipt.forms]]
ours = "/id"
provider = "/theirs"
state = "/state"
arrived = ["arrived"]
failed = ["failed"]
why = "/why"
digits = "/digits"
[[gateway.receipt.forms]]
number = "/from"
text = "/text"
"#,
            port = self.port,
            secret = secret.display().to_string(),
        )
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn serve(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let (mut line, mut path, mut length, mut headers) = (String::new(), String::new(), 0, BTreeMap::new());
    loop {
        line.clear();
        if read.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let head = line.trim_end();
        if path.is_empty() {
            path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        } else if head.is_empty() {
            break;
        } else if let Some((name, value)) = head.split_once(':') {
            let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
            if name == "content-length" {
                length = value.parse().unwrap_or(0);
            }
            headers.insert(name, value);
        }
    }
    let mut body = vec![0; length];
    read.read_exact(&mut body).await?;
    let raw = String::from_utf8_lossy(&body).into_owned();
    let name = path.split('?').next().unwrap_or_default();
    let asked = Asked {
        by: name.rsplit('/').next().unwrap_or_default().to_owned(),
        body: serde_json::from_str(&raw).unwrap_or_default(),
        raw,
        path: path.clone(),
        headers,
        at: Instant::now(),
    };
    let (deed, count, receipts) = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let receipts = (asked.by == "polled").then(|| state.receipts.clone());
        let refused = state.refused.iter().any(|number| *number == asked.text("to"));
        state.asked.push(asked);
        let refused = refused.then_some(Deed::Say(200, r#"{"ok":false,"code":"no-such-number"}"#));
        (refused.or(state.now), state.asked.len(), receipts)
    };
    let (status, answer) = match deed {
        Some(Deed::Say(status, body)) => (status, body.to_owned()),
        Some(Deed::Slow(ms)) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            (200, format!(r#"{{"ok":true,"id":"p{count}"}}"#))
        }
        Some(Deed::Hang) => std::future::pending().await,
        Some(Deed::Drop) => return Ok(()),
        None => (
            200,
            receipts.unwrap_or_else(|| format!(r#"{{"ok":true,"id":"p{count}"}}"#)),
        ),
    };
    // Whoever follows a redirect shows in `asked`.
    let elsewhere = if (300..400).contains(&status) {
        "location: /elsewhere\r\n"
    } else {
        ""
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\n{elsewhere}content-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    write.write_all(format!("{head}{answer}").as_bytes()).await
}
