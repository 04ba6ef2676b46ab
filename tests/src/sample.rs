//! The sample reports of `tests/samples`, by name.

use std::str::FromStr;

use serde_json::Value;

/// Each sample is a variant, its file name without the number and `.json`, and its text.
macro_rules! samples {
    ($($(#[$says:meta])* $variant:ident = $file:literal,)*) => {
        /// A sample report: what `tests/samples` holds under its file name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Sample {
            $($(#[$says])* $variant,)*
        }

        impl Sample {
            /// All of them, in the order of their files.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name of its file without `.json`.
            pub fn file(self) -> &'static str {
                match self {
                    $(Self::$variant => $file,)*
                }
            }

            /// The body as a client sends it.
            pub fn body(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../samples/", $file, ".json")),)*
                }
            }
        }
    };
}

samples! {
    /// An abused child in present danger: P1, the police first, several units.
    BruisesAtSchool = "01-bruises-at-school",
    /// A pregnant child under 14: statutory.
    Pregnant13 = "02-pregnant-13",
    /// Left alone at 14.
    AloneAt14 = "03-alone-at-14",
    /// Out of school for two weeks: ordinary.
    DropoutTwoWeeks = "04-dropout-two-weeks",
    /// An orphan: no present danger, no police ticket, two units.
    OrphanNew = "05-orphan-new",
    /// Missing since the evening.
    MissingEvening = "06-missing-evening",
    /// Bullied, and filmed.
    BullyingVideo = "07-bullying-video",
    /// A foundling.
    AbandonedInfant = "08-abandoned-infant",
    /// A guardian who drinks.
    GuardianDrinks = "09-guardian-drinks",
    /// A plan of self-harm.
    SelfHarmPlan = "10-self-harm-plan",
    /// Hardship with HIV in the family.
    HivHardship = "11-hiv-hardship",
    /// A theft together with an adult.
    TheftWithAdult = "12-theft-with-adult",
    /// A teacher is suspected.
    TeacherSuspected = "13-teacher-suspected",
    /// Neither age nor place are known.
    AgeUnknownElsewhere = "14-age-unknown-elsewhere",
}

impl Sample {
    /// The body, to be changed.
    pub fn json(self) -> Value {
        Value::from_str(self.body()).expect("a sample is JSON")
    }
}
