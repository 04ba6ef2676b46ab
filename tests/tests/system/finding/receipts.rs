//! A piece of a receipt finds exactly the reports that have it.

use std::collections::BTreeSet;

use platform::{
    receipt::{
        ReportId,
        fragment::{Fragment, SHORTEST, last_day},
    },
    store::{Board, Candidates, Desk, DeskScope},
};
use rand::Rng;

use super::World;

#[tokio::test]
async fn any_piece_finds_the_receipts_that_have_it_and_no_others() {
    let mut world = World::new(44, 150).await;
    let board = world.fixture.store_as::<Board>();
    let desk = world.fixture.store_as::<Desk>();
    let last = last_day(world.now);
    let own = world.units[1].clone();
    let scope = DeskScope::new([own.as_str()]);
    let mut several = 0;
    for _ in 0..250 {
        let at = world.rng.next_u32() as usize % world.tickets.len();
        let plain = world.tickets[at].report.to_string().replace('-', "");
        let length = SHORTEST + world.rng.next_u32() as usize % (plain.len() - SHORTEST + 1);
        let from = world.rng.next_u32() as usize % (plain.len() - length + 1);
        let typed = &plain[from..from + length];
        // A piece of the year and month alone: lists have dates for that.
        let counts = |report: ReportId| {
            let whole = report.to_string().replace('-', "");
            (0..=whole.len() - length).any(|at| &whole[at..at + length] == typed && at + length >= 8)
        };
        let reports = |unit: Option<&str>| -> BTreeSet<ReportId> {
            let of_unit = world
                .tickets
                .iter()
                .filter(|made| unit.is_none_or(|unit| made.unit == unit));
            of_unit
                .map(|made| made.report)
                .filter(|report| counts(*report))
                .collect()
        };
        let piece = Fragment::read(&typed.to_lowercase(), last).unwrap();
        let set = |found: Candidates| match found {
            Candidates::Of(found) => found.into_iter().collect::<BTreeSet<_>>(),
            Candidates::TooMany => panic!("there are few"),
        };
        let found = set(board.receipts_found("taihe", &piece).await.unwrap());
        assert_eq!(found, reports(None), "{typed}");
        several += usize::from(found.len() > 1);
        let found = desk
            .desk_receipts_found(&scope, "taihe", Some(&own), &piece)
            .await
            .unwrap();
        assert_eq!(set(found), reports(Some(&own)), "a desk's, {typed}");
        let found = desk
            .desk_receipts_found(&scope, "taihe", Some(&world.units[0]), &piece)
            .await
            .unwrap();
        assert!(set(found).is_empty(), "another unit's");
    }
    assert!(several > 5, "{several} pieces stand in several receipts");
}
