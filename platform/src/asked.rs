//! Receipt number and follow-up code as people paste them: full-width digits, dashes of any kind, signs that nobody sees, the
//! words around them, both in one field, in either order. What can't be read is said by its length, not as "not found".

use casework::typed::{is_blank, plain};

use crate::receipt::ReportId;

/// Characters of a receipt number without its dashes.
pub const RECEIPT_CHARS: usize = 17;
/// Digits of a follow-up code.
pub const CODE_DIGITS: usize = 16;

/// What is wrong with one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misread {
    /// Nothing was typed.
    Missing,
    /// So many characters.
    Length(usize),
    /// The right number of characters, but one of them is wrong: the last one checks the others.
    Slip,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The report.
    pub receipt: Result<ReportId, Misread>,
    /// 16 digits.
    pub code: Result<String, Misread>,
}

/// Reads both from two fields, wherever they were put.
pub fn read(receipt: &str, code: &str) -> Asked {
    let mut fields = [Field::of(receipt), Field::of(code)];
    let found = fields.iter_mut().find_map(Field::take_receipt);
    let [first, second] = &fields;
    let digits = second.code().or_else(|| first.code());
    Asked {
        receipt: found.ok_or_else(|| {
            let field = if is_blank(receipt) { second } else { first };
            match field.longest() {
                0 => Misread::Missing,
                // In the other field there may be nothing but the code.
                _ if is_blank(receipt) => Misread::Missing,
                RECEIPT_CHARS => Misread::Slip,
                n => Misread::Length(n),
            }
        }),
        code: digits.ok_or_else(|| {
            let n = if is_blank(code) && found.is_some() {
                first.digits()
            } else {
                second.digits()
            };
            match n {
                0 if is_blank(code) => Misread::Missing,
                n => Misread::Length(n),
            }
        }),
    }
}

/// One field as groups of tokens: letters and digits that stand together. Words of other scripts part the groups.
struct Field(Vec<Vec<String>>);

impl Field {
    fn of(text: &str) -> Self {
        let mut groups = vec![vec![String::new()]];
        for c in plain(text).chars() {
            let group = groups.last_mut().expect("never empty");
            if c.is_ascii_alphanumeric() {
                group.last_mut().expect("never empty").push(c.to_ascii_uppercase());
            } else if c.is_ascii() {
                group.push(String::new());
            } else {
                groups.push(vec![String::new()]);
            }
        }
        for group in &mut groups {
            group.retain(|token| !token.is_empty());
        }
        Self(groups)
    }

    /// The first receipt number, which is taken out so that its digits are no part of a code.
    fn take_receipt(&mut self) -> Option<ReportId> {
        for group in &mut self.0 {
            for start in 0..group.len() {
                let Some(end) = run(group, start, RECEIPT_CHARS) else {
                    continue;
                };
                if let Ok(id) = group[start..end].concat().parse() {
                    let rest = group.split_off(end);
                    group.truncate(start);
                    self.0.push(rest);
                    return Some(id);
                }
            }
        }
        // Nothing between the two, or a word before them.
        let glued: Vec<Vec<String>> = self.0.iter().map(|group| vec![group.concat()]).collect();
        let whole = vec![vec![self.0.iter().flatten().cloned().collect::<String>()]];
        for (index, group) in glued.iter().chain(&whole).enumerate() {
            let text = &group[0];
            for start in 0..=text.len().saturating_sub(RECEIPT_CHARS) {
                let (before, rest) = text.split_at(start);
                let Some((middle, after)) = rest.split_at_checked(RECEIPT_CHARS) else {
                    break;
                };
                let fits = before.bytes().all(|b| b.is_ascii_alphabetic()) || is_code(before);
                if fits
                    && (after.is_empty() || is_code(after))
                    && let Ok(id) = middle.parse()
                {
                    let rest = vec![before.to_owned(), after.to_owned()];
                    match self.0.get_mut(index) {
                        Some(group) => *group = rest,
                        None => self.0 = vec![rest],
                    }
                    return Some(id);
                }
            }
        }
        None
    }

    fn code(&self) -> Option<String> {
        for group in &self.0 {
            for (start, token) in group.iter().enumerate() {
                let alone = token.trim_matches(|c: char| c.is_ascii_alphabetic());
                if is_code(alone) {
                    return Some(alone.to_owned());
                }
                if let Some(end) = run(group, start, CODE_DIGITS) {
                    let digits = group[start..end].concat();
                    if is_code(&digits) {
                        return Some(digits);
                    }
                }
            }
        }
        let all: String = self.0.iter().flatten().cloned().collect();
        is_code(&all).then_some(all)
    }

    fn longest(&self) -> usize {
        let lengths = self.0.iter().map(|group| group.iter().map(String::len).sum());
        lengths.max().unwrap_or(0)
    }

