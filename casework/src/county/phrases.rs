//! What the county's tables write in English, because the API answers it so, and what people read instead.

/// English pieces of a basis with their Chinese, in the order in which they are looked for.
#[derive(Debug, Clone, Default)]
pub struct Phrases(Vec<(String, String)>);

impl Phrases {
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// A text with each of its phrases in Chinese.
    pub fn said(&self, text: String) -> String {
        self.0.iter().fold(text, |text, (en, zh)| text.replace(en, zh))
    }
}
