//! Facts of a report in official Chinese, as a decision table's reader meets them. The form asks a reporter in
//! warmer words; these are for the desk and for the county.

/// `地点`: what a fact is called.
pub fn fact_zh(fact: &str) -> &str {
    match fact {
        "trigger" => "来源",
        "requester_kind" => "提请单位类别",
        "situation" => "情形",
        "present_danger" => "现实危险",
        "age" => "年龄",
        "sex" => "性别",
        "left_behind" => "留守儿童",
        "living_with" => "共同生活人",
        "place" => "发生地点",
        "suspect" => "嫌疑人",
        "guardian_absent" => "监护人不能到场",
        "adult_co_offender" => "与成年人共同作案",
        "repeat" => "重复报告",
        "reporter_kind" => "报告人",
        other => other,
    }
}

/// `学校教职工`: a closed word of the wire; `None` for words of the pack.
pub fn word_zh(fact: &str, word: &str) -> Option<&'static str> {
    Some(match (fact, word) {
        ("trigger", "report") => "报告",
        ("trigger", "request") => "单位提请",
        ("sex", "female") => "女",
        ("sex", "male") => "男",
        ("living_with", "parents") => "父母",
        ("living_with", "mother") => "母亲",
        ("living_with", "father") => "父亲",
        ("living_with", "grandparents") => "祖父母或外祖父母",
        ("living_with", "relatives") => "其他亲属",
        ("living_with", "alone") => "独自生活",
        ("living_with", "nobody") => "无人照料",
        ("living_with", "institution") => "福利机构或学校",
        ("place", "home") => "家中",
        ("place", "school") => "学校",
        ("place", "online") => "网络",
        ("place", "institution") => "机构",
        ("place", "other") => "其他地点",
        ("suspect", "guardian") => "监护人",
        ("suspect", "family") => "其他家庭成员",
        ("suspect", "school-staff") => "学校教职工",
        ("suspect", "peer") => "同学或其他未成年人",
        ("suspect", "official") => "公职人员",
        ("suspect", "acquaintance") => "熟人",
        ("suspect", "stranger") => "陌生人",
        ("suspect", "none") => "无嫌疑人",
        ("reporter_kind", "teacher") => "教师",
        ("reporter_kind", "doctor") => "医务人员",
        ("reporter_kind", "child-director") => "儿童主任",
        ("reporter_kind", "social-worker") => "社会工作者",
        ("reporter_kind", "police") => "公安民警",
        ("reporter_kind", "relative") => "亲属",
        ("reporter_kind", "public") => "公众",
        ("reporter_kind", "child") => "未成年人本人",
        ("sex" | "living_with" | "place" | "suspect", "unknown") => "不详",
        _ => return None,
    })
}
