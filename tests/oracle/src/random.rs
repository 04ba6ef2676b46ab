//! Random tables, written as DMN by hand here, not by casework's writer: its reader is under test too.

use casework::dmn::{HitPolicy, read};

use crate::ask::Dice;
use crate::engine::Engine;
use crate::voices::{Count, compare};

/// Inputs asked of each table.
const INPUTS: usize = 60;

/// Whether all voices agree on all of them.
pub fn run(tables: usize) -> bool {
    let mut counts: [Count; HitPolicy::ALL.len()] = Default::default();
    let mut differences = 0;
    for seed in 0..tables {
        if differences >= 5 {
            break;
        }
        let mut dice = Dice::new(seed as u64);
        let index = seed % HitPolicy::ALL.len();
        let text = table(HitPolicy::ALL[index], &mut dice);
        let model = match read(&text) {
            Ok(model) => model,
            Err(errors) => {
                println!("table {seed} is refused: {}\n{text}", errors[0]);
                differences += 1;
                continue;
            }
        };
        let table = &model.tables[0];
        let engine = match Engine::new(&text, table) {
            Ok(engine) => engine,
            Err(reason) => {
                println!("table {seed} is refused by the engine: {reason}\n{text}");
                differences += 1;
                continue;
            }
        };
        let count = &mut counts[index];
        let before = count.differences;
        compare(&engine, table, INPUTS, &mut dice, count);
        if count.differences > before {
            differences += 1;
            println!("table {seed}:\n{text}");
        }
    }
    println!(
        "{:<12} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "hit policy", "asked", "rows", "nothing", "clash", "claims"
    );
    for (policy, count) in HitPolicy::ALL.iter().zip(&counts) {
        let Count {
            asked,
            rows,
            nothing,
            clashes,
            claims,
            ..
        } = count;
        println!(
            "{:<12} {asked:>8} {rows:>8} {nothing:>8} {clashes:>8} {claims:>8}",
            policy.as_str()
        );
    }
    println!("{tables} random tables, {differences} differences");
    differences == 0
}

const TEXTS: [&str; 6] = ["\"a\"", "\"b\"", "\"c,d\"", "\"say \\\"x\\\"\"", "\"家\"", "\"not(a)\""];
const WHOLE: [&str; 6] = ["-3", "0", "1", "2", "5", "17"];
const NUMBERS: [&str; 6] = ["-2.5", "0", "0.1", "0.10001", "3", "1000.75"];
const TYPES: [&str; 7] = ["string", "integer", "long", "number", "double", "decimal", "boolean"];

fn literals(kind: &str) -> &'static [&'static str] {
    match kind {
        "string" => &TEXTS,
        "integer" | "long" => &WHOLE,
        "boolean" => &["true", "false"],
        _ => &NUMBERS,
    }
}

fn table(policy: HitPolicy, dice: &mut Dice) -> String {
    let inputs: Vec<&str> = (0..1 + dice.below(4)).map(|_| dice.pick(&TYPES)).collect();
    let mut head = String::new();
    for (index, kind) in inputs.iter().enumerate() {
        let allowed = if dice.one_in(3) {
            tag("inputValues", &list(kind, dice))
        } else {
            String::new()
        };
        head.push_str(&format!(
            "<input><inputExpression typeRef=\"{kind}\"><text>in{index}</text></inputExpression>{allowed}</input>"
        ));
    }
    // The engine ranks all outputs of a PRIORITY table in one list: kinds that share no value keep columns apart.
    let outputs: &[&str] = if dice.one_in(2) {
        &["string", "number"]
    } else {
        &["string"]
    };
    let mut says: Vec<Vec<&str>> = Vec::new();
    for (index, kind) in outputs.iter().enumerate() {
        let mut values: Vec<&str> = literals(kind).to_vec();
        for place in (1..values.len()).rev() {
            values.swap(place, dice.below(place + 1));
        }
        values.truncate(2 + dice.below(3));
        let declared = policy == HitPolicy::Priority || dice.one_in(3);
        let allowed = if declared {
            tag("outputValues", &values.join(","))
        } else {
            String::new()
        };
        head.push_str(&format!(
            "<output name=\"out{index}\" typeRef=\"{kind}\">{allowed}</output>"
        ));
        says.push(values);
    }
    let mut rows = String::new();
    for _ in 0..1 + dice.below(8) {
        let cells: String = inputs.iter().map(|kind| tag("inputEntry", &test(kind, dice))).collect();
        let results: String = says
            .iter()
            .map(|values| tag("outputEntry", dice.pick(values)))
            .collect();
        rows.push_str(&format!("<rule>{cells}{results}</rule>\n"));
    }
    format!(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"m\" namespace=\"https://oracle.example\">\
         <decision id=\"d\" name=\"d\"><variable name=\"d\"/>\
         <decisionTable hitPolicy=\"{}\">{head}\n{rows}</decisionTable></decision></definitions>",
        policy.as_str()
    )
}

fn tag(name: &str, cell: &str) -> String {
    let cell = cell.replace('&', "&amp;").replace('<', "&lt;");
    format!("<{name}><text>{cell}</text></{name}>")
}

fn test(kind: &str, dice: &mut Dice) -> String {
    match dice.below(6) {
        0 | 1 => "-".to_owned(),
        2 => format!("not({})", list(kind, dice)),
        _ => list(kind, dice),
    }
}

fn list(kind: &str, dice: &mut Dice) -> String {
    let items: Vec<String> = (0..1 + dice.below(3)).map(|_| item(kind, dice)).collect();
    items.join(if dice.one_in(2) { "," } else { " , " })
}

fn item(kind: &str, dice: &mut Dice) -> String {
    let literals = literals(kind);
    if matches!(kind, "string" | "boolean") || dice.one_in(3) {
        return dice.pick(literals).to_owned();
    }
    if dice.one_in(2) {
        return format!(
            "{}{}",
            dice.pick(&["<", "<=", ">", ">=", "< ", ">= "]),
            dice.pick(literals)
        );
    }
    // Two apart, so that no range of whole numbers is empty.
    let low = dice.below(literals.len() - 2);
    let high = low + 2 + dice.below(literals.len() - low - 2);
    let (open, close) = (dice.pick(&['[', '(', ']']), dice.pick(&[']', ')', '[']));
    format!("{open}{}..{}{close}", literals[low], literals[high])
}
