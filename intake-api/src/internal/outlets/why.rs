//! Why something was not told, in the language of the page. What a provider of robots said stands as it said it.

use platform::{
    store::FolderFault,
    text::Lang,
    webhook::{Refused, Undelivered},
};

/// The text that says why an address is not told.
pub(super) fn key(why: Refused) -> &'static str {
    match why {
        Refused::NoUrl | Refused::NoAddress => "outlets.wrong.no_url",
        Refused::Open => "outlets.wrong.open",
        Refused::Password => "outlets.wrong.password",
        Refused::Private => "outlets.wrong.private",
    }
}

/// In words.
pub(super) fn why(lang: Lang, said: &str) -> String {
    if let Some(fault) = FolderFault::from_word(said) {
        return lang.t(&format!("outlets.fault.{fault}")).to_owned();
    }
    for refused in [
        Refused::NoUrl,
        Refused::Open,
        Refused::Password,
        Refused::NoAddress,
        Refused::Private,
    ] {
        if said == refused.to_string() {
            return lang.t(key(refused)).to_owned();
        }
    }
    if said == Undelivered::Name.to_string() {
        return lang.t("outlets.why.name").to_owned();
    }
    let number = |said: &str| said.chars().filter(char::is_ascii_digit).collect::<String>();
    for status in 300..400 {
        if said == Undelivered::Redirect(status).to_string() {
            return lang.fill("outlets.why.redirect", &[("status", &number(said))]);
        }
    }
    if said.starts_with(Undelivered::NoAnswer("").to_string().trim_end_matches("()")) {
        return lang.t("outlets.why.no_answer").to_owned();
    }
    match said.strip_prefix("it answered ") {
        Some(status) => lang.fill("outlets.why.status", &[("status", status)]),
        None => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_of_ours_has_words() {
        let said = |error: Undelivered| why(Lang::Zh, &error.to_string());
        for error in [
            Undelivered::Name,
            Undelivered::NoAnswer("connect"),
            Undelivered::Redirect(307),
            Undelivered::Status(503),
            Undelivered::Refused(Refused::Private),
        ] {
            let shown = error.to_string();
            let words = said(error);
            assert!(
                words != shown && !words.contains("it ") && !words.contains("the "),
                "{words}"
            );
        }
        assert!(said(Undelivered::Status(503)).contains("503"));
        assert!(said(Undelivered::Redirect(307)).contains("307"));
        assert_eq!(why(Lang::Zh, "200 45009"), "200 45009");
        for fault in FolderFault::ALL {
            assert_ne!(why(Lang::Zh, fault.as_str()), fault.as_str());
        }
    }
}
