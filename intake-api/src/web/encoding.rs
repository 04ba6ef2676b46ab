//! Which characters a body's bytes are. UTF-8, unless the client declares another encoding (`charset` of the content type, a
//! form's `_charset_`) or begins with a byte order mark. What doesn't fit is refused with words: a replaced character can't be
//! mended by anybody, and a report full of `����` helps no child.

use axum::http::{HeaderMap, header};
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};
use percent_encoding::percent_decode;

/// The bytes are no text of their encoding, or the encoding is none that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotText;

/// The encoding that the content type names, if it names one.
pub(crate) fn declared(headers: &HeaderMap) -> Result<Option<&'static Encoding>, NotText> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return Ok(None);
    };
    let kind = kind.to_str().map_err(|_| NotText)?;
    let label = kind.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches(['"', '\'']))
    });
    label.map(named).transpose()
}

fn named(label: &str) -> Result<&'static Encoding, NotText> {
    let known = Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != REPLACEMENT);
    known.ok_or(NotText)
}

/// A whole body as text, without its byte order mark.
pub(crate) fn text(bytes: Vec<u8>, declared: Option<&'static Encoding>) -> Result<String, NotText> {
    let (encoding, mark) = match Encoding::for_bom(&bytes) {
        Some((encoding, length)) => (encoding, length),
        None => (declared.unwrap_or(UTF_8), 0),
    };
    if encoding == UTF_8 && mark == 0 {
        return String::from_utf8(bytes).map_err(|_| NotText);
    }
    decode(&bytes[mark..], encoding)
}

fn decode(bytes: &[u8], encoding: &'static Encoding) -> Result<String, NotText> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(Into::into).ok_or(NotText)
}

/// The fields of a form's body.
pub(crate) fn pairs(body: Vec<u8>, declared: Option<&'static Encoding>) -> Result<Vec<(String, String)>, NotText> {
    // A form's own signs are ASCII in every encoding but UTF-16, whose bytes have to be read first.
    let (body, declared) =
        if declared.is_some_and(|e| e == UTF_16LE || e == UTF_16BE) || Encoding::for_bom(&body).is_some() {
            (text(body, declared)?.into_bytes(), None)
        } else {
            (body, declared)
        };
    let raw: Vec<(Vec<u8>, Vec<u8>)> = body
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            (unescape(&pair[..at]), unescape(pair.get(at + 1..).unwrap_or_default()))
        })
        .collect();
    let own = raw
        .iter()
        .find(|(name, value)| name == b"_charset_" && !value.is_empty());
    let encoding = match own {
        Some((_, label)) => named(std::str::from_utf8(label).map_err(|_| NotText)?)?,
        None => declared.unwrap_or(UTF_8),
    };
    raw.iter()
        .map(|(name, value)| Ok((decode(name, encoding)?, decode(value, encoding)?)))
        .collect()
}

fn unescape(part: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = part
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&spaced).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn charset(kind: &str) -> Result<Option<&'static Encoding>, NotText> {
        declared(&HeaderMap::from_iter([(
            header::CONTENT_TYPE,
            HeaderValue::from_str(kind).unwrap(),
        )]))
    }

    fn escaped(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
    }

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        let unit = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn a_declared_encoding_is_decoded_and_nothing_is_guessed() {
        let told = "孩子手臂有瘀伤𠮷";
        for label in ["gb18030", "GB18030", "\"gb18030\"", "utf-8", "UTF-8"] {
            let encoding = charset(&format!("application/json; charset={label}")).unwrap();
            let (bytes, _, _) = encoding.unwrap().encode(told);
            assert_eq!(text(bytes.into_owned(), encoding), Ok(told.into()), "{label}");
        }
        for (label, word) in [
            ("gbk", "瘀伤"),
            ("gb2312", "瘀伤"),
            ("big5", "瘀傷"),
            ("windows-1252", "né"),
        ] {
            let encoding = charset(&format!("text/plain;a=b; Charset={label}")).unwrap();
            let (bytes, _, _) = encoding.unwrap().encode(word);
            assert_eq!(text(bytes.to_vec(), encoding), Ok(word.into()), "{label}");
            assert_eq!(text(bytes.into_owned(), None), Err(NotText), "undeclared {label}");
        }
        assert_eq!(
            text(utf16(told, true), charset("x; charset=utf-16le").unwrap()),
            Ok(told.into())
        );
        assert_eq!(text(utf16(&format!("\u{feff}{told}"), false), None), Ok(told.into()));
        assert_eq!(text(format!("\u{feff}{told}").into_bytes(), None), Ok(told.into()));
        assert_eq!(
            text(vec![0xb0, 0xa1], charset("x; charset=utf-8").unwrap()),
            Err(NotText)
        );
        assert_eq!(text(vec![0xff], charset("x; charset=gbk").unwrap()), Err(NotText));
        for label in ["klingon", "utf-7", "iso-2022-kr"] {
            assert_eq!(charset(&format!("x; charset={label}")), Err(NotText), "{label}");
        }
        assert_eq!(charset("application/json"), Ok(None));
    }

    #[test]
    fn forms_are_read_in_their_encoding() {
        let (gbk, _, _) = encoding_rs::GBK.encode("手臂瘀伤");
        let body = |charset: &str| format!("a=1+2&narrative={}{charset}", escaped(&gbk)).into_bytes();
        let read = |body, declared| {
            pairs(body, declared).map(|pairs| pairs.into_iter().find(|(n, _)| n == "narrative").unwrap().1)
        };
        assert_eq!(read(body(""), Some(encoding_rs::GBK)), Ok("手臂瘀伤".into()));
        assert_eq!(read(body("&_charset_=GBK"), None), Ok("手臂瘀伤".into()));
        assert_eq!(read(body(""), None), Err(NotText));
        assert_eq!(read(body("&_charset_=x"), None), Err(NotText));
        assert_eq!(read("narrative=手臂瘀伤".into(), None), Ok("手臂瘀伤".into()));
        assert_eq!(read([b"narrative=", &*gbk].concat(), None), Err(NotText));
        let utf8 = format!("narrative={}", escaped("手臂瘀伤".as_bytes()));
        assert_eq!(read(utf16(&utf8, true), Some(UTF_16LE)), Ok("手臂瘀伤".into()));
        assert_eq!(pairs(b"a&b=&=c&&d=%zz%4".to_vec(), None).unwrap().len(), 4);
    }
}
