//! Every sentence that promises something is kept by a test: `platform/text/promises.toml` says by which.
//!
//! Three things are held here. A key whose words promise (in either language) is in that file: with the tests that keep it,
//! or marked as `none` with the reason why it promises nothing. A key in that file exists. A test that it names exists, as a
//! test, in the file that it names.
//!
//! What counts as promising is a list of words, not an understanding of sentences, so it flags too much rather than too
//! little: a line with `none` costs a reason, a promise that nobody keeps costs a child. A promise without any such word may
//! stand in the file as well, and several do.

use std::{collections::BTreeMap, path::Path};

use super::{Lang, read};

/// Words that promise, and the phrases around them that don't.
const ZH: [(&str, &[&str]); 33] = [
    ("将", &["即将到"]),
    (
        "会",
        &[
            "社会",
            "会议",
            "机会",
            "委员会",
            "居委会",
            "村委会",
            "协会",
            "联合会",
            "会计",
            "会商",
            "会签",
            "会诊",
        ],
    ),
    ("直到", &[]),
    ("为止", &[]),
    ("只", &["只读"]),
    ("仅", &["不仅"]),
    ("自动", &[]),
    ("公布后", &[]),
    ("立即", &["请立即"]),
    ("立刻", &["请立刻"]),
    ("马上", &["请马上"]),
    ("随即", &[]),
    ("及时", &["请及时"]),
    ("即时", &[]),
    ("均", &["平均", "均衡"]),
    ("必", &["必填", "不必", "未必", "何必", "必要"]),
    ("一定", &["不一定"]),
    ("随时", &[]),
    ("不得", &["不得已"]),
    ("保证", &[]),
    ("确保", &["准确保"]),
    ("承诺", &[]),
    ("永远", &[]),
    ("永久", &[]),
    ("始终", &[]),
    ("一直", &[]),
    ("一律", &[]),
    ("从不", &[]),
    ("绝不", &[]),
    ("总是", &[]),
    ("不再", &[]),
    ("每次", &[]),
    ("逐级", &[]),
];

/// Words that end like a stop phrase begins: 手机会响 promises, though 机会 doesn't.
const ZH_WHOLE: [&str; 3] = ["手机", "司机", "合作社"];

const EN: [(&str, &[&str]); 27] = [
    ("will", &[]),
    ("won't", &[]),
    ("'ll", &[]),
    ("shall", &[]),
    ("going to", &[]),
    ("until", &[]),
    ("till", &[]),
    ("only", &["read-only"]),
    ("never", &[]),
    ("always", &[]),
    ("automatic", &[]),
    ("automatically", &[]),
    ("by itself", &[]),
    ("by themselves", &[]),
    ("at once", &["call 110 at once", "call at once", "phone at once"]),
    ("immediately", &[]),
    ("instantly", &[]),
    ("promptly", &[]),
    ("straight away", &[]),
    ("right away", &[]),
    ("as soon as", &[]),
    ("guarantee", &[]),
    ("guaranteed", &[]),
    ("ensure", &[]),
    ("ensures", &[]),
    ("no longer", &[]),
    ("every", &[]),
];

/// Words of a text that promise.
fn promising(lang: Lang, text: &str) -> Vec<&'static str> {
    match lang {
        Lang::Zh => promising_zh(text),
        Lang::En => promising_en(text),
    }
}

fn promising_zh(text: &str) -> Vec<&'static str> {
    let text = ZH_WHOLE
        .iter()
        .fold(text.to_owned(), |text, whole| text.replace(whole, "□"));
    let found = ZH.iter().filter(|(word, stops)| {
        let rest = stops.iter().fold(text.clone(), |text, stop| text.replace(stop, "□"));
        rest.contains(word)
    });
    found.map(|(word, _)| *word).collect()
}

fn promising_en(text: &str) -> Vec<&'static str> {
    let text = text.to_lowercase().replace('’', "'");
    let found = EN.iter().filter(|(word, stops)| {
        let rest = stops.iter().fold(text.clone(), |text, stop| text.replace(stop, "□"));
        whole_word(&rest, word)
    });
    found.map(|(word, _)| *word).collect()
}

/// Whether the word stands there with no letter beside it. A word that begins with an apostrophe is an ending.
fn whole_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '\'');
        let before = !word.starts_with('\'') && letter(text[..at].chars().next_back());
        !before && !letter(text[at + word.len()..].chars().next())
    })
}

/// What the file says of a key.
#[derive(Debug, PartialEq, Eq)]
enum Entry {
    /// Tests that keep the promise, each `path::name`.
    Kept(Vec<String>),
    /// Why it promises nothing.
    None(String),
}

