//! Random rosters against a reading minute by minute: days are painted on a strip, what changes them over it.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::words::{Channel, Seat};

const CALL: [Channel; 1] = [Channel::Voice];
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// From Friday before the festival over the make-up Saturday into it.
fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 2, 13).unwrap()
}

/// Days that are looked at.
const LENGTH: u64 = 3;

fn minute(count: i64) -> DateTime<Utc> {
    Minute::START.on(first()) + TimeDelta::minutes(count)
}

fn person() -> impl Strategy<Value = PersonId> {
    select(&NAMES[..]).prop_map(id)
}

/// A time of day, often one that others have too.
fn time() -> impl Strategy<Value = Minute> {
    prop_oneof![
        select(vec!["00:00", "08:00", "12:00", "17:30", "24:00"]).prop_map(|text| text.parse().unwrap()),
        (0_u16..24, 0_u16..60).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}").parse().unwrap()),
    ]
}

fn shifts() -> impl Strategy<Value = Vec<Shift>> {
    let seats = (option::of(person()), option::of(person()), option::of(person()));
    // A shift starts on its day: 24:00 is the end of one.
    let times = (
        time().prop_filter("starts on its day", |from| *from < Minute::END),
        time(),
    );
    let shift = (times, seats).prop_map(|((from, to), (duty, deputy, leader))| Shift {
        from,
        to,
        duty,
        deputy,
        leader,
    });
    vec(shift, 0..4)
}

fn week() -> impl Strategy<Value = Week> {
    let days = vec(shifts(), 7);
    (days, option::of(shifts()), option::of(shifts())).prop_map(|(mut days, holiday, made_up)| {
        let mut next = || days.pop().unwrap();
        Week {
            mon: next(),
            tue: next(),
            wed: next(),
            thu: next(),
            fri: next(),
            sat: next(),
            sun: next(),
            holiday,
            made_up,
        }
    })
}

fn window() -> impl Strategy<Value = Window> {
    (-600_i64..4_000, 1_i64..2_000).prop_map(|(from, length)| during(minute(from), minute(from + length)))
}

fn roster() -> impl Strategy<Value = Roster> {
    let from = (1_u32..=15).prop_map(|day| NaiveDate::from_ymd_opt(2026, 2, day).unwrap());
    let pattern = (from, vec(week(), 1..3)).prop_map(|(from, weeks)| Pattern { from, weeks });
    let exception = (window(), select(Seat::ALL), option::of(person()));
    let exception = exception.prop_map(|(during, seat, person)| Exception { during, seat, person });
    let swap = (
        person(),
        person(),
        window(),
        option::of(window()),
        select(SwapState::ALL),
    );
    let swap = swap.prop_map(|(asked_by, with, gives, takes, state)| Swap {
        asked_by,
        with,
        gives,
        takes,
        state,
    });
    let absence = (person(), window(), option::of(person()));
    let absence = absence.prop_map(|(person, during, delegate)| Absence {
        person,
        during,
        delegate,
    });
    let rows = (
        vec(person(), 0..3),
        vec(pattern, 0..3),
        vec(exception, 0..4),
        vec(swap, 0..3),
        vec(absence, 0..4),
    );
    rows.prop_map(|(leaders, patterns, exceptions, swaps, absences)| Roster {
        leaders,
        patterns,
        exceptions,
        swaps,
        absences,
    })
}

fn people() -> impl Strategy<Value = People> {
    let phone = any::<(bool, bool)>().prop_map(|(verified, night)| Phone { verified, night });
    let disabled = option::weighted(0.2, (-600_i64..4_000).prop_map(minute));
    let person = (vec(phone, 0..3), disabled).prop_map(|(phones, disabled_at)| Person {
        name: String::new(),
        phones,
        mail_unverified: false,
        disabled_at,
    });
    btree_map(self::person(), person, 2..6)
}

fn county() -> impl Strategy<Value = County> {
    (roster(), roster(), people()).prop_map(|(pol, office, people)| {
        let mut county = County::new(pol);
        county.people = people;
        county.posts.get_mut("office").unwrap().roster = office;
        county
    })
}

/// A strip of minutes for each seat: who the pattern names, painted day after day and shift after shift by their start.
type Strip = HashMap<(Seat, i64), PersonId>;

fn paint(roster: &Roster, calendar: &Calendar) -> Strip {
    let mut strip = Strip::new();
    let day_before = first().checked_sub_days(Days::new(1)).unwrap();
    for day in day_before.iter_days().take(usize::try_from(LENGTH).unwrap() + 1) {
        let begun: Vec<&Pattern> = roster.patterns.iter().filter(|pattern| pattern.from <= day).collect();
        // The latest first day; of equal ones the last written.
        let Some(latest) = begun.iter().map(|pattern| pattern.from).max() else {
            continue;
        };
        let pattern = begun.iter().rfind(|pattern| pattern.from == latest).unwrap();
        let mut monday = pattern.from;
        while chrono::Datelike::weekday(&monday) != chrono::Weekday::Mon {
            monday = monday.pred_opt().unwrap();
        }
        let week = usize::try_from((day - monday).num_days() / 7).unwrap() % pattern.weeks.len();
        let mut shifts: Vec<&Shift> = pattern.weeks[week].day(calendar, day).iter().collect();
        shifts.sort_by_key(|shift| shift.from);
        for shift in shifts {
            let start = (shift.from.on(day) - minute(0)).num_minutes();
            let mut length = (shift.to.on(day) - shift.from.on(day)).num_minutes();
            if length <= 0 {
                length += 24 * 60;
            }
            for at in start..start + length {
                for seat in Seat::ALL {
                    if let Some(person) = shift.seat(*seat) {
                        strip.insert((*seat, at), person.clone());
                    }
                }
            }
        }
    }
    strip
}

