//! How providers want a request to be signed. The test vectors are those of their published documents.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    built::{Built, Moment},
    fill::{FillError, With},
    strict::strict,
};

/// A way to sign.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by", deny_unknown_fields)]
pub(super) enum Signing {
    /// Not at all: a password in a header, or a network of one's own.
    #[default]
    None,
    /// 阿里云 signature version 3, ACS3-HMAC-SHA256.
    Acs3 {
        /// `AccessKey` id.
        key_id: String,
        /// `AccessKey` secret.
        key: String,
    },
    /// 腾讯云 signature version 3, TC3-HMAC-SHA256.
    Tc3 {
        /// `SecretId`.
        key_id: String,
        /// `SecretKey`.
        key: String,
        /// `sms`, `vms`.
        service: String,
    },
    /// Hexadecimal HMAC-SHA256 of the body, in a header.
    HmacSha256 {
        /// The secret.
        key: String,
        /// The header.
        header: String,
    },
    /// 钉钉 custom robot, 加签: `timestamp` (ms) and `sign` in the address.
    DingTalk {
        /// The robot's secret, `SEC…`.
        key: String,
    },
    /// 飞书 custom robot, 签名校验: `timestamp` (s) and `sign` in the body.
    Feishu {
        /// The robot's secret.
        key: String,
    },
}

/// HMAC-SHA256.
pub(super) fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // A key may have any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// Adds what the provider wants to see.
pub(super) fn sign(signing: &Signing, built: &mut Built, with: &With<'_>, moment: &Moment) -> Result<(), FillError> {
    match signing {
        Signing::None => {}
        Signing::Acs3 { key_id, key } => acs3(built, &with.fill(key_id)?, &with.fill(key)?, moment),
        Signing::Tc3 { key_id, key, service } => {
            tc3(
                built,
                (&with.fill(key_id)?, &with.fill(key)?),
                &with.fill(service)?,
                moment,
            );
        }
        Signing::HmacSha256 { key, header } => {
            let signature = hex::encode(hmac(with.fill(key)?.as_bytes(), built.body.as_bytes()));
            built.headers.push((header.to_lowercase(), signature));
        }
        Signing::DingTalk { key } => dingtalk(built, &with.fill(key)?, moment),
        Signing::Feishu { key } => feishu(built, &with.fill(key)?, moment),
    }
    Ok(())
}

/// The secret signs time and secret.
fn dingtalk(built: &mut Built, key: &str, moment: &Moment) {
    let at = moment.at.timestamp_millis();
    let signature = STANDARD.encode(hmac(key.as_bytes(), format!("{at}\n{key}").as_bytes()));
    let own = built.url.query().map(|query| format!("{query}&")).unwrap_or_default();
    let query = format!("{own}timestamp={at}&sign={}", strict(&signature));
    built.url.set_query(Some(&query));
}

/// Time and secret sign nothing: here they are the key.
fn feishu(built: &mut Built, key: &str, moment: &Moment) {
    let at = moment.at.timestamp();
    let signature = STANDARD.encode(hmac(format!("{at}\n{key}").as_bytes(), b""));
    // A body that is no object stays unsigned, and is refused over there.
    if let Ok(serde_json::Value::Object(mut body)) = serde_json::from_str(&built.body) {
        body.insert("timestamp".into(), at.to_string().into());
        body.insert("sign".into(), signature.into());
        built.body = serde_json::Value::Object(body).to_string();
    }
}

