//! Laws on which the program itself rests, as tables cite them ([`super::cited`] writes them out).

/// The mandatory-report opinion: what is reported must be taken up by the police.
pub(crate) const REPORT_OPINION: &str = "强制报告意见 2 与 4";
/// The law on minors: present danger.
pub(crate) const PRESENT_DANGER: &str = "未成年人保护法 11";
/// The law that lets the procuratorate ask why no case was filed.
pub(crate) const NOT_FILED: &str = "刑事诉讼法 113";
/// The basis by which a ticket that a person chose is told from one that a rule asked for.
pub const BY_HAND: &str = "待人工研判:由办公室指定";
/// The same where a unit of the case asked for another one.
pub const JOINING: &str = "成员单位申请增派:由办公室指定";
