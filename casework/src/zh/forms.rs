//! What is wrong with a field of a form, in Chinese and in English.

pub(crate) const WHOLE: (&str, &str) = ("请填写整数。", "Please give a whole number.");
pub(crate) const CHOOSE: (&str, &str) = ("请选择。", "Please choose.");
pub(crate) const EMPTY: (&str, &str) = ("请填写。", "Please fill this in.");
pub(crate) const NONE_TICKED: (&str, &str) = (
    "请至少勾选一项，或改为“不限”。",
    "Please tick at least one, or choose “any”.",
);
pub(crate) const TICKED: (&str, &str) = (
    "勾选了选项，却选了“不限”。请改为“是下列之一”或“不是下列”，或取消勾选。",
    "Something is ticked, but “any” is chosen. Choose one of the others, or untick.",
);
pub(crate) const BACKWARDS: (&str, &str) = (
    "起始数大于结束数，没有一个数符合。",
    "The first number is above the last: nothing would match.",
);
pub(crate) const LIMIT: (&str, &str) = (
    "请填写时限的数量（1 以上的整数）并选择单位。",
    "Please give the count of the limit (1 or more) and its unit.",
);