/// Signed are the host, the content type and all `x-acs-` fields.
fn acs3(built: &mut Built, key_id: &str, key: &str, moment: &Moment) {
    let hashed = digest(&built.body);
    let mut add = |name: &str, value: String| built.headers.push((name.into(), value));
    add("x-acs-content-sha256", hashed.clone());
    add("x-acs-date", moment.at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    add("x-acs-signature-nonce", moment.nonce.clone());
    let mut signed: Vec<(String, String)> = built
        .headers
        .iter()
        .filter(|(name, _)| name.starts_with("x-acs-") || name == "content-type")
        .cloned()
        .collect();
    signed.push(("host".into(), built.host()));
    signed.sort();
    let names: Vec<&str> = signed.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(";");
    let lines: String = signed
        .iter()
        .map(|(name, value)| format!("{name}:{}\n", value.trim()))
        .collect();
    let canonical = format!(
        "{}\n{}\n{}\n{lines}\n{names}\n{hashed}",
        built.method,
        built.url.path(),
        built.url.query().unwrap_or_default(),
    );
    let to_sign = format!("ACS3-HMAC-SHA256\n{}", digest(&canonical));
    let signature = hex::encode(hmac(key.as_bytes(), to_sign.as_bytes()));
    built.headers.push((
        "authorization".into(),
        format!("ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}"),
    ));
}

/// Signed are the content type and the host.
fn tc3(built: &mut Built, (key_id, key): (&str, &str), service: &str, moment: &Moment) {
    let (seconds, day) = (moment.at.timestamp(), moment.at.format("%Y-%m-%d"));
    let kind = built.header("content-type").unwrap_or_default().to_owned();
    let canonical = format!(
        "{}\n{}\n{}\ncontent-type:{kind}\nhost:{}\n\ncontent-type;host\n{}",
        built.method,
        built.url.path(),
        built.url.query().unwrap_or_default(),
        built.host(),
        digest(&built.body),
    );
    let scope = format!("{day}/{service}/tc3_request");
    let to_sign = format!("TC3-HMAC-SHA256\n{seconds}\n{scope}\n{}", digest(&canonical));
    let of_day = hmac(format!("TC3{key}").as_bytes(), day.to_string().as_bytes());
    let of_request = hmac(&hmac(&of_day, service.as_bytes()), b"tc3_request");
    let signature = hex::encode(hmac(&of_request, to_sign.as_bytes()));
    built.headers.push(("x-tc-timestamp".into(), seconds.to_string()));
    built.headers.push((
        "authorization".into(),
        format!("TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders=content-type;host, Signature={signature}"),
    ));
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use crate::seal::same;

    use super::*;
    use crate::gateway::fill::Known;

    fn signed(signing: &Signing, mut built: Built, moment: &Moment) -> String {
        let known = Known::default();
        sign(signing, &mut built, &known.with(&|_| None), moment).unwrap();
        built.header("authorization").unwrap().to_owned()
    }

    fn header(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    /// 阿里云 OpenAPI, V3版本请求体&签名机制, the example with fixed parameters.
    #[test]
    fn acs3_signs_as_its_document_does() {
        let built = Built {
            method: "POST".into(),
            url: "https://ecs.cn-shanghai.aliyuncs.com/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
                .parse()
                .unwrap(),
            headers: vec![header("x-acs-action", "RunInstances"), header("x-acs-version", "2014-05-26")],
            body: String::new(),
        };
        let signing = Signing::Acs3 {
            key_id: "YourAccessKeyId".into(),
            key: "YourAccessKeySecret".into(),
        };
        let moment = Moment {
            at: "2023-10-26T10:22:32Z".parse().unwrap(),
            nonce: "3156853299f313e23d1673dc12e1703d".into(),
        };
        assert_eq!(
            signed(&signing, built, &moment),
            "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;\
             x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
        );
    }

    /// 腾讯云 API 3.0, 签名方法 v3, the example of a POST.
    #[test]
    fn tc3_signs_as_its_document_does() {
        let built = Built {
            method: "POST".into(),
            url: "https://cvm.tencentcloudapi.com/".parse().unwrap(),
            headers: vec![header("content-type", "application/json; charset=utf-8")],
            body: r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#.into(),
        };
        let signing = Signing::Tc3 {
            key_id: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE".into(),
            key: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE".into(),
            service: "cvm".into(),
        };
        let moment = Moment {
            at: "2019-02-25T16:44:25Z".parse().unwrap(),
            nonce: String::new(),
        };
        assert_eq!(
            signed(&signing, built, &moment),
            "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, \
             SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
        );
    }

    /// 钉钉开放平台, 自定义机器人安全设置 (加签). The document has an example program and no result of it: this one was reckoned with the
    /// document's Python for this time and its own secret.
    #[test]
    fn dingtalk_signs_as_its_document_does() {
        let mut built = Built {
            method: "POST".into(),
            url: "https://oapi.dingtalk.com/robot/send?access_token=XXXXXX"
                .parse()
                .unwrap(),
            headers: Vec::new(),
            body: "{}".into(),
        };
        let moment = Moment {
            at: "2020-01-26T00:53:20Z".parse().unwrap(),
            nonce: String::new(),
        };
        let signing = Signing::DingTalk {
            key: "this is secret".into(),
        };
        sign(&signing, &mut built, &Known::default().with(&|_| None), &moment).unwrap();
        assert_eq!(
            built.url.query(),
            Some("access_token=XXXXXX&timestamp=1580000000000&sign=A6F5Tq5JsbHU5ep6q2GCpmFMuJ1T9oO37jCCijYY%2BvI%3D")
        );
    }

    /// 飞书开放平台, 自定义机器人使用指南 (签名校验). As above: reckoned with the document's Python.
    #[test]
    fn feishu_signs_as_its_document_does() {
        let mut built = Built {
            method: "POST".into(),
            url: "https://open.feishu.cn/open-apis/bot/v2/hook/xxx".parse().unwrap(),
            headers: Vec::new(),
            body: r#"{"msg_type":"text","content":{"text":"x"}}"#.into(),
        };
        let moment = Moment {
            at: "2020-09-06T02:47:53Z".parse().unwrap(),
            nonce: String::new(),
        };
        let signing = Signing::Feishu {
            key: "this is secret".into(),
        };
        sign(&signing, &mut built, &Known::default().with(&|_| None), &moment).unwrap();
        let body: serde_json::Value = serde_json::from_str(&built.body).unwrap();
        assert_eq!(
            (body["timestamp"].as_str(), body["sign"].as_str()),
            (Some("1599360473"), Some("/eYKrXQBzTjUZJ3s6NX16VxGbTwmK7AEs8/FnvC1CSw="))
        );
        assert_eq!(body["content"]["text"], "x");
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same(b"abc", b"abc") && !same(b"abc", b"abx") && !same(b"abc", b"ab") && !same(b"", b"a"));
    }
}
