//! Why a ticket can't be explained.

/// The decision that made it is not there.
pub const NO_RECORD: &str = "没有找到派出本工单的分派记录，不能说明。";
/// The decision can't be read.
pub const OTHER_VERSION: &str = "本工单的分派记录由另一版本的程序写成，不能读取，不能说明。";
/// The rules by which it was made can't be had.
pub const NO_RULES: &str = "派单时所用的规则版本现在读不出来，暂时不能说明。";
