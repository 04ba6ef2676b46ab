//! A weekly pattern as the fields of a form, both ways: times of shifts once, and for each day and shift who has which seat.

use casework::{
    roster::{Minute, PersonId, Shift, Week},
    typed::plain,
    words::Seat,
};

use crate::internal::again::{Fields, Wrong};

/// Shifts that a form has room for.
pub(super) const MOST_TIMES: usize = 4;

/// Weeks that take turns at the most.
pub(super) const MOST_WEEKS: usize = 4;

/// Days of a week's form; a holiday and a make-up day without any shift of their own go like a Sunday and a Monday.
pub(super) const DAYS: [&str; 9] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday", "made_up"];

/// Keys of the times, for what is wrong with them.
const TIMES: [&str; MOST_TIMES] = ["t0", "t1", "t2", "t3"];

/// The field of a person.
pub(super) fn person_field(week: usize, day: &str, time: usize, seat: Seat) -> String {
    format!("w{week}_{day}_{time}_{}", seat.as_str())
}

/// The two fields of a shift's time.
pub(super) fn time_fields(time: usize) -> [String; 2] {
    [format!("t{time}_from"), format!("t{time}_to")]
}

/// The key of what is wrong with a time.
pub(super) fn time_key(time: usize) -> &'static str {
    TIMES[time.min(MOST_TIMES - 1)]
}

/// Fields that a pattern fills, and how many shifts it has.
pub(super) fn fields(weeks: &[Week]) -> (Fields, usize) {
    let mut times: Vec<(Minute, Minute)> = Vec::new();
    for shift in weeks.iter().flat_map(Week::shifts) {
        if !times.contains(&(shift.from, shift.to)) {
            times.push((shift.from, shift.to));
        }
    }
    let mut fields = Fields::new();
    for (index, (from, to)) in times.iter().enumerate() {
        for (name, minute) in time_fields(index).into_iter().zip([from, to]) {
            fields.insert(name, minute.to_string());
        }
    }
    for (number, week) in weeks.iter().enumerate() {
        for day in DAYS {
            for shift in of_day(week, day) {
                let time = times
                    .iter()
                    .position(|time| *time == (shift.from, shift.to))
                    .unwrap_or_default();
                for seat in Seat::ALL {
                    if let Some(person) = shift.seat(*seat) {
                        fields.insert(person_field(number, day, time, *seat), person.0.clone());
                    }
                }
            }
        }
    }
    (fields, times.len())
}

/// Reads the fields of so many weeks; `knows` says whether somebody of this login may be on the roster.
pub(super) fn read(fields: &Fields, weeks: usize, knows: impl Fn(&str) -> bool) -> Result<Vec<Week>, Wrong> {
    let mut wrong = Wrong::new();
    let times: Vec<Option<(Minute, Minute)>> = (0..MOST_TIMES)
        .map(|time| read_time(fields, time, &mut wrong))
        .collect();
    let mut read = Vec::new();
    let mut filled = false;
    for number in 0..weeks.clamp(1, MOST_WEEKS) {
        let mut week = Week::default();
        for day in DAYS {
            let mut shifts = Vec::new();
            for (time, span) in times.iter().enumerate() {
                let mut person = |seat| {
                    let login = get(fields, &person_field(number, day, time, seat));
                    if !login.is_empty() && !knows(&login) {
                        wrong.insert("person", "duty.wrong.person");
                    }
                    (!login.is_empty()).then_some(PersonId(login))
                };
                let [duty, deputy, leader] = [Seat::Duty, Seat::Deputy, Seat::Leader].map(&mut person);
                if duty.is_none() && deputy.is_none() && leader.is_none() {
                    continue;
                }
                let Some((from, to)) = *span else {
                    wrong.entry(time_key(time)).or_insert("duty.wrong.shift_time");
                    continue;
                };
                filled |= duty.is_some();
                shifts.push(Shift {
                    from,
                    to,
                    duty,
                    deputy,
                    leader,
                });
            }
            put(&mut week, day, shifts);
        }
        read.push(week);
    }
    if !filled {
        wrong.insert("person", "duty.wrong.empty");
    }
    if wrong.is_empty() { Ok(read) } else { Err(wrong) }
}

