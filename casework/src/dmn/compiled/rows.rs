//! Vectors of bits over the rows of a table, and their conjunction.

use std::ops::Range;

/// Bits of a word.
const BITS: usize = u64::BITS as usize;
/// So many words are read in one go where most of them count. Vectors are filled up to a multiple of it.
const CHUNK: usize = 8;
/// From so many words out of 64 on, reading all of them in chunks is faster than picking those that count.
const DENSE: u32 = 24;

/// A class that fewer than one row in so many accept has them as a list too: reading that list and asking the other
/// vectors for its rows touches less memory than reading its vector.
const RARE: usize = 64;

/// Which rows accept one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Accepting {
    /// No row.
    None,
    /// Each row.
    All,
    /// The rows of the vector at this place.
    Some(usize),
    /// The rows of the vector at this place, and the same rows as a list.
    Few(usize, Range<usize>),
}

/// The vectors of all classes of all columns, one after the other: first the head, of which each bit says whether
/// a word of the body is not zero, then the body, of which each bit is a row.
#[derive(Debug, Clone)]
pub(super) struct Vectors {
    rows: usize,
    /// Words of a head.
    head: usize,
    /// Words of a body.
    body: usize,
    words: Vec<u64>,
    /// The lists of rare classes, one after the other.
    lists: Vec<u32>,
}

impl Vectors {
    pub(super) fn new(rows: usize) -> Self {
        let body = rows.div_ceil(BITS).next_multiple_of(CHUNK);
        Self {
            rows,
            head: body.div_ceil(BITS),
            body,
            words: Vec::new(),
            lists: Vec::new(),
        }
    }

    /// Adds the vectors of a column with so many classes. `accepted` gives the classes that each row accepts.
    pub(super) fn add<C: Iterator<Item = usize>>(
        &mut self,
        classes: usize,
        accepted: impl Iterator<Item = C>,
    ) -> Vec<Accepting> {
        let base = self.words.len();
        let size = self.head + self.body;
        self.words.resize(base + classes * size, 0);
        let mut counts = vec![0; classes];
        for (row, accepted) in accepted.enumerate() {
            for class in accepted {
                let vector = &mut self.words[base + class * size..][..size];
                let word = row / BITS;
                vector[word / BITS] |= 1 << (word % BITS);
                vector[self.head + word] |= 1 << (row % BITS);
                counts[class] += 1;
            }
        }
        let each = counts.into_iter().enumerate();
        each.map(|(class, count)| self.accepting(base + class * size, count))
            .collect()
    }

    fn accepting(&mut self, vector: usize, count: usize) -> Accepting {
        if count == 0 {
            Accepting::None
        } else if count == self.rows {
            Accepting::All
        } else if count * RARE > self.rows {
            Accepting::Some(vector)
        } else {
            let from = self.lists.len();
            let mut rows = Vec::with_capacity(count);
            self.each(&[vector], |row| {
                rows.extend(u32::try_from(row));
                true
            });
            self.lists.extend(rows);
            Accepting::Few(vector, from..self.lists.len())
        }
    }

    /// Visits the rows of a list that all of these vectors hold, ascending, for as long as `visit` says to go on.
    pub(super) fn each_of(&self, list: Range<usize>, vectors: &[usize], mut visit: impl FnMut(usize) -> bool) {
        for row in &self.lists[list] {
            let row = *row as usize;
            let (word, bit) = (self.head + row / BITS, row % BITS);
            if vectors.iter().all(|vector| self.words[vector + word] >> bit & 1 == 1) && !visit(row) {
                return;
            }
        }
    }

    /// Visits the rows that all of these vectors hold, ascending, for as long as `visit` says to go on.
    pub(super) fn each(&self, vectors: &[usize], mut visit: impl FnMut(usize) -> bool) {
        if vectors.is_empty() {
            (0..self.rows).all(visit);
            return;
        }
        for part in 0..self.head {
            let mut count = self.all(vectors, part);
            if count == 0 {
                continue;
            }
            let from = part * BITS;
            if count.count_ones() < DENSE {
                while count != 0 {
                    let word = from + count.trailing_zeros() as usize;
                    count &= count - 1;
                    if !each_bit(word, self.all(vectors, self.head + word), &mut visit) {
                        return;
                    }
                }
                continue;
            }
            for chunk in (from..self.body.min(from + BITS)).step_by(CHUNK) {
                for (index, bits) in self.chunk(vectors, chunk).into_iter().enumerate() {
                    if bits != 0 && !each_bit(chunk + index, bits, &mut visit) {
                        return;
                    }
                }
            }
        }
    }

    /// What all vectors have in common in one word.
    fn all(&self, vectors: &[usize], word: usize) -> u64 {
        vectors
            .iter()
            .fold(u64::MAX, |bits, vector| bits & self.words[vector + word])
    }

    /// What all vectors have in common in the words of one chunk of the body.
    fn chunk(&self, vectors: &[usize], from: usize) -> [u64; CHUNK] {
        let mut common = [u64::MAX; CHUNK];
        for vector in vectors {
            let words = &self.words[vector + self.head + from..][..CHUNK];
            for (bits, word) in common.iter_mut().zip(words) {
                *bits &= word;
            }
        }
        common
    }
}

/// Visits the rows of one word. False = `visit` has enough.
fn each_bit(word: usize, mut bits: u64, visit: &mut impl FnMut(usize) -> bool) -> bool {
    while bits != 0 {
        if !visit(word * BITS + bits.trailing_zeros() as usize) {
            return false;
        }
        bits &= bits - 1;
    }
    true
}
