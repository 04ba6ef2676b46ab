//! Descriptions, and what a provider's words mean.

use crate::store::CallId;
use casework::{typed::phone::Dialled, words::Urgency};
use serde_json::json;

use super::{
    describe::File,
    form::{Heard, Part, read},
    http::Answer,
    judge::plain,
    load::Gateways,
    number,
    robot::Robots,
};
use crate::gateway::{Address, Outcome, TryId, Words};

/// The ready descriptions, by file.
const READY: [(&str, &str); 4] = [
    ("aliyun.toml", include_str!("../../../deploy/gateways/aliyun.toml")),
    ("tencent.toml", include_str!("../../../deploy/gateways/tencent.toml")),
    ("generic.toml", include_str!("../../../deploy/gateways/generic.toml")),
    ("robots.toml", include_str!("../../../deploy/gateways/robots.toml")),
];

/// A description with its secrets in files.
fn with_secrets(text: &str) -> String {
    let dir = std::env::temp_dir().join(format!("sw-gateways-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir_all(&dir).unwrap();
    let secret = dir.join("secret");
    std::fs::write(&secret, "0123456789abcdef0123456789abcdef\n").unwrap();
    std::os::unix::fs::PermissionsExt::set_mode(&mut std::fs::metadata(&secret).unwrap().permissions(), 0o600);
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let line = |line: &str| match line.split_once("= {") {
        Some((name, rest)) if rest.trim_start().starts_with("file") || rest.trim_start().starts_with("env") => {
            format!("{name}= {{ file = {:?} }}", secret.display().to_string())
        }
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn words() -> Words {
    Words {
        urgency: Urgency::P1,
        count: 1,
        report: None,
        drill: false,
        office: "太和县".into(),
    }
}

fn phone() -> Address {
    Address::Phone(Dialled::read("13812345678").unwrap())
}

#[test]
fn ready_descriptions_are_sound() {
    for (file, text) in READY {
        let gateways = Gateways::parse(&with_secrets(text), false).unwrap_or_else(|e| panic!("{file}: {e:#}"));
        let robots = Robots::parse(&with_secrets(text), false).unwrap_or_else(|e| panic!("{file}: {e:#}"));
        assert!(gateways.iter().count() + robots.iter().count() > 0, "{file}");
        assert!(
            text.contains("未实测") || file == "generic.toml",
            "{file} was never used against the provider"
        );
    }
}

#[test]
fn a_description_that_would_fail_at_night_is_refused_at_the_start() {
    let good = "[[gateway]]\nname = \"g\"\nchannel = \"sms\"\n[gateway.send]\nurl = \"https://g.example/\"\n";
    assert!(Gateways::parse(good, false).is_ok());
    for (wrong, why) in [
        (good.replace("https", "http"), "write https://"),
        (
            format!("{good}json = {{ to = \"{{child}}\" }}\n"),
            "nothing is known of {child}",
        ),
        (good.replace("\"sms\"", "\"mail\""), "sms or voice"),
        (format!("{good}{good}"), "two gateways"),
        (
            format!("{good}[gateway.receipt]\nwithin_s = 60\nforms = [{{ state = \"/s\" }}]\n"),
            "from anybody",
        ),
        (
            "[[gateway]]\nname = \"g\"\nchannel = \"sms\"\nkind = { is = \"file\", dir = \"/tmp\" }\n".into(),
            "allow it for a demo",
        ),
        (
            "[[gateway]]\nname = \"g\"\nchannel = \"sms\"\nwhat = 1\n".into(),
            "unknown field",
        ),
    ] {
        let said = format!("{:#}", Gateways::parse(&wrong, false).err().expect("refused"));
        assert!(said.contains(why), "{why}: {said}");
    }
}

#[test]
fn numbers_are_written_as_each_provider_wants_them() {
    let landline = Address::Phone(Dialled::read("0558-8612345").unwrap());
    assert_eq!(number(&phone(), "number_abroad").as_deref(), Some("+8613812345678"));
    assert_eq!(number(&landline, "number").as_deref(), Some("05588612345"));
    assert_eq!(number(&landline, "number_abroad").as_deref(), Some("+865588612345"));
}

fn judge(file: usize, gateway: usize, status: u16, body: &str) -> Outcome {
    let file: File = toml::from_str(READY[file].1).unwrap();
    file.gateway[gateway].answer.judge(&Answer {
        status,
        body: body.into(),
    })
}

#[test]
fn a_200_is_not_yet_a_yes() {
    let taken = Outcome::HandedOver(Some("900".into()));
    assert_eq!(judge(0, 0, 200, r#"{"Code":"OK","Message":"OK","BizId":"900"}"#), taken);
    let limited = judge(
        0,
        0,
        200,
        r#"{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"13812345678"}"#,
    );
    assert!(
        matches!(&limited, Outcome::Busy(why) if why.contains("LIMIT") && !why.contains("1381")),
        "{limited:?}"
    );
    assert!(matches!(
        judge(0, 0, 200, r#"{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}"#),
        Outcome::Never(_)
    ));
    assert!(matches!(judge(0, 0, 429, "<html>"), Outcome::Busy(_)));
    assert!(matches!(judge(0, 0, 502, "<html>"), Outcome::Later(_)));
    assert!(matches!(judge(0, 0, 403, r#"{"Code":"Forbidden"}"#), Outcome::Never(_)));
    let status = r#"{"Response":{"SendStatusSet":[{"SerialNo":"s1","Code":"Ok"}]}}"#;
    assert_eq!(judge(1, 0, 200, status), Outcome::HandedOver(Some("s1".into())));
    let auth = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"x"}}}"#;
    assert!(matches!(judge(1, 0, 200, auth), Outcome::Never(_)));
}

#[test]
fn words_of_a_provider_hold_no_number() {
    assert_eq!(plain("refused 13812345678 in 40 s"), "refused …in 40 s");
    assert_eq!(plain("138-1234-5678!"), "…!");
    assert_eq!(plain("a\nb 1234"), "a b 1234");
}

#[test]
fn receipts_digits_and_replies_are_read_where_each_provider_writes_them() {
    let forms = |file: usize, gateway: usize| {
        let file: File = toml::from_str(READY[file].1).unwrap();
        file.gateway.into_iter().nth(gateway).unwrap().receipt.unwrap().forms
    };
    let id = TryId {
        call: CallId(uuid::Uuid::from_u128(5)),
        place: 1,
    };
    let report = json!([{"phone_number": "13812345678", "success": false, "err_code": "UNDELIV", "biz_id": "9", "out_id": id.to_string()}]);
    assert_eq!(
        read(&forms(0, 0), &report),
        [Heard {
            ours: Some(id.to_string()),
            provider: Some("9".into()),
            parts: vec![Part::Receipt(false, "UNDELIV".into())],
        }]
    );
    let up =
        json!([{"phone_number": "13812345678", "content": "1", "dest_code": "x", "send_time": "2017-01-01 00:00:00"}]);
    let message = Part::Message {
        number: "13812345678".into(),
        text: "1".into(),
    };
    assert_eq!(read(&forms(0, 0), &up)[0].parts, [message]);
    let key =
        json!({"voicekey_callback": {"callid": "c", "keypress": "1", "mobile": "13812345678", "nationcode": "86"}});
    assert_eq!(read(&forms(1, 1), &key)[0].parts, [Part::Digits("1".into())]);
    let rang = json!({"voiceprompt_callback": {"callid": "c", "result": "1"}});
    assert!(matches!(
        read(&forms(1, 1), &rang)[0].parts[..],
        [Part::Receipt(false, _)]
    ));
    assert_eq!(read(&forms(1, 1), &json!({"other": 1})), []);
    assert!(words().parameter("tail").is_some());
}

#[test]
fn what_was_bought_is_read_and_nonsense_refused() {
    let text = |more: &str| {
        format!(
            "[[gateway]]\nname = \"g\"\nchannel = \"sms\"\nprice_yuan = 0.05\n{more}\n[gateway.send]\nurl = \"https://g.example/\"\n"
        )
    };
    let quota = |more: &str| {
        let gateways = Gateways::parse(&text(more), false).unwrap();
        gateways.named("g").unwrap().state().quota
    };
    assert_eq!(quota(""), None);
    let all = quota("[gateway.quota]\ncount = 5000\nfrom = \"2026-11-01\"\nwarn_below = 70").unwrap();
    assert_eq!(
        (
            all.count,
            all.from.map(|day| day.to_string()).as_deref(),
            all.warn_below
        ),
        (5000, Some("2026-11-01"), 70)
    );
    let monthly = quota("[gateway.quota]\ncount = 5000").unwrap();
    assert_eq!((monthly.from, monthly.warn_below), (None, 500), "a tenth, each month");
    for (more, why) in [
        ("[gateway.quota]\ncount = -1", "count and warn_below"),
        ("[gateway.quota]\ncount = 1\nfrom = \"2026-13-01\"", "TOML parse error"),
        ("[gateway.quota]\nfrom = \"2026-11-01\"", "count"),
    ] {
        let said = format!("{:#}", Gateways::parse(&text(more), false).err().expect("refused"));
        assert!(said.contains(why), "{why}: {said}");
    }
    let price = text("").replace("0.05", "-1.0");
    assert!(Gateways::parse(&price, false).is_err());
}
