//! Passwords that somebody would guess: common ones, keyboard rows and dates, and what colleagues know of a person.
//!
//! zxcvbn knows the common passwords of the world, rows of keys, repeats, years. It is told besides what is common here, and
//! what is known of this person: the login, the name and the unit in pinyin. Chinese signs are judged by their pinyin, which is
//! how people type and guess them.

use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;
use zxcvbn::zxcvbn;

/// How many guesses a password must stand (as a power of ten): more than anybody gets through in years at the pace that a login allows.
const GUESSES_LOG10: f64 = 8.0;

/// Common in Chinese passwords, and in those of people who do this work.
const HABITS: [&str; 60] = [
    "woaini",
    "woaiwojia",
    "wohenni",
    "nihao",
    "mima",
    "denglu",
    "zhanghao",
    "admin",
    "root",
    "test",
    "user",
    "guanliyuan",
    "5201314",
    "1314520",
    "5211314",
    "1314521",
    "7758521",
    "520",
    "521",
    "1314",
    "168",
    "888",
    "666",
    "110",
    "119",
    "120",
    "12345",
    "12355",
    "12338",
    "qq",
    "wx",
    "weixin",
    "qwe",
    "asd",
    "zxc",
    "abc",
    "1qaz",
    "2wsx",
    "aa",
    "zhongguo",
    "beijing",
    "anhui",
    "fuyang",
    "taihe",
    "shouwang",
    "weibao",
    "weichengnian",
    "ertong",
    "haizi",
    "baohu",
    "jiuzhu",
    "minzheng",
    "gongan",
    "paichusuo",
    "jiaoyu",
    "weijian",
    "fulian",
    "zhengfu",
    "bangongshi",
    "zhiban",
];

/// What colleagues know of a person.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct About<'a> {
    /// The login.
    pub(crate) login: &'a str,
    /// The name.
    pub(crate) name: &'a str,
    /// The names of the units.
    pub(crate) units: &'a [String],
}

/// Whether somebody would guess it.
pub(crate) fn is_guessable(password: &str, about: About<'_>) -> bool {
    let mut known: Vec<String> = HABITS.map(str::to_owned).to_vec();
    known.push(about.login.to_lowercase());
    known.extend(about.login.to_lowercase().split(['.', '-', '_']).map(str::to_owned));
    for words in std::iter::once(about.name).chain(about.units.iter().map(String::as_str)) {
        known.extend(spoken_ways(words));
    }
    known.retain(|word| word.len() >= 2);
    let inputs: Vec<&str> = known.iter().map(String::as_str).collect();
    zxcvbn(&spoken(password), &inputs).guesses_log10() < GUESSES_LOG10
}

/// As it is typed on a keyboard: full-width signs narrow, Chinese signs as their pinyin.
fn spoken(text: &str) -> String {
    let narrow: String = text.nfkc().collect();
    let said = narrow.chars().map(|c| match c.to_pinyin() {
        Some(pinyin) => pinyin.plain().to_owned(),
        None => c.to_string(),
    });
    said.collect()
}

/// The ways in which people make a word of a name: 张三丰 -> zhangsanfeng, zhang, sanfeng, zsf, zhangsf.
fn spoken_ways(name: &str) -> Vec<String> {
    let parts: Vec<&str> = name.to_pinyin().flatten().map(pinyin::Pinyin::plain).collect();
    let Some((first, rest)) = parts.split_first() else {
        return vec![name.to_lowercase()];
    };
    let initials = |parts: &[&str]| parts.iter().filter_map(|p| p.chars().next()).collect::<String>();
    vec![
        parts.concat(),
        (*first).to_owned(),
        rest.concat(),
        initials(&parts),
        format!("{first}{}", initials(rest)),
        format!("{}{first}", rest.concat()),
        name.to_lowercase(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_and_habits_are_guessed() {
        let units = ["城关派出所".to_owned()];
        let about = About {
            login: "zhang.sf",
            name: "张三丰",
            units: &units,
        };
        for bad in [
            "password123",
            "1234567890",
            "12345678910",
            "0987654321",
            "qwertyuiop",
            "1q2w3e4r5t",
            "1qaz2wsx3edc",
            "P@ssw0rd123",
            "a123456789",
            "abc1234567",
            "woaini1314520",
            "woaini5201314",
            "zhangsanfeng1",
            "zhangsanfeng2026",
            "zsf19900101",
            "Zhangsf@2026",
            "zhang.sf123",
            "chengguanpaichusuo",
            "cgpcs110110",
            "张三丰张三丰张三丰张",
            "admin@2026",
            "Taihe@2026",
            "taihe123456",
            "gongan110110",
            "1111122222",
            "aaaaaaaaaa",
            "asdfghjkl123",
            "iloveyou1314",
            "１２３４５６７８９０",
            "19990101199",
            "520131452013",
        ] {
            assert!(is_guessable(bad, about), "{bad}");
        }
        for good in [
            "一个够长的新密码吧好",
            "守望相助守望相助孩子",
            "门口那只黄猫爱睡觉",
            "correct horse battery staple",
            "kx7-bw29-mnf4",
            "Ufer.Lampe.71.gelb",
        ] {
            assert!(!is_guessable(good, about), "{good}");
        }
    }
}
