//! The parts of a notice: its year, a section for each holiday, the clauses of a sentence.

use crate::typed::plain;

/// A holiday and what is said of it.
pub(super) struct Section<'t> {
    /// As the notice calls it, `国庆节、中秋节`.
    pub(super) name: &'t str,
    /// Up to the next holiday.
    pub(super) body: &'t str,
}

/// Longest name of a holiday, in characters; a memorial day has a long one.
const NAME_MAX: usize = 30;

/// The year in the title, `关于2027年部分节假日安排`, or behind `现将`.
pub(super) fn year(text: &str) -> Option<i32> {
    ["关于", "现将"].iter().find_map(|word| {
        text.match_indices(word).find_map(|(at, _)| {
            let rest = &text[at + word.len()..];
            let digits = rest
                .get(..4)
                .filter(|digits| digits.chars().all(|c| c.is_ascii_digit()))?;
            rest[4..].starts_with('年').then(|| digits.parse().ok())?
        })
    })
}

/// The text without spaces and line breaks. A line that begins with a number begins a section, also where the one before it has no
/// full stop.
pub(super) fn joined(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for line in text.lines() {
        let line: String = plain(line).chars().filter(|c| *c != ' ').collect();
        if numbered(&line).is_some() {
            all.push('。');
        }
        all.push_str(&line);
    }
    all
}

/// The sections, in their order. One begins with `一、元旦:`, or without the number.
pub(super) fn sections(text: &str) -> Vec<Section<'_>> {
    let mut heads: Vec<(usize, &str)> = Vec::new();
    for (colon, _) in text.match_indices(':') {
        let stop = text[..colon].rfind(['。', ';', ':']);
        let head = &text[stop.map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8))..colon];
        let name = numbered(head).unwrap_or(head);
        let is_holiday = name != head || name.ends_with('节') || name == "元旦";
        if is_holiday && !name.is_empty() && name.chars().count() <= NAME_MAX && !name.contains([',', '(']) {
            heads.push((colon, name));
        }
    }
    let ends = heads
        .iter()
        .skip(1)
        .map(|(colon, name)| colon - name.len())
        .chain([text.len()]);
    heads
        .iter()
        .zip(ends)
        .map(|((colon, name), end)| Section {
            name,
            body: &text[colon + 1..end],
        })
        .collect()
}

/// The name behind a section's number: `一、元旦`, `2.春节`, `(三)清明节`.
fn numbered(text: &str) -> Option<&str> {
    let text = text.strip_prefix('(').unwrap_or(text);
    let number = text.find(|c: char| !c.is_ascii_digit() && !"一二三四五六七八九十".contains(c))?;
    let rest = &text[number..];
    (number > 0).then(|| rest.strip_prefix(['、', '.', ')'])).flatten()
}

/// The clauses of a sentence: parted by commas, but not by those in brackets.
pub(super) fn clauses(sentence: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    sentence
        .split(move |c| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            c == ',' && depth <= 0
        })
        .collect()
}
