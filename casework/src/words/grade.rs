//! How well a source is known.

super::code::words! {
    /// The grade of a basis.
    Grade {
        /// Law, read in its text.
        V = "V",
        /// Law as a secondary source tells it.
        S = "S",
        /// Policy of the county: never shown as law.
        P = "P",
    }
}

impl Grade {
    /// The grade that a cell names; what names none is not shown as law.
    pub fn of_cell(word: &str) -> Self {
        Self::from_word(word).unwrap_or(Self::P)
    }
}
