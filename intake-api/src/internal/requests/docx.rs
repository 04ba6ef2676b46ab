//! The draft as a DOCX that WPS and Word open: three parts in a zip, written as they are. A library for it would bring more than the
//! paper needs; fonts are named for Chinese too (`w:eastAsia`), or it would fall to the theme's font.

use std::io::{Cursor, Write};

use platform::text::Lang;
use zip::{ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::sheet::Sheet;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;

const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"#;

/// A4 with the margins of official papers (GB/T 9704), in twentieths of a point.
const TAIL: &str = r#"<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>"#;

/// Half points: 16 pt is 三号, 22 pt is 二号.
const BODY: u32 = 32;
const TITLE: u32 = 44;

/// What stands where nothing is known.
const BLANK: &str = "________________";

/// The file.
pub(super) fn written(sheet: &Sheet, lang: Lang) -> Result<Vec<u8>, ZipError> {
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    // Without a time of its own: the same paper is the same file.
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, text) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("word/document.xml", &document(sheet, lang)),
    ] {
        file.start_file(name, options)?;
        file.write_all(text.as_bytes())?;
    }
    Ok(file.finish()?.into_inner())
}

fn document(sheet: &Sheet, lang: Lang) -> String {
    let mut text = HEAD.to_owned();
    paragraph(&mut text, &sheet.title, TITLE, "center");
    paragraph(
        &mut text,
        &format!("{}{}", filled(&sheet.to), lang.t("desk.colon")),
        BODY,
        "left",
    );
    for (label, value) in &sheet.fields {
        let line = format!("{label}{}{}", lang.t("desk.colon"), filled(value));
        paragraph(&mut text, &line, BODY, "left");
    }
    for (key, value) in [
        ("requests.draft.wish", ""),
        ("requests.draft.facts", sheet.narrative.as_str()),
    ] {
        paragraph(&mut text, lang.t(key), BODY, "left");
        for line in filled(value).lines() {
            paragraph(&mut text, line, BODY, "left");
        }
    }
    paragraph(&mut text, lang.t("requests.draft.basis"), BODY, "left");
    for basis in &sheet.bases {
        paragraph(&mut text, basis, BODY, "left");
    }
    paragraph(&mut text, &sheet.from, BODY, "right");
    paragraph(&mut text, lang.t("requests.draft.signed"), BODY, "right");
    text + TAIL
}

fn filled(value: &str) -> &str {
    if value.is_empty() { BLANK } else { value }
}

fn paragraph(out: &mut String, text: &str, half_points: u32, align: &str) {
    out.push_str(&format!(
        "<w:p><w:pPr><w:jc w:val=\"{align}\"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"FangSong_GB2312\"/><w:sz w:val=\"{half_points}\"/></w:rPr><w:t xml:space=\"preserve\">"
    ));
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML has no such characters.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push_str("</w:t></w:r></w:p>");
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn a_paper_holds_what_is_known_and_blanks() {
        let sheet = Sheet {
            title: "题".into(),
            to: String::new(),
            fields: vec![("甲", "乙<&>".into()), ("丙", String::new())],
            narrative: "一\n二".into(),
            bases: vec!["法".into()],
            from: "所".into(),
        };
        let bytes = written(&sheet, Lang::Zh).unwrap();
        assert_eq!(
            bytes,
            written(&sheet, Lang::Zh).unwrap(),
            "the same paper is the same file"
        );
        let mut file = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        file.by_name("word/document.xml")
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert!(text.contains("乙&lt;&amp;&gt;") && text.contains(&format!("丙：{BLANK}")));
        assert!(text.contains(">一<") && text.contains(">二<"));
        assert_eq!(file.len(), 3);
    }
}
