//! The red line: mail does not go out. The notifier writes down how it found the server; this says it in words.

use chrono::{DateTime, TimeDelta, Utc};
use platform::{store::MailState, text::Lang};

use super::said::counted;
use crate::internal::page::words;

/// A notifier says every half a minute that it lives; after this long none does.
const SILENT_MINUTES: i64 = 3;

/// Nothing while mail goes out, or while nothing waits for a notifier that is not there.
pub(crate) fn lines(state: Option<&MailState>, waiting: i64, lang: Lang, now: DateTime<Utc>) -> Vec<String> {
    let n = counted(waiting);
    let silent = state.is_none_or(|state| now - state.seen_at > TimeDelta::minutes(SILENT_MINUTES));
    let mut lines = Vec::new();
    if let Some(blocked) = state.and_then(|state| state.blocked.as_ref()) {
        let since = words::moment(lang, blocked.since, now);
        lines.push(lang.fill("board.mail.blocked", &[("since", &since), ("n", &n)]));
        let key = if is_reply(&blocked.answer) {
            "board.mail.answer"
        } else {
            "board.mail.no_answer"
        };
        lines.push(lang.fill(key, &[("answer", &blocked.answer)]));
        if blocked.ours {
            lines.push(lang.t("board.mail.ours").to_owned());
        }
    }
    if silent && waiting > 0 {
        lines.push(match state {
            Some(state) => lang.fill(
                "board.mail.silent",
                &[("at", &words::moment(lang, state.seen_at, now)), ("n", &n)],
            ),
            None => lang.fill("board.mail.never", &[("n", &n)]),
        });
    }
    if !lines.is_empty() {
        lines.push(lang.t("board.mail.phone").to_owned());
    }
    lines
}

/// A server's own words come with its code, alone or as the notifier's library writes it. Anything else is what the notifier says
/// about a server that did not answer.
fn is_reply(answer: &str) -> bool {
    let coded = ["permanent error (", "transient error ("]
        .iter()
        .any(|head| answer.starts_with(head));
    coded || answer.len() > 3 && answer.bytes().take(3).all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use platform::store::Blocked;

    use super::*;

    fn state(seen: &str, blocked: Option<bool>) -> MailState {
        MailState {
            seen_at: seen.parse().expect("a time"),
            blocked: blocked.map(|ours| Blocked {
                since: "2026-11-26T02:00:00Z".parse().expect("a time"),
                phase: "envelope".into(),
                answer: "550 Connection frequency limited".into(),
                ours,
            }),
        }
    }

    #[test]
    fn a_server_that_refuses_everything_is_said_with_its_words() {
        let now = "2026-11-26T03:00:00Z".parse().expect("a time");
        let say = |state: Option<MailState>, waiting| lines(state.as_ref(), waiting, Lang::Zh, now).join("\n");
        let fresh = "2026-11-26T02:59:40Z";
        assert_eq!(say(Some(state(fresh, None)), 5), "");
        let limited = say(Some(state(fresh, Some(false))), 100);
        assert!(
            limited.starts_with("邮件发不出去，自 ") && limited.contains("100件在等"),
            "{limited}"
        );
        assert!(
            limited.contains("550 Connection frequency limited") && !limited.contains("信息技术"),
            "{limited}"
        );
        assert!(limited.contains("邮件服务器答复：550"), "{limited}");
        assert!(say(Some(state(fresh, Some(true))), 1).contains("信息技术"));
        let mut mute = state(fresh, Some(false));
        if let Some(blocked) = &mut mute.blocked {
            blocked.answer = "no answer within 10000 ms".into();
        }
        let mute = say(Some(mute), 3);
        assert!(
            mute.contains("没有正常应答") && !mute.contains("答复："),
            "nobody answered: {mute}"
        );
        let silent = say(Some(state("2026-11-26T02:50:00Z", None)), 3);
        assert!(silent.contains("没有报到") && silent.contains("3件"), "{silent}");
        assert_eq!(
            say(Some(state("2026-11-26T02:50:00Z", None)), 0),
            "",
            "nothing waits for it"
        );
        assert!(say(None, 2).contains("2件"));
    }
}
