//! One number among digits, dashes, brackets and spaces: where it ends, and what is dialled.

/// Fewest digits of something to call: 110.
pub(super) const FEWEST: usize = 3;

/// Most digits of an extension.
pub(super) const EXTENSION: usize = 6;

/// Most digits of a number with its country's code (E.164).
const ABROAD: usize = 15;

/// A number within a run of signs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Its first sign.
    pub(super) from: usize,
    /// The sign after its last.
    pub(super) to: usize,
    /// What is dialled.
    pub(super) dialled: String,
    /// Digits after a last dash: `0558-8612345-8012`.
    pub(super) extension: Option<String>,
}

/// A group of digits between spaces, dashes and brackets.
struct Group {
    from: usize,
    to: usize,
    digits: String,
    /// A space stands before it, so that another number may begin here.
    apart: bool,
}

/// The numbers of a run, as far as one can tell them apart.
pub(super) fn numbers(signs: &[(char, char)]) -> Vec<Number> {
    let groups = groups(signs);
    let mut found = Vec::new();
    let mut at = 0;
    while at < groups.len() {
        let plus = signs[groups[at].from].0 == '+';
        let (count, extended) = take(&groups[at..], plus);
        let taken = &groups[at..at + count];
        at += count;
        let kept = if extended { &taken[..count - 1] } else { taken };
        let digits: String = kept.iter().map(|group| group.digits.as_str()).collect();
        if digits.len() < FEWEST {
            continue;
        }
        found.push(Number {
            from: taken[0].from,
            to: taken[count - 1].to,
            dialled: dialled(&digits, plus),
            extension: extended.then(|| taken[count - 1].digits.clone()),
        });
    }
    found
}

fn groups(signs: &[(char, char)]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        if !signs[at].0.is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = at + signs[at..].iter().take_while(|(c, _)| c.is_ascii_digit()).count();
        let before = groups.last().map_or(0, |group| group.to);
        let between: String = signs[before..at].iter().map(|(c, _)| c).collect();
        // A plus or an opening bracket right before belongs to the number, a closing one right after as well.
        let from = if between.ends_with('+') || between.ends_with('(') {
            at - 1
        } else {
            at
        };
        let to = if signs.get(end).is_some_and(|(c, _)| *c == ')') {
            end + 1
        } else {
            end
        };
        groups.push(Group {
            from,
            to,
            digits: signs[at..end].iter().map(|(c, _)| c).collect(),
            apart: between.contains(' ') && !between.contains('-'),
        });
        at = to;
    }
    groups
}

/// How many groups make the first number, and whether the last of them is an extension.
fn take(groups: &[Group], plus: bool) -> (usize, bool) {
    let joined = |count: usize| {
        groups[..count]
            .iter()
            .map(|group| group.digits.as_str())
            .collect::<String>()
    };
    let whole = (1..=groups.len()).rev().find(|count| is_whole(&joined(*count), plus));
    let Some(count) = whole else {
        // Nothing that we know: as far as it was written together, or all that a number of another country may hold.
        let together = groups.iter().skip(1).take_while(|group| !group.apart).count() + 1;
        let abroad = (1..=groups.len())
            .rev()
            .find(|count| plus && joined(*count).len() <= ABROAD);
        return (abroad.unwrap_or(together), false);
    };
    let next = groups.get(count);
    let extended =
        next.is_some_and(|group| !group.apart && group.digits.len() <= EXTENSION && !is_whole(&group.digits, false));
    (count + usize::from(extended), extended)
}

/// Whether these digits are a whole number of this country: mobile, with or without area code, 400 and 800, hotlines.
fn is_whole(digits: &str, plus: bool) -> bool {
    if plus && digits.starts_with("86") && (12..=13).contains(&digits.len()) {
        return true;
    }
    let digits = domestic(digits);
    let first = digits.chars().next().unwrap_or('0');
    match digits.len() {
        3 => first == '1',
        5 => digits.starts_with("12") || digits.starts_with('9'),
        7 | 8 => ('2'..='8').contains(&first),
        10 => digits.starts_with("400") || digits.starts_with("800") || first == '0',
        11 => first == '0' || is_mobile(digits),
        12 => first == '0',
        _ => false,
    }
}

/// Whether these are the eleven digits of a mobile.
pub(super) fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && digits[1..].starts_with(|c| ('3'..='9').contains(&c))
}

/// Without the country's code, where what is left is a mobile number or one with an area code.
fn domestic(digits: &str) -> &str {
    let rest = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
    rest.filter(|rest| is_mobile(rest) || rest.starts_with('0') && (10..=12).contains(&rest.len()))
        .unwrap_or(digits)
}

/// Abroad the zero of an area code is not dialled.
fn dialled(digits: &str, plus: bool) -> String {
    let home = domestic(digits);
    if home.len() < digits.len() {
        format!("+86{}", home.trim_start_matches('0'))
    } else if plus {
        format!("+{digits}")
    } else {
        digits.to_owned()
    }
}
