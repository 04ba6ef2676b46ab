//! What the cells of a table mean, and which words a cell can say.

use super::basis_zh;
use super::facts::fact_zh;
use crate::calendar::Limit;
use crate::county::{Term, Terms, Vocabulary};
use crate::disclosure::{ANY_TICKET, OVERSIGHT_LOOK};
use crate::dmn::sfeel::{Item, Kind, Test, Value};
use crate::dmn::{Column, Table};
use crate::office::soundness;
use crate::pack::Pack;
use crate::report::RoutingFact;
use crate::words::{Action, Addressee, Grade, Handling, Stage, Urgency};

/// A word that a cell can say.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Choice {
    /// As the model has it.
    pub code: String,
    /// As people read it.
    pub label: String,
}

/// What a cell says that accepts anything.
pub const ANY: &str = "不限";
/// `ranking.csv`
pub(crate) const RANKING: &str = "主办次序";
/// `recusal.csv`
pub(crate) const RECUSALS: &str = "回避";

/// `第 3 位：临时监护（民政）`
pub(crate) fn ranked(rank: &str, obligation: &str, kind: &str) -> String {
    format!("第 {rank} 位：{obligation}（{kind}）")
}

/// When a row asks nothing.
pub(crate) const ANY_CASE: &str = "任何情况";

/// `发生地点为家中`
pub(crate) fn says(heading: &str, words: &str) -> String {
    format!("{heading}为{words}")
}

/// What people call a column.
pub fn heading(column: &Column) -> &str {
    if column.label.is_empty() {
        fact_zh(&column.name)
    } else {
        &column.label
    }
}

/// The words of a text column in the order of the model or the pack; `None` = any text.
pub fn choices(pack: &Pack, column: &Column) -> Option<Vec<Choice>> {
    let declared = column.allowed.as_ref().map(|allowed| {
        let words = allowed.values().into_iter().filter_map(Value::as_text);
        words.map(str::to_owned).collect::<Vec<_>>()
    });
    let codes = declared
        .filter(|codes| !codes.is_empty())
        .or_else(|| listed(pack.vocabulary(), &column.name))?;
    Some(codes.into_iter().map(|code| choice(pack, column, code)).collect())
}

/// The word of a yes-or-no answer.
pub const fn yes(flag: bool) -> &'static str {
    if flag { "是" } else { "否" }
}

/// The two words of a yes-or-no answer.
pub fn yes_no() -> Vec<Choice> {
    let choice = |(code, label): (&str, &str)| Choice {
        code: code.to_owned(),
        label: label.to_owned(),
    };
    [("true", "是"), ("false", "否")].map(choice).into()
}

fn choice(pack: &Pack, column: &Column, code: String) -> Choice {
    Choice {
        label: word(pack, column, &code),
        code,
    }
}

/// Words that the model need not declare: the pack's lists and the program's closed ones.
fn listed(words: &Vocabulary, column: &str) -> Option<Vec<String>> {
    fn codes<T: AsRef<str>>(list: impl IntoIterator<Item = T>) -> Vec<String> {
        list.into_iter().map(|code| code.as_ref().to_owned()).collect()
    }
    fn terms<T: AsRef<Term>>(list: &Terms<T>) -> Vec<String> {
        list.iter().map(|term| term.as_ref().code.clone()).collect()
    }
    Some(match column {
        "situation" => terms(&words.situations),
        "unit_kind" | "requester_kind" => terms(&words.unit_kinds),
        "obligation" => terms(&words.obligations),
        "evidence" => terms(&words.evidence),
        "start" => {
            let mut events = vec![crate::words::reserved::DISPATCH.to_owned()];
            events.extend(terms(&words.events));
            events.dedup();
            events
        }
        "urgency" => codes(Urgency::HIGHEST_FIRST.map(Urgency::as_str)),
        "stage" => codes(Stage::ALL.iter().map(|stage| stage.as_str())),
        "role" => codes([Handling::Lead.as_str(), Handling::Assist.as_str()]),
        "grade" => codes(Grade::ALL.iter().map(|grade| grade.as_str())),
        "trigger" => codes(["report", "request"]),
        "to" => codes(Addressee::ALL.iter().map(|to| to.as_str())),
        "anchor" => codes(["start", "due"]),
        "action" => codes(Action::OF_TABLES.map(Action::as_str)),
        fact => {
            let fact = RoutingFact::from_word(fact).filter(|fact| fact.kind() == Kind::Text)?;
            codes(fact.values().iter().filter_map(Value::as_text))
        }
    })
}

