//! No modules import each other in a circle: whoever reads a file has read what it rests on.
//!
//! A file is a module. An item belongs to the file that defines it; re-exports are followed, and handing on by `pub use` is
//! no import. Code that exists in tests alone doesn't count.

mod graph;
mod source;

use std::{collections::BTreeMap, fs, path::Path};

use graph::{Graph, Module};
use source::Source;
use tests::root;

/// The crates, as paths name them, and their folders.
const CRATES: [(&str, &str); 5] = [
    ("casework", "casework/src"),
    ("platform", "platform/src"),
    ("intake_api", "intake-api/src"),
    ("router", "router/src"),
    ("notifier", "notifier/src"),
];

fn read(dir: &Path, module: &Module, out: &mut BTreeMap<Module, Source>) {
    for entry in fs::read_dir(dir).expect("a folder of sources").filter_map(Result::ok) {
        let path = entry.path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let inner = || module.iter().cloned().chain([name.clone()]).collect::<Module>();
        if path.is_dir() {
            read(&path, &inner(), out);
        } else if path.extension().is_some_and(|end| end == "rs") {
            // Beside a library, `main.rs` is a program that uses it.
            let is_root = name == "mod" || name == "lib" || name == "main" && !dir.join("lib.rs").exists();
            let own = if is_root { module.clone() } else { inner() };
            out.insert(own, Source::read(&fs::read_to_string(&path).expect("a source")));
        }
    }
}

fn told(graph: &Graph) -> Vec<String> {
    let name = |module: &Module| module.join("::");
    let tell = |round: Vec<Module>| {
        let names: Vec<String> = round.iter().chain(round.first()).map(name).collect();
        names.join(" -> ")
    };
    graph.circles().into_iter().map(tell).collect()
}

#[test]
fn modules_stand_on_each_other_and_never_in_a_circle() {
    let mut files = BTreeMap::new();
    for (name, dir) in CRATES {
        read(&root().join(dir), &vec![name.to_owned()], &mut files);
    }
    assert!(files.len() > 300, "only {} sources were found", files.len());
    let circles = told(&Graph::new(files));
    assert!(circles.is_empty(), "modules in circles:\n{circles:#?}");
}

/// The circles of invented sources; `a/b` is the module `it::a::b`, and `` the root.
fn of(sources: &[(&str, &str)]) -> Vec<String> {
    let module = |path: &str| {
        let names = path.split('/').filter(|name| !name.is_empty());
        ["it"].into_iter().chain(names).map(str::to_owned).collect::<Module>()
    };
    let files = sources.iter().map(|(path, text)| (module(path), Source::read(text)));
    told(&Graph::new(files.collect()))
}

#[test]
fn a_floor_above_the_other_is_no_circle() {
    let none: Vec<String> = Vec::new();
    assert_eq!(
        of(&[("", "mod a; mod b;"), ("a", "use crate::b::B;"), ("b", "pub struct B;")]),
        none
    );
    // A word in quotes or in a comment imports nothing, and neither does a test.
    let quiet = r##"
        // use crate::a::A;
        pub const B: &str = "crate::a::A"; const R: &str = r#"use crate::a::A; " "#; const C: char = '"';
        #[cfg(test)]
        mod tests { use crate::a::A; }
    "##;
    assert_eq!(of(&[("a", "use crate::b::B;"), ("b", quiet)]), none);
    // A module that exists in tests alone, in a file of its own.
    let with_tests = "#[cfg(test)] mod check; pub struct A;";
    assert_eq!(
        of(&[("a", with_tests), ("a/check", "use super::A; use crate::a::A;")]),
        none
    );
    // Handing on is no import: the root names what its children define.
    let root = "mod a; mod b; pub use a::A; pub use b::B;";
    assert_eq!(of(&[("", root), ("a", "use crate::B;"), ("b", "pub struct B;")]), none);
    // A lifetime in `use<>` is no import.
    assert_eq!(
        of(&[("a", "fn f() -> impl Sized + use<'a> {} "), ("b", "use crate::a;")]),
        none
    );
}

#[test]
fn a_circle_is_named() {
    let two = of(&[("a", "use crate::b::B;"), ("b", "use super::a::{A, self};")]);
    assert_eq!(two, ["it::a -> it::b -> it::a"]);
    // Through a re-export, under another name.
    let root = "mod a; mod b; pub(crate) use a::A as Renamed;";
    let handed = of(&[("", root), ("a", "use crate::b::B;"), ("b", "use crate::Renamed;")]);
    assert_eq!(handed, ["it::a -> it::b -> it::a"]);
    // A child that takes from the module above, which calls it.
    let above = of(&[
        ("a", "mod c; pub struct A; fn f() { c::g() }"),
        ("a/c", "use super::A;"),
    ]);
    assert_eq!(above, ["it::a -> it::a::c -> it::a"]);
    // A path in the code, and a module under a name of its own.
    let inline = of(&[
        ("a", "fn f() { crate::b::g() }"),
        ("b", "use crate::a as other; fn g() { other::f() }"),
    ]);
    assert_eq!(inline, ["it::a -> it::b -> it::a"]);
    // Nested braces, three modules.
    let three = of(&[
        ("a", "use crate::{b::{B, C as D}, x};"),
        ("b", "pub use crate::c::K; use crate::c::{self, L};"),
        ("c", "fn f(a: &super::a::A) {}"),
    ]);
    assert_eq!(three, ["it::a -> it::b -> it::c -> it::a"]);
}