/// Reads the file; a mistake in a line is a sentence that says how to write it.
fn entries(file: &str) -> Result<BTreeMap<String, Entry>, String> {
    const HOW: &str = "write { kept = \"path/to/file.rs::test_name\" } (or a list of them) or { none = \"reason\" }";
    let table: toml::Table = file.parse().map_err(|e| format!("promises.toml: {e}"))?;
    let mut out = BTreeMap::new();
    for (key, value) in table {
        let fault = || format!("promises.toml, \"{key}\": {HOW}");
        let value = value.as_table().filter(|t| t.len() == 1).ok_or_else(fault)?;
        let texts = |value: &toml::Value| -> Option<Vec<String>> {
            let one = value.as_str().map(|text| vec![text.to_owned()]);
            one.or_else(|| {
                value
                    .as_array()
                    .map(|all| all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect())
            })
        };
        let entry = if let Some(tests) = value.get("kept").and_then(texts).filter(|tests| !tests.is_empty()) {
            Entry::Kept(tests)
        } else if let Some(reason) = value
            .get("none")
            .and_then(toml::Value::as_str)
            .filter(|r| !r.trim().is_empty())
        {
            Entry::None(reason.to_owned())
        } else {
            return Err(fault());
        };
        out.insert(key, entry);
    }
    Ok(out)
}

/// Whether a source file holds this test: a Rust `fn` under a `#[test]` of some kind, or the title of a browser test.
fn holds_test(path: &str, source: &str, name: &str) -> bool {
    if Path::new(path).extension().is_some_and(|e| e == "js") {
        return ["\"", "'", "`"]
            .iter()
            .any(|quote| source.contains(&format!("test({quote}{name}{quote}")));
    }
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let named = |line: &&str| {
        let line = line.trim_start_matches("pub ").trim_start_matches("async ");
        line.strip_prefix("fn ")
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with('('))
    };
    lines.iter().enumerate().filter(|(_, line)| named(line)).any(|(at, _)| {
        let mut above = lines[..at]
            .iter()
            .rev()
            .take_while(|line| line.starts_with('#') || line.starts_with("//"));
        let attributes: Vec<_> = above.by_ref().collect();
        attributes
            .iter()
            .any(|line| line.starts_with("#[test") || line.starts_with("#[tokio::test"))
            && !attributes.iter().any(|line| line.starts_with("#[ignore"))
    })
}

