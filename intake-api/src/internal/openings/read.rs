//! What is open, to the person for whom it is open: a page of its own, each look of which is written down.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use platform::{
    clock,
    store::{Opening, OpeningHanded},
};

use super::{
    answers::Open,
    content,
    words::{Line, line},
};
use crate::{
    internal::{
        Answer, Internal, Visit,
        desk::matter,
        error::ApiError,
        page::{Frame, render},
    },
    parts::{self, Opened},
};

#[derive(Template)]
#[template(path = "internal/openings/read.html")]
struct ReadPage {
    frame: Frame,
    line: Line,
    lines: Vec<(&'static str, String)>,
    shut: bool,
    /// Nothing is open: it ended, or waits.
    over: bool,
    back: String,
    back_key: &'static str,
}

/// Where the page leads back to.
pub(super) struct Back {
    /// Its address.
    pub(super) path: String,
    /// The key of what it is called.
    pub(super) key: &'static str,
    /// The link of the navigation under which both stand.
    pub(super) here: &'static str,
}

/// The page: what was handed out, or that it is over.
pub(super) fn page(visit: &Visit, opening: &Opening, handed: Option<OpeningHanded>, back: Back) -> Response {
    let (internal, lang) = (&visit.internal, visit.lang);
    let (loaded, now) = (internal.pack.current(), clock::now());
    let over = handed.is_none();
    let mut lines = Vec::new();
    let mut shut = false;
    if let Some(handed) = handed {
        let data_key = handed.parts.data_key.as_slice();
        let opened = Opened::new(&internal.keys, opening.report_id, &handed.parts);
        shut = opened.shut;
        lines = content::lines(&opened, &loaded.pack, lang);
        if let Some(sealed) = &handed.identity {
            match parts::identity(&internal.keys, opening.report_id, data_key, sealed) {
                Some(reporter) => lines.extend(content::reporter(&reporter, lang)),
                None => shut = true,
            }
        }
    }
    render(
        if over { StatusCode::GONE } else { StatusCode::OK },
        &ReadPage {
            frame: visit.frame(back.here),
            line: line(opening, &loaded.pack, lang, now),
            lines,
            shut,
            over,
            back: back.path,
            back_key: lang.t(back.key),
        },
    )
}

/// The same for programs; 410 when nothing is open.
pub(super) fn api(internal: &Internal, opening: Opening, handed: Option<OpeningHanded>) -> Result<Response, ApiError> {
    let handed = handed.ok_or(ApiError::said(410, "this opening is not open for you now"))?;
    let data_key = handed.parts.data_key.as_slice();
    let opened = Opened::new(&internal.keys, opening.report_id, &handed.parts);
    let identity = handed
        .identity
        .as_ref()
        .and_then(|sealed| parts::identity(&internal.keys, opening.report_id, data_key, sealed));
    let body = Open {
        parts: opening.parts.clone(),
        opening: opening.into(),
        matter: matter(&opened),
        facts: opened.raw,
        reporter: opened.reporter,
        identity,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Answer(body)).into_response())
}
