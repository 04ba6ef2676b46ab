//! The county's words: codes with Chinese and English labels, in the order in which people are shown them.
//!
//! Vocabulary is versioned data. A word that is no longer offered is retired, never deleted, because old
//! reports and tickets still say it.

use std::collections::HashMap;

use crate::words::{Grade, Lang, Need};
use crate::zh::discreet;

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

impl Label {
    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What tables and the wire say.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// No longer offered, still understood.
    pub retired: bool,
}

/// A situation of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// Code and label.
    pub term: Term,
    /// The form's heading above it.
    pub group: Label,
    /// What it is in plain words, for those who report; the label keeps the words of the law.
    pub plain: Label,
    /// Its place among the commonest, which the form shows first.
    pub common: Option<u8>,
    /// One plain sentence that says when to tick it.
    pub hint: Label,
    /// A few words for mails and lists; empty where the pack gives none. That of an illness tells no illness.
    pub short: Label,
    /// Law or circular that names it.
    pub basis: String,
    /// How well that is known.
    pub grade: Grade,
}

/// How a ticket can end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Code and label.
    pub term: Term,
    /// What who closes with it must give.
    pub needs: Vec<Need>,
    /// Kinds of units that may close with it; empty = all.
    pub unit_kinds: Vec<String>,
}

impl Outcome {
    /// Whether a unit of this kind may close with it.
    pub fn fits(&self, unit_kind: &str) -> bool {
        self.unit_kinds.is_empty() || self.unit_kinds.iter().any(|kind| kind == unit_kind)
    }
}

/// A kind of member unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitKind {
    /// Code and label.
    pub term: Term,
    /// Court and procuratorate: tickets are letters (协办函), escalation is a 提示函, no ranking.
    pub letter: bool,
}

macro_rules! term_of {
    ($($name:ty => $field:ident),*) => {
        $(impl AsRef<Term> for $name { fn as_ref(&self) -> &Term { &self.$field } })*
    };
}
term_of!(Situation => term, UnitKind => term, Outcome => term);

impl AsRef<Term> for Term {
    fn as_ref(&self) -> &Term {
        self
    }
}

/// An ordered list of words.
#[derive(Debug, Clone)]
pub struct Terms<T> {
    list: Vec<T>,
    by_code: HashMap<String, usize>,
}

impl<T: AsRef<Term>> Terms<T> {
    /// A list in the given order. Of equal codes the first wins; the pack refuses them before.
    pub fn new(list: Vec<T>) -> Self {
        let mut by_code = HashMap::with_capacity(list.len());
        for (index, item) in list.iter().enumerate() {
            by_code.entry(item.as_ref().code.clone()).or_insert(index);
        }
        Self { list, by_code }
    }

    /// The word with this code, retired ones included.
    pub fn get(&self, code: &str) -> Option<&T> {
        self.by_code.get(code).map(|index| &self.list[*index])
    }

    /// Whether the code is a word of the list, retired ones included.
    pub fn contains(&self, code: &str) -> bool {
        self.by_code.contains_key(code)
    }

    /// Whether a mention of the code is in order. A list that could not be read allows all: its own problem is
    /// reported, and repeating it at each mention would bury it.
    pub(crate) fn allows(&self, code: &str) -> bool {
        self.list.is_empty() || self.contains(code)
    }

    /// The label of a code, or the code itself where nobody knows it: a page must show something.
    pub fn label<'a>(&'a self, code: &'a str, lang: Lang) -> &'a str {
        self.get(code).map_or(code, |item| item.as_ref().label.get(lang))
    }

    /// All words in order, retired ones included.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.list.iter()
    }

    /// The words that are offered now, in order.
    pub fn offered(&self) -> impl Iterator<Item = &T> {
        self.list.iter().filter(|item| !item.as_ref().retired)
    }

    /// Place of a code in the order.
    pub fn position(&self, code: &str) -> Option<usize> {
        self.by_code.get(code).copied()
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// All word lists of a pack.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// What a reporter can tick.
    pub situations: Terms<Situation>,
    /// Kinds of member units.
    pub unit_kinds: Terms<UnitKind>,
    /// What can be asked of a unit.
    pub obligations: Terms<Term>,
    /// What proves that it was done.
    pub evidence: Terms<Term>,
    /// How a ticket can end.
    pub outcomes: Terms<Outcome>,
    /// Events that start a stage.
    pub events: Terms<Term>,
}

impl Vocabulary {
    /// A situation as a mail or a list may name it: a few words, and of an illness never which. `None` for a code that is no
    /// word of the county.
    pub fn discreet(&self, code: &str, lang: Lang) -> Option<&str> {
        const ILLNESS: &str = "illness";
        let situation = self.situations.get(code)?;
        if code == ILLNESS {
            return Some(discreet::health(lang));
        }
        // A pack without short names: the form's heading says less than the label, and that is the safe side.
        Some(situation.short.get(lang))
            .filter(|short| !short.is_empty())
            .or_else(|| Some(situation.group.get(lang)))
    }
}
