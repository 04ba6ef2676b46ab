//! 专家模式: a rule set's decision model in dmn-js, for those who know DMN.
//!
//! What is posted is read before anything else happens: a model outside the closed subset is never stored, each fault is
//! said with table, row and column, and the person's text stays in the editor. A model that can be read is stored even
//! where the check finds something, as a draft may be unfinished; the findings stand above the editor.

use askama::Template;
use axum::{
    Form,
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use casework::county::{MODEL, PackFiles};
use casework::dmn::{self, DmnError, Model};
use casework::office::soundness::is_county;
use platform::{
    store::{Role, RuleSet, RuleSetState, RulesError},
    text::Lang,
};
use serde::Deserialize;

use super::{
    examined::opened,
    findings::{FindingLine, lines},
    reasons,
    save::{StepError, refusal, save as store},
};
use crate::internal::{
    By, Internal, Visit,
    auth::{Office, Overseer},
    error::PageError,
    page::{Frame, dmn_script, dmn_styles, expert_script, expert_style, problem, render},
};

/// Largest decision model; that of a county has a fifth of a MiB.
const MODEL_BYTES: usize = 4 << 20;

/// As everywhere, but for the font of the icons and for the styles that dmn-js writes into the page: its watermark by
/// attributes, the editor of a cell by an element whose text differs with each. Nothing foreign can be reached by them.
const POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The words of dmn-js in Chinese, English to Chinese.
const WORDS: &str = include_str!("../../../assets/expert-zh.json");

/// The form.
#[derive(Deserialize)]
pub(crate) struct Posted {
    revision: i32,
    xml: String,
}

/// A fault of the model, with its place.
struct Fault {
    place: String,
    reason: String,
}

/// What an attempt to save leaves to say.
#[derive(Default)]
struct Said {
    done: Option<String>,
    error: Option<String>,
    faults: Vec<Fault>,
    findings: Vec<FindingLine>,
}

#[derive(Template)]
#[template(path = "internal/rules/expert.html")]
struct ExpertPage {
    frame: Frame,
    version: i32,
    revision: i32,
    state: String,
    editable: bool,
    xml: String,
    words: &'static str,
    said: Said,
}

impl ExpertPage {
    fn styles(&self) -> Vec<String> {
        let own = expert_style().to_owned();
        dmn_styles().into_iter().chain([own]).collect()
    }

    fn scripts(&self) -> [String; 2] {
        [dmn_script(self.editable), expert_script().to_owned()]
    }

    fn answer(self, status: StatusCode) -> Response {
        let mut response = render(status, &self);
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        response
    }
}

/// `GET /rules/{version}/expert`
pub(crate) async fn page(by: By<Overseer>, Path(version): Path<i32>) -> Result<Response, PageError> {
    let (set, _, xml) = read(&by.internal, version).await?;
    Ok(shown(&by, &set, xml, Said::default()).answer(StatusCode::OK))
}

/// `GET /rules/{version}/routing.dmn`
pub(crate) async fn download(by: By<Overseer>, Path(version): Path<i32>) -> Result<Response, PageError> {
    let (set, _, xml) = read(&by.internal, version).await?;
    let name = format!("attachment; filename=\"routing-{}-{}.dmn\"", set.version, set.revision);
    let headers = [
        (header::CONTENT_TYPE, "application/xml; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, xml).into_response())
}

/// `POST /rules/{version}/expert`
pub(crate) async fn save(
    by: By<Office>,
    Path(version): Path<i32>,
    Form(posted): Form<Posted>,
) -> Result<Response, PageError> {
    if posted.xml.len() > MODEL_BYTES {
        return Err(problem::too_large().into());
    }
    let (lang, xml) = (by.lang, plain(&posted.xml));
    let (set, mut files, _) = read(&by.internal, version).await?;
    let again = |status, revision, said| {
        let mut page = shown(&by, &set, xml.clone(), said);
        page.revision = revision;
        page.answer(status)
    };
    let faults = match dmn::read(&xml) {
        Err(errors) => errors.iter().map(|e| fault(lang, e)).collect(),
        Ok(model) => incomplete(lang, &model),
    };
    if !faults.is_empty() {
        let said = Said {
            error: by.said("rules.expert.refused"),
            faults,
            ..Said::default()
        };
        return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, posted.revision, said));
    }
    files.insert(MODEL.to_owned(), xml.clone());
    match store(&by, (version, posted.revision), files).await {
        Ok(saved) => {
            let key = if saved.examined.sound() { "sound" } else { "unsound" };
            let said = Said {
                done: by.said(&format!("rules.expert.saved_{key}")),
                findings: lines(&saved.examined, &by.internal.pack.current().pack, lang),
                ..Said::default()
            };
            Ok(again(StatusCode::OK, saved.revision, said))
        }
        Err(StepError::Refused(RulesError::NoVersion)) => Err(PageError::NotFound),
        Err(e) => {
            let (reason, kept) = (refusal(e, lang)?, lang.t("rules.expert.kept"));
            let said = Said {
                error: Some(format!("{reason} {kept}")),
                ..Said::default()
            };
            Ok(again(StatusCode::CONFLICT, posted.revision, said))
        }
    }
}

/// A version that has a model, its files without it, and the model.
async fn read(internal: &Internal, version: i32) -> Result<(RuleSet, PackFiles, String), PageError> {
    let (set, mut files) = opened(internal, version).await?;
    let xml = files.remove(MODEL).ok_or(PageError::NotFound)?;
    Ok((set, files, xml))
}

fn shown(visit: &Visit, set: &RuleSet, xml: String, said: Said) -> ExpertPage {
    let lang = visit.lang;
    ExpertPage {
        frame: visit.frame("/rules"),
        version: set.version,
        revision: set.revision,
        state: lang.t(&format!("rules.state.{}", set.state)).to_owned(),
        editable: set.state == RuleSetState::Draft && visit.actor.is(&[Role::Office]),
        xml,
        words: if lang == Lang::Zh { WORDS } else { "{}" },
        said,
    }
}

/// A browser sends the lines of a form with carriage returns, an editor may save with a byte order mark; a file that
/// nobody changed must stay the same.
fn plain(xml: &str) -> String {
    let xml = xml.strip_prefix('\u{feff}').unwrap_or(xml);
    xml.replace("\r\n", "\n")
}

fn fault(lang: Lang, error: &DmnError) -> Fault {
    let line = error.line.to_string();
    let mut place = Vec::new();
    if error.decision.is_empty() {
        place.push(lang.fill("rules.expert.at_line", &[("line", &line)]));
    } else {
        place.push(lang.fill("rules.expert.at_table", &[("decision", &error.decision)]));
    }
    if let Some(row) = error.row {
        place.push(lang.fill("rules.expert.at_row", &[("row", &row.to_string())]));
    }
    if let Some(column) = &error.column {
        place.push(lang.fill("rules.expert.at_column", &[("column", column)]));
    }
    Fault {
        place: place.join(lang.t("rules.expert.between")),
        reason: reasons::said(lang, &error.reason),
    }
}

/// A county's rules need all their tables; without one the other pages would show half of a division of duties.
fn incomplete(lang: Lang, model: &Model) -> Vec<Fault> {
    let whole = is_county(model).then(Vec::new);
    whole.unwrap_or_else(|| {
        vec![Fault {
            place: MODEL.to_owned(),
            reason: lang.t("rules.expert.tables_missing").to_owned(),
        }]
    })
}

#[cfg(test)]
mod tests {
    use super::{WORDS, plain};

    #[test]
    fn a_form_changes_nothing() {
        assert_eq!(plain("\u{feff}<a>\r\n</a>\r\n"), "<a>\n</a>\n");
    }

    #[test]
    fn the_words_are_a_flat_object_that_can_stand_in_a_page() {
        let words: std::collections::BTreeMap<String, String> = serde_json::from_str(WORDS).expect("words");
        assert!(words.len() > 60 && !WORDS.contains('<'));
        assert!(words.values().all(|word| !word.is_empty()));
    }
}