/// What is wrong with the file, each fault as a line that says what to do.
fn faults(
    zh: &BTreeMap<String, String>,
    en: &BTreeMap<String, String>,
    listed: &BTreeMap<String, Entry>,
    source: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut out = Vec::new();
    for (key, text) in zh {
        let other = en.get(key).map_or("", String::as_str);
        let mut words = promising(Lang::Zh, text);
        words.extend(promising(Lang::En, other));
        if !words.is_empty() && !listed.contains_key(key) {
            out.push(format!(
                "\"{key}\" promises ({}): {text} / {other}\n  add to platform/text/promises.toml, in the order of the keys, the line\n    \
                 \"{key}\" = {{ kept = \"tests/tests/system/…rs::name_of_the_test_that_keeps_it\" }}\n  or, if it promises no act of ours,\n    \
                 \"{key}\" = {{ none = \"why\" }}",
                words.join(", ")
            ));
        }
    }
    for (key, entry) in listed {
        if !zh.contains_key(key) {
            out.push(format!(
                "\"{key}\" is no key of the texts any more: delete its line in platform/text/promises.toml"
            ));
        }
        let Entry::Kept(tests) = entry else { continue };
        for test in tests {
            let Some((path, name)) = test.split_once("::") else {
                out.push(format!("\"{key}\": {test} is not path::name"));
                continue;
            };
            match source(path) {
                None => out.push(format!("\"{key}\": there is no file {path}")),
                Some(text) if !holds_test(path, &text, name) => {
                    out.push(format!(
                        "\"{key}\": {path} has no test {name}; name the test that keeps this promise now"
                    ));
                }
                Some(_) => {}
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../../text/promises.toml");

    fn texts(file: &str) -> BTreeMap<String, String> {
        read(file).into_iter().collect()
    }

    fn of_repository(path: &str) -> Option<String> {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).ok()
    }

    #[test]
    fn every_promise_is_kept_by_a_test_that_exists() {
        let zh = texts(include_str!("../../text/zh-CN.toml"));
        let en = texts(include_str!("../../text/en.toml"));
        let listed = entries(FILE).unwrap_or_else(|fault| panic!("{fault}"));
        assert!(listed.len() > 50, "promises.toml was not read");
        let faults = faults(&zh, &en, &listed, of_repository);
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }

    #[test]
    fn the_file_is_in_the_order_of_its_keys() {
        let keys: Vec<&str> = FILE
            .lines()
            .filter_map(|line| line.strip_prefix('"')?.split_once('"').map(|(key, _)| key))
            .collect();
        for pair in keys.windows(2) {
            assert!(
                pair[0] < pair[1],
                "platform/text/promises.toml: \"{}\" comes before \"{}\"",
                pair[1],
                pair[0]
            );
        }
    }

    #[test]
    fn promising_words_are_found_and_their_lookalikes_are_not() {
        for text in [
            "将转送检察机关",
            "办结后县未保办会回访",
            "不会保存",
            "直到有人负责",
            "只有经批准才能查看",
            "仅供知悉",
            "系统自动催办",
            "公布后重新计算",
            "立即转给有职责的单位",
            "都均已送达",
            "必有回音",
            "一定回访",
            "您随时可以查询",
            "任何人不得查看",
            "手机会响",
            "社会会知道",
            "委员会会决定",
            "请立即签收，平台立即转给单位",
            "确保有人接手",
            "逐级催办",
        ] {
            assert!(!promising(Lang::Zh, text).is_empty(), "{text}");
        }
        for text in [
            "社会工作者",
            "村委会、居民委员会",
            "会议室",
            "机会",
            "必填",
            "孩子有危险请立即拨打110",
            "平均用时",
            "不一定",
            "说明（可不填）",
        ] {
            assert_eq!(promising(Lang::Zh, text), [""; 0], "{text}");
        }
        for text in [
            "We will call back",
            "You'll be told",
            "it won’t be stored",
            "Kept until you ask",
            "Only you see it",
            "NEVER shown",
            "sent automatically.",
            "handed over at once",
            "Every report is read",
        ] {
            assert!(!promising(Lang::En, text).is_empty(), "{text}");
        }
        for text in [
            "goodwill",
            "a willing person",
            "commonly",
            "everyone",
            "evergreen",
            "if a child is in danger call 110 at once",
            "read-only",
            "still open",
        ] {
            assert_eq!(promising(Lang::En, text), [""; 0], "{text}");
        }
        for (word, stops) in ZH.iter().chain(&EN) {
            for stop in *stops {
                assert!(
                    stop.contains(word),
                    "the stop phrase {stop} has nothing to do with {word}"
                );
            }
        }
    }

    #[test]
    fn each_kind_of_fault_is_named() {
        let zh = BTreeMap::from([
            ("a.kept".to_owned(), "会回访".to_owned()),
            ("a.new".to_owned(), "自动".to_owned()),
            ("a.plain".to_owned(), "好".to_owned()),
        ]);
        let en = BTreeMap::from([("a.plain".to_owned(), "never".to_owned())]);
        let found = |listed: &str| {
            let source =
                |path: &str| (path == "t.rs").then(|| "#[test]\nfn it_is_kept() {}\nfn helper() {}".to_owned());
            faults(&zh, &en, &entries(listed).unwrap(), source).join("\n")
        };
        let all = "\"a.kept\" = { kept = \"t.rs::it_is_kept\" }\n\"a.new\" = { none = \"x\" }\n\"a.plain\" = { none = \"x\" }\n";
        assert_eq!(found(all), "");
        let said = found("\"a.kept\" = { kept = \"t.rs::it_is_kept\" }\n");
        assert!(said.contains("\"a.new\" promises (自动)"), "{said}");
        assert!(
            said.contains("\"a.plain\" promises (never)"),
            "English counts as well: {said}"
        );
        assert!(found(&all.replace("it_is_kept", "it_was_kept")).contains("has no test it_was_kept"));
        assert!(found(&all.replace("it_is_kept", "helper")).contains("has no test helper"));
        assert!(found(&all.replace("t.rs", "u.rs")).contains("no file u.rs"));
        assert!(found(&format!("{all}\"a.gone\" = {{ none = \"x\" }}\n")).contains("\"a.gone\" is no key"));
        for wrong in [
            "\"a\" = { none = \"\" }",
            "\"a\" = { kept = [] }",
            "\"a\" = \"t.rs::x\"",
            "\"a\" = {}",
        ] {
            assert!(entries(wrong).is_err_and(|fault| fault.contains("kept")), "{wrong}");
        }
    }

    #[test]
    fn tests_are_looked_for_in_the_source() {
        let rust = "#[tokio::test]\nasync fn one() {\n}\n    #[test]\n    #[expect(x)]\n    fn two() {}\n#[test]\n#[ignore]\nfn three() {}\nfn four() {}\n// fn five()\n";
        let held: Vec<&str> = ["one", "two", "three", "four", "five", "on"]
            .into_iter()
            .filter(|name| holds_test("a.rs", rust, name))
            .collect();
        assert_eq!(held, ["one", "two"]);
        let js = "test(\"a child, and another\", async () => {});\ntest.skip(\"later\", x)\n// a title";
        assert!(holds_test("a.test.js", js, "a child, and another"));
        assert!(!holds_test("a.test.js", js, "later") && !holds_test("a.test.js", js, "a title"));
    }
}
