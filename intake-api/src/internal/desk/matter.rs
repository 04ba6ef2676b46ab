//! What a reporter wrote, for programs.

use casework::disclosure::Part;
use platform::foreign::Foreign;
use serde::Serialize;

use crate::parts::{Birth, Child, Opened, Place};

/// What the reporter wrote, as far as it is shown: a field that is not shown is not there, one that was not given is null.
#[derive(Serialize)]
pub(crate) struct Matter {
    #[serde(flatten)]
    place: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    narrative: Option<Shown>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<MatterChild>,
}

/// A field that is shown; null where it was not given.
#[derive(Serialize)]
#[serde(transparent)]
struct Shown(Option<Foreign>);

/// A child, in the report's order.
#[derive(Serialize)]
struct MatterChild {
    #[serde(flatten)]
    known: Option<Child>,
    #[serde(flatten)]
    birth: Option<Birth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    school: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_address: Option<Shown>,
}

/// `None` when it can't be opened.
pub(crate) fn matter(opened: &Opened) -> Option<Matter> {
    if opened.shut {
        return None;
    }
    let shows = |part| opened.shows.has(part);
    Some(Matter {
        place: shows(Part::Place).then(|| opened.place.clone().unwrap_or_default()),
        narrative: shows(Part::Narrative).then(|| Shown(opened.narrative.clone())),
        children: (0..opened.count())
            .map(|n| MatterChild {
                known: of_child(opened.children.as_ref(), n),
                birth: shows(Part::Birth).then(|| of_child(opened.birth.as_ref(), n).unwrap_or_default()),
                school: shows(Part::School).then(|| Shown(of_child(opened.school.as_ref(), n).flatten())),
                home_address: shows(Part::Home).then(|| Shown(of_child(opened.home.as_ref(), n).flatten())),
            })
            .collect(),
    })
}

/// What a list has of one child.
fn of_child<T: Clone>(list: Option<&Vec<T>>, n: usize) -> Option<T> {
    list?.get(n).cloned()
}
