//! Answers that say no to a program, in the form of RFC 9457.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// What every problem says. `M` is what it says besides, beside these members and not below them.
#[derive(Serialize)]
struct Problem<'a, M> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(flatten)]
    more: M,
}

/// Nothing besides.
#[derive(Serialize)]
struct Nothing {}

/// A problem in words.
pub(crate) fn api(status: u16, detail: &str) -> Response {
    with(status, detail, &Nothing {})
}

/// A problem with members of its own besides.
pub(crate) fn with(status: u16, detail: &str, more: &impl Serialize) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    titled(code, code.canonical_reason().unwrap_or("Error"), detail, more)
}

/// The same under another title than that of its status.
pub(crate) fn titled(status: StatusCode, title: &str, detail: &str, more: &impl Serialize) -> Response {
    let problem = Problem {
        r#type: "about:blank",
        title,
        status: status.as_u16(),
        detail,
        more,
    };
    match serde_json::to_value(problem) {
        Ok(body) => {
            let kind = [(header::CONTENT_TYPE, "application/problem+json")];
            (status, kind, body.to_string()).into_response()
        }
        // Members with names that are no texts: there are none.
        Err(_) => status.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn what_is_said_besides_stands_beside_the_rest() {
        #[derive(Serialize)]
        #[serde(rename_all = "snake_case")]
        enum Besides {
            LastAct(&'static str),
        }
        let said = async |answer: Response| {
            let bytes = to_bytes(answer.into_body(), 1000).await.expect("a body");
            String::from_utf8(bytes.to_vec()).expect("text")
        };
        assert_eq!(
            said(api(404, "no such ticket")).await,
            r#"{"detail":"no such ticket","status":404,"title":"Not Found","type":"about:blank"}"#
        );
        assert_eq!(
            said(with(409, "it has changed", &Besides::LastAct("signed"))).await,
            r#"{"detail":"it has changed","last_act":"signed","status":409,"title":"Conflict","type":"about:blank"}"#
        );
    }
}
