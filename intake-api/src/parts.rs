//! A report's words, part by part: sealed at the door, opened for whoever the database hands the part to.
//!
//! Each part has its own column and is bound to it, so that whoever gets one part can't open another with it. Lists have one
//! entry per child, in the report's order; a part of which nothing was given is not stored.

use casework::disclosure::{Part, Shows};
use casework::office::explain::Sight;
use casework::report::{self, Facts, Report, StoredFacts, salvage};
use casework::words::{Identity, LivingWith, ReporterKind, Sex};
use chrono::{DateTime, FixedOffset, NaiveDate};
use platform::{
    foreign::Foreign,
    receipt::ReportId,
    seal::{Column, MasterKey},
    store::{Handed, SealedParts},
};
use rand::Rng;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tracing::error;

/// Where the child is in words, and when it was found.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Place {
    pub(crate) where_now: Option<Foreign>,
    pub(crate) found_at: Option<DateTime<FixedOffset>>,
}

/// A child as reported.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Child {
    pub(crate) name: Option<Foreign>,
    pub(crate) sex: Sex,
    pub(crate) age: Option<u8>,
    pub(crate) living_with: LivingWith,
    pub(crate) left_behind: Option<bool>,
}

/// Papers of a child.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Birth {
    pub(crate) birth_date: Option<NaiveDate>,
    pub(crate) id_number: Option<Foreign>,
}

/// Who reported. Whole it is the identity; of it a unit may know kind and organization, and how to reach who is named.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Reporter {
    pub(crate) kind: ReporterKind,
    pub(crate) identity: Identity,
    pub(crate) organization: Option<Foreign>,
    pub(crate) name: Option<Foreign>,
    pub(crate) phone: Option<Foreign>,
}

impl Reporter {
    fn whole(of: &report::Reporter) -> Self {
        Self {
            kind: of.kind,
            identity: of.identity,
            organization: foreign(of.organization.as_ref()),
            name: foreign(of.name.as_ref()),
            phone: foreign(of.phone.as_ref()),
        }
    }

    /// What units may know: who asked for secrecy is not named.
    fn for_units(of: &report::Reporter) -> Self {
        let named = of.identity == Identity::Named;
        let whole = Self::whole(of);
        Self {
            name: whole.name.filter(|_| named),
            phone: whole.phone.filter(|_| named),
            ..whole
        }
    }
}

fn foreign(typed: Option<&String>) -> Option<Foreign> {
    typed.map(|typed| typed.as_str().into())
}

/// Seals a report's words.
pub(crate) fn seal(keys: &MasterKey, key: &[u8; 32], id: ReportId, report: &Report, rng: &mut impl Rng) -> SealedParts {
    let mut one = |column, given: bool, plain: Value| {
        given.then(|| keys.seal(key, column, id, plain.to_string().as_bytes(), rng))
    };
    let children = &report.children;
    let any = |given: fn(&report::Child) -> bool| children.iter().any(given);
    let place = Place {
        where_now: foreign(report.where_now.as_ref()),
        found_at: report.found_at,
    };
    let child = |c: &report::Child| Child {
        name: foreign(c.name.as_ref()),
        sex: c.sex,
        age: c.age,
        living_with: c.living_with,
        left_behind: c.left_behind,
    };
    let birth = |c: &report::Child| Birth {
        birth_date: c.birth_date,
        id_number: foreign(c.id_number.as_ref()),
    };
    let list = |each: Vec<Value>| Value::Array(each);
    SealedParts {
        place: one(
            Column::Place,
            place.where_now.is_some() || place.found_at.is_some(),
            json!(place),
        ),
        child: one(
            Column::Child,
            true,
            list(children.iter().map(|c| json!(child(c))).collect()),
        ),
        birth: one(
            Column::Birth,
            any(|c| c.birth_date.is_some() || c.id_number.is_some()),
            list(children.iter().map(|c| json!(birth(c))).collect()),
        ),
        school: one(
            Column::School,
            any(|c| c.school.is_some()),
            list(children.iter().map(|c| json!(c.school)).collect()),
        ),
        home: one(
            Column::Home,
            any(|c| c.home_address.is_some()),
            list(children.iter().map(|c| json!(c.home_address)).collect()),
        ),
        narrative: one(Column::Narrative, true, json!(report.narrative)),
        reporter: one(Column::Reporter, true, json!(Reporter::for_units(&report.reporter))),
        identity: one(Column::Identity, true, json!(Reporter::whole(&report.reporter))),
    }
}

