//! The folder of a unit on a closed network: what lies in it, for whom it opens, and what became of it.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tests::{Api, Filed, Options, Problem, Sample, Servers, System, eventually, officers::Accounts};

use super::gate::{Gate, Version};

const STATION: &str = "pol-341222101";

#[derive(Deserialize)]
struct Outlet {
    kind: String,
    id: String,
    key: Option<String>,
    failing_since: Option<String>,
    last_error: Option<String>,
    waiting: i64,
    late: i64,
}

#[derive(Deserialize)]
struct Done {
    id: String,
}

#[derive(Debug, Deserialize)]
struct Post {
    id: String,
    kind: String,
    event: String,
    state: String,
}

#[derive(Deserialize)]
struct Looks {
    reads: Vec<Look>,
}

#[derive(Deserialize)]
struct Look {
    account_id: Option<i64>,
    unit_name: Option<String>,
    parts: Vec<String>,
    how: String,
}

#[derive(Deserialize)]
struct Arrivals {
    folders: Vec<Late>,
}

#[derive(Deserialize)]
struct Late {
    ticket_id: i64,
    unit: String,
    state: String,
}

async fn system(gate: &Gate) -> System {
    let options = Options {
        env: gate.env(),
        ..Options::default()
    };
    System::start_on(&Servers::shared(), options).await
}

/// Gives the gate's unit a folder.
async fn set(system: &System, accounts: &Accounts, gate: &Gate, unit: &str) -> String {
    let admin = Api::of(system, accounts, "admin").await;
    let (status, done): (u16, Done) = admin
        .post("/outlets/folders", &json!({"unit": unit, "key": gate.key()}))
        .await;
    assert_eq!(status, 201);
    done.id
}

/// The versions in a unit's folder, once there are so many.
async fn versions(system: &System, gate: &Gate, unit: &str, many: usize) -> Vec<Version> {
    let public = gate.public(system).await;
    eventually("the folder holds them", Duration::from_secs(60), async || {
        let found = gate.versions(unit, &public);
        (found.len() == many).then_some(found)
    })
    .await
}

async fn routed(system: &System, body: &str) -> Filed {
    let filed = system.file(body).await;
    system.routed(&filed).await;
    filed
}

async fn files(system: &System, state: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM folder_files WHERE state = $1")
        .bind(state)
        .fetch_one(&system.db)
        .await
        .expect("a number")
}

async fn become_of(system: &System, state: &'static str, many: i64) {
    let what = format!("{many} files are {state}");
    eventually(&what, Duration::from_secs(30), async || {
        (files(system, state).await == many).then_some(())
    })
    .await;
}

/// Words that stand for one part each, from a reporter who asked for secrecy.
fn planted() -> String {
    json!({
        "situations": ["abuse-injury"], "present_danger": true, "area": "341222101001", "where_now": "暗号地点Fd3", "place": "home",
        "suspect": "guardian",
        "children": [{"name": "暗号姓名Fd3", "sex": "female", "age": 9, "id_number": "暗号证件Fd3", "living_with": "grandparents",
                      "school": "暗号学校Fd3", "home_address": "暗号住址Fd3"}],
        "reporter": {"kind": "child", "identity": "confidential", "organization": "暗号单位Fd3", "name": "暗号报告人Fd3", "phone": "暗号电话Fd3"},
        "narrative": "暗号经过Fd3 <script>alert(1)</script>",
    })
    .to_string()
}

const PARTS: [(&str, &str); 7] = [
    ("place", "暗号地点Fd3"),
    ("child", "暗号姓名Fd3"),
    ("birth", "暗号证件Fd3"),
    ("school", "暗号学校Fd3"),
    ("home", "暗号住址Fd3"),
    ("narrative", "暗号经过Fd3"),
    ("reporter", "暗号单位Fd3"),
];

