//! The phrases of a basis that packs write in English.

/// What the packs write in English, because the API answers it so, and what people read.
const BASIS_ZH: [(&str, &str); 8] = [
    ("county policy", "本县规定"),
    ("before questioning", "讯问、询问前到场"),
    ("7 or 30 with reasons by extension", "有理由的经批准延长至7日或30日"),
    (
        "(114: one month binds the unit that receives a proposal)",
        "（第114条的一个月约束收到建议的单位）",
    ),
    (
        "(30 days from filing; that revocation runs on it is to be confirmed)",
        "（立案之日起30日；撤销监护人资格是否适用待确认）",
    ),
    ("(urgent 24 h)", "（情况紧急的24小时）"),
    (
        "township 15 and county 15 working days in practice",
        "实践中乡镇15个、县15个工作日",
    ),
    ("documents of the seed", "有关文件"),
];

/// A basis as a Chinese page says it.
pub fn basis_zh(text: &str) -> String {
    BASIS_ZH
        .iter()
        .fold(text.to_owned(), |text, (en, zh)| text.replace(en, zh))
}
