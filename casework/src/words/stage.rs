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