#[tokio::test]
async fn what_a_unit_may_see_arrives_in_its_folder_and_nothing_more() {
    let gate = Gate::new();
    let system = system(&gate).await;
    let mut accounts = Accounts::make(&system).await;
    accounts.more(&system, &[("oversight", "office", "oversight")]).await;
    // Which units such a report asks.
    let first = routed(&system, &planted()).await;
    let asked: Vec<String> = sqlx::query_scalar("SELECT DISTINCT unit FROM tickets WHERE report_id = $1")
        .bind(first.id())
        .fetch_all(&system.db)
        .await
        .expect("units");
    for unit in &asked {
        set(&system, &accounts, &gate, unit).await;
    }
    let filed = routed(&system, &planted()).await;
    let tickets: Vec<(i64, String, Vec<String>)> =
        sqlx::query_as("SELECT id, unit, shows FROM tickets WHERE report_id = $1")
            .bind(filed.id())
            .fetch_all(&system.db)
            .await
            .expect("tickets");
    let hides = |part: &str| {
        tickets
            .iter()
            .any(|(_, _, shows)| !shows.iter().any(|shown| shown == part))
    };
    assert!(hides("birth") && hides("school") && hides("home"));
    for (ticket, unit, shows) in &tickets {
        let many = tickets.iter().filter(|(_, of, _)| of == unit).count();
        let found = versions(&system, &gate, unit, many).await;
        let of = found.iter().find(|version| version.letter["ticket_id"] == *ticket);
        let Version { page, letter, .. } = of.expect("the ticket's");
        assert_eq!(letter["format"], "shouwang-folder/1");
        assert_eq!(letter["receipt"], filed.receipt);
        let text = letter.to_string();
        for (part, word) in PARTS {
            let shown = shows.iter().any(|known| known == part);
            assert_eq!(text.contains(word), shown, "{unit} {part} in the JSON");
            assert_eq!(page.contains(word), shown, "{unit} {part} on the page");
        }
        for word in ["暗号报告人Fd3", "暗号电话Fd3"] {
            assert!(
                !text.contains(word) && !page.contains(word),
                "{unit}: who asked for secrecy"
            );
        }
        assert!(!page.contains("<script") && !page.contains("src=") && page.contains("电话代办"));
    }
    // Nothing of a child in a name or a log.
    for word in ["Fd3", &filed.receipt] {
        assert!(!gate.names().iter().any(|name| name.contains(word)));
    }
    assert!(!system.intake.log_text().contains("Fd3"));

    // It stands where looks at the report stand: nobody's, and the unit's.
    let oversight = Api::of(&system, &accounts, "oversight").await;
    let looks: Looks = oversight.get(&format!("/reads?receipt={}", filed.receipt)).await;
    let of_folders: Vec<_> = looks.reads.iter().filter(|look| look.how == "folder").collect();
    assert_eq!(of_folders.len(), tickets.len());
    assert!(
        of_folders
            .iter()
            .all(|look| look.account_id.is_none() && look.unit_name.is_some())
    );
    assert!(
        of_folders
            .iter()
            .all(|look| !look.parts.contains(&"identity".to_owned()))
    );
    let page = accounts.browser(&system, "oversight").await.get("/reads").await;
    assert!(page.text.contains("写入单位文件夹"), "{}", page.text);

    // The gate moves one away and signs for another.
    let ticket = system.ticket_of(&filed, STATION).await;
    let other = asked.iter().find(|unit| *unit != STATION).expect("another unit");
    let theirs = tickets.iter().filter(|(_, unit, _)| unit == other || unit == STATION);
    gate.move_away(STATION);
    gate.sign_for(other);
    become_of(&system, "taken", theirs.count() as i64).await;
    eventually("what was signed for goes", Duration::from_secs(20), async || {
        gate.is_empty(other).then_some(())
    })
    .await;
    let office = Api::of(&system, &accounts, "office").await;
    let posts: Vec<Post> = office.get(&format!("/board/tickets/{ticket}/posts")).await;
    let said: Vec<_> = posts
        .iter()
        .map(|p| (p.kind.as_str(), p.event.as_str(), p.state.as_str()))
        .collect();
    assert_eq!(said, [("folder", "dispatched", "taken")]);
    let member = accounts.browser(&system, "member").await;
    let page = member.get(&format!("/tickets/{ticket}")).await;
    assert!(page.text.contains("已取走，不知何人看到"), "{}", page.text);
    // Whoever is on duty is called as ever, and no group or system is told instead.
    let calls = system.count("SELECT count(*) FROM calls");
    assert!(calls.await > 0, "a folder spares no call");
    assert_eq!(system.count("SELECT count(*) FROM posts").await, 0);
}

