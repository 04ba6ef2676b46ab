//! How clocks were kept, row by row: no grouping, no percentile and no condition on stages in SQL.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{Board, Judged, Store};
use sqlx::PgPool;

/// One clock, from its start to its end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Round {
    pub(crate) unit: String,
    pub(crate) stage: String,
    pub(crate) started: Option<DateTime<Utc>>,
    pub(crate) due: Option<DateTime<Utc>>,
    pub(crate) ended: Option<DateTime<Utc>>,
    pub(crate) how: Option<String>,
}

impl Round {
    /// In which span it counts, and whether it was kept; none: it does not count.
    pub(crate) fn verdict(&self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, bool)> {
        if !["sign", "contact", "resolve"].contains(&self.stage.as_str()) {
            return None;
        }
        match (self.how.as_deref(), self.due, self.ended) {
            (Some("void"), ..) | (Some("act") | None, None, _) => None,
            (Some("act"), Some(due), Some(ended)) => Some((due, ended <= due)),
            (Some("closed"), due, Some(ended)) => Some((due.unwrap_or(ended), false)),
            (None, Some(due), None) => (due < now).then_some((due, false)),
            other => panic!("{other:?}"),
        }
    }

    /// How long it took, where it was done.
    pub(crate) fn took(&self) -> Option<TimeDelta> {
        (self.how.as_deref() == Some("act")).then(|| self.ended.unwrap() - self.started.unwrap())
    }
}

/// Figures of a unit and stage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) judged: i64,
    pub(crate) kept: i64,
    /// In seconds, the shortest first.
    pub(crate) took: Vec<f64>,
}

type ByUnit = BTreeMap<(String, String), Figures>;

pub(crate) fn figures<'r>(
    rounds: impl Iterator<Item = &'r Round>,
    now: DateTime<Utc>,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> ByUnit {
    let mut all = ByUnit::new();
    for round in rounds {
        let Some((_, kept)) = round.verdict(now).filter(|(at, _)| *at >= from && *at < until) else {
            continue;
        };
        let figures = all.entry((round.unit.clone(), round.stage.clone())).or_default();
        figures.judged += 1;
        figures.kept += i64::from(kept);
        if let Some(took) = round.took() {
            figures.took.push(took.num_microseconds().unwrap() as f64 / 1e6);
        }
    }
    for figures in all.values_mut() {
        figures.took.sort_by(f64::total_cmp);
    }
    all
}

/// Linear between the two neighbours.
fn percentile(sorted: &[f64], p: f64) -> Option<f64> {
    let place = p * (sorted.len().checked_sub(1)?) as f64;
    let (low, high) = (place.floor(), place.ceil());
    let at = |place: f64| sorted[(0..sorted.len()).find(|n| *n as f64 >= place).unwrap()];
    Some(at(low) + (at(high) - at(low)) * (place - low))
}

/// The same units and stages with the same figures.
pub(crate) fn same(found: &[Judged], right: &ByUnit, what: &str) {
    let keys: Vec<_> = found
        .iter()
        .map(|line| (line.unit.clone(), line.stage.to_string()))
        .collect();
    assert_eq!(keys, right.keys().cloned().collect::<Vec<_>>(), "{what}");
    for (line, (key, right)) in found.iter().zip(right) {
        let counts = (line.judged, line.kept, line.done);
        assert_eq!(
            counts,
            (right.judged, right.kept, right.took.len() as i64),
            "{what} {key:?}"
        );
        for (found, p) in [(line.p50_s, 0.5), (line.p90_s, 0.9)] {
            match (found, percentile(&right.took, p)) {
                (None, None) => {}
                (Some(found), Some(right)) => assert!((found - right).abs() < 0.001, "{what} {key:?} {found} {right}"),
                other => panic!("{what} {key:?} {other:?}"),
            }
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    generation: i32,
    unit: String,
    stage: String,
    started: Option<DateTime<Utc>>,
    due: Option<DateTime<Utc>>,
    ended: Option<DateTime<Utc>>,
    how: Option<String>,
}

/// All clocks as they stand in the database; those of one generation are one.
pub(crate) async fn rounds(db: &PgPool) -> Vec<Round> {
    let mut all: HashMap<(i64, i32), Round> = HashMap::new();
    for sql in [
        "SELECT p.stage_id AS id, p.due_generation AS generation, t.unit, s.stage, p.started_at AS started, p.due_at AS due,
                p.ended_at AS ended, p.ended_how AS how
         FROM stage_rounds p, stages s, tickets t, reports r
         WHERE s.id = p.stage_id AND t.id = s.ticket_id AND r.id = t.report_id AND NOT r.drill",
        "SELECT s.id, s.due_generation AS generation, t.unit, s.stage, s.started_at AS started, s.due_at AS due, s.ended_at AS ended,
                s.ended_how AS how
         FROM stages s, tickets t, reports r WHERE t.id = s.ticket_id AND r.id = t.report_id AND NOT r.drill",
    ] {
        let rows: Vec<Row> = sqlx::query_as(sql).fetch_all(db).await.unwrap();
        all.extend(rows.into_iter().map(|row| {
            let round = Round {
                unit: row.unit,
                stage: row.stage,
                started: row.started,
                due: row.due,
                ended: row.ended,
                how: row.how,
            };
            ((row.id, row.generation), round)
        }));
    }
    all.into_values().collect()
}

/// The sheet says of these spans what the rows say one by one.
pub(crate) async fn holds(board: &Store<Board>, db: &PgPool, now: DateTime<Utc>) {
    let rounds = rounds(db).await;
    let far = TimeDelta::days(2000);
    for bounds in [
        (now - far, now + far),
        (now - TimeDelta::days(3), now),
        (now - TimeDelta::days(1), now + TimeDelta::days(7)),
    ] {
        let found = board.sheet_judged("taihe", now, bounds).await.unwrap();
        same(&found, &figures(rounds.iter(), now, bounds), "row by row");
    }
}
