//! A report as lines that people read.

use std::fmt::{self, Display, Write};

use casework::words::Handling;
use casework::zh;
use platform::store::{Ended, Loose, NoticeShown, RingShown, StageShown, StepShown};

use super::answer::{Shown, Ticket};

/// What is not there.
const NOTHING: &str = "–";

/// Writing into a text never fails.
pub(super) fn of(shown: &Shown) -> String {
    let mut text = String::new();
    report(&mut text, shown).map_or_else(|_| String::new(), |()| text)
}

fn report(out: &mut String, shown: &Shown) -> fmt::Result {
    let (receipt, at, state) = (&shown.receipt, &shown.received_at, shown.state);
    writeln!(out, "{receipt}  {at}  {}  {state}", or(shown.urgency.as_ref()))?;
    for reason in shown.triage_reasons.known().into_iter().flatten() {
        writeln!(out, "  {}: {reason}", zh::TRIAGE)?;
    }
    shown.tickets.iter().try_for_each(|ticket| of_ticket(out, ticket))
}

fn of_ticket(out: &mut String, ticket: &Ticket) -> fmt::Result {
    let shown = &ticket.shown;
    let role = Handling::of(shown.lead).zh();
    writeln!(out, "  {role} {} @ {} [{}]", shown.obligation, shown.unit, shown.state)?;
    if let Some(outcome) = &shown.close_outcome {
        write!(
            out,
            "      waits as {outcome} since {}, asked by {}, for the {}",
            or(shown.close_requested_at),
            or(shown.close_requested_by.as_ref()),
            or(shown.close_by.as_ref())
        )?;
        let to = shown.transfer_to.as_ref();
        writeln!(out, "{}", to.map(|unit| format!(", to {unit}")).unwrap_or_default())?;
    }
    if let Some(outcome) = &shown.outcome {
        writeln!(out, "      closed as {outcome} by {}", or(shown.resolved_by.as_ref()))?;
    }
    if let Some(before) = shown.predecessor {
        writeln!(out, "      follows ticket {before}")?;
    }
    shown.stages.iter().try_for_each(|stage| of_stage(out, stage))?;
    shown.notices.iter().try_for_each(|notice| of_notice(out, notice))?;
    shown.rings.iter().try_for_each(|ring| of_ring(out, ring))?;
    let why = ticket.explanation.as_ref().map_or("", |why| why.text());
    why.lines().try_for_each(|line| writeln!(out, "      {line}"))
}

fn of_stage(out: &mut String, stage: &StageShown) -> fmt::Result {
    let ended = match (stage.ended_at, stage.ended_how.as_ref().and_then(Loose::known)) {
        (Some(at), Some(Ended::Closed)) => format!("  not done, closed {at}"),
        (Some(at), Some(Ended::Void)) => format!("  taken away {at}"),
        (Some(at), _) => format!("  done {at}"),
        (None, _) => String::new(),
    };
    let (clock, limit, grade) = (stage.stage.to_string(), &stage.limit, &stage.grade);
    writeln!(out, "      {clock:<8} due {} ({limit}, {grade}){ended}", or(stage.due))?;
    stage.steps.iter().try_for_each(|step| of_step(out, step))
}

fn of_step(out: &mut String, step: &StepShown) -> fmt::Result {
    let StepShown { level, action, to, .. } = step;
    let (crossed, sent) = (step.crossed_at, or(step.sent_at));
    let late = if step.system_late { "  (late by the system)" } else { "" };
    writeln!(
        out,
        "          level {level} {action} -> {to}  crossed {crossed}  sent {sent}{late}"
    )
}

fn of_notice(out: &mut String, notice: &NoticeShown) -> fmt::Result {
    let NoticeShown {
        kind,
        unit,
        state,
        attempts,
        ..
    } = notice;
    writeln!(out, "      mail {kind} -> {unit} [{state}] attempts {attempts}")
}

/// A call and what became of it.
fn of_ring(out: &mut String, ring: &RingShown) -> fmt::Result {
    let RingShown {
        stage,
        cause,
        ring: number,
        planned_at,
        channel,
        unit,
        state,
        ..
    } = ring;
    let who = match ring.last_resort {
        Some(place) => format!("last resort {place}"),
        None => or(ring.person.as_ref()),
    };
    let grouped = if ring.grouped > 1 {
        format!("  one call for {} rings", ring.grouped)
    } else {
        String::new()
    };
    let answered = match ring.answered_at {
        Some(at) => {
            let (by, how) = (or(ring.answered_by.as_ref()), or(ring.answered_how.as_ref()));
            format!("  answered {at} by {by} ({how})")
        }
        None => String::new(),
    };
    writeln!(
        out,
        "      ring {stage} {cause} #{number} planned {planned_at}  {channel} -> {who} @ {unit} [{state}]{grouped}{answered}"
    )?;
    ring.steps.iter().try_for_each(|step| {
        let detail = if step.detail.is_empty() { "" } else { "  " };
        writeln!(out, "          {} {}{detail}{}", step.at, step.step, step.detail)
    })
}

fn or(what: Option<impl Display>) -> String {
    what.map_or_else(|| NOTHING.to_owned(), |what| what.to_string())
}
