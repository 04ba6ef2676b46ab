//! How urgent a report is: P1 特急, P2 紧急, P3 一般.

super::words! {
    /// Urgency; ordered so that `max` is the most urgent.
    Urgency {
        /// 一般
        P3 = "P3",
        /// 紧急
        P2 = "P2",
        /// 特急
        P1 = "P1",
    }
}

impl Urgency {
    /// The three, the most urgent first, as people list them.
    pub const HIGHEST_FIRST: [Self; 3] = [Self::P1, Self::P2, Self::P3];

    /// One step more urgent; P1 stays P1.
    #[must_use]
    pub const fn raised(self) -> Self {
        match self {
            Self::P3 => Self::P2,
            Self::P2 | Self::P1 => Self::P1,
        }
    }
}
