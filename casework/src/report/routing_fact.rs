//! What the rules may ask of a report: the one list of its facts. Their columns, the words of their cells, what routing gives the
//! tables, and what a report says that does not mention them follow from it.
//!
//! What a fact is called stands in `zh::facts`, what of it somebody sees in `office::explain`: both name each fact, so that a new one
//! does not compile before they do. The compiled matcher reads the facts by a list of its own, on purpose (decision 11).

use super::limits::AGE;
use super::{ChildFacts, Facts, Unknown};
use crate::dmn::sfeel::{Kind, Value};
use crate::words::{LivingWith, Place, ReporterKind, Sex, Suspect, words};

words! {
    /// A fact that a table may ask; its word is the column's name.
    RoutingFact {
        /// 情形: one at a time, each with each child.
        Situation = "situation",
        /// 现实危险
        PresentDanger = "present_danger",
        /// 发生地点
        Place = "place",
        /// 嫌疑人
        Suspect = "suspect",
        /// 年龄
        Age = "age",
        /// 性别
        Sex = "sex",
        /// 留守儿童
        LeftBehind = "left_behind",
        /// 共同生活人
        LivingWith = "living_with",
        /// 监护人不能到场
        GuardianAbsent = "guardian_absent",
        /// 与成年人共同作案
        AdultCoOffender = "adult_co_offender",
        /// 重复报告
        Repeat = "repeat",
        /// 报告人
        ReporterKind = "reporter_kind",
    }
}

impl RoutingFact {
    /// What its column holds.
    pub fn kind(self) -> Kind {
        match self {
            Self::Age => Kind::Whole,
            Self::PresentDanger | Self::LeftBehind | Self::GuardianAbsent | Self::AdultCoOffender | Self::Repeat => {
                Kind::Flag
            }
            Self::Situation | Self::Place | Self::Suspect | Self::Sex | Self::LivingWith | Self::ReporterKind => {
                Kind::Text
            }
        }
    }

    /// The closed list of its words on the wire. None of a situation: those are the pack's.
    pub fn words(self) -> Vec<&'static str> {
        fn all<T: Copy>(list: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
            list.iter().map(|one| word(*one)).collect()
        }
        match self {
            Self::Place => all(Place::ALL, Place::as_str),
            Self::Suspect => all(Suspect::ALL, Suspect::as_str),
            Self::Sex => all(Sex::ALL, Sex::as_str),
            Self::LivingWith => all(LivingWith::ALL, LivingWith::as_str),
            Self::ReporterKind => all(ReporterKind::ALL, ReporterKind::as_str),
            _ => Vec::new(),
        }
    }

    /// Whether each child has its own.
    pub fn is_of_child(self) -> bool {
        matches!(self, Self::Age | Self::Sex | Self::LeftBehind | Self::LivingWith)
    }

    /// Whether it counts as every value while it is unknown.
    pub fn is_every(self) -> bool {
        Unknown::from_word(self.as_str()).is_some()
    }

    /// The values that a cell can wait for. What is unknown is asked as each value where it counts as every one, so a cell that
    /// waits for `unknown` there would wait for ever. None of a situation: those are the pack's.
    pub fn values(self) -> Vec<Value> {
        match self.kind() {
            Kind::Flag => vec![true.into(), false.into()],
            Kind::Whole | Kind::Number => (0..=i64::from(AGE)).map(Value::from).collect(),
            Kind::Text => {
                let unknown = |word: &&str| self.is_every() && *word == Sex::Unknown.as_str();
                let words = self.words().into_iter().filter(|word| !unknown(word));
                words.map(Value::from).collect()
            }
        }
    }

    /// What a report says that does not mention it; what counts as every value while it is unknown comes with its first. `None`
    /// where none is more usual than another, or a report must say it.
    pub fn usual(self) -> Option<Value> {
        Some(match self {
            Self::Age => 0.into(),
            Self::LeftBehind => true.into(),
            Self::PresentDanger | Self::GuardianAbsent | Self::AdultCoOffender | Self::Repeat => false.into(),
            Self::Place => Place::Unknown.as_str().into(),
            Self::Suspect => Suspect::Unknown.as_str().into(),
            Self::LivingWith => LivingWith::Unknown.as_str().into(),
            Self::Situation | Self::Sex | Self::ReporterKind => return None,
        })
    }

    /// Its value for one situation and child of a report; null where it is unknown.
    pub fn of(self, facts: &Facts, situation: &str, child: &ChildFacts) -> Value {
        match self {
            Self::Situation => situation.into(),
            Self::PresentDanger => facts.present_danger.into(),
            Self::Place => facts.place.as_str().into(),
            Self::Suspect => facts.suspect.as_str().into(),
            Self::Age => child.age.map_or(Value::Null, |age| i64::from(age).into()),
            Self::Sex if child.sex == Sex::Unknown => Value::Null,
            Self::Sex => child.sex.as_str().into(),
            Self::LeftBehind => child.left_behind.map_or(Value::Null, Value::from),
            Self::LivingWith => child.living_with.as_str().into(),
            Self::GuardianAbsent => facts.guardian_absent.into(),
            Self::AdultCoOffender => facts.adult_co_offender.into(),
            Self::Repeat => facts.repeat.into(),
            Self::ReporterKind => facts.reporter_kind.as_str().into(),
        }
    }

    /// The value that a text stands for; `None` where it is none of the fact's, and for situations and ages, which no list closes.
    pub fn read(self, text: &str) -> Option<Value> {
        match self.kind() {
            Kind::Flag => text.parse::<bool>().ok().map(Value::from),
            Kind::Text => self.words().contains(&text).then(|| text.into()),
            Kind::Whole | Kind::Number => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_is_a_value() {
        for fact in RoutingFact::ALL {
            for value in fact.usual().iter().chain(&fact.values()) {
                assert!(fact.kind().holds(value), "{fact}: {value:?}");
            }
            if let Some(usual) = fact.usual() {
                assert!(fact.values().contains(&usual), "{fact}: {usual:?}");
            }
        }
    }

    #[test]
    fn what_counts_as_every_value_is_not_waited_for() {
        assert!(!RoutingFact::Sex.values().contains(&"unknown".into()));
        assert!(RoutingFact::Place.values().contains(&"unknown".into()));
        assert_eq!(RoutingFact::Sex.read("unknown"), Some("unknown".into()));
    }
}
