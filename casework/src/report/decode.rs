//! From JSON to [`Report`], collecting every mistake.

use chrono::{DateTime, FixedOffset, NaiveDate};

use super::fields::{Errors, Fields, text_of};
use super::node::Node;
use super::{Child, FieldError, Report, Reporter, limits};
use crate::words::{Identity, LivingWith, Place, Suspect, is_area_code, is_code};

/// Decodes the whole body; the error is never empty.
pub(super) fn report(node: &Node<'_>) -> Result<Report, Vec<FieldError>> {
    let mut errors = Errors(Vec::new());
    let report = report_fields(node, &mut errors);
    match report {
        Some(report) if errors.0.is_empty() => Ok(report),
        _ => Err(errors.finish()),
    }
}

fn report_fields(node: &Node<'_>, errors: &mut Errors) -> Option<Report> {
    let mut fields = Fields::open(node, String::new(), errors)?;
    let situations = fields.list("situations", limits::SITUATIONS, errors, |item, pointer, errors| {
        let text = text_of(item, pointer, errors)?;
        if is_code(text) {
            return Some(text.to_owned());
        }
        errors.add(
            pointer,
            "not-a-code",
            "must be a situation code: 1 to 60 of a-z, 0-9 and -".into(),
        );
        None
    });
    if let Some(codes) = &situations {
        for (index, code) in codes.iter().enumerate() {
            if codes[..index].contains(code) {
                errors.add(
                    &format!("/situations/{index}"),
                    "duplicate",
                    format!("{code} is listed twice"),
                );
            }
        }
    }
    let present_danger = fields.required_flag("present_danger", errors);
    let area = fields.text("area", 12, errors);
    if let Some(code) = &area
        && !is_area_code(code)
    {
        errors.add(
            "/area",
            "not-an-area",
            "must be a 12-digit area code, or null when unknown".into(),
        );
    }
    let where_now = fields.text("where_now", limits::LINE, errors);
    let place = fields.word("place", Place::ALL, Place::as_str, errors);
    let suspect = fields.word("suspect", Suspect::ALL, Suspect::as_str, errors);
    let found_at = fields.parsed("found_at", errors, |text| {
        DateTime::<FixedOffset>::parse_from_rfc3339(text).ok()
    });
    let children = fields.list("children", limits::CHILDREN, errors, child);
    let reporter = match fields.take("reporter") {
        Some(node) => reporter(node, errors),
        None => errors.required("/reporter"),
    };
    let narrative = fields.text("narrative", limits::NARRATIVE, errors);
    if narrative.is_none() && !errors.has("/narrative") {
        errors.required::<()>("/narrative");
    }
    let guardian_absent = fields.flag("guardian_absent", errors);
    let adult_co_offender = fields.flag("adult_co_offender", errors);
    let repeat = fields.flag("repeat", errors);
    fields.close(errors);
    Some(Report {
        situations: situations?,
        present_danger: present_danger?,
        area,
        where_now,
        place: place.unwrap_or(Place::Unknown),
        suspect: suspect.unwrap_or(Suspect::Unknown),
        found_at,
        children: children?,
        reporter: reporter?,
        narrative: narrative?,
        guardian_absent: guardian_absent.unwrap_or(false),
        adult_co_offender: adult_co_offender.unwrap_or(false),
        repeat: repeat.unwrap_or(false),
    })
}

fn child(node: &Node<'_>, pointer: &str, errors: &mut Errors) -> Option<Child> {
    let mut fields = Fields::open(node, pointer.to_owned(), errors)?;
    let name = fields.text("name", limits::NAME, errors);
    let sex = fields.required_word("sex", crate::words::Sex::ALL, crate::words::Sex::as_str, errors);
    let age = fields.age("age", errors);
    let birth_date = fields.parsed("birth_date", errors, |text| {
        (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())?
    });
    let id_number = fields.text("id_number", limits::ID_NUMBER, errors);
    let living_with = fields.word("living_with", LivingWith::ALL, LivingWith::as_str, errors);
    let left_behind = fields.flag("left_behind", errors);
    let school = fields.text("school", limits::LINE, errors);
    let home_address = fields.text("home_address", limits::LINE, errors);
    fields.close(errors);
    Some(Child {
        name,
        sex: sex?,
        age,
        birth_date,
        id_number,
        living_with: living_with.unwrap_or(LivingWith::Unknown),
        left_behind,
        school,
        home_address,
    })
}

fn reporter(node: &Node<'_>, errors: &mut Errors) -> Option<Reporter> {
    let mut fields = Fields::open(node, "/reporter".into(), errors)?;
    let kind = fields.required_word(
        "kind",
        crate::words::ReporterKind::ALL,
        crate::words::ReporterKind::as_str,
        errors,
    );
    let identity = fields.word("identity", Identity::ALL, Identity::as_str, errors);
    let organization = fields.text("organization", limits::LINE, errors);
    let name = fields.text("name", limits::NAME, errors);
    let phone = fields.text("phone", limits::PHONE, errors);
    fields.close(errors);
    let identity = identity.unwrap_or(Identity::Confidential);
    // Here, where every door passes: an anonymous reporter's details are in no report, so nothing after this can keep them.
    let known = |text: Option<String>| text.filter(|_| identity != Identity::Anonymous);
    Some(Reporter {
        kind: kind?,
        identity,
        organization: known(organization),
        name: known(name),
        phone: known(phone),
    })
}