    fn digits(&self) -> usize {
        let all = self.0.iter().flatten().flat_map(|token| token.bytes());
        all.filter(u8::is_ascii_digit).count()
    }
}

/// The end of the tokens from `start` that have together exactly `length` characters.
fn run(group: &[String], start: usize, length: usize) -> Option<usize> {
    let mut sum = 0;
    for (index, token) in group.iter().enumerate().skip(start) {
        sum += token.len();
        if sum >= length {
            return (sum == length).then_some(index + 1);
        }
    }
    None
}

fn is_code(text: &str) -> bool {
    text.len() == CODE_DIGITS && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::StdRng};

    use super::*;
    use crate::receipt::new_follow_up_code;

    fn wide(text: &str) -> String {
        text.chars()
            .map(|c| {
                if c.is_ascii_graphic() {
                    char::from_u32(u32::from(c) + 0xfee0).unwrap()
                } else {
                    c
                }
            })
            .collect()
    }

    #[test]
    fn both_are_found_however_they_were_pasted() {
        let mut rng = StdRng::seed_from_u64(9);
        for _ in 0..300 {
            let id = ReportId::new("2026-11-24T00:10:00Z".parse().unwrap(), &mut rng);
            let (r, c) = (id.to_string(), new_follow_up_code(&mut rng));
            let fours = format!("{} {} {} {}", &c[..4], &c[4..8], &c[8..12], &c[12..]);
            let zero_width: String = r.chars().flat_map(|x| [x, '\u{200b}']).collect();
            let plain_r = r.replace('-', "");
            let dash = ['‐', '–', '—', '－', '﹣', '−'][rng.next_u32() as usize % 6];
            for (first, second) in [
                (r.clone(), c.clone()),
                (c.clone(), r.clone()),
                (r.to_lowercase(), fours.clone()),
                (wide(&r), wide(&fours)),
                (zero_width, format!("\u{feff}{c}\u{2060}")),
                (r.replace('-', &dash.to_string()), c.replace("", " ")),
                (format!("回执编号：{r}"), format!("查询码：{fours}。")),
                (format!("「查询码：{c}」"), format!("『回执编号 {r}』")),
                (format!("回执编号 {r}，查询码{c}"), String::new()),
                (String::new(), format!("查询码 {fours} 回执编号 {r}")),
                (format!("{r} {c}"), String::new()),
                (format!("{c} {r}"), " \u{200b}".into()),
                (format!("{plain_r}{c}"), String::new()),
                (String::new(), format!("{c}{plain_r}")),
                (format!("Receipt number: {r}\nFollow-up code: {fours}"), String::new()),
                (format!("receipt{plain_r}"), format!("code{c}")),
                (format!("{r}\n\n{fours}\n"), format!("{r}\n\n{fours}\n")),
                (wide(&format!("查询码：{c}；编号：{r}")), "查询码".into()),
                (r.clone(), format!("16位：{fours}")),
                (
                    format!("{}\u{a0}{}", &plain_r[..8], &plain_r[8..]),
                    c.chars().map(|x| format!("{x}·")).collect(),
                ),
            ] {
                let asked = read(&first, &second);
                assert_eq!(
                    asked,
                    Asked {
                        receipt: Ok(id),
                        code: Ok(c.clone())
                    },
                    "{first:?} {second:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_too_short_or_too_long_says_how_long_it_is() {
        let id = ReportId::new("2026-11-24T00:10:00Z".parse().unwrap(), &mut StdRng::seed_from_u64(1));
        let r = id.to_string();
        let code = |receipt: &str, code: &str| read(receipt, code).code;
        assert_eq!(code(&r, "12"), Err(Misread::Length(2)));
        assert_eq!(code(&r, "查询码：１２ ３"), Err(Misread::Length(3)));
        assert_eq!(code(&r, "12345678901234567"), Err(Misread::Length(17)));
        assert_eq!(code(&r, " \u{200b}"), Err(Misread::Missing));
        assert_eq!(code(&r, "没有"), Err(Misread::Length(0)));
        assert_eq!(code(&format!("编号{r}，查询码1234"), ""), Err(Misread::Length(4)));
        let receipt = |receipt: &str| read(receipt, "1234567890123456").receipt;
        assert_eq!(receipt("20261124-7K3M"), Err(Misread::Length(12)));
        assert_eq!(receipt(""), Err(Misread::Missing));
        assert_eq!(receipt(&format!("{r}0")), Err(Misread::Length(18)));
        let mut slip: Vec<char> = r.chars().collect();
        slip[10] = if slip[10] == '3' { '4' } else { '3' };
        assert_eq!(receipt(&slip.into_iter().collect::<String>()), Err(Misread::Slip));
        assert_eq!(read("", "").receipt, Err(Misread::Missing));
    }
}
