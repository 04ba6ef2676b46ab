//! Which characters become visible marks, and where they are what the writer's script needs.
//!
//! A joiner between two letters of Uyghur or two parts of an emoji stays; the same sign between two hanzi hides something or
//! was pasted by accident, and is shown. A direction mark stays in a text that is written from right to left; everything
//! that turns or embeds other text is shown always.

use std::borrow::Cow;

/// First strong isolate: the text up to [`END`] is laid out by itself.
pub(super) const START: char = '\u{2068}';
/// Pop directional isolate.
pub(super) const END: char = '\u{2069}';

/// Of a run of signs that nobody sees so many are named, the rest is counted: a pasted thousand must not fill the page.
const NAMED: usize = 4;

/// Whether any text with this character must be looked at more closely.
pub(super) fn is_odd(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a letter is written from right to left.
pub(super) fn is_rtl(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{60b}' | '\u{60d}'..='\u{61b}' | '\u{61d}'..='\u{65f}' | '\u{66a}'..='\u{6ef}' | '\u{6fa}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

/// Letters of scripts in which a joiner chooses the form of a letter.
fn joins(c: char) -> bool {
    is_rtl(c) || matches!(c, '\u{900}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{a840}'..='\u{a87f}')
}

/// Pictures that a joiner puts together.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{203c}' | '\u{2049}' | '\u{20e3}' | '\u{2100}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3fffd}')
}

/// Whether the odd character is in its right place between its neighbours.
fn is_at_home(before: Option<char>, c: char, after: Option<char>, rtl: bool) -> bool {
    let both = |is: fn(char) -> bool| before.is_some_and(is) && after.is_some_and(is);
    match c {
        '\u{61c}' | '\u{200e}' | '\u{200f}' => rtl,
        '\u{200c}' => both(joins),
        '\u{200d}' => both(joins) || both(is_picture),
        '\u{180b}'..='\u{180d}' | '\u{180f}' => before.is_some_and(|b| matches!(b, '\u{1820}'..='\u{18aa}')),
        '\u{fe00}'..='\u{fe0f}' => before.is_some_and(|b| !is_odd(b) && !b.is_whitespace() && !b.is_control()),
        '\u{e0100}'..='\u{e01ef}' => before.is_some_and(is_han),
        _ => false,
    }
}

/// Writes what becomes of an isolate: `true` for its first sign, and the text behind the sign.
pub(super) type Isolate<'a> = &'a mut dyn FnMut(&mut String, bool, &str);

/// Writes a text with its odd characters as marks. `isolate` says what becomes of the two isolates that [`super::Foreign`]
/// prints; it gets `true` for the first and is only asked about pairs.
pub(super) fn write(out: &mut String, text: &str, mut isolate: Option<Isolate<'_>>) {
    let rtl = text.chars().any(is_rtl);
    let mut run = Run::default();
    let (mut before, mut open) = (None, 0_usize);
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let after = rest.chars().next();
        if let Some(isolate) = isolate.as_deref_mut() {
            if c == START && closes(rest) {
                run.end(out);
                open += 1;
                isolate(out, true, rest);
                before = None;
                continue;
            }
            if c == END && open > 0 {
                run.end(out);
                open -= 1;
                isolate(out, false, rest);
                before = None;
                continue;
            }
        }
        if is_odd(c) && !is_at_home(before, c, after, rtl) {
            run.add(out, c);
        } else {
            run.end(out);
            out.push(c);
        }
        before = Some(c);
    }
    run.end(out);
}

/// Whether the isolate that was just opened is closed in this text.
fn closes(rest: &str) -> bool {
    let mut depth = 1_usize;
    for c in rest.chars() {
        match c {
            START => depth += 1,
            END => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return true;
        }
    }
    false
}

/// Marks that follow each other.
#[derive(Default)]
struct Run {
    length: usize,
}

impl Run {
    fn add(&mut self, out: &mut String, c: char) {
        self.length += 1;
        if self.length <= NAMED {
            out.push_str(&format!("〔U+{:04X}〕", u32::from(c)));
        }
    }

    fn end(&mut self, out: &mut String) {
        if self.length > NAMED {
            out.push_str(&format!("〔+{}〕", self.length - NAMED));
        }
        self.length = 0;
    }
}

/// A text with everything odd as a mark, isolates too.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    write(&mut out, text, None);
    Cow::Owned(out)
}

/// A text in which only the isolates stay that something from right to left needs.
pub(super) fn settled(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    settle(&mut out, text);
    Cow::Owned(out)
}

/// A text with everything odd as a mark but the isolates that it is composed with.
pub(super) fn kept(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    write(
        &mut out,
        text,
        Some(&mut |out, opens, _| out.push(if opens { START } else { END })),
    );
    out
}

/// As [`settled`], onto the end of something.
pub(super) fn settle(out: &mut String, text: &str) {
    let mut kept = Vec::new();
    write(
        out,
        text,
        Some(&mut |out, opens, rest| {
            let keep = if opens {
                kept.push(within(rest).chars().any(is_rtl));
                kept.last().copied()
            } else {
                kept.pop()
            };
            if keep == Some(true) {
                out.push(if opens { START } else { END });
            }
        }),
    );
}

/// What an isolate that was just opened holds.
fn within(rest: &str) -> &str {
    let mut depth = 1_usize;
    for (at, c) in rest.char_indices() {
        match c {
            START => depth += 1,
            END => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &rest[..at];
        }
    }
    rest
}