fn get(fields: &Fields, name: &str) -> String {
    fields.get(name).map_or("", |value| value.trim()).to_owned()
}

fn read_time(fields: &Fields, time: usize, wrong: &mut Wrong) -> Option<(Minute, Minute)> {
    let [from, to] = time_fields(time).map(|name| plain(&get(fields, &name)));
    if from.is_empty() && to.is_empty() {
        return None;
    }
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) if from < Minute::END => Some((from, to)),
        _ => {
            wrong.insert(time_key(time), "duty.wrong.clock");
            None
        }
    }
}

/// The shifts of a day as they are written; a holiday without its own has none here.
pub(super) fn of_day<'w>(week: &'w Week, day: &str) -> &'w [Shift] {
    match day {
        "mon" => &week.mon,
        "tue" => &week.tue,
        "wed" => &week.wed,
        "thu" => &week.thu,
        "fri" => &week.fri,
        "sat" => &week.sat,
        "sun" => &week.sun,
        "holiday" => week.holiday.as_deref().unwrap_or_default(),
        _ => week.made_up.as_deref().unwrap_or_default(),
    }
}

/// Sets the shifts of a day.
pub(super) fn put(week: &mut Week, day: &str, shifts: Vec<Shift>) {
    let own = |shifts: Vec<Shift>| (!shifts.is_empty()).then_some(shifts);
    match day {
        "mon" => week.mon = shifts,
        "tue" => week.tue = shifts,
        "wed" => week.wed = shifts,
        "thu" => week.thu = shifts,
        "fri" => week.fri = shifts,
        "sat" => week.sat = shifts,
        "sun" => week.sun = shifts,
        "holiday" => week.holiday = own(shifts),
        _ => week.made_up = own(shifts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Fields {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_pattern_survives_its_form() {
        let fields = typed(&[
            ("t0_from", "08：00"),
            ("t0_to", "17:30"),
            ("t1_from", "17:30"),
            ("t1_to", "08:00"),
            ("w0_mon_0_duty", "lina"),
            ("w0_mon_1_duty", "wangfang"),
            ("w0_mon_1_leader", "lina"),
            ("w0_holiday_1_duty", "lina"),
            ("w1_sun_0_deputy", "lina"),
        ]);
        let weeks = read(&fields, 2, |login| ["lina", "wangfang"].contains(&login)).unwrap();
        assert_eq!(weeks[0].mon.len(), 2);
        assert_eq!(weeks[0].mon[1].leader, Some(PersonId("lina".into())));
        assert!(weeks[0].made_up.is_none(), "it goes like a Monday");
        let (again, times) = super::fields(&weeks);
        assert_eq!(times, 2);
        assert_eq!(read(&again, 2, |_| true).as_ref(), Ok(&weeks));
    }

    #[test]
    fn what_is_wrong_is_said_where_it_is() {
        let strange = typed(&[("t0_from", "8"), ("t0_to", "17:30"), ("w0_mon_0_duty", "nobody")]);
        let wrong = read(&strange, 1, |_| false).unwrap_err();
        assert_eq!(wrong.get("t0"), Some(&"duty.wrong.clock"));
        assert!(wrong.contains_key("person"));
        let no_time = typed(&[("w0_mon_1_duty", "lina")]);
        assert_eq!(
            read(&no_time, 1, |_| true).unwrap_err().get("t1"),
            Some(&"duty.wrong.shift_time")
        );
        assert_eq!(
            read(&Fields::new(), 1, |_| true).unwrap_err().get("person"),
            Some(&"duty.wrong.empty")
        );
    }
}
