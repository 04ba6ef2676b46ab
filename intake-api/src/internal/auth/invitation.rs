//! The code of an invitation: as a link to open, and in letters to type from paper. It is stored nowhere; the database knows a
//! digest of it.

use rand::Rng;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// Crockford's letters: none that is taken for another when it is read from paper or out loud.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Letters of a code: 80 random bits, which nobody finds by trying within seven days.
const LENGTH: usize = 16;

/// Letters that stand together.
const GROUP: usize = 4;

/// The page that takes a code.
pub(crate) const PAGE: &str = "/invitation";

/// A code that was made, or one as it was typed.
#[derive(Clone)]
pub(crate) struct Code(String);

impl Code {
    /// A fresh one.
    pub(crate) fn new(rng: &mut impl Rng) -> Self {
        let letter = |_| char::from(LETTERS[usize::try_from(rng.next_u32() & 31).unwrap_or(0)]);
        Self((0..LENGTH).map(letter).collect())
    }

    /// As people type and paste it: in any case and width, with or without dashes, with the letters that Crockford lets stand for
    /// digits, or the whole link.
    pub(crate) fn read(typed: &str) -> Option<Self> {
        let folded = typed.nfkc().collect::<String>().to_lowercase();
        let code = folded
            .rsplit_once("/invitation/")
            .map_or(folded.as_str(), |(_, code)| code);
        let letters = code.chars().filter(char::is_ascii_alphanumeric).map(|c| match c {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        });
        let code: String = letters.take(LENGTH + 1).collect();
        let sound = code.len() == LENGTH && code.bytes().all(|b| LETTERS.contains(&b));
        sound.then_some(Self(code))
    }

    /// In groups, as it is written on paper.
    pub(crate) fn shown(&self) -> String {
        let groups: Vec<&str> = (0..LENGTH)
            .step_by(GROUP)
            .filter_map(|at| self.0.get(at..at + GROUP))
            .collect();
        groups.join("-")
    }

    /// The address that opens it.
    pub(crate) fn link(&self, internal_url: &str) -> String {
        format!("{}{PAGE}/{}", internal_url.trim_end_matches('/'), self.shown())
    }

    /// What the database knows of it. A plain hash is enough: there are too many codes to try.
    pub(crate) fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = Code("0a1bcdefghjk2345".into());
        assert_eq!(code.shown(), "0a1b-cdef-ghjk-2345");
        assert_eq!(
            code.link("http://10.0.0.5:8081/"),
            "http://10.0.0.5:8081/invitation/0a1b-cdef-ghjk-2345"
        );
        for typed in [
            "0a1b-cdef-ghjk-2345",
            " 0A1B CDEF GHJK 2345\n",
            "oaib—cdef—ghjk—2345",
            "０Ａ１Ｂ－ＣＤＥＦ－ＧＨＪＫ－２３４５",
            "OALBCDEFGHJK2345",
            "0a1b\u{200b}cdef\u{feff}ghjk2345",
            "http://10.0.0.5:8081/invitation/0a1b-cdef-ghjk-2345",
            "https://x.example/invitation/0A1B-CDEF-GHJK-2345。",
        ] {
            let read = Code::read(typed).unwrap_or_else(|| panic!("{typed}"));
            assert_eq!(read.digest(), code.digest(), "{typed}");
        }
        for none in [
            "",
            "0a1b-cdef-ghjk-234",
            "0a1b-cdef-ghjk-23456",
            "0a1u-cdef-ghjk-2345",
            "邀请",
        ] {
            assert!(Code::read(none).is_none(), "{none}");
        }
    }

    #[test]
    fn no_two_are_the_same() {
        let mut rng = StdRng::seed_from_u64(7);
        let all: std::collections::BTreeSet<String> = (0..5_000).map(|_| Code::new(&mut rng).shown()).collect();
        assert_eq!(all.len(), 5_000);
        assert!(all.iter().all(|code| Code::read(code).is_some()));
    }
}
