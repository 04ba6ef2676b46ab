//! The reader meets texts that mean harm or nothing: it answers, and says where it refuses.
//!
//! Mutations come from fixed seeds, so that a failure can be repeated; a loop that never ends would never end here.

use casework::dmn::{Draft, Inputs, read, write};

use crate::dmn::{MODELER, small};
use crate::taihe::FILES_OF_TAIHE;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    /// A place between two characters.
    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// What rule files are made of, and what breaks them.
const TOKENS: [&str; 40] = [
    "<",
    ">",
    "</",
    "/>",
    "\"",
    "'",
    "&",
    "&lt;",
    "&#0;",
    "&#x10ffff;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<!DOCTYPE a>",
    "<rule>",
    "</rule>",
    "<rule/>",
    "<inputEntry/>",
    "<outputEntry><text/></outputEntry>",
    "<text>",
    "</text>",
    "<input/>",
    "<output name=\"o\"/>",
    "xmlns=\"\"",
    "xmlns:a=\"b\"",
    "a:",
    "typeRef=\"number\"",
    "hitPolicy=\"ANY\"",
    "-",
    "not(",
    "[0..",
    "..9)",
    "99999999999999999999",
    "0.0000000000000000000000000000001",
    "\\u12",
    "\u{0}",
    "家",
];

fn mutated(text: &str, dice: &mut Dice) -> String {
    let mut text = text.to_owned();
    for _ in 0..=dice.below(2) {
        let (a, b) = (dice.place(&text), dice.place(&text));
        let (from, to) = (a.min(b), a.max(b));
        // Long pieces rarely, or little would be left.
        let mut to = if dice.below(8) > 0 {
            to.min(from + dice.below(8))
        } else {
            to
        };
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        let piece = text[from..to].to_owned();
        match dice.below(6) {
            0 => text.replace_range(from..to, ""),
            1 => text.insert_str(to, &piece),
            2 => text.replace_range(from..to, TOKENS[dice.below(TOKENS.len())]),
            3 => text.insert_str(from, TOKENS[dice.below(TOKENS.len())]),
            4 => {
                let place = dice.place(&text);
                text.insert_str(place, &piece);
            }
            // One character for its neighbour in the alphabet: mostly still a model.
            _ => {
                let next = text[from..]
                    .chars()
                    .next()
                    .and_then(|c| char::from_u32(u32::from(c) ^ 1));
                if let Some(next) = next {
                    text.replace_range(from..from + next.len_utf8(), &next.to_string());
                }
            }
        }
    }
    text
}

/// Whether it was read. What is read can be asked and written back; what isn't says why and where.
fn survives(text: &str) -> bool {
    match read(text) {
        Ok(model) => {
            for table in &model.tables {
                let _ = table.evaluate(&Inputs::new());
            }
            let drafts: Vec<Draft> = model.tables.iter().map(Draft::of).collect();
            assert!(write(text, &drafts).unwrap() == text);
            true
        }
        Err(errors) => {
            assert!(!errors.is_empty() && errors.len() <= 500);
            assert!(errors.iter().all(|error| error.line > 0 && !error.reason.is_empty()));
            false
        }
    }
}

/// How many of the mutants were still read.
fn read_of(text: &str, seeds: u64) -> usize {
    (0..seeds)
        .filter(|seed| survives(&mutated(text, &mut Dice(*seed))))
        .count()
}

#[test]
fn mutants_of_small_tables() {
    let tables = [
        MODELER.clone(),
        small(
            "hitPolicy=\"ANY\"",
            "",
            &[("-", "\"a\""), ("< 3", ""), ("not(4,[5..6))", "\"b&<\"")],
        ),
        small(
            "hitPolicy=\"PRIORITY\"",
            "<outputValues><text>\"a\"</text></outputValues>",
            &[("-", "\"a\"")],
        ),
    ];
    for table in tables {
        let read = read_of(&table, 2_000);
        assert!(
            (100..1_900).contains(&read),
            "{read} of 2,000 read: the mutants are too tame or too wild"
        );
    }
}

