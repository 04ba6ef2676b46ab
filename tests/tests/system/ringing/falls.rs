//! A call that failed for good falls at once: to the person's next channel, then to the next seat.

use super::*;
use platform::store::Notifier;

impl Night {
    /// As the notifier says that a call reached nobody.
    async fn fails(&self, login: &str, channel: &str, at: DateTime<Utc>) {
        let notifier: Store<Notifier> = self.fixture.store_as();
        sqlx::query("SELECT call_fail($1, $2, 'no such number')")
            .bind(self.call(login, channel).await)
            .bind(at)
            .execute(notifier.pool())
            .await
            .expect("it failed");
    }
}

#[tokio::test]
async fn the_next_channel_then_the_next_seat() {
    let night = Night::new().await;
    let p2 = "UPDATE stages SET next_at = NULL";
    sqlx::query(p2).execute(&night.fixture.db).await.expect("no levels");
    night.turn(night.at).await;
    let soon = night.at + TimeDelta::seconds(20);
    night.fails("li", "voice", soon).await;
    night.turn(soon).await;
    assert!(night.calls(soon).await.is_empty(), "the message is on its way");
    let later = soon + TimeDelta::seconds(20);
    night.fails("li", "sms", later).await;
    night.turn(later).await;
    assert_eq!(
        night.calls(later).await,
        ["wang sms dispatch:0", "wang voice dispatch:0"],
        "no telephone of hers answers: the leader"
    );
    night.turn(later).await;
    assert_eq!(night.calls(later).await.len(), 2, "once");
    let five = night.at + minutes(5);
    night.turn(five).await;
    assert!(
        night.calls(five).await.contains(&"li voice dispatch:1".to_owned()),
        "the next ring begins anew"
    );
}
