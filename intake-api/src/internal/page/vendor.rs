//! dmn-js, which the expert's page of the rules loads and no other.
//!
//! All its files lie under one digest over all of them: a style sheet finds its font by a relative address, so the digest
//! must be in the path, and a new version is seen at once while a browser keeps the old one for good. The scripts are
//! embedded and sent compressed; every browser since 2000 takes that.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::problem;

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const FOREVER: &str = "public, max-age=31536000, immutable";

/// One file: its path, its kind, its bytes.
type File = (&'static str, &'static str, &'static [u8]);

macro_rules! vendored {
    ($path:literal) => {
        include_bytes!(concat!("../../../assets/vendor/dmn-js/", $path))
    };
}

/// The editor.
const MODELER: &str = "dmn-modeler.js";
/// The same without changing anything.
const VIEWER: &str = "dmn-viewer.js";

const FILES: [File; 10] = [
    (MODELER, SCRIPT, vendored!("dmn-modeler.production.min.js.gz")),
    (VIEWER, SCRIPT, vendored!("dmn-viewer.production.min.js.gz")),
    ("diagram-js.css", STYLE, vendored!("diagram-js.css")),
    ("dmn-js-shared.css", STYLE, vendored!("dmn-js-shared.css")),
    ("dmn-js-drd.css", STYLE, vendored!("dmn-js-drd.css")),
    (
        "dmn-js-decision-table.css",
        STYLE,
        vendored!("dmn-js-decision-table.css"),
    ),
    (
        "dmn-js-decision-table-controls.css",
        STYLE,
        vendored!("dmn-js-decision-table-controls.css"),
    ),
    ("dmn-font/css/dmn.css", STYLE, vendored!("dmn-font/css/dmn.css")),
    (
        "dmn-font/font/dmn.woff2",
        "font/woff2",
        vendored!("dmn-font/font/dmn.woff2"),
    ),
    ("LICENSE", "text/plain; charset=utf-8", vendored!("LICENSE")),
];

static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut all = Sha256::new();
    for (path, _, content) in FILES {
        all.update(path);
        all.update(content);
    }
    hex::encode(&all.finalize()[..6])
});

fn address(path: &str) -> String {
    format!("/assets/vendor/dmn-js/{}/{path}", *DIGEST)
}

/// Where the expert's page finds the editor, or the viewer.
pub(crate) fn dmn_script(editable: bool) -> String {
    address(if editable { MODELER } else { VIEWER })
}

/// Its style sheets, in the order in which they build on each other.
pub(crate) fn dmn_styles() -> Vec<String> {
    let styles = FILES.iter().filter(|(_, kind, _)| *kind == STYLE);
    styles.map(|(path, ..)| address(path)).collect()
}

/// `GET /assets/vendor/dmn-js/{digest}/{file}`
pub(super) async fn file(Path((digest, wanted)): Path<(String, String)>) -> Response {
    let Some((_, kind, content)) = FILES.iter().find(|(path, ..)| *path == wanted) else {
        return problem::not_found().into_response();
    };
    // An old page may ask for an old digest; it must not keep the answer under that name.
    let keep = if digest == *DIGEST { FOREVER } else { "no-cache" };
    let mut response = ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, keep)], *content).into_response();
    if *kind == SCRIPT {
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{FILES, SCRIPT, dmn_script, dmn_styles};

    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                files(&path, found);
            } else {
                found.push(path);
            }
        }
    }

    #[test]
    fn one_page_loads_it() {
        let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut all = Vec::new();
        files(&crate_dir.join("src"), &mut all);
        files(&crate_dir.join("templates"), &mut all);
        let names = |file: &PathBuf| {
            let text = std::fs::read_to_string(file).expect("text");
            ["dmn_script", "dmn_styles", "dmn-modeler", "dmn-viewer", "vendor/dmn-js"]
                .iter()
                .any(|word| text.contains(word))
        };
        let mut users: Vec<_> = all
            .iter()
            .filter(|file| names(file))
            .map(|file| file.strip_prefix(crate_dir).expect("inside"))
            .collect();
        users.sort_unstable();
        let page = Path::new("src/internal/page");
        let expected = [
            page.join("mod.rs"),
            page.join("vendor.rs"),
            PathBuf::from("src/internal/rules/expert.rs"),
        ];
        assert_eq!(users, expected);
    }

    #[test]
    fn what_is_said_to_be_compressed_is() {
        for (path, kind, content) in FILES {
            assert_eq!(content.starts_with(&[0x1f, 0x8b]), kind == SCRIPT, "{path}");
        }
        assert!(dmn_script(true) != dmn_script(false) && dmn_styles().len() == 6);
    }
}
