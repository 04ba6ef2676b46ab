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
    for text in ["平台收件回执", "受案回执", "110", "2026", "只显示这一次"] {
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
    let busy = Site::new(Writer::Stores, 1);
    assert_eq!(busy.form("/report", &[]).await.status, StatusCode::CREATED);
    let second = busy.form("/report", &[("key", "b")]).await;
    assert_eq!(second.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(second.body.contains("手臂有瘀伤") && second.header("retry-after").parse::<u64>().unwrap() > 0);
    let danger = busy.form("/report", &[("key", "c"), ("present_danger", "yes")]).await;
    assert_eq!(danger.status, StatusCode::CREATED, "present danger is never limited");
}

#[tokio::test]
async fn unreadable_forms_get_a_page() {
    let site = Site::new(Writer::Stores, 120);
    assert_eq!(
        site.send("POST", "/report", &[], "{}").await.status,
        StatusCode::BAD_REQUEST
    );
    let large = site.form("/report", &[("narrative", &"长".repeat(30_000))]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let hung = Site::new(Writer::Hangs, 120).form("/report", &[]).await;
    assert_eq!(hung.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(hung.body.contains("110"));
    let other = site.get("/nothing").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert!(other.body.contains("<html"));
    assert_eq!(site.get("/report").await.status, StatusCode::SEE_OTHER);
}
