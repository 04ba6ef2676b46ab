//! Accounts from a spreadsheet: looked at first, made all at once or not at all.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use rust_xlsxwriter::Workbook;
use tests::{
    System,
    officers::{Accounts, Browser},
};

use crate::people::{accept, invited};

fn workbook(rows: &[[&str; 5]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("人员").unwrap();
    let head = [["姓名", "账号名", "工作电话", "单位", "角色"]];
    for (at, row) in (0..).zip(head.iter().chain(rows)) {
        for (col, text) in (0..).zip(row) {
            sheet.write_string(at, col, *text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn people_come_from_a_spreadsheet_only_when_they_are_confirmed() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let csrf = admin.get("/people/import").await.hidden("csrf");
    let template = admin.download("/people/import/people.xlsx").await;
    assert!(template.starts_with(b"PK"));
    let count = async || system.count("SELECT count(*) FROM accounts").await;
    let before: i64 = count().await;

    let wrong = workbook(&[
        ["张三", "demo-office", "", "太和县民政局", "经办人"],
        ["李四", "li.si", "x", "民政", "经办人"],
    ]);
    let page = admin.upload("/people/import", &[("csrf", &csrf)], &wrong).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("人员 C3") && page.text.contains("人员 D3"));
    let taken = workbook(&[["张三", "demo-office", "", "太和县民政局", "经办人"]]);
    let page = admin.upload("/people/import", &[("csrf", &csrf)], &taken).await;
    assert!(page.status == 422 && page.text.contains("人员 B2"));

    let right = workbook(&[
        ["王伟、李娜", "Wang.Wei", "0558-8612345转8012", "太和县民政局", "经办人"],
        ["值班 2", "duty2", "", "pol-341222101", "单位负责人"],
    ]);
    let page = admin.upload("/people/import", &[("csrf", &csrf)], &right).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("王伟、李娜") && page.text.contains("旧县派出所"));
    assert_eq!(count().await, before, "nothing is saved by an upload");
    let rows = page.hidden("rows").replace("&#34;", "\"").replace("&quot;", "\"");
    let made = admin
        .post("/people/import/confirm", &[("csrf", &csrf), ("rows", &rows)])
        .await;
    assert_eq!(made.status, 201);
    assert_eq!(count().await, before + 2);
    for login in ["wang.wei", "duty2"] {
        let link = invited(&made, login);
        assert!(!admin.get("/people/import").await.text.contains(&link), "shown once");
        let chosen = "自己选的一个很长的密码";
        assert_eq!(accept(&system, &link, chosen, chosen).await.0, 200);
        Browser::login(&system, login, chosen).await;
    }
    let acts = "SELECT count(*) FROM account_acts WHERE act IN ('invited', 'invitation-used') AND actor IS NOT NULL";
    assert_eq!(system.count(acts).await, 4);
    let again = admin
        .post("/people/import/confirm", &[("csrf", &csrf), ("rows", &rows)])
        .await;
    assert_eq!(again.status, 409, "all or none");
    let tampered = rows.replace("\"member\"", "\"leading-group\"");
    let refused = admin
        .post("/people/import/confirm", &[("csrf", &csrf), ("rows", &tampered)])
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(count().await, before + 2);
}
