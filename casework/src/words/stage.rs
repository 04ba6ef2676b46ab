//! The stages of a ticket, each with a clock of its own: sign 签收, first contact 首次见面核实, resolve 办结.

super::code::words! {
    /// A part of a ticket with its own clock.
    Stage {
        /// 签收
        Sign = "sign",
        /// 首次见面核实
        Contact = "contact",
        /// 办结
        Resolve = "resolve",
    }
}

impl Stage {
    /// What the UI shows.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Sign => "签收",
            Self::Contact => "首次见面核实",
            Self::Resolve => "办结",
        }
    }
}