#[tokio::test]
async fn only_an_administrator_sets_it_and_only_by_a_public_key() {
    let gate = Gate::new();
    let system = system(&gate).await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let page = admin.get("/outlets").await;
    assert!(
        page.text
            .contains(&gate.public(&system).await["x"].as_str().expect("x").to_owned())
    );
    let csrf = page.hidden("csrf");
    for (key, said) in [("age1wrong", "这不是 age 公钥"), ("AGE-SECRET-KEY-1QQ", "这是私钥")] {
        let form = [("csrf", csrf.as_str()), ("unit", STATION), ("key", key)];
        let wrong = admin.post("/outlets/folders", &form).await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.text.contains(said) && wrong.text.contains(&format!("value=\"{key}\"")),
            "{}",
            wrong.text
        );
    }
    let key = gate.key();
    let form = [("csrf", csrf.as_str()), ("unit", STATION), ("key", key.as_str())];
    let set = admin.post("/outlets/folders", &form).await;
    assert_eq!(set.status, 201, "{}", set.text);
    let api = Api::of(&system, &accounts, "admin").await;
    let lines: Vec<Outlet> = api.get("/outlets").await;
    assert!(
        lines
            .iter()
            .any(|line| line.kind == "folder" && line.key.as_ref() == Some(&key))
    );
    let leader = Api::of(&system, &accounts, "leader").await;
    let (status, _): (u16, Problem) = leader
        .post("/outlets/folders", &json!({"unit": STATION, "key": key}))
        .await;
    assert_eq!(status, 404);
    let log = system.count("SELECT count(*) FROM account_acts WHERE act = 'folder-set' AND unit = 'pol-341222101'");
    assert_eq!(log.await, 1);
    let id = &lines[0].id;
    let (status, _): (u16, Problem) = api.post(&format!("/outlets/{id}/rotate"), &json!({})).await;
    assert_eq!(status, 409, "it has no secret");
    let (status, _): (u16, Done) = api.post(&format!("/outlets/{id}/end"), &json!({})).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_recused_unit_gets_nothing_and_one_that_held_it_keeps_nothing() {
    let gate = Gate::new();
    let system = system(&gate).await;
    let accounts = Accounts::make(&system).await;
    for unit in [STATION, "pol"] {
        set(&system, &accounts, &gate, unit).await;
    }
    let mut report: Value = Sample::BruisesAtSchool.json();
    report["suspect"] = json!("official");
    routed(&system, &report.to_string()).await;
    versions(&system, &gate, "pol", 1).await;
    let station = system.count(
        "SELECT count(*) FROM folder_files f JOIN outlets o ON o.id = f.outlet_id WHERE o.unit = 'pol-341222101'",
    );
    assert_eq!(station.await, 0);
    assert!(gate.is_empty(STATION));

    // The ticket goes elsewhere, and its files with it.
    sqlx::query("UPDATE tickets SET unit = 'ca' WHERE unit = 'pol'")
        .execute(&system.db)
        .await
        .expect("it moves");
    become_of(&system, "withdrawn", 1).await;
    eventually("its files go", Duration::from_secs(20), async || {
        gate.is_empty("pol").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_later_version_takes_the_place_of_one_that_nobody_fetched() {
    let mut gate = Gate::new();
    let mut system = system(&gate).await;
    let accounts = Accounts::make(&system).await;
    let outlet = set(&system, &accounts, &gate, STATION).await;
    let filed = routed(&system, Sample::BruisesAtSchool.body()).await;
    let ticket = system.ticket_of(&filed, STATION).await;
    let first = versions(&system, &gate, STATION, 1).await.remove(0);
    assert_eq!(first.letter["ticket"]["state"], "dispatched");

    // Nobody fetches it: the office is told, on its board.
    sqlx::query("UPDATE folder_files SET since = since - interval '3 hours'")
        .execute(&system.db)
        .await
        .expect("three hours pass");
    let office = Api::of(&system, &accounts, "office").await;
    let late: Arrivals = office.get("/board/arrivals").await;
    let [line] = &late.folders[..] else {
        panic!("{} are late", late.folders.len())
    };
    assert_eq!(
        (line.ticket_id, line.unit.as_str(), line.state.as_str()),
        (ticket, STATION, "written")
    );
    let board = accounts.browser(&system, "office").await.get("/board").await;
    assert!(board.text.contains("文件夹里的文件没有取走"), "{}", board.text);
    let admin = Api::of(&system, &accounts, "admin").await;
    let lines: Vec<Outlet> = admin.get("/outlets").await;
    assert_eq!(lines[0].late, 1);

    // A new key, and an act: the newer version is for the new key and stands alone.
    let old = gate.change_key();
    assert_eq!(
        set(&system, &accounts, &gate, STATION).await,
        outlet,
        "it is the same folder"
    );
    assert!(gate.opens(&first, &old), "what lies there keeps its key");
    let member = Api::of(&system, &accounts, "member").await;
    let (status, _): (u16, Value) = member
        .post(
            &format!("/tickets/{ticket}/sign"),
            &json!({"version": first.letter["ticket"]["version"]}),
        )
        .await;
    assert_eq!(status, 200);
    become_of(&system, "replaced", 1).await;
    let second = versions(&system, &gate, STATION, 1).await.remove(0);
    assert_ne!(second.id, first.id);
    assert_eq!(second.letter["ticket"]["state"], "signed");
    let late: Arrivals = office.get("/board/arrivals").await;
    assert_eq!(late.folders.len(), 1, "the unit still has nothing");

    // After a restart it is as before.
    assert_eq!(system.intake.stop().await, Some(0));
    system.intake.spawn();
    system.intake.ready().await;
    let again = versions(&system, &gate, STATION, 1).await.remove(0);
    assert_eq!(again.id, second.id);
    let reads = system.count("SELECT count(*) FROM reads WHERE how = 'folder'");
    assert_eq!(reads.await, 2, "one for each version");

    // Ended: nothing follows, and what lies there may still be fetched.
    let admin = Api::of(&system, &accounts, "admin").await;
    let (status, _): (u16, Done) = admin.post(&format!("/outlets/{outlet}/end"), &json!({})).await;
    assert_eq!(status, 200);
    routed(&system, Sample::BruisesAtSchool.body()).await;
    gate.move_away(STATION);
    become_of(&system, "taken", 1).await;
    assert_eq!(files(&system, "queued").await, 0);
}

#[tokio::test]
async fn killed_between_writing_and_recording_it_writes_the_same_files() {
    let gate = Gate::new();
    let mut system = system(&gate).await;
    let accounts = Accounts::make(&system).await;
    set(&system, &accounts, &gate, STATION).await;
    eventually("the folder is marked", Duration::from_secs(30), async || {
        let marked = system.count("SELECT count(*) FROM outlets WHERE marked");
        (marked.await == 1).then_some(())
    })
    .await;
    // Whoever holds the folder's row keeps what came of a file from being recorded.
    let mut held = system.db.begin().await.expect("a transaction");
    sqlx::query("SELECT FROM outlets FOR NO KEY UPDATE")
        .execute(&mut *held)
        .await
        .expect("the row");
    routed(&system, Sample::BruisesAtSchool.body()).await;
    let public = gate.public(&system).await;
    let written = eventually("it is written", Duration::from_secs(30), async || {
        gate.versions(STATION, &public).pop()
    })
    .await;
    system.intake.kill().await;
    held.rollback().await.expect("let go");
    assert_eq!(files(&system, "written").await, 0, "it was not recorded");
    system.intake.spawn();
    system.intake.ready().await;
    become_of(&system, "written", 1).await;
    let again = versions(&system, &gate, STATION, 1).await.remove(0);
    assert_eq!(again.id, written.id);
    let reads = system.count("SELECT count(*) FROM reads WHERE how = 'folder'");
    assert_eq!(reads.await, 1, "it was opened once");
}

#[tokio::test]
async fn a_folder_that_is_away_is_said_loses_nothing_and_is_not_taken_for_fetched() {
    let gate = Gate::new();
    let system = system(&gate).await;
    let accounts = Accounts::make(&system).await;
    set(&system, &accounts, &gate, STATION).await;
    let filed = routed(&system, Sample::BruisesAtSchool.body()).await;
    let ticket = system.ticket_of(&filed, STATION).await;
    let first = versions(&system, &gate, STATION, 1).await.remove(0);
    let admin = Api::of(&system, &accounts, "admin").await;
    let failing = async |why: &str| {
        eventually(&format!("it is said: {why}"), Duration::from_secs(30), async || {
            let lines: Vec<Outlet> = admin.get("/outlets").await;
            let line = &lines[0];
            (line.failing_since.is_some() && line.last_error.as_deref() == Some(why)).then_some(())
        })
        .await;
    };
    // Its disk is not mounted: an empty folder stands there.
    gate.unmount(STATION);
    failing("unmarked").await;
    let member = Api::of(&system, &accounts, "member").await;
    let signed = json!({"version": first.letter["ticket"]["version"]});
    let (status, _): (u16, Value) = member.post(&format!("/tickets/{ticket}/sign"), &signed).await;
    assert_eq!(status, 200);
    eventually("the new version waits", Duration::from_secs(30), async || {
        let lines: Vec<Outlet> = admin.get("/outlets").await;
        (lines[0].waiting == 1 && files(&system, "taken").await == 0).then_some(())
    })
    .await;
    let posts: Vec<Post> = member.get(&format!("/tickets/{ticket}/posts")).await;
    let said: Vec<_> = posts.iter().map(|p| p.state.as_str()).collect();
    assert_eq!(said, ["queued", "written"], "nothing is said to be fetched");
    assert_eq!(posts[1].id, first.id);
    assert_eq!(system.intake.readiness().await.expect("/ready").0, 200);
    eventually("metrics say it", Duration::from_secs(20), async || {
        system
            .intake
            .metrics()
            .await
            .contains("shouwang_folder_failing 1")
            .then_some(())
    })
    .await;
    let page = accounts.browser(&system, "admin").await.get("/outlets").await;
    assert!(page.text.contains("没有本平台的标记"), "{}", page.text);

    // The place of all folders is away as well, and comes back.
    gate.base_away();
    failing("missing").await;
    gate.base_back();
    gate.mount(STATION);
    become_of(&system, "replaced", 1).await;
    let second = versions(&system, &gate, STATION, 1).await.remove(0);
    assert_eq!(second.letter["ticket"]["state"], "signed");
    eventually("all is well", Duration::from_secs(30), async || {
        let lines: Vec<Outlet> = admin.get("/outlets").await;
        lines[0].failing_since.is_none().then_some(())
    })
    .await;
    let reads = system.count("SELECT count(*) FROM reads WHERE how = 'folder'");
    assert_eq!(reads.await, 2, "a try that could not be written opened nothing");

    // The mark is lost for good: the administrator says that the folder is the right one, and what was lost is written again.
    gate.unmount(STATION);
    failing("unmarked").await;
    set(&system, &accounts, &gate, STATION).await;
    let again = versions(&system, &gate, STATION, 1).await.remove(0);
    assert_eq!(again.id, second.id);
    assert_eq!(files(&system, "taken").await, 0);
}
