//! A mail that arrived, and what stands in it.

use std::time::Instant;

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
