//! A long list in pages: which part is asked, and whether there is more. One line more than a page is read, so that nothing is
//! counted.

use serde::Deserialize;

/// Lines on a page.
const LINES: i64 = 50;

/// As far as anybody turns pages; what lies beyond is found by its receipt.
const LAST: i64 = 2000;

/// Which page.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Pages {
    page: Option<i64>,
    #[serde(skip)]
    more: bool,
    #[serde(skip)]
    path: String,
}

impl Pages {
    /// This page.
    pub(crate) fn page(&self) -> i64 {
        self.page.unwrap_or(1).clamp(1, LAST)
    }

    /// Offset and limit of what to read.
    pub(crate) fn part(&self) -> (i64, i64) {
        ((self.page() - 1) * LINES, LINES + 1)
    }

    /// The lines of the page.
    pub(crate) fn cut<T>(&mut self, mut found: Vec<T>) -> Vec<T> {
        let lines = usize::try_from(LINES).unwrap_or_default();
        self.more = found.len() > lines;
        found.truncate(lines);
        found
    }

    /// With the address of the list.
    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Address of the page before.
    pub(crate) fn previous(&self) -> Option<String> {
        (self.page() > 1).then(|| format!("{}?page={}", self.path, self.page() - 1))
    }

    /// Address of the page after.
    pub(crate) fn next(&self) -> Option<String> {
        (self.more && self.page() < LAST).then(|| format!("{}?page={}", self.path, self.page() + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_on_exactly_one_page() {
        let all: Vec<i64> = (0..131).collect();
        let mut seen = Vec::new();
        for page in 1..=3 {
            let mut pages = Pages {
                page: Some(page),
                ..Pages::default()
            };
            let (offset, limit) = pages.part();
            let [offset, limit] = [offset, limit].map(|n| usize::try_from(n).expect("a small number"));
            let found = all.iter().copied().skip(offset).take(limit).collect();
            seen.extend(pages.cut(found));
            let pages = pages.at("/board/overdue");
            assert_eq!(pages.next().is_some(), page < 3);
            assert_eq!(pages.previous().is_some(), page > 1);
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn nobody_asks_for_a_page_before_the_first() {
        let pages = Pages {
            page: Some(-5),
            ..Pages::default()
        };
        assert_eq!(pages.part(), (0, 51));
    }
}
