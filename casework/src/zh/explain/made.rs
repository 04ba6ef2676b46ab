//! By which versions a ticket was made, and what brought it when no rule did.

/// Another unit had it before.
pub(crate) fn transferred(from: &str, at: &str) -> String {
    format!("本事项原由{from}承办，{from}申请移送，办公室同意后于{at}移送本单位；不是规则直接派来的。")
}

/// How its unit was found.
pub(crate) fn found_by_transfer(unit: &str) -> String {
    format!("由移送指定{unit}承办，没有按地点逐级查找。")
}

/// After a return.
pub(crate) fn returned(from: &str, at: &str) -> String {
    format!("本事项原由{from}承办，{from}申请退单，办公室同意后于{at}指定本单位承办；不是规则直接派来的。")
}

/// Why this unit, after a return.
pub(crate) fn found_by_office(unit: &str) -> String {
    format!("由办公室在退单时指定{unit}承办，没有按地点逐级查找。")
}

/// A decision not to file a case opened it.
pub(crate) fn not_filed(from: &str, at: &str) -> String {
    format!("{from}于{at}登记了不予立案决定，系统同时开出本工单，送检察机关监督；不是报告时的规则派来的。")
}

/// Another unit asked for it.
pub(crate) fn requested(from: &str, at: &str) -> String {
    format!("{from}于{at}提请协办，系统按规则中“提请”的行派给本单位；不是报告时直接派来的。")
}

/// A unit of the case asked for another one.
pub(crate) fn joined(from: &str, at: &str) -> String {
    format!("{from}申请增派，办公室同意后于{at}指定本单位承办本事项；没有规则行派出，时限按本事项的时限规则。")
}

/// Rows by number, of a table that can't be asked again.
pub(crate) fn recorded(rows: &str) -> String {
    format!("派单时记下的{rows}。")
}

/// The versions that it is pinned to.
pub(crate) fn versions(rules: i32, pack: i32, at: &str) -> String {
    format!("规则第{rules}版，本县配置第{pack}版；{at}派单。规则后来改了，本工单仍按这一版。")
}

/// Which decision of its report made it, from the second on.
pub(crate) fn round(round: i64, by_hand: bool) -> String {
    let what = if by_hand {
        "办公室人工研判后指定"
    } else {
        "办公室人工研判后，按当时的规则重新分派"
    };
    format!("这是本报告的第{round}次分派：{what}。")
}
