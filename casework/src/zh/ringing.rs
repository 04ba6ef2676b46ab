//! What is wrong with the table of rings, the duty hours and the last resort of a county.

use crate::words::{Channel, Seat, Urgency};

impl Seat {
    /// What the UI shows.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Duty => "值班",
            Self::Deputy => "副班",
            Self::Leader => "带班领导",
        }
    }
}

impl Channel {
    /// What the UI shows.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Voice => "电话语音",
            Self::Sms => "短信",
            Self::Mail => "邮件",
            Self::Desk => "值班台",
        }
    }
}

pub(crate) const KIND_OR_UNIT: &str =
    "每一行要么写一类单位（unit_kind，* 表示各类），要么写一个单位（unit），两栏只填一栏。";

/// A word that its column does not know.
pub(crate) fn unknown(column: &str, word: &str) -> String {
    format!("“{column}”一栏的“{word}”不是允许的内容，请改正。")
}

/// Nothing was written.
pub(crate) fn empty(column: &str) -> String {
    format!("“{column}”一栏没有填写。")
}

/// A word that stands there twice.
pub(crate) fn twice(column: &str, word: &str) -> String {
    format!("“{column}”一栏的“{word}”写了两次，只写一次。")
}

/// A phone field without a number.
pub(crate) fn no_number(column: &str, text: &str) -> String {
    format!("“{column}”一栏的“{text}”里没有可以拨打的号码。")
}

/// Duty hours that can't be read, or none.
pub(crate) fn no_hours(working: &str, off: &str) -> String {
    format!("值班时间“{working}”“{off}”读不懂：请写成 08:00-12:00 14:30-17:30，按先后次序，工作日至少一段。")
}

/// A distance that is none.
pub(crate) fn no_distance(cell: &str) -> String {
    format!("“after”一栏的“{cell}”不行：只能写分钟、小时或值班日，最长31天，例如 0min、4h、1wd。")
}

/// A row after the one that repeats.
pub(crate) fn after_again(group: &str) -> String {
    format!("{group}：again 一步会一直重复，它后面不能再有别的步骤，请放到最后。")
}

/// A repetition at once.
pub(crate) fn again_without_distance(group: &str) -> String {
    format!("{group}：again 一步的间隔不能是 0，否则会不停地响。")
}

/// Steps that are not 1, 2, 3.
pub(crate) fn numbers(group: &str, number: usize, wanted: usize) -> String {
    format!("{group}：步骤必须从 1 起连续编号，这里应当是 {wanted}，写的是 {number}。")
}

/// A step that is no later than the one before.
pub(crate) fn unordered(group: &str, number: usize) -> String {
    format!("{group}：第 {number} 步必须晚于前一步（都从派单起算）。")
}

/// Nothing repeats.
pub(crate) fn no_again(group: &str) -> String {
    format!("{group}：没有 again 一步，最后一步之后就再也没有人会接到电话，请加一行。")
}

pub(crate) const NO_TABLE: &str =
    "没有“响铃”表（ringing.csv）：请县里的信息化人员把它放进本县配置，再用 intake-api pack load 载入，然后才能发布。";
pub(crate) const NO_HOURS: &str = "没有各单位的值班时间（duty.csv）：请县里的信息化人员把它放进本县配置，再用 intake-api pack load 载入，然后才能发布。";
pub(crate) const NO_LAST_RESORT: &str = "没有兜底电话：值班的人、带班领导和办公室都联系不上时，谁也不会接到电话。请县里的信息化人员在 pack.toml 里写上 last_resort，再用 intake-api pack load 载入，然后才能发布。";

/// Nothing is said of an obligation.
pub(crate) fn silent(obligation: &str, urgency: Urgency) -> String {
    format!("“{obligation}”在{}时没有一行规定响铃，谁也不会接到通知。", urgency.zh())
}

/// Its step calls only a seat that may be empty.
pub(crate) fn deputy_alone(obligation: &str, urgency: Urgency) -> String {
    let urgency = urgency.zh();
    format!("“{obligation}”在{urgency}时有一步只通知副班；副班可以空缺，每一步都要通知值班或带班领导。")
}

/// The step that repeats rings nobody's telephone.
pub(crate) fn no_phone(obligation: &str, urgency: Urgency) -> String {
    let urgency = urgency.zh();
    format!("“{obligation}”在{urgency}时重复的一步不打电话也不发短信，夜里没有人会知道。")
}

/// An urgent step waits for duty hours.
pub(crate) fn waits(obligation: &str, urgency: Urgency) -> String {
    let urgency = urgency.zh();
    format!("“{obligation}”在{urgency}时的签收时限以分钟或小时计，任何时候都要响铃，间隔不能用值班日。")
}

/// On a list with what else is wrong.
pub(crate) fn of_ringing(sentence: &str) -> String {
    format!("响铃：{sentence}")
}
