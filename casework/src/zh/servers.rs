//! What mail servers here say, as their answers are read.

/// A mailbox that is full.
pub const MAILBOX_FULL: &str = "邮箱已满";
/// Its space.
pub const MAILBOX_SPACE: &str = "邮箱空间";
/// Its capacity.
pub const NO_CAPACITY: &str = "容量已满";
/// So much may be sent.
pub const SENT_AMOUNT: &str = "发送量";
/// So often.
pub const SENDING_RATE: &str = "发送频率";
/// Too often.
pub const TOO_OFTEN: &str = "过于频繁";
/// Nobody of this name.
pub const NO_SUCH_USER: &str = "用户不存在";
/// The same of a recipient.
pub const NO_SUCH_RECIPIENT: &str = "收件人不存在";
/// Try again later.
pub const LATER: &str = "稍后";
/// Not now.
pub const FOR_NOW: &str = "暂时";
/// A returned mail.
pub const RETURNED: &str = "退信";
/// It could not be delivered.
pub const UNDELIVERABLE: &str = "无法投递";
/// Its delivery failed.
pub const DELIVERY_FAILED: &str = "投递失败";
/// It is late, and may still arrive.
pub const DELAYED: &str = "延迟";
/// An automatic answer.
pub const AUTOMATIC: &str = "自动";
