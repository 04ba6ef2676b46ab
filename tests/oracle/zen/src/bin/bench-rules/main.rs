//! `tests/bench rules`: from a typed report to the decision, our compiled matcher beside zen-engine on the same tables.
//!
//! Both answer the same reports in turns of one run, and each answer is compared. zen-engine is at its best: compiled,
//! with its index, without trace, its input made before the clock starts. Ours begins at the typed report. The table
//! `points` has equalities only, which zen-engine's index decides alone; `ranges` also has lists and an age range.

mod tables;
mod zen;

use std::hint::black_box;
use std::time::{Duration, Instant};

use casework::dmn::compiled::Matcher;
use tables::{Report, Shape, SplitMix};
use zen::Zen;

const SIZES: [usize; 3] = [10, 1_000, 10_000];
/// Each turn gives a time. The best one counts for either: what disturbed the others was not the table.
const TURNS: usize = 41;
const REPORTS: usize = 512;
/// Ours is done in nanoseconds, so a turn asks it each report so often.
const REPEATS: u32 = 50;

struct Pair {
    ours_ns: f64,
    zen_ns: f64,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    for shape in [Shape::Ranges, Shape::Points] {
        let mut words = Vec::new();
        for rows in SIZES {
            let Pair { ours_ns, zen_ns } = runtime.block_on(measure(shape, rows));
            let ratio = zen_ns / ours_ns;
            words.push(format!(
                "ours_{rows}_ns={ours_ns:.1} zen_{rows}_ns={zen_ns:.0} ratio_{rows}={ratio:.1}"
            ));
        }
        println!("{} {}", shape.name(), words.join(" "));
    }
}

async fn measure(shape: Shape, rows: usize) -> Pair {
    let mut random = SplitMix(rows as u64);
    let cells = tables::cells(shape, rows, &mut random);
    let table = tables::table(&cells);
    let reports: Vec<Report> = (0..REPORTS).map(|_| tables::report(&cells, &mut random)).collect();
    let matcher = Matcher::new(&table);
    let mut hits = matcher.hits();
    let zen = Zen::new(&cells);
    let asked: Vec<_> = reports.iter().map(Zen::input).collect();
    let mut hit = 0;
    for (report, asked) in reports.iter().zip(&asked) {
        let ours = matcher
            .evaluate(&report.inputs(), &mut hits)
            .expect("FIRST never clashes")
            .first()
            .copied();
        assert_eq!(ours, zen.row(asked).await, "{report:?}");
        let naive = table.evaluate(&report.values()).expect("FIRST never clashes");
        assert_eq!(ours, naive.first().map(|rule| rule.number - 1), "{report:?}");
        hit += usize::from(ours.is_some_and(|row| row + 1 < rows));
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let begun = Instant::now();
        for _ in 0..REPEATS {
            for report in &reports {
                let _ = black_box(matcher.evaluate(&black_box(report).inputs(), &mut hits));
            }
        }
        ours.push(begun.elapsed() / REPEATS);
        let begun = Instant::now();
        for asked in &asked {
            black_box(zen.evaluate(black_box(asked)).await);
        }
        theirs.push(begun.elapsed());
    }
    println!(
        "{} with {rows} rows: {REPORTS} reports answered alike, {hit} of them before the last row",
        shape.name()
    );
    Pair {
        ours_ns: best_ns(&ours),
        zen_ns: best_ns(&theirs),
    }
}

fn best_ns(turns: &[Duration]) -> f64 {
    turns.iter().min().map_or(0.0, Duration::as_secs_f64) * 1e9 / REPORTS as f64
}
