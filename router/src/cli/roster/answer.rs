//! What `router roster` answers as JSON.

use casework::calendar::rfc3339;
use casework::roster::{Answer, Fall, Handover, Hole, PersonId, Reached, Vacancy};
use casework::words::Channel;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// Whom a call reaches is asked.
pub(super) const CALL: [Channel; 1] = [Channel::Voice];

/// The shape of the JSON objects, for `--help`.
pub(super) const SHAPE: &str = "Exit codes: 0 no hole, 1 at least one hole, 2 unreadable.

JSON (--json), one object per unit in the order of units.csv:
  unit, at, open (its duty hours), phone (the telephone on its desk by the pack, or null)
  duty, deputy, leader  who is called for the seat: {person, unit, seat, why, fell}; person, unit, seat and why are null
            where only the pack's last_resort phones are left, and for an empty deputy's seat, which calls nobody
    why     pattern, exception, swap, delegation; standing: a leader of the unit without a shift
    fell    the seats that reached nobody, in order: [{unit, seat, vacancy, person}]; empty = it is who was asked for
    vacancy no-shift, emptied, away, gone, no-phone
  holes     times in which nobody who can be reached is on duty: [{from, to, vacancy, person, falls_to}]
  handovers moments at which another person takes over: [{at, from, to}]

FILE: {\"people\": {LOGIN: {\"name\", \"phones\": [{\"verified\", \"night\"}], \"disabled_at\"}},
       \"rosters\": {UNIT: {\"leaders\": [LOGIN],
         \"patterns\": [{\"from\": DATE, \"weeks\": [{\"mon\": [SHIFT], .. \"sun\", \"holiday\", \"made_up\"}]}],
         \"exceptions\": [{\"during\": {\"from\", \"to\"}, \"seat\", \"person\"}],
         \"swaps\": [{\"asked_by\", \"with\", \"gives\": {\"from\", \"to\"}, \"takes\", \"state\"}],
         \"absences\": [{\"person\", \"during\": {\"from\", \"to\"}, \"delegate\"}]}}}
  SHIFT = {\"from\": \"08:00\", \"to\": \"17:30\", \"duty\", \"deputy\", \"leader\"}; one that ends no later than it starts ends on the next day";

/// One unit.
pub(super) struct UnitAnswer<'a> {
    pub(super) unit: &'a str,
    pub(super) at: DateTime<Utc>,
    pub(super) open: bool,
    pub(super) phone: Option<&'a str>,
    pub(super) duty: &'a Answer,
    pub(super) deputy: &'a Answer,
    pub(super) leader: &'a Answer,
    pub(super) holes: &'a [Hole],
    pub(super) handovers: &'a [Handover],
}

impl UnitAnswer<'_> {
    pub(super) fn json(&self) -> Value {
        json!({
            "unit": self.unit,
            "at": rfc3339(self.at),
            "open": self.open,
            "phone": self.phone,
            "duty": answer(self.duty),
            "deputy": answer(self.deputy),
            "leader": answer(self.leader),
            "holes": self.holes.iter().map(hole).collect::<Vec<_>>(),
            "handovers": self.handovers.iter().map(handover).collect::<Vec<_>>(),
        })
    }
}

fn answer(answer: &Answer) -> Value {
    let mut said = reached(&answer.reached);
    said["fell"] = answer.fell.iter().map(fall).collect();
    said
}

fn reached(reached: &Reached) -> Value {
    match reached {
        Reached::Person {
            person,
            unit,
            seat,
            why,
        } => json!({ "person": person, "unit": unit, "seat": seat, "why": why }),
        Reached::LastResort => json!({ "person": null, "unit": null, "seat": null, "why": null }),
    }
}

fn fall(fall: &Fall) -> Value {
    let (vacancy, person) = vacancy(&fall.vacancy);
    json!({ "unit": fall.unit, "seat": fall.seat, "vacancy": vacancy, "person": person })
}

fn hole(hole: &Hole) -> Value {
    let (vacancy, person) = vacancy(&hole.vacancy);
    json!({
        "from": rfc3339(hole.during.from),
        "to": rfc3339(hole.during.to),
        "vacancy": vacancy,
        "person": person,
        "falls_to": reached(&hole.falls_to),
    })
}

fn handover(change: &Handover) -> Value {
    json!({ "at": rfc3339(change.at), "from": reached(&change.from), "to": reached(&change.to) })
}

fn vacancy(vacancy: &Vacancy) -> (&'static str, Option<&PersonId>) {
    match vacancy {
        Vacancy::NoShift => ("no-shift", None),
        Vacancy::Emptied => ("emptied", None),
        Vacancy::Away(person) => ("away", Some(person)),
        Vacancy::Gone(person) => ("gone", Some(person)),
        Vacancy::NoPhone(person) => ("no-phone", Some(person)),
    }
}
