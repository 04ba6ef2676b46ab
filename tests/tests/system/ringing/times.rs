//! Time travel: holidays and make-up days, a hole, a swap, a person whose account is closed in mid-ring, an absence.

use super::*;

/// Who is called by voice at a moment, with the ring.
async fn voices(night: &Night, at: DateTime<Utc>) -> Vec<String> {
    night.turn(at).await;
    let calls = night.calls(at).await;
    calls.into_iter().filter(|call| call.contains(" voice ")).collect()
}

#[tokio::test]
async fn spring_festival_and_a_make_up_sunday_have_their_own_people() {
    for (day, who) in [
        // An ordinary Sunday, the first day of the year of the horse, and a Sunday that is worked in exchange.
        ("2026-03-01", "zhao"),
        ("2026-02-17", "wang"),
        ("2026-01-04", "li"),
    ] {
        let at = format!("{day}T10:00:00+08:00").parse().expect("a time");
        let night = Night::without_people_at(at).await;
        let li = night.officer("li", POLICE, "member").await;
        night.officer("zhao", POLICE, "member").await;
        night.officer("wang", POLICE, "leader").await;
        let of = |who: &str| json!([{"from": "00:00", "to": "24:00", "duty": who}]);
        let week = json!([{
            "mon": of("li"), "tue": of("li"), "wed": of("li"), "thu": of("li"), "fri": of("li"), "sat": of("zhao"), "sun": of("zhao"),
            "holiday": of("wang"),
        }]);
        night.pattern(POLICE, li, &week).await;
        assert_eq!(voices(&night, at).await, [format!("{who} voice dispatch:0")], "{day}");
    }
}

#[tokio::test]
async fn a_hole_falls_to_the_leader_at_once() {
    let night = Night::new().await;
    let hole = (night.at - minutes(60), night.at + minutes(60));
    night.change("exception", (None, None), hole).await;
    assert_eq!(voices(&night, night.at).await, ["wang voice dispatch:0"]);
}

#[tokio::test]
async fn a_swap_and_an_absence_call_who_stands_in_and_nobody_else() {
    for kind in ["swap", "absence"] {
        let night = Night::new().await;
        let during = (night.at - minutes(60), night.at + minutes(3));
        night.change(kind, (Some("li"), Some("zhao")), during).await;
        assert_eq!(voices(&night, night.at).await, ["zhao voice dispatch:0"], "{kind}");
        let five = night.at + minutes(5);
        let later = ["li voice dispatch:1", "zhao voice dispatch:1"];
        assert_eq!(
            voices(&night, five).await,
            later,
            "{kind}: it is over, and zhao is the deputy"
        );
    }
}

#[tokio::test]
async fn who_is_disabled_in_mid_ring_is_called_no_more_and_the_next_one_is() {
    let night = Night::new().await;
    assert_eq!(voices(&night, night.at).await, ["li voice dispatch:0"]);
    night.disable("li", night.at + minutes(2)).await;
    let five = night.at + minutes(5);
    let calls = voices(&night, five).await;
    assert!(!calls.iter().any(|call| call.starts_with("li ")), "{calls:?}");
    assert!(
        calls.contains(&"wang voice dispatch:1".to_owned()),
        "the duty falls to the leader: {calls:?}"
    );
    for later in 6..60 {
        let calls = voices(&night, night.at + minutes(later)).await;
        assert!(!calls.iter().any(|call| call.starts_with("li ")), "{later}: {calls:?}");
    }
}
