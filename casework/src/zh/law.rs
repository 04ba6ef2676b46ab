//! Laws as people read them: the full title in 《》 and the article in words.
//!
//! The tables of a pack name a law in short (`未成年人保护法 28; 义务教育法 13`), because a cell is narrow and the API answers
//! it so. A mail is read by somebody who has to act on it and may have to show it to somebody else.

use super::basis_zh;
use crate::county::Phrases;

/// What the tables write, and the title. A longer name stands before one that it begins with.
const TITLES: [(&str, &str); 23] = [
    ("强制报告意见", "《关于建立侵害未成年人案件强制报告制度的意见（试行）》"),
    ("未成年人网络保护条例", "《未成年人网络保护条例》"),
    ("未成年人保护法", "《未成年人保护法》"),
    ("未保法", "《未成年人保护法》"),
    ("预防未成年人犯罪法", "《预防未成年人犯罪法》"),
    ("家庭教育促进法", "《家庭教育促进法》"),
    ("义务教育法", "《义务教育法》"),
    ("反家庭暴力法", "《反家庭暴力法》"),
    ("反家暴法", "《反家庭暴力法》"),
    ("民法典", "《民法典》"),
    ("民事诉讼法", "《民事诉讼法》"),
    ("民诉法", "《民事诉讼法》"),
    ("刑事诉讼法", "《刑事诉讼法》"),
    ("个人信息保护法", "《个人信息保护法》"),
    ("精神卫生法", "《精神卫生法》"),
    ("艾滋病防治条例", "《艾滋病防治条例》"),
    ("信访工作条例", "《信访工作条例》"),
    (
        "公安部 2015 关于改革完善受案立案制度的意见",
        "《公安部关于改革完善受案立案制度的意见》",
    ),
    (
        "国发〔2016〕13号",
        "《国务院关于加强农村留守儿童关爱保护工作的意见》（国发〔2016〕13号）",
    ),
    (
        "国发〔2016〕36号",
        "《国务院关于加强困境儿童保障工作的意见》（国发〔2016〕36号）",
    ),
    (
        "民发〔2016〕198号",
        "《关于在全国开展农村留守儿童“合力监护、相伴成长”关爱保护专项行动的通知》（民发〔2016〕198号）",
    ),
    (
        "民发〔2019〕62号",
        "《关于进一步加强事实无人抚养儿童保障工作的意见》（民发〔2019〕62号）",
    ),
    (
        "民发〔2020〕125号",
        "《关于进一步做好事实无人抚养儿童保障有关工作的通知》（民发〔2020〕125号）",
    ),
];

/// Whether a text says that it is the county's own. What is must never look like law.
pub fn names_county(said: &str) -> bool {
    said.contains("本县")
}

/// A basis of the tables with titles and articles written out. What is not known stays as it is written.
pub fn cited(phrases: &Phrases, basis: &str) -> String {
    let mut depth = 0_u32;
    let outside = |c: char| {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(c, ';' | '；')
    };
    let parts = basis.split(outside).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| one(phrases, part)).collect::<Vec<_>>().join("；")
}

/// One source.
fn one(phrases: &Phrases, part: &str) -> String {
    let text = basis_zh(phrases, part).replace("太和县 ", "太和县");
    let found = TITLES
        .iter()
        .find_map(|(short, title)| text.strip_prefix(short).map(|rest| (*title, rest)));
    match found {
        Some((title, rest)) => format!("{title}{}", full_width(&articles(rest))),
        None => full_width(&text),
    }
}

/// Brackets and separators as Chinese prints them, and no space around a number.
fn full_width(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let wide = |at: Option<&char>| at.is_some_and(|c| !c.is_ascii());
    let mut out = String::with_capacity(text.len());
    for (at, c) in chars.iter().enumerate() {
        let beside = wide(at.checked_sub(1).and_then(|before| chars.get(before))) || wide(chars.get(at + 1));
        match c {
            '(' => out.push('（'),
            ')' => out.push('）'),
            ';' => out.push('；'),
            ' ' if beside => {}
            c => out.push(*c),
        }
    }
    out
}

