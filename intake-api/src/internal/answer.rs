//! What programs are answered. Its shapes are structs beside the handlers and never rows of the store, so that a column can change
//! without the wire, and the wire without a column.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tracing::error;

/// An answer whose keys stand in the order of the alphabet, however deep: programs have read them so from the first version on,
/// and a struct can still name its fields in the order in which people think of them.
pub(crate) struct Answer<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match serde_json::to_value(self.0) {
            Ok(body) => Json(body).into_response(),
            Err(e) => {
                error!(error = %e, "an answer can't be written as JSON");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn keys_stand_in_the_order_of_the_alphabet() {
        #[derive(Serialize)]
        struct Line {
            ticket: i64,
            at: &'static str,
        }
        #[derive(Serialize)]
        struct Lines {
            lines: Vec<Line>,
            before: Option<i64>,
        }
        let lines = vec![Line { ticket: 1, at: "now" }];
        let answer = Answer(Lines { lines, before: None }).into_response();
        let bytes = to_bytes(answer.into_body(), 1000).await.expect("a body");
        assert_eq!(bytes, r#"{"before":null,"lines":[{"at":"now","ticket":1}]}"#);
    }
}