#[test]
fn mutants_of_the_shipped_model() {
    let read = read_of(&FILES_OF_TAIHE["routing.dmn"], 250);
    assert!((10..240).contains(&read), "{read}");
}

/// Random trees of the elements and attributes that a model has, well-formed but senseless.
#[test]
fn senseless_structures() {
    const NAMES: [&str; 14] = [
        "decision",
        "decisionTable",
        "input",
        "inputExpression",
        "inputValues",
        "output",
        "outputValues",
        "rule",
        "inputEntry",
        "outputEntry",
        "text",
        "itemDefinition",
        "typeRef",
        "variable",
    ];
    const ATTRIBUTES: [&str; 8] = [
        "id=\"a\"",
        "name=\"b\"",
        "typeRef=\"string\"",
        "typeRef=\"tA\"",
        "hitPolicy=\"FIRST\"",
        "label=\"\"",
        "expressionLanguage=\"feel\"",
        "isCollection=\"true\"",
    ];
    fn tree(dice: &mut Dice, depth: usize, out: &mut String) {
        let name = NAMES[dice.below(NAMES.len())];
        let attribute = ATTRIBUTES[dice.below(ATTRIBUTES.len())];
        out.push_str(&format!("<{name} {attribute}>"));
        for _ in 0..dice.below(if depth > 6 { 1 } else { 5 }) {
            tree(dice, depth + 1, out);
        }
        out.push_str(["", "-", "\"x\"", "3"][dice.below(4)]);
        out.push_str(&format!("</{name}>"));
    }
    for seed in 0..600 {
        let mut dice = Dice(seed);
        let mut inside = String::new();
        for _ in 0..3 {
            tree(&mut dice, 0, &mut inside);
        }
        survives(&format!(
            "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\">{inside}</definitions>"
        ));
    }
}

/// Each costs a reader without limits its stack, its memory or an evening.
#[test]
fn bombs() {
    let model = |inside: &str| {
        format!("<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\">{inside}</definitions>")
    };
    let deep = |open: &dyn Fn(usize) -> String, close: &str, times: usize| {
        let opened: String = (0..times).map(open).collect();
        model(&format!("{opened}{}", close.repeat(times)))
    };
    let attributes: String = (0..50_000).map(|number| format!(" a{number}=\"\"")).collect();
    for (text, reason) in [
        (deep(&|_| "<a>".into(), "</a>", 100_000), "nested more than 100 deep"),
        (
            deep(&|number| format!("<a xmlns:n{number}=\"u{number}\">"), "</a>", 90),
            "more than 100 namespaces",
        ),
        (model(&format!("<a{attributes}/>")), "more than 64 attributes"),
        (model(&"<a/>".repeat(4_100_000)), "not well-formed XML"),
        (model(&" ".repeat(33 << 20)), "more than 32 MiB"),
        ("<".repeat(1_000_000), "not well-formed XML"),
        ("<a ".repeat(300_000), "not well-formed XML"),
        (
            format!("<!DOCTYPE a [{}]><a>&b9;</a>", "<!ENTITY b \"&b;&b;\">".repeat(100)),
            "not well-formed XML",
        ),
        (model(&"<decision name=\"d\"/>".repeat(100_000)), "only decision tables"),
    ] {
        // Ninety levels with a namespace each stay below the limits: then it is just no decision table.
        match read(&text) {
            Ok(model) => assert!(model.tables.is_empty() && reason.contains("namespaces")),
            Err(errors) => assert!(errors[0].to_string().contains(reason), "{reason}: {}", errors[0]),
        }
    }
    let many: String = (0..101).map(|number| format!("<a xmlns:n{number}=\"u\"/>")).collect();
    assert!(
        read(&model(&many)).unwrap_err()[0]
            .to_string()
            .contains("more than 100 namespaces")
    );
    let columns: String = (0..20_000)
        .map(|_| "<input><inputExpression><text>a</text></inputExpression></input>")
        .collect();
    let table = model(&format!(
        "<decision id=\"d\"><decisionTable>{columns}</decisionTable></decision>"
    ));
    assert_eq!(read(&table).unwrap_err().len(), 500);
}
