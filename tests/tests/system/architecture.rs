//! The shape of the workspace, held by a test: arrows between crates, who may touch what, and documents that could drift.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;
use tests::{binary, root};

/// The crates; each lies in a folder of its name, but the benchmarks stand beside the tests that they are like.
const OURS: [&str; 7] = [
    "casework",
    "platform",
    "intake-api",
    "router",
    "notifier",
    "tests",
    "benches",
];

fn folder(name: &str) -> PathBuf {
    root().join(if name == "benches" { "tests/benches" } else { name })
}

/// What `cargo metadata` says of the workspace.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None`: of the program itself, and not of its tests or its build.
    kind: Option<String>,
}

fn metadata() -> Vec<Package> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let out = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let all: Metadata = serde_json::from_slice(&out.stdout).expect("JSON");
    all.packages
}

fn dependencies(package: &Package) -> Vec<&str> {
    let own = package.dependencies.iter().filter(|d| d.kind.is_none());
    own.map(|d| d.name.as_str()).collect()
}

#[test]
fn arrows_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = [
        ("casework", &[][..]),
        ("platform", &["casework"]),
        ("intake-api", &["platform", "casework"]),
        ("router", &["platform", "casework"]),
        ("notifier", &["platform", "casework"]),
        ("tests", &["platform", "casework"]),
        ("benches", &["platform", "casework", "tests"]),
    ]
    .into();
    let packages = metadata();
    assert_eq!(packages.len(), OURS.len(), "a crate without a place in the design");
    for package in &packages {
        let name = package.name.as_str();
        let all = dependencies(package);
        for ours in all.iter().filter(|dependency| OURS.contains(dependency)) {
            assert!(allowed[name].contains(ours), "{name} must not depend on {ours}");
        }
    }
}

#[test]
fn casework_is_pure() {
    for package in metadata().iter().filter(|package| package.name == "casework") {
        for dependency in dependencies(package) {
            let outside = ["tokio", "sqlx", "axum", "lapin", "lettre", "rand", "reqwest", "tracing"];
            assert!(!outside.contains(&dependency), "{dependency}");
        }
    }
    // Its own tests may read the county pack from disk.
    let ships = |file: &PathBuf| !file.ends_with("tests.rs");
    for (file, text) in sources("casework/src").into_iter().filter(|(file, _)| ships(file)) {
        for word in [
            "std::fs",
            "std::net",
            "std::env",
            "SystemTime::now",
            "Instant::now",
            "Utc::now",
        ] {
            assert!(!text.contains(word), "{}: {word}", file.display());
        }
    }
}

#[test]
fn each_outside_has_one_door() {
    let doors = [
        ("sqlx::", vec!["platform/src/store", "tests/"]),
        ("lapin::", vec!["platform/src/broker"]),
        ("lettre::", vec!["notifier/src/mailer"]),
    ];
    for dir in OURS {
        for (file, text) in sources(dir) {
            let path = file
                .strip_prefix(root())
                .expect("inside")
                .to_string_lossy()
                .into_owned();
            for (word, places) in &doors {
                let used = text
                    .lines()
                    .any(|line| line.contains(word) && !line.trim_start().starts_with("//"));
                let tested = path.contains("/tests/") || path.ends_with("tests.rs");
                assert!(
                    !used || tested || places.iter().any(|place| path.starts_with(place)),
                    "{path} uses {word}; only {places:?} may"
                );
            }
        }
    }
}

#[test]
fn every_crate_inherits_the_lints() {
    for name in OURS {
        let manifest = fs::read_to_string(folder(name).join("Cargo.toml")).expect("a manifest");
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{name}/Cargo.toml does not inherit [workspace.lints]"
        );
    }
}

/// The table of keys is the configuration's own documentation. `UPDATE_DOCS=1 cargo test --release -p tests --test system
/// operations_md` writes it anew.
#[test]
fn operations_md_holds_every_key() {
    let out = Command::new(binary("intake-api"))
        .arg("config")
        .output()
        .expect("intake-api config");
    assert!(out.status.success());
    let template = String::from_utf8(out.stdout).expect("UTF-8");
    assert!(
        template.matches("environment variable").count() > 20,
        "the template names its variables: {template}"
    );
    let path = root().join("docs/operations.md");
    let doc = fs::read_to_string(&path).expect("docs/operations.md");
    let (begin, end) = (
        "<!-- configuration keys: begin -->\n",
        "<!-- configuration keys: end -->",
    );
    let (before, rest) = doc.split_once(begin).expect("the begin marker");
    let (_, after) = rest.split_once(end).expect("the end marker");
    let wanted = format!("{before}{begin}```toml\n{}\n```\n{end}{after}", template.trim_end());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &wanted).expect("docs/operations.md");
    }
    assert!(
        doc == wanted || std::env::var_os("UPDATE_DOCS").is_some(),
        "docs/operations.md is out of date: UPDATE_DOCS=1 cargo test --release -p tests --test system operations_md"
    );
}

#[test]
fn files_stay_small() {
    for dir in OURS {
        for (file, text) in sources(dir) {
            let lines = text.lines().count();
            assert!(lines <= 600, "{} has {lines} lines: split it by idea", file.display());
        }
    }
}

fn sources(dir: &str) -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, out: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(dir).into_iter().flatten().filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("a source");
                out.push((path, text));
            }
        }
    }
    let mut out = Vec::new();
    walk(&folder(dir), &mut out);
    assert!(!out.is_empty(), "{dir} has no sources");
    out
}

#[test]
fn every_json_body_is_read_by_the_one_extractor() {
    // Axum's own `Json` answers in bare text, in words of its own and without a byte order mark; as an answer it is fine.
    let mut stack = vec![root().join("intake-api/src/internal")];
    let mut seen = 0;
    while let Some(path) = stack.pop() {
        if path.is_dir() {
            stack.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        let squeezed: String = text.split_whitespace().collect();
        for taken in [
            ":Json<",
            ":axum::Json<",
            ":extract::Json<",
            ":Option<Json<",
            "JsonRejection",
            ":Result<Json<",
        ] {
            assert!(!squeezed.contains(taken), "{} takes a body by {taken}", path.display());
        }
        let reader = path.ends_with("internal/wire.rs");
        assert!(
            reader || !squeezed.contains("body:Bytes"),
            "{} reads a body by itself",
            path.display()
        );
        seen += squeezed.matches(":JsonBody<").count();
    }
    assert!(seen > 10, "only {seen} bodies were found");
}
