//! Who of a unit is on duty, and by what a person is called.

use super::code::words;

words! {
    /// A seat of a unit's duty roster.
    Seat {
        /// 值班
        Duty = "duty",
        /// 副班
        Deputy = "deputy",
        /// 带班领导
        Leader = "leader",
    }
}

words! {
    /// A way in which somebody is told. The loudest first.
    Channel {
        /// A call that speaks.
        Voice = "voice",
        /// 短信
        Sms = "sms",
        /// 邮件
        Mail = "mail",
        /// The page that a person on duty keeps open.
        Desk = "desk",
    }
}

impl Channel {
    /// Whether it needs a telephone of the person who is told.
    pub const fn needs_phone(self) -> bool {
        matches!(self, Self::Voice | Self::Sms)
    }
}
