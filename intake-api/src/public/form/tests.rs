//! The form as a browser without a script meets it.

use axum::http::StatusCode;

use crate::public::testing::{Site, Writer};

#[tokio::test]
async fn the_form_opens_with_110_and_works_without_anything_from_elsewhere() {
    let site = Site::new(Writer::Stores, 120);
    let page = site.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.len() < 30_000, "{} bytes", page.body.len());
    for text in [
        "tel:110",
        "不需要证据",
        "不需要领导同意",
        "依法保密",
        "lang=\"zh-CN\"",
        "action=\"/report\"",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(
        !page.body.contains("http://")
            && !page.body.contains("https://")
            && !page.body.contains("<style")
            && !page.body.contains("onclick")
    );
    assert!(!page.body.contains('…'), "a text is missing");
    assert!(
        page.header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
}

#[tokio::test]
async fn english_is_a_switch_and_never_beside() {
    let site = Site::new(Writer::Stores, 120);
    let page = site.get("/?lang=en").await;
    assert!(page.body.contains("lang=\"en\"") && page.body.contains("action=\"/report?lang=en\""));
    assert!(page.header("set-cookie").starts_with("lang=en;"));
    assert!(!page.body.contains("不需要证据") && !page.body.contains('…'));
    let again = site.send("GET", "/", &[("cookie", "lang=en")], "").await;
    assert!(again.body.contains("lang=\"en\""));
    let back = site.send("GET", "/?lang=zh-CN", &[("cookie", "lang=en")], "").await;
    assert!(back.body.contains("lang=\"zh-CN\""));
}

#[tokio::test]
async fn a_filled_form_gives_its_receipt_and_the_same_again() {
    let site = Site::new(Writer::Stores, 120);
    let first = site.form("/report", &[]).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    for text in ["平台收件回执", "受案回执", "110", "20", "只显示这一次"] {
        assert!(first.body.contains(text), "{text}");
    }
    assert_eq!(first.header("cache-control"), "no-store");
    assert!(!first.body.contains('…'));
    let second = site.form("/report", &[]).await;
    assert_eq!((second.status, second.body == first.body), (StatusCode::CREATED, true));
    let changed = site.form("/report", &[("narrative", "改了")]).await;
    assert_eq!(changed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        changed.body.contains("改了") && !changed.body.contains("value=\"a-key\""),
        "a new key lets it be sent as a second report"
    );
}

#[tokio::test]
async fn mistakes_are_named_and_everything_typed_is_kept() {
    let site = Site::new(Writer::Stores, 120);
    let page = site
        .form(
            "/report",
            &[("present_danger", ""), ("c0_sex", ""), ("reporter_phone", "12345")],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("href=\"#present_danger\"") && page.body.contains("href=\"#c0_sex\""));
    assert!(page.body.contains("aria-describedby=\"present_danger-error"));
    assert!(
        page.body.contains("手臂有瘀伤 &#60;b&#62;&#38;&#34;&#39;"),
        "typed text is kept, and escaped"
    );
    for text in [
        "value=\"12345\"",
        "value=\"a-key\"",
        "value=\"341222101001\" selected",
        "value=\"bullying\" checked",
        "value=\"teacher\" selected",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
}

#[tokio::test]
async fn buttons_without_a_script_show_the_form_again() {
    let site = Site::new(Writer::Refuses, 120);
    let villages = site.form("/report", &[("act", "keep"), ("village", "")]).await;
    assert_eq!(villages.status, StatusCode::OK);
    assert!(villages.body.contains("341222101001") && villages.body.contains("手臂有瘀伤"));
    let two = site.form("/report", &[("act", "add-child"), ("children", "1")]).await;
    assert!(two.body.contains("name=\"c1_sex\"") && two.body.contains("name=\"children\" value=\"2\""));
    let one = site
        .form(
            "/report",
            &[("act", "remove-child-0"), ("children", "2"), ("c1_name", "乙")],
        )
        .await;
    assert!(!one.body.contains("name=\"c1_sex\"") && one.body.contains("value=\"乙\""));
}

#[tokio::test]
async fn trouble_keeps_the_form_and_says_110() {
    let refused = Site::new(Writer::Refuses, 120).form("/report", &[]).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.header("retry-after"), "5");
    assert!(refused.body.contains("手臂有瘀伤") && refused.body.contains("没有存下"));
    let doubted = Site::new(Writer::Doubts, 120).form("/report", &[]).await;
    assert_eq!(doubted.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(doubted.body.contains("再按一次不会重复") && !doubted.body.contains("没有存下"));
    assert!(doubted.body.contains("手臂有瘀伤") && doubted.body.contains("value=\"a-key\""));
    let busy = Site::new(Writer::Stores, 1);
    assert_eq!(busy.form("/report", &[]).await.status, StatusCode::CREATED);
    let second = busy.form("/report", &[("key", "b")]).await;
    assert_eq!(second.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(second.body.contains("手臂有瘀伤") && second.header("retry-after").parse::<u64>().unwrap() > 0);
    let danger = busy.form("/report", &[("key", "c"), ("present_danger", "yes")]).await;
    assert_eq!(danger.status, StatusCode::CREATED, "present danger is never limited");
}

#[tokio::test]
async fn a_drill_with_the_key_and_words_of_a_form_does_not_swallow_its_report() {
    let site = Site::new(Writer::Stores, 120);
    let words = r#"{"situations": ["abuse-injury", "bullying"], "present_danger": false, "area": "341222101001",
        "narrative": "手臂有瘀伤 <b>&\"'", "children": [{"sex": "male", "age": 9}], "reporter": {"kind": "teacher"}}"#;
    let key = ("idempotency-key", "form:a-key");
    let drill = [key, ("x-shouwang-drill", "a drill secret")];
    let drill = site.send("POST", "/api/v1/reports", &drill, words).await;
    assert_eq!(drill.status, StatusCode::CREATED, "{}", drill.body);
    let receipt = |body: &str| serde_json::from_str::<serde_json::Value>(body).unwrap()["receipt"].clone();
    let of_drill = receipt(&drill.body);
    let of_drill = of_drill.as_str().unwrap();

    // Its client is told that the key is used, and one more press files the report.
    let refused = site.form("/report", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.body.contains(of_drill) && refused.body.contains("手臂有瘀伤"));
    let (_, fresh) = refused.body.split_once("name=\"key\" value=\"").unwrap();
    let (fresh, _) = fresh.split_once('"').unwrap();
    assert_ne!(fresh, "a-key");
    let filed = site.form("/report", &[("key", fresh)]).await;
    assert_eq!(filed.status, StatusCode::CREATED);
    assert!(!filed.body.contains(of_drill));
    // The same words without the form are the form's report, not the drill's.
    let again = [("idempotency-key", &*format!("form:{fresh}"))];
    let again = site.send("POST", "/api/v1/reports", &again, words).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert!(
        filed.body.contains(receipt(&again.body).as_str().unwrap()),
        "the two bodies are one"
    );
}

#[tokio::test]
async fn unreadable_forms_get_a_page() {
    let site = Site::new(Writer::Stores, 120);
    assert_eq!(
        site.send("POST", "/report", &[], "{}").await.status,
        StatusCode::BAD_REQUEST
    );
    let large = site.form("/report", &[("narrative", &"长".repeat(20_000))]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        large.body.contains(&"长".repeat(20_000)) && large.body.contains("最多10000"),
        "it comes back"
    );
    let huge = site.form("/report", &[("narrative", &"长".repeat(60_000))]).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    let hung = Site::new(Writer::Hangs, 120).form("/report", &[]).await;
    assert_eq!(hung.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        hung.body.contains("110") && hung.body.contains("不能确定报告是否已保存") && !hung.body.contains("没有存下")
    );
    assert!(
        hung.body.contains("手臂有瘀伤") && hung.body.contains("value=\"a-key\""),
        "the form comes back with its key"
    );
    let other = site.get("/nothing").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert!(other.body.contains("<html"));
    assert_eq!(site.get("/report").await.status, StatusCode::SEE_OTHER);
}

/// What a browser keeps of an answer's cookies.
fn kept(answer: &crate::public::testing::Answer, name: &str) -> String {
    let cookies = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap());
    let mine = cookies
        .filter_map(|cookie| cookie.split(';').next())
        .find(|pair| pair.starts_with(&format!("{name}=")));
    mine.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn without_a_script_the_receipt_has_an_address_that_holds_nothing() {
    let site = Site::new(Writer::Stores, 120);
    let probe = kept(&site.get("/").await, "kept");
    assert!(!probe.is_empty());
    let sent = site.form_as(&[("cookie", &probe)], &[("present_danger", "yes")]).await;
    assert_eq!(
        (sent.status, sent.header("location")),
        (StatusCode::SEE_OTHER, "/receipt")
    );
    let cookie = sent.header("set-cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/receipt"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(
        !cookie.contains("Max-Age") && !cookie.contains("Expires"),
        "it ends with the browser"
    );
    let cookie = kept(&sent, "receipt");
    let pages = [
        site.send("GET", "/receipt", &[("cookie", &cookie)], "").await,
        site.send("GET", "/receipt", &[("cookie", &cookie)], "").await,
    ];
    for page in &pages {
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("data-receipt") && page.body.contains("只显示这一次"));
        assert!(
            page.body.find("call-110").unwrap() < page.body.find("data-receipt").unwrap(),
            "110 on top"
        );
        assert_eq!(page.header("cache-control"), "no-store");
    }
    assert_eq!(pages[0].body, pages[1].body);
    let hidden = site.send("POST", "/receipt", &[("cookie", &cookie)], "").await;
    assert_eq!(hidden.status, StatusCode::SEE_OTHER);
    assert!(hidden.header("set-cookie").contains("Max-Age=0"));
    let mut torn = cookie.clone();
    torn.pop();
    for none in [
        "",
        "receipt=",
        "receipt=00",
        &*torn,
        &*format!("{torn}0"),
        &*format!("{torn}1"),
    ] {
        let page = site.send("GET", "/receipt", &[("cookie", none)], "").await;
        assert!(page.body.contains("data-no-receipt") || none == cookie, "{none}");
    }
    // A tab that keeps it itself, and a client that keeps no cookies, get it at once.
    for headers in [vec![("cookie", &*probe), ("x-tab", "1")], vec![]] {
        let direct = site.form_as(&headers, &[("present_danger", "yes")]).await;
        assert_eq!(direct.status, StatusCode::CREATED);
        assert!(direct.headers.get("set-cookie").is_none() && direct.body.contains("data-receipt"));
    }
}

#[tokio::test]
async fn an_anonymous_reporter_is_told_that_nothing_was_kept() {
    let site = Site::new(Writer::Stores, 120);
    let filled = [
        ("reporter_name", "某某"),
        ("reporter_phone", "1380000"),
        ("reporter_organization", "某小学"),
    ];
    let mut changes = filled.to_vec();
    changes.push(("reporter_identity", "anonymous"));
    let sent = site.form("/report", &changes).await;
    assert_eq!(sent.status, StatusCode::CREATED);
    assert!(sent.body.contains("没有保存您的姓名、电话和单位"));
    // What a browser filled in can't be wrong either.
    changes[1].1 = "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一";
    changes.push(("key", "another"));
    assert_eq!(site.form("/report", &changes).await.status, StatusCode::CREATED);
    let named = site
        .form("/report", &[("key", "third"), ("reporter_name", "某某")])
        .await;
    assert!(!named.body.contains("没有保存您的姓名"));
}

#[tokio::test]
async fn a_form_in_another_encoding_is_decoded_or_refused() {
    let site = Site::new(Writer::Stores, 120);
    let escaped = |bytes: &[u8]| bytes.iter().map(|b| format!("%{b:02X}")).collect::<String>();
    let (gbk, _, _) = encoding_rs::GBK.encode("手臂有瘀伤");
    let body = format!("key=k&narrative={}&act=keep", escaped(&gbk));
    let form = "application/x-www-form-urlencoded";
    let declared = site
        .send(
            "POST",
            "/report",
            &[("content-type", &format!("{form}; charset=GBK"))],
            body.clone(),
        )
        .await;
    assert!(declared.status == StatusCode::OK && declared.body.contains("手臂有瘀伤"));
    let own = site
        .send(
            "POST",
            "/report",
            &[("content-type", form)],
            format!("{body}&_charset_=gb18030"),
        )
        .await;
    assert!(own.body.contains("手臂有瘀伤"));
    let silent = site.send("POST", "/report", &[("content-type", form)], body).await;
    assert_eq!(silent.status, StatusCode::BAD_REQUEST);
    assert!(silent.body.contains("编码") && !silent.body.contains('\u{fffd}'));
    let nul = site.form("/report", &[("narrative", "瘀\0伤")]).await;
    assert_eq!(nul.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nul.body.contains("href=\"#narrative\"") && nul.body.contains("瘀伤") && !nul.body.contains('\0'));
    let blank = site.form("/report", &[("narrative", "\u{200b}\u{3000}\u{feff}")]).await;
    assert!(blank.status == StatusCode::UNPROCESSABLE_ENTITY && blank.body.contains("narrative-error"));
}

#[tokio::test]
async fn a_child_has_a_short_way() {
    let site = Site::new(Writer::Stores, 120);
    for path in ["/child", "/child?lang=en"] {
        let page = site.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        for text in [
            "tel:110",
            "tel:12355",
            "class=\"leave\"",
            "data-child",
            "name=\"path\" value=\"child\"",
        ] {
            assert!(page.body.contains(text), "{path}: {text}");
        }
        assert!(!page.body.contains('…'), "a text is missing");
        assert!(!page.body.contains("id_number") && !page.body.contains("reporter_organization"));
    }
    let child = [
        ("path", "child"),
        ("reporter_kind", "child"),
        ("situations", "bullying"),
    ];
    let wrong = site.form("/report", &[&child[..], &[("narrative", "")]].concat()).await;
    assert!(
        wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("data-child"),
        "its own page"
    );
    let sent = site.form("/report", &child).await;
    assert_eq!(sent.status, StatusCode::CREATED);
    assert!(
        sent.body.contains("class=\"leave\"") && !sent.body.contains("data-picture"),
        "no picture of a child's receipt"
    );
    assert!(site.get("/leave").await.body.len() < 200);
}

#[tokio::test]
async fn only_the_button_files() {
    let site = Site::new(Writer::Stores, 120);
    let page = site.get("/").await.body;
    let first = page.find("name=\"act\"").unwrap();
    assert!(
        page[first..].starts_with("name=\"act\" value=\"keep\""),
        "Enter presses the first button of a form"
    );
    let kept = site.form("/report", &[("act", "keep")]).await.body;
    let first = kept.find("name=\"act\"").unwrap();
    assert!(
        kept[first..].starts_with("name=\"act\" value=\"keep\" tabindex"),
        "the switch of language is not the first"
    );
}

#[tokio::test]
async fn the_six_commonest_come_first_in_plain_words_and_each_once() {
    let page = Site::new(Writer::Stores, 120).get("/").await.body;
    let codes: Vec<_> = page
        .match_indices("name=\"situations\" value=\"")
        .map(|(at, found)| &page[at + found.len()..][..12])
        .collect();
    assert_eq!(codes.len(), 23);
    assert!(
        codes[0].starts_with("abuse-injury") && codes[3].starts_with("bullying"),
        "{codes:?}"
    );
    assert!(page.find("最常见的情况").unwrap() < page.find("身上有伤").unwrap());
    assert!(page.contains("danger-110"));
}
