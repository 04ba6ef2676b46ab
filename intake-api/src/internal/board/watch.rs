//! 时钟: when the router's clock and the notifier last did a whole turn, what was before them, and what is due and not done. It says
//! "正常" only of what is so at the moment in which the page is made.

use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    store::{Beat, Service},
    text::Lang,
};

use super::said::counted;
use crate::internal::page::words;

/// As the watchdog's own limit is set where nobody set another.
const LATE: TimeDelta = TimeDelta::minutes(2);

/// One service in words.
pub(crate) struct WatchLine {
    pub(crate) said: String,
    /// False: somebody has to do something.
    pub(crate) well: bool,
}

/// A line for each service.
pub(crate) fn lines(beats: &[Beat], lang: Lang, now: DateTime<Utc>) -> Vec<WatchLine> {
    let line = |service: &Service| {
        let beat = beats.iter().find(|beat| beat.service == *service);
        line(*service, beat, lang, now)
    };
    Service::ALL.iter().map(line).collect()
}

fn line(service: Service, beat: Option<&Beat>, lang: Lang, now: DateTime<Utc>) -> WatchLine {
    let name = service.as_str();
    let Some(beat) = beat else {
        return WatchLine {
            said: lang.t(&format!("board.watch.{name}-never")).to_owned(),
            well: false,
        };
    };
    let silent = now - beat.beat_at >= LATE;
    let late = beat.oldest_due.filter(|due| now - *due >= LATE);
    let oldest = beat
        .oldest_due
        .map_or_else(String::new, |due| words::moment(lang, due, now));
    let how = match (silent, late, beat.oldest_due) {
        (true, ..) => "silent",
        (false, Some(_), _) => "late",
        (false, None, Some(_)) => "busy",
        (false, None, None) => "well",
    };
    let said = lang.fill(
        &format!("board.watch.{name}-{how}"),
        &[
            ("at", &words::moment(lang, beat.beat_at, now)),
            ("n", &counted(beat.considered)),
            ("due", &counted(beat.due)),
            ("oldest", &oldest),
        ],
    );
    WatchLine {
        said,
        well: matches!(how, "busy" | "well"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(beat_at: &str, oldest_due: Option<&str>) -> Vec<(bool, String)> {
        let now = "2026-11-26T03:00:00Z".parse().expect("a time");
        let beat = |service| Beat {
            service,
            beat_at: beat_at.parse().expect("a time"),
            considered: 37,
            due: i64::from(oldest_due.is_some()),
            oldest_due: oldest_due.map(|at| at.parse().expect("a time")),
        };
        let lines = lines(&[beat(Service::Router), beat(Service::Notifier)], Lang::Zh, now);
        lines.into_iter().map(|line| (line.well, line.said)).collect()
    }

    #[test]
    fn well_is_said_only_of_what_is_well() {
        let well = said("2026-11-26T02:59:50Z", None);
        assert!(
            well.iter()
                .all(|(well, said)| *well && said.contains("正常") && said.contains("37")),
            "{well:?}"
        );
        let busy = said("2026-11-26T02:59:50Z", Some("2026-11-26T02:59:40Z"));
        assert!(
            busy.iter()
                .all(|(well, said)| *well && said.contains("正常") && said.contains('1')),
            "{busy:?}"
        );
        for wrong in [
            said("2026-11-26T02:58:00Z", None),
            said("2026-11-26T02:59:50Z", Some("2026-11-26T02:58:00Z")),
        ] {
            assert!(
                wrong.iter().all(|(well, said)| !*well && !said.contains("正常")),
                "{wrong:?}"
            );
        }
        let never = lines(&[], Lang::Zh, "2026-11-26T03:00:00Z".parse().expect("a time"));
        assert!(never.iter().all(|line| !line.well && !line.said.contains("正常")));
    }
}
