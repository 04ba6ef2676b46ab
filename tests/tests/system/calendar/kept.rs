//! A folder that is loaded never changes the days off by itself.

use casework::pack::{Pack, with_calendar};
use platform::store::{CalendarKept, PackLoaded, Successors};
use tests::root;

use super::*;

#[tokio::test]
async fn a_folder_with_other_days_off_proposes_them() {
    let county = County::new().await;
    let files = platform::pack::dir::read(&root().join("counties/taihe")).expect("the files");
    let (calendar, _) = county.with(&["+2027-01-01", "+2027-02-08"]);
    let other = with_calendar(&files, &calendar).expect("the files with it");
    let pack = Pack::read(&other).expect("a sound pack");
    assert_eq!(pack.calendar().version(), calendar.version());
    let at = time("2026-12-01T10:00:00+08:00");
    let load = async || {
        let done = county
            .fixture
            .store
            .pack_load_with(&pack, &other, &Successors::new(), at)
            .await;
        done.expect("loaded")
    };
    let done = load().await;
    let CalendarKept::Proposed(id) = done.calendar else {
        panic!("{done:?}");
    };
    assert!(
        matches!(done.loaded, PackLoaded::Unchanged { .. }),
        "nothing else differs: {done:?}"
    );
    assert_eq!(load().await.calendar, CalendarKept::Waiting);
    let in_force = async || {
        let loaded = platform::pack::watch::read(&county.fixture.store, "taihe").await;
        loaded
            .expect("the pack")
            .expect("a pack")
            .pack
            .calendar()
            .version()
            .to_owned()
    };
    assert_eq!(in_force().await, county.in_force().version());
    // A command is nobody of the office: either of its people confirms.
    county.confirm(id, county.first, at).await.expect("confirmed");
    assert_eq!(in_force().await, calendar.version());
    assert_eq!(
        load().await.calendar,
        CalendarKept::Same,
        "the folder says what is in force"
    );
    // The old folder does not bring the old days back.
    let old = Pack::read(&files).expect("a sound pack");
    let done = county
        .fixture
        .store
        .pack_load_with(&old, &files, &Successors::new(), at)
        .await;
    assert!(matches!(done.expect("loaded").calendar, CalendarKept::Proposed(_)));
    assert_eq!(in_force().await, calendar.version());
}

#[tokio::test]
async fn what_was_compared_with_another_calendar_is_not_confirmed() {
    let county = County::new().await;
    let at = time("2026-12-01T10:00:00+08:00");
    county.brings_in(&["+2027-01-01", "+2027-02-08"], at).await;
    // Against the calendar of before.
    let (calendar, years) = county.with(&["+2027-01-01"]);
    let id = county.propose(&calendar, years, at).await.expect("proposed");
    assert!(matches!(
        county.confirm(id, county.second, at).await,
        Err(CalendarError::Stale)
    ));
    let by = Clerk {
        account: county.first,
        name: "chen",
        at,
    };
    county
        .office
        .calendar_withdraw("taihe", id, by)
        .await
        .expect("withdrawn");
    assert!(matches!(
        county.office.calendar_withdraw("taihe", id, by).await,
        Err(CalendarError::NotWaiting)
    ));
}
