//! The draft shows what the asking unit's ticket shows, and opening it is a look.

use super::Scene;

#[tokio::test]
async fn the_draft_is_filled_with_what_is_shown_and_leaves_its_line() {
    let scene = Scene::new().await;
    let draft = format!("/tickets/{}/requests/protection-order", scene.police);
    assert_eq!(scene.member.get(&draft).await.status, 404, "not in hand");
    scene.sign(&scene.member, scene.police).await;
    let page = scene.member.get(&draft).await;
    assert_eq!(page.status, 200);
    for word in [
        "人身安全保护令申请书",
        "太和县人民法院",
        "________________",
        "《反家庭暴力法》",
    ] {
        assert!(page.text.contains(word), "{word}");
    }
    let narrative = tests::Sample::BruisesAtSchool.json()["narrative"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(page.text.contains(&narrative));

    let file = scene.member.download(&format!("{draft}/docx")).await;
    assert_eq!(&file[..2], b"PK");
    let looks: i64 = sqlx::query_scalar("SELECT count(*) FROM reads WHERE ticket_id = $1 AND how = 'draft'")
        .bind(scene.police)
        .fetch_one(&scene.system.db)
        .await
        .unwrap();
    assert_eq!(looks, 2, "the page and the file");
    // What this unit may not ask for has no draft, and a stranger finds nothing.
    let other = format!("/tickets/{}/requests/guardianship-revocation", scene.police);
    assert_eq!(scene.member.get(&other).await.status, 404);
    let court = scene.accounts.browser(&scene.system, "court").await;
    assert_eq!(court.get(&draft).await.status, 404);
}