/// What somebody was handed of a report, opened. A part that is not shown, or was not given, is `None`.
pub(crate) struct Opened {
    /// The parts that are shown.
    pub(crate) shows: Shows,
    /// The unsealed facts that are shown; what is hidden reads as unknown, so ask `shows` before saying it.
    pub(crate) facts: Facts,
    /// The same as they came, for programs.
    pub(crate) raw: StoredFacts,
    pub(crate) place: Option<Place>,
    pub(crate) children: Option<Vec<Child>>,
    pub(crate) birth: Option<Vec<Birth>>,
    pub(crate) school: Option<Vec<Option<Foreign>>>,
    pub(crate) home: Option<Vec<Option<Foreign>>>,
    pub(crate) narrative: Option<Foreign>,
    pub(crate) reporter: Option<Reporter>,
    /// Something that was handed over can't be opened.
    pub(crate) shut: bool,
}

impl Opened {
    /// Unsealed facts alone: of a made-up report, or of an old one in a replay.
    pub(crate) fn of_facts(facts: &Facts, shows: Shows) -> Self {
        let mut facts = facts.clone();
        if !shows.has(Part::Situations) {
            facts.situations.clear();
        }
        if !shows.has(Part::Child) {
            facts.children.clear();
        }
        Self {
            raw: StoredFacts::from(&facts),
            facts,
            place: None,
            children: None,
            birth: None,
            school: None,
            home: None,
            narrative: None,
            reporter: None,
            shut: false,
            shows,
        }
    }

    /// Opens what the database handed out.
    pub(crate) fn new(keys: &MasterKey, id: ReportId, handed: &Handed) -> Self {
        let key = keys
            .open_data_key(id, &handed.data_key)
            .inspect_err(|e| error!(report = %id, error = %e, "the data key of a report can't be opened"))
            .ok();
        let mut opener = Opener { id, key, shut: false };
        let shows = Shows::from_words(handed.shows.iter().map(String::as_str));
        Self {
            facts: salvage(&handed.facts).0,
            raw: handed.facts.0.clone(),
            place: opener.part(Column::Place, handed.place.as_deref()),
            children: opener.part(Column::Child, handed.child.as_deref()),
            birth: opener.part(Column::Birth, handed.birth.as_deref()),
            school: opener.part(Column::School, handed.school.as_deref()),
            home: opener.part(Column::Home, handed.home.as_deref()),
            narrative: opener.part(Column::Narrative, handed.narrative.as_deref()),
            reporter: opener.part(Column::Reporter, handed.reporter.as_deref()),
            // Reports of before are sealed as one, which nobody is handed.
            shut: opener.shut || (shows.has(Part::Child) && handed.child.is_none()),
            shows,
        }
    }
}

impl Opened {
    /// What an explanation beside it may tell.
    pub(crate) fn sight(&self, own: &[String]) -> Sight {
        Sight {
            shows: self.shows.clone(),
            own: own.to_vec(),
        }
    }

    /// How many children anything is said of.
    pub(crate) fn count(&self) -> usize {
        let lists = [
            self.children.as_ref().map(Vec::len),
            self.birth.as_ref().map(Vec::len),
            self.school.as_ref().map(Vec::len),
            self.home.as_ref().map(Vec::len),
        ];
        lists.into_iter().flatten().max().unwrap_or(0)
    }
}

/// Opens who reported.
pub(crate) fn identity(keys: &MasterKey, id: ReportId, data_key: &[u8], sealed: &[u8]) -> Option<Reporter> {
    let key = keys.open_data_key(id, data_key).ok();
    Opener { id, key, shut: false }.part(Column::Identity, Some(sealed))
}

struct Opener {
    id: ReportId,
    key: Option<[u8; 32]>,
    shut: bool,
}

impl Opener {
    fn part<T: DeserializeOwned>(&mut self, column: Column, sealed: Option<&[u8]>) -> Option<T> {
        let sealed = sealed?;
        let opened = self.key.as_ref().and_then(|key| open(key, column, self.id, sealed));
        self.shut |= opened.is_none();
        opened
    }
}

/// Opens one sealed text of a report; the log says why it can't be.
pub(crate) fn open<T: DeserializeOwned>(key: &[u8; 32], column: Column, id: ReportId, sealed: &[u8]) -> Option<T> {
    let plain = MasterKey::open(key, column, id, sealed)
        .inspect_err(|e| error!(report = %id, ?column, error = %e, "a sealed text can't be opened"))
        .ok()?;
    // The text of the error could repeat the words: it is not logged.
    serde_json::from_slice(&plain)
        .inspect_err(|_| error!(report = %id, ?column, "an opened text has another form"))
        .ok()
}
