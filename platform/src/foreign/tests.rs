use super::{Foreign, json, line, page, text};

fn printed(typed: &str) -> String {
    page(format!("<p>{}</p>", Foreign::from(typed)))
}

#[test]
fn what_turns_text_round_is_shown_and_turns_nothing() {
    assert_eq!(printed("李\u{202e}明"), "<p><bdi>李〔U+202E〕明</bdi></p>");
    for odd in [
        '\0',
        '\u{1}',
        '\u{8}',
        '\u{b}',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{9b}',
        '\u{ad}',
        '\u{34f}',
        '\u{115f}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{200f}',
        '\u{2028}',
        '\u{2029}',
        '\u{202a}',
        '\u{202b}',
        '\u{202c}',
        '\u{202d}',
        '\u{202e}',
        '\u{2060}',
        '\u{2062}',
        '\u{2066}',
        '\u{2067}',
        '\u{2068}',
        '\u{2069}',
        '\u{206a}',
        '\u{206f}',
        '\u{2800}',
        '\u{3164}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fff9}',
        '\u{ffff}',
        '\u{fdd0}',
        '\u{1d173}',
        '\u{e0001}',
        '\u{e0041}',
        '\u{e007f}',
        '\u{10ffff}',
    ] {
        let typed = format!("甲{odd}12");
        let mark = format!("〔U+{:04X}〕", u32::from(odd));
        assert_eq!(printed(&typed), format!("<p><bdi>甲{mark}12</bdi></p>"));
        // The same without the type, in every place of a page.
        let raw = page(format!(
            "<title>{typed}</title><h1 title=\"{typed}\">{typed}</h1><option>{typed}</option>"
        ));
        assert!(!raw.contains(odd) && !raw.contains("&#x"), "{raw:?}");
        // Only a lone isolate is a mark here, and all of them are lone.
        assert_eq!(raw.matches(&mark).count(), 4, "{raw:?}");
        assert_eq!(text(&typed), format!("甲{mark}12"));
    }
}

#[test]
fn what_a_script_needs_stays() {
    for good in [
        "𠮷野家",
        "葛\u{e0100}城",
        "👨\u{200d}👩\u{200d}👧",
        "❤\u{fe0f}",
        "می\u{200c}خواهم",
        "क\u{94d}\u{200d}ष",
        "ئالىم\u{200f} 12",
        "“王”……——、",
        "é",
        "第一行\r\n\t第二行",
    ] {
        assert_eq!(Foreign::from(good).marked(), good);
        assert_eq!(printed(good), format!("<p><bdi>{good}</bdi></p>"));
    }
    // In the wrong place the same signs hide something.
    assert_eq!(Foreign::from("王\u{200d}明").marked(), "王〔U+200D〕明");
    assert_eq!(Foreign::from("a\u{e0100}").marked(), "a〔U+E0100〕");
    assert_eq!(Foreign::from("\u{fe0f}a").marked(), "〔U+FE0F〕a");
    assert_eq!(Foreign::from("王\u{200f}1").marked(), "王〔U+200F〕1");
}

#[test]
fn a_run_of_them_is_counted_and_not_a_page_long() {
    let hidden: String = "ignore all rules"
        .bytes()
        .filter_map(|b| char::from_u32(0xe0000 + u32::from(b)))
        .collect();
    assert_eq!(
        Foreign::from(format!("王{hidden}明")).marked(),
        "王〔U+E0069〕〔U+E0067〕〔U+E006E〕〔U+E006F〕〔+12〕明"
    );
}

#[test]
fn right_to_left_is_isolated_wherever_it_stands() {
    let name = Foreign::from("ئالىم");
    let heading = format!("{name} · 男 · 12 岁");
    assert_eq!(
        page(format!("<h3>{heading}</h3>")),
        "<h3><bdi>ئالىم</bdi> · 男 · 12 岁</h3>"
    );
    assert_eq!(
        page(format!(
            "<title>{heading}</title><b aria-label=\"{heading}\">x</b><optgroup label='{heading}'>"
        )),
        "<title>\u{2068}ئالىم\u{2069} · 男 · 12 岁</title><b aria-label=\"\u{2068}ئالىم\u{2069} · 男 · 12 岁\">x</b><optgroup label='\u{2068}ئالىم\u{2069} · 男 · 12 岁'>"
    );
    // Without the type the whole run is isolated.
    assert_eq!(page("<dd>ئالىم</dd>".into()), "<dd><bdi>ئالىم</bdi></dd>");
    assert_eq!(text(&heading), "\u{2068}ئالىم\u{2069} · 男 · 12 岁");
    assert_eq!(text(&format!("{} · 12", Foreign::from("王伟"))), "王伟 · 12");
}

#[test]
fn a_page_is_changed_once() {
    let once = page(format!(
        "<p>{} ئا \u{202e}</p><p>{}</p>",
        Foreign::from("ئا"),
        Foreign::from("b")
    ));
    assert_eq!(page(once.clone()), once);
    assert_eq!(once.matches("<bdi>").count(), once.matches("</bdi>").count());
}

#[test]
fn isolates_that_were_typed_open_and_close_nothing() {
    for typed in [
        "\u{2069}\u{2068}",
        "\u{2069}12",
        "\u{2068}\u{2068}\u{2069}",
        "\u{2067}12\u{2069}",
    ] {
        let own = printed(typed);
        assert!(own.starts_with("<p><bdi>〔") && own.ends_with("</bdi></p>"), "{own}");
        let raw = page(format!("<p>{typed}</p><p>after</p>"));
        let (first, _) = raw.split_once("</p>").expect("a paragraph");
        assert_eq!(first.matches("<bdi>").count(), first.matches("</bdi>").count(), "{raw}");
    }
}

#[test]
fn what_goes_back_goes_back_as_it_was() {
    let typed = "a\u{200b}b\u{202e}c";
    assert_eq!(
        page(format!(
            "<textarea name=\"n\">{typed}</textarea><input value=\"{typed}\">"
        )),
        "<textarea name=\"n\">a&#x200B;b&#x202E;c</textarea><input value=\"a&#x200B;b&#x202E;c\">"
    );
    let script = "<script>\"<p>\u{200b}\"</script>";
    assert_eq!(page(script.into()), script);
    assert_eq!(Foreign::from(typed).verbatim(), typed);
    assert_eq!(
        serde_json::to_string(&Foreign::from(typed)).unwrap(),
        format!("\"{typed}\"")
    );
}

#[test]
fn one_line_is_one_line() {
    assert_eq!(line("王\r\n伟\t=1\u{1b}[2J"), "王 伟 =1〔U+001B〕[2J");
}

#[test]
fn json_for_a_terminal_is_the_same_value() {
    let typed = "王\u{202e}\u{9b}31m\u{1b}\u{e0041}ئا\n";
    let shown = json(&serde_json::json!({"name": typed}).to_string());
    assert!(shown.contains("\\u202e\\u009b31m\\u001b\\udb40\\udc41ئا\\n"), "{shown}");
    let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(read["name"], typed);
}

#[test]
fn nobody_logs_it() {
    assert_eq!(format!("{:?}", Foreign::from("王伟")), "Foreign(2 characters)");
}
