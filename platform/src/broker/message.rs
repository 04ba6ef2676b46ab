//! What a message says: which report, of which county, in which version of this form. Nothing a person typed.

use serde::{Deserialize, Serialize};

use super::Queue;
use crate::store::ReportId;

/// Version of the body's form.
const VERSION: u8 = 1;

/// The body on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    v: u8,
    /// County code.
    pub county: String,
    /// Report id.
    pub report: ReportId,
}

impl Body {
    /// A body of the present version.
    pub fn new(county: &str, report: ReportId) -> Self {
        Self {
            v: VERSION,
            county: county.to_owned(),
            report,
        }
    }

    /// Reads a body; the error says what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let body: Self = serde_json::from_slice(bytes).map_err(|e| format!("not a message of ours: {e}"))?;
        if body.v != VERSION {
            return Err(format!(
                "version {} of the message form; this router reads {VERSION}",
                body.v
            ));
        }
        Ok(body)
    }

    /// The bytes on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::json!({"v": self.v, "county": self.county, "report": self.report})
            .to_string()
            .into_bytes()
    }
}

/// A message to publish.
#[derive(Clone, Debug)]
pub struct Message {
    /// Where to.
    pub queue: Queue,
    /// What.
    pub body: Body,
}

#[cfg(test)]
mod tests {
    use super::{Body, ReportId};

    #[test]
    fn bodies_round_trip_and_strangers_are_named() {
        let body = Body::new("taihe", ReportId::from_db(42));
        assert_eq!(Body::parse(&body.to_bytes()), Ok(body));
        for (bytes, word) in [
            (&b"{}"[..], "missing field"),
            (b"\xff\x00", "not a message"),
            (br#"{"v":2,"county":"taihe","report":1}"#, "version 2"),
            (br#"{"v":1,"county":"taihe","report":1,"name":"x"}"#, "unknown field"),
        ] {
            assert!(Body::parse(bytes).unwrap_err().contains(word), "{word}");
        }
    }
}
