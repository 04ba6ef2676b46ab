//! The rules as a workbook through a browser: down from the version in force, up into a draft, refused where it doesn't fit.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Read, Write};

use tests::{System, officers::Accounts};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The file with a text of its strings changed.
fn with(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut old = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let mut part = old.by_index(index).unwrap();
        let (name, mut bytes) = (part.name().unwrap().into_owned(), Vec::new());
        part.read_to_end(&mut bytes).unwrap();
        if name == "xl/sharedStrings.xml" {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(from), "{from}");
            bytes = text.replace(from, to).into_bytes();
        }
        new.start_file(name, SimpleFileOptions::default()).unwrap();
        new.write_all(&bytes).unwrap();
    }
    new.finish().unwrap().into_inner()
}

#[tokio::test]
async fn down_and_up_again() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let office = accounts.browser(&system, "office").await;
    let page = office.get("/rules/1/workbook").await;
    assert_eq!(page.status, 200);
    assert!(
        !page.text.contains("multipart/form-data"),
        "what is in force takes no file"
    );
    let file = office.download("/rules/1/rules.xlsx").await;

    let csrf = office.get("/password").await.hidden("csrf");
    let drafted = office
        .post(
            "/rules",
            &[("csrf", &csrf), ("from", "1"), ("reason", "皖民〔2026〕1号")],
        )
        .await;
    assert_eq!(drafted.location.as_deref(), Some("/rules/2"));
    let form = office.get("/rules/2/workbook").await;
    let revision = form.hidden("revision");
    let upload = async |csrf: &str, revision: &str, file: &[u8]| {
        let fields = [("csrf", csrf), ("revision", revision)];
        office.upload("/rules/2/workbook", &fields, file).await
    };

    assert_eq!(upload("forged", &revision, &file).await.status, 403);
    let same = upload(&csrf, &revision, &file).await;
    assert!(same.status == 200 && same.text.contains("没有改动"), "{}", same.text);
    assert_eq!(upload(&csrf, &revision, b"a letter").await.status, 422);
    assert_eq!(
        upload(&csrf, &revision, &vec![0; 2 * 1024 * 1024 + 1]).await.status,
        413
    );
    let mistaken = upload(&csrf, &revision, &with(&file, "<t>30分钟</t>", "<t>半小时</t>")).await;
    assert_eq!(mistaken.status, 422);
    assert!(
        mistaken.text.contains("环节时限") && mistaken.text.contains("“半小时”不是时限"),
        "{}",
        mistaken.text
    );

    let changed = with(&file, "<t>30分钟</t>", "<t>20分钟</t>");
    let stale = upload(&csrf, "0", &changed).await;
    assert_eq!(stale.status, 409);
    let taken = upload(&csrf, &revision, &changed).await;
    assert_eq!(
        (taken.status.as_u16(), taken.location.as_deref()),
        (303, Some("/rules/2"))
    );
    let version = office.get("/rules/2").await.text;
    assert!(version.contains("<del>30分钟</del> → <ins>20分钟</ins>"), "{version}");
    // The draft is another content now: the file that was taken doesn't fit any more.
    let again = upload(
        &csrf,
        &office.get("/rules/2/workbook").await.hidden("revision"),
        &changed,
    )
    .await;
    assert!(again.status == 409 && again.text.contains("重新下载"), "{}", again.text);
}
