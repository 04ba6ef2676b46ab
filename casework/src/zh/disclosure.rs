//! What is wrong with the table that says what tickets show.

pub(crate) const NO_TABLE: &str = "没有“显示内容”表：所有工单都只显示地点和本事项的情形。";
pub(crate) const OVERSIGHT: &str = "检察监督人员";

/// No row for what is asked of a kind of unit.
pub(crate) fn no_row(obligation: &str, kind: &str) -> String {
    format!("“{obligation}”派给{kind}时，没有一行规定工单显示报告的哪些内容。")
}

/// Police would not see where to go and to whom.
pub(crate) fn police_blind(obligation: &str) -> String {
    format!("公安办理“{obligation}”必须看到地点和孩子，这一行没有都写“是”。")
}

/// Somebody but the police would see who reported.
pub(crate) fn identity_told(obligation: &str, kind: &str) -> String {
    format!("报告人身份只能由公安查看，“{obligation}”派给{kind}的这一行不能写“是”。")
}

/// No row for who looks without a ticket.
pub(crate) fn no_look(role: &str) -> String {
    format!("没有一行规定{role}未持有工单时能看到报告的哪些内容。")
}

/// Who looks without a ticket would see who reported.
pub(crate) fn identity_looked(role: &str) -> String {
    format!("报告人身份只能由公安查看，{role}的这一行不能写“是”。")
}