/// A text value in words: the pack's label of a code, `24小时`, a basis.
pub fn word(pack: &Pack, column: &Column, code: &str) -> String {
    let own = match (column.name.as_str(), code) {
        ("role", role) => Handling::from_word(role).map(Handling::zh),
        ("to", to) => Addressee::from_word(to).map(Addressee::zh),
        ("action", action) => Action::from_word(action).map(Action::zh),
        ("anchor", "start") => Some("起算后"),
        ("anchor", "due") => Some("到期后"),
        ("start", "dispatch") => Some("派单"),
        ("obligation", ANY_TICKET) => Some("未持有工单时查看"),
        ("unit_kind", OVERSIGHT_LOOK) => Some(super::disclosure::OVERSIGHT),
        ("grade", grade) => {
            return format!(
                "{grade}（{}）",
                Grade::from_word(grade).map_or("依据等级未注明", Grade::zh)
            );
        }
        ("basis", text) => return basis_zh(pack.phrases(), text),
        ("limit" | "minimum", text) => {
            return text.parse::<Limit>().map_or_else(|_| text.to_owned(), Limit::zh);
        }
        _ => None,
    };
    own.map(str::to_owned)
        .or_else(|| soundness::named(pack.vocabulary(), column, code))
        .unwrap_or_else(|| code.to_owned())
}

/// An output cell in words.
pub fn value(pack: &Pack, column: &Column, value: &Value) -> String {
    match value {
        Value::Null => "（空）".to_owned(),
        Value::Flag(flag) => yes(*flag).to_owned(),
        Value::Number(number) => number.normalize().to_string(),
        Value::Text(text) => word(pack, column, text),
    }
}

/// An input cell in words: `不限`, `监护人或其他家庭成员`, `小于8岁`.
pub fn test(pack: &Pack, column: &Column, test: &Test) -> String {
    let all = |items: &[Item], or: &str| {
        let parts: Vec<String> = items.iter().map(|item| self::item(pack, column, item)).collect();
        parts.join(or)
    };
    match test {
        Test::Any => ANY.to_owned(),
        Test::OneOf(items) => all(items, "或"),
        Test::Not(items) => format!("不是{}", all(items, "，也不是")),
    }
}

fn item(pack: &Pack, column: &Column, item: &Item) -> String {
    let unit = if column.name == "age" { "岁" } else { "" };
    let number = |at: rust_decimal::Decimal| format!("{}{unit}", at.normalize());
    match item {
        Item::Is(Value::Number(at)) => number(*at),
        Item::Is(value) => self::value(pack, column, value),
        Item::Between(None, None) => "不限".to_owned(),
        Item::Between(Some(low), None) if low.included => format!("{}以上", number(low.at)),
        Item::Between(Some(low), None) => format!("大于{}", number(low.at)),
        Item::Between(None, Some(high)) if high.included => format!("{}以下", number(high.at)),
        Item::Between(None, Some(high)) => format!("小于{}", number(high.at)),
        Item::Between(Some(low), Some(high)) if low.included && high.included => {
            format!("{}至{}", number(low.at), number(high.at))
        }
        Item::Between(Some(low), Some(high)) => {
            let open = |included| if included { "" } else { "（不含）" };
            format!(
                "{}{}至{}{}",
                number(low.at),
                open(low.included),
                number(high.at),
                open(high.included)
            )
        }
    }
}

/// All cells of a row in words: inputs, then outputs.
pub fn cells(pack: &Pack, table: &Table, tests: &[Test], outputs: &[Value]) -> Vec<String> {
    let tests = table
        .inputs
        .iter()
        .zip(tests)
        .map(|(column, test)| self::test(pack, column, test));
    let outputs = table
        .outputs
        .iter()
        .zip(outputs)
        .map(|(column, value)| self::value(pack, column, value));
    tests.chain(outputs).collect()
}