/// ` 23 与 28 II（…）` as `第二十三条、第二十八条第二款（…）`.
fn articles(rest: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut left = rest.trim_start();
    loop {
        let digits = left.len() - left.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Some(article) = left[..digits].parse().ok().filter(|n| (1..=1999).contains(n)) else {
            break;
        };
        let after = left[digits..].trim_start();
        let (paragraph, after) = paragraph(after);
        said.push(format!("第{}条{paragraph}", numeral(article)));
        left = after.trim_start();
        left = left
            .strip_prefix('与')
            .or_else(|| left.strip_prefix('、'))
            .or_else(|| left.strip_prefix(','))
            .unwrap_or(left)
            .trim_start();
    }
    format!("{}{left}", said.join("、"))
}

/// Roman numbers stand for paragraphs.
fn paragraph(text: &str) -> (&'static str, &str) {
    let roman = text.len() - text.trim_start_matches('I').len();
    let word = match roman {
        1 => "第一款",
        2 => "第二款",
        3 => "第三款",
        _ => return ("", text),
    };
    (word, &text[roman..])
}

/// 1 to 1999 as laws count their articles: 十三, 二十, 一百零五, 一百一十.
fn numeral(n: u16) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u16| DIGITS[usize::from(n % 10)];
    let (mut said, mut gap) = (String::new(), false);
    for (place, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        match n / place % 10 {
            0 => gap = !said.is_empty(),
            1 if place == 10 && said.is_empty() => said.push('十'),
            d => {
                if gap {
                    said.push('零');
                }
                gap = false;
                said.push_str(digit(d));
                said.push_str(name);
            }
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The phrases of the shipped pack.
    fn taihe() -> Phrases {
        let lines = include_str!("../../../counties/taihe/phrases.csv").lines().skip(1);
        Phrases::new(
            lines
                .filter_map(|line| line.split_once(','))
                .map(|(en, zh)| (en.into(), zh.into()))
                .collect(),
        )
    }

    #[test]
    fn titles_and_articles_are_written_out() {
        for (short, full) in [
            (
                "强制报告意见 2 与 4",
                "《关于建立侵害未成年人案件强制报告制度的意见（试行）》第二条、第四条",
            ),
            (
                "未成年人保护法 28; 义务教育法 13",
                "《未成年人保护法》第二十八条；《义务教育法》第十三条",
            ),
            ("未保法 21 II", "《未成年人保护法》第二十一条第二款"),
            (
                "反家庭暴力法 28 (urgent 24 h)",
                "《反家庭暴力法》第二十八条（情况紧急的24小时）",
            ),
            (
                "民法典 36; 未成年人保护法 108",
                "《民法典》第三十六条；《未成年人保护法》第一百零八条",
            ),
            (
                "未成年人保护法 110; 太和县 合适成年人暂行办法",
                "《未成年人保护法》第一百一十条；太和县合适成年人暂行办法",
            ),
            ("未成年人保护法 网络保护章", "《未成年人保护法》网络保护章"),
            (
                "国发〔2016〕13号",
                "《国务院关于加强农村留守儿童关爱保护工作的意见》（国发〔2016〕13号）",
            ),
            ("民法典 1000", "《民法典》第一千条"),
            ("民法典 1020、1111", "《民法典》第一千零二十条、第一千一百一十一条"),
            ("county policy", "本县规定"),
            ("before questioning; county policy", "讯问、询问前到场；本县规定"),
            ("《反家庭暴力法》第二十八条", "《反家庭暴力法》第二十八条"),
            ("县里的会议纪要 7", "县里的会议纪要7"),
            (
                "公安部 2015 关于改革完善受案立案制度的意见 (立案审查 3 日; 7 or 30 with reasons by extension)",
                "《公安部关于改革完善受案立案制度的意见》（立案审查3日；有理由的经批准延长至7日或30日）",
            ),
            ("", ""),
        ] {
            assert_eq!(cited(&taihe(), short), full, "{short}");
        }
    }

    #[test]
    fn no_basis_of_the_pack_stays_short_or_english() {
        let model = include_str!("../../../counties/taihe/routing.dmn");
        let laws = model.split("<text>\"").skip(1).filter_map(|rest| rest.split_once('"'));
        for (text, _) in laws.filter(|(text, _)| text.contains(['法', '号', '见']) || text.contains("policy")) {
            let said = cited(&taihe(), text);
            assert!(!said.contains(|c: char| c.is_ascii_lowercase()), "{text}: {said}");
            let article = |part: &str| part.ends_with(|c: char| c.is_ascii_digit());
            assert!(!said.split('；').any(article), "{text}: {said}");
        }
    }
}
