//! How a report or a request would fall through, and the law or rule that asks that it does not.

use crate::calendar::Limit;
use crate::words::{Stage, Urgency};

// What must hold.

pub(crate) const CHECK: &str = "有人接办检查";
pub(crate) const URGENCY: &str = "每份报告都有紧急程度";
pub(crate) const TICKET: &str = "每份报告都有单位接办";
pub(crate) const ONE_LEAD: &str = "每案恰有一个主办";
pub(crate) const NOT_EMPTIED: &str = "回避不得使案件无人主办";
pub(crate) const NOTIFIED: &str = "每个接办单位及其上级都能收到通知";
pub(crate) const FINITE: &str = "每张工单都有有限的签收和办结时限";
pub(crate) const INCREASING: &str = "逐级催办各级严格递进";
pub(crate) const TO_THE_TOP: &str = "逐级催办直到领导小组";
pub(crate) const OPINION: &str = "《关于建立侵害未成年人案件强制报告制度的意见（试行）》第二条、第四条";
pub(crate) const DANGER_LAW: &str = "《未成年人保护法》第十一条";

// Why it does not.

pub(crate) const STATUTORY: &str = "法定强制报告情形";
pub(crate) const DANGER: &str = "现实危险";
pub(crate) const UNDECIDED: &str = "规则组合过多，未能在限定范围内查完，不能认定为完整。请合并或简化规则后再查。";
pub(crate) const NO_URGENCY: &str = "没有一行规则给出唯一的紧急程度，只能按特急处理并转办公室人工研判。";
pub(crate) const TRIAGE_UNRANKED: &str = "主办次序表（ranking.csv）没有办公室的“待人工研判”，它可能碰运气成为主办。";
pub(crate) const POLICE_NOT_FOUND: &str =
    "公安工单找不到公安单位，只能落到办公室：该地点没有公安单位，或者全部被回避规则跳过。";
pub(crate) const NOT_SAID: &str = "没有规定";
pub(crate) const NOT_FINITE: &str = "算不出有限的";

const FLOOR: &str = "程序的安全底线仍会补派公安工单，因此这一缺失平时看不出来；规则表本身已经漏了。";

/// What must reach the police does not.
pub(crate) fn no_police(what: &str, situations: &str) -> String {
    format!("{what}必须有公安接报处置的工单，但规则表没有派出，涉及{situations}。{FLOOR}")
}

/// A duty of the law that no row asks.
pub(crate) fn duty(situations: &str, kind: &str, obligation: &str) -> String {
    format!("{situations}依法应当向{kind}派出{obligation}，但规则表没有派出。")
}

/// A request that the law allows and no row answers.
pub(crate) fn entitled(who: &str, kind: &str, obligation: &str) -> String {
    format!("{who}依法有权提请{obligation}，但规则表不向{kind}派出，提请会落空。")
}

/// A request that the law does not allow.
pub(crate) fn not_entitled(kind: &str, obligation: &str) -> String {
    format!("{kind}不是法定申请主体，但规则表准许其提请{obligation}，申请会被驳回。")
}

/// What must be requested is asked by a report.
pub(crate) fn without_requester(obligation: &str) -> String {
    format!("{obligation}须由法定主体提请，但规则表由报告直接派出，没有申请人。")
}

/// No unit takes it.
pub(crate) fn no_ticket(situations: &str) -> String {
    format!("没有一个单位按规则接办，报告只能转办公室人工研判，涉及{situations}。")
}

/// A row asks what no rank orders.
pub(crate) fn unranked(row: usize, kind: &str, obligation: &str) -> String {
    format!(
        "应办事项表第{row}行向{kind}派出{obligation}，但主办次序表（ranking.csv）没有这一项，主办由谁承担只能碰运气。"
    )
}

/// Recusal passes over every unit.
pub(crate) fn all_recused(kind: &str, obligation: &str) -> String {
    format!("回避规则（recusal.csv）把{kind}的各级单位全部跳过，{obligation}无单位主办，只能落到办公室。")
}

/// A unit that nothing reaches.
pub(crate) fn no_mailbox(unit: &str) -> String {
    format!("{unit}没有可以接收通知的邮箱，派给它的工单无人知道。")
}

/// Office or leading group are not there.
pub(crate) fn missing(who: &str) -> String {
    format!("本县配置没有{who}，逐级催办到它就断了。")
}

/// The last level is not the leading group.
pub(crate) fn not_to_the_top(urgency: Urgency, stage: Stage) -> String {
    let (urgency, stage) = (urgency.zh(), stage.zh());
    format!("{urgency}的{stage}逾期时，逐级催办到不了领导小组：最后一级不是领导小组督办。")
}

/// A stage without an end; `what` is [`NOT_SAID`] or [`NOT_FINITE`].
pub(crate) fn no_deadline(obligation: &str, urgency: Urgency, stage: Stage, what: &str) -> String {
    let (urgency, stage) = (urgency.zh(), stage.zh());
    format!("应办事项{obligation}在{urgency}时{what}{stage}时限，到期无人催办。")
}

/// Levels that come in another order than they are numbered.
pub(crate) fn disorder(urgency: Urgency, stage: Stage, limit: Limit, minutes: i64) -> String {
    let (urgency, stage, limit) = (urgency.zh(), stage.zh(), limit.zh());
    format!(
        "{urgency}的{stage}时限（{limit}，自起算至到期{minutes}分钟）逐级催办的先后次序不对：后一级必须严格晚于前一级。"
    )
}

/// A deadline of a table, by name.
pub(crate) fn limit_named(obligation: &str, (urgency, stage): (Urgency, Stage), limit: Limit, row: usize) -> String {
    let (urgency, stage, limit) = (urgency.zh(), stage.zh(), limit.zh());
    format!("应办事项{obligation}（{urgency}）的{stage}时限{limit}（环节时限表第{row}行）")
}

/// Its clock starts with another event than the law's.
pub(crate) fn other_start(name: &str, start: &str, lawful: &str) -> String {
    format!("{name}自“{start}”起算，但法定时限自“{lawful}”起算。")
}

/// It ends after the law's.
pub(crate) fn too_late(name: &str, lawful: Limit, from: &str, (due, lawful_due): (&str, &str)) -> String {
    format!(
        "{name}超过法定的{}：{from}起算，规则到{due}才到期，法定{lawful_due}到期。",
        lawful.zh()
    )
}

/// What no one situation brings about.
pub(crate) fn not_by_one(sentence: &str) -> String {
    format!("{sentence}目前没有单一情形触发它，几种情形并存或人工派单时才会出现。")
}