/// Who holds a seat after all changes, or nobody.
fn seated(roster: &Roster, strip: &Strip, seat: Seat, at: i64) -> Option<PersonId> {
    let now = minute(at);
    let mut person = strip.get(&(seat, at)).cloned();
    for exception in &roster.exceptions {
        if exception.seat == seat && exception.during.from <= now && now < exception.during.to {
            person.clone_from(&exception.person);
        }
    }
    for swap in roster.swaps.iter().filter(|swap| swap.state == SwapState::Accepted) {
        let gives = swap.gives.from <= now && now < swap.gives.to;
        let takes = swap.takes.is_some_and(|takes| takes.from <= now && now < takes.to);
        person = match person {
            Some(one) if gives && one == swap.asked_by => Some(swap.with.clone()),
            Some(one) if takes && one == swap.with => Some(swap.asked_by.clone()),
            other => other,
        };
    }
    let mut hops = 0;
    while let Some(one) = &person {
        let Some(absence) = away(roster, one, now) else { break };
        hops += 1;
        // More hops than people: they go round in a circle.
        person = absence.delegate.clone().filter(|_| hops <= NAMES.len());
    }
    person
}

fn away<'r>(roster: &'r Roster, person: &PersonId, now: DateTime<Utc>) -> Option<&'r Absence> {
    let mut last = None;
    for absence in &roster.absences {
        if absence.person == *person && absence.during.from <= now && now < absence.during.to {
            last = Some(absence);
        }
    }
    last
}

fn can_be_called(county: &County, person: &PersonId, at: i64) -> bool {
    let Some(known) = county.people.get(person) else {
        return false;
    };
    let now = minute(at);
    let day = first() + Days::new(u64::try_from(at / (24 * 60)).unwrap());
    let of_day = at % (24 * 60);
    let within = (8 * 60..12 * 60).contains(&of_day) || (14 * 60 + 30..17 * 60 + 30).contains(&of_day);
    let open = within && county.calendar.is_working(day);
    known.disabled_at.is_none_or(|end| now < end)
        && known.phones.iter().any(|phone| phone.verified && (phone.night || open))
}

/// Who is called for the duty of `pol`: the person with whether it is a hole, or nobody of them all.
fn called(county: &County, strips: &(Strip, Strip), at: i64) -> (Option<PersonId>, bool) {
    let reach = |unit: &str, strip: &Strip, seat| {
        let roster = &county.posts[unit].roster;
        let on_shift = seated(roster, strip, seat, at).filter(|person| can_be_called(county, person, at));
        let standing = || {
            let mut leaders = roster.leaders.iter();
            leaders
                .find(|leader| away(roster, leader, minute(at)).is_none() && can_be_called(county, leader, at))
                .cloned()
        };
        on_shift.or_else(|| if seat == Seat::Leader { standing() } else { None })
    };
    let own = reach("pol", &strips.0, Seat::Duty);
    let hole = own.is_none();
    let person = own
        .or_else(|| reach("pol", &strips.0, Seat::Leader))
        .or_else(|| reach("office", &strips.1, Seat::Duty))
        .or_else(|| reach("office", &strips.1, Seat::Leader));
    (person, hole)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn whoever_is_called_and_every_hole_is_right_to_the_minute(county in county()) {
        let watch = county.watch();
        let strips = (
            paint(&county.posts["pol"].roster, &county.calendar),
            paint(&county.posts["office"].roster, &county.calendar),
        );
        let minutes = i64::try_from(LENGTH).unwrap() * 24 * 60;
        let holes = watch.holes("pol", minute(0), minute(minutes));
        prop_assert!(holes.iter().all(|hole| hole.during.from < hole.during.to));
        prop_assert!(holes.windows(2).all(|pair| pair[0].during.to <= pair[1].during.from));
        for at in 0..minutes {
            let (person, hole) = called(&county, &strips, at);
            let answer = watch.answer("pol", Seat::Duty, &CALL, minute(at));
            let reached = match &answer.reached {
                Reached::Person { person, .. } => Some(person.clone()),
                Reached::LastResort => None,
            };
            prop_assert_eq!(&reached, &person, "at minute {}", at);
            prop_assert_eq!(!answer.fell.is_empty(), hole, "at minute {}", at);
            // Somebody who can be reached, or a hole that is shown.
            let shown = holes.iter().any(|hole| hole.during.covers(minute(at)));
            prop_assert_eq!(shown, hole, "at minute {}", at);
        }
    }

    #[test]
    fn the_clock_of_a_unit_is_a_count_of_minutes(
        start in 0_i64..4_000,
        lasting in 0_i64..1_500,
        off in select(vec!["", "09:00-10:00"]),
    ) {
        let (calendar, hours) = (spring(), Hours::read("08:00-12:00 14:30-17:30", off).unwrap());
        let clock = DutyClock { calendar: &calendar, hours: &hours };
        let (mut at, mut left) = (start, lasting);
        loop {
            let now = minute(at);
            if clock.is_open(now) {
                if left == 0 {
                    break;
                }
                left -= 1;
            }
            at += 1;
        }
        prop_assert_eq!(clock.after(minute(start), TimeDelta::minutes(lasting)), minute(at));
    }
}
