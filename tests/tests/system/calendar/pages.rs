//! The page and its API: a pasted notice, what it is understood as, two people.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tests::{Api, Sample, System, eventually, officers::Accounts};

/// Made up in the form of the real ones; its weekdays are those of 2027.
const NOTICE: &str = "国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2027年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至11日（农历正月初六、周四）放假调休，共7天。1月31日（周日）、2月13日（周六）上班。鼓励各单位安排职工在2月4日休息。
三、清明节：4月5日（周一）放假，与周末连休。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。";

#[derive(Deserialize)]
struct InForce {
    through: String,
    changes: Vec<Value>,
}

#[derive(Deserialize)]
struct Made {
    id: i64,
}

#[tokio::test]
async fn a_pasted_notice_is_shown_proposed_and_confirmed_by_another() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let filed = system.file(Sample::DropoutTwoWeeks.body()).await;
    system.routed(&filed).await;
    let (first, second) = (
        accounts.browser(&system, "office").await,
        accounts.browser(&system, "office2").await,
    );
    let page = first.get("/calendar").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("已公布至2026年12月31日"), "{}", page.text);
    let csrf = page.hidden("csrf");

    // What is wrong is said, and the text comes back.
    let wrong = NOTICE.replace("（周五）至3日", "（周一）至3日");
    let page = first.post("/calendar/look", &[("csrf", &csrf), ("text", &wrong)]).await;
    assert_eq!(page.status, 422);
    assert!(
        page.text.contains("2027年1月1日写作周一，实际是周五") && page.text.contains("国办发明电"),
        "{}",
        page.text
    );

    let page = first.post("/calendar/look", &[("csrf", &csrf), ("text", NOTICE)]).await;
    assert_eq!(page.status, 200);
    for part in [
        "2027年2月5日（星期五） 春节：平日上班 → 放假",
        "2027年1月31日（星期日） 春节：周末 → 调休上班",
        "鼓励各单位安排职工在2月4日休息",
        "变动的时限：",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert_eq!(
        system.count("SELECT count(*) FROM calendar_changes").await,
        0,
        "looking saves nothing"
    );

    let page = first.post("/calendar", &[("csrf", &csrf), ("text", NOTICE)]).await;
    assert_eq!(
        (page.status.as_u16(), page.location.as_deref()),
        (303, Some("/calendar?done=propose"))
    );
    let id: i64 = sqlx::query_scalar("SELECT id FROM calendar_changes")
        .fetch_one(&system.db)
        .await
        .expect("a proposal");
    let own = first.get("/calendar").await;
    assert!(
        own.text.contains("须由办公室另一位同志确认") && !own.text.contains("核对无误，确认启用"),
        "{}",
        own.text
    );
    let refused = first.post(&format!("/calendar/{id}/confirm"), &[("csrf", &csrf)]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("提交的人不能确认"), "{}", refused.text);

    let page = second.get("/calendar").await;
    assert!(page.text.contains("核对无误，确认启用"), "{}", page.text);
    let csrf = page.hidden("csrf");
    let done = second
        .post(&format!("/calendar/{id}/confirm"), &[("csrf", &csrf)])
        .await;
    assert_eq!(
        done.location.as_deref(),
        Some("/calendar?done=confirm"),
        "{}",
        done.text
    );
    let again = second
        .post(&format!("/calendar/{id}/confirm"), &[("csrf", &csrf)])
        .await;
    assert_eq!(again.status, 409, "a double click has one effect");
    eventually("in force everywhere", Duration::from_secs(20), async || {
        let page = second.get("/calendar").await;
        page.text.contains("已公布至2027年12月31日").then_some(())
    })
    .await;
    eventually("the first pass", Duration::from_secs(20), async || {
        (system
            .count("SELECT count(*) FROM calendar_changes WHERE passes > 0")
            .await
            == 1)
            .then_some(())
    })
    .await;
    // A report of now is routed by it.
    let filed = system.file(Sample::OrphanNew.body()).await;
    system.routed(&filed).await;
    let version: String = sqlx::query_scalar(
        "SELECT DISTINCT s.calendar_version FROM stages s JOIN tickets t ON t.id = s.ticket_id WHERE t.report_id = $1",
    )
    .bind(filed.id())
    .fetch_one(&system.db)
    .await
    .expect("one version");
    assert!(version.starts_with("cn-2027-12-31-"), "{version}");
}

#[tokio::test]
async fn programs_do_the_same_with_a_table() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (first, second) = (
        Api::of(&system, &accounts, "office").await,
        Api::of(&system, &accounts, "office2").await,
    );
    let found: InForce = first.get("/calendar").await;
    assert_eq!((found.through.as_str(), found.changes.len()), ("2026-12-31", 0));
    let (status, problem): (u16, Value) = first
        .post("/calendar/look", &json!({"text": "date,kind,name\n2027-13-01,off,x\n"}))
        .await;
    assert_eq!(status, 422, "{problem}");
    let (status, problem): (u16, Value) = first
        .post("/calendar/look", &json!({"text": "date,kind,name\n2028-01-01,off,x\n"}))
        .await;
    assert!(
        status == 422 && problem.to_string().contains("2027"),
        "no year may be missing: {problem}"
    );
    let table = json!({"text": "\u{feff}date,kind,name\r\n2027-01-01,off,元旦\r\n2027-01-04,off,元旦\r\n"});
    let (status, looked): (u16, Value) = first.post("/calendar/look", &table).await;
    assert_eq!(
        (status, &looked["source"], &looked["years"]),
        (200, &json!("table"), &json!([2027])),
        "{looked}"
    );
    assert!(
        looked["changes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|day| day["day"] == "2027-01-04" && day["works"] == false)
    );
    let (status, made): (u16, Made) = first.post("/calendar", &table).await;
    assert_eq!(status, 200);
    let (status, problem): (u16, Value) = first.post(&format!("/calendar/{}/confirm", made.id), &json!({})).await;
    assert_eq!(status, 409, "{problem}");
    let (status, done): (u16, Made) = second
        .post(&format!("/calendar/{}/withdraw", made.id), &json!({}))
        .await;
    assert_eq!((status, done.id), (200, made.id));
    let (status, _): (u16, Value) = second.post(&format!("/calendar/{}/confirm", made.id), &json!({})).await;
    assert_eq!(status, 409, "it was withdrawn");
    let (status, _): (u16, Value) = second.post(&format!("/calendar/{}/maybe", made.id), &json!({})).await;
    assert_eq!(status, 404);
    let found: InForce = first.get("/calendar").await;
    assert_eq!(found.changes.len(), 1);
}
