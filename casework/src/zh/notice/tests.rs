use chrono::NaiveDate;

use super::{Notice, read};

/// Of the office's own web page, with its line breaks.
const OF_2026: &str = "国务院办公厅关于2026年
部分节假日安排的通知
国办发明电〔2025〕7号

各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作，遇有重大突发事件，要按规定及时报告并妥善处置，确保人民群众祥和平安度过节日假期。";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// `+` is off, `-` is worked.
fn days(notice: &Notice) -> String {
    let words = notice.days.iter().map(|named| {
        let sign = if named.off { '+' } else { '-' };
        format!("{sign}{}", named.day.format("%m%d"))
    });
    words.collect::<Vec<_>>().join(" ")
}

fn problems(notice: &Notice) -> String {
    notice
        .problems
        .iter()
        .map(|problem| problem.zh.clone())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_notice_is_read_day_by_day() {
    let notice = read(OF_2026);
    assert_eq!(problems(&notice), "");
    assert_eq!((notice.year, notice.unread.as_slice()), (2026, &[][..]));
    assert_eq!(
        days(&notice),
        "+0101 +0102 +0103 -0104 -0214 +0215 +0216 +0217 +0218 +0219 +0220 +0221 +0222 +0223 -0228 +0404 +0405 +0406 \
         +0501 +0502 +0503 +0504 +0505 -0509 +0619 +0620 +0621 -0920 +0925 +0926 +0927 +1001 +1002 +1003 +1004 +1005 +1006 +1007 -1010"
    );
    assert_eq!(notice.days[0].name, "元旦");
}

#[test]
fn spaces_lines_and_signs_do_not_matter() {
    let plain = read(OF_2026);
    for other in [
        OF_2026.replace('\n', ""),
        OF_2026.replace('\n', "\r\n\r\n"),
        OF_2026.replace('日', " 日 ").replace('，', ","),
        OF_2026.replace('（', "(").replace('）', ")").replace('：', ":"),
        OF_2026.replace('至', "—").replace("周", "星期"),
        OF_2026.replace("1月", "１月"),
        OF_2026.replace("天。\n", "天\n"),
    ] {
        assert_eq!(read(&other), plain, "{other}");
    }
}

#[test]
fn forms_of_other_years() {
    let one = |name: &str, text: &str, year: i32| {
        let mut notice = Notice {
            year,
            ..Notice::default()
        };
        for sentence in super::sections::joined(text)
            .split(['。', ';'])
            .filter(|text| !text.is_empty())
        {
            notice.sentence(name, sentence);
        }
        notice.finish();
        notice
    };
    let cases = [
        // 2019 and 2023: New Year begins in the year before.
        (
            "元旦",
            "2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。",
            2019,
            "-1229 +1230 +1231 +0101",
            "",
        ),
        (
            "元旦",
            "12月31日至1月2日放假调休，共3天。",
            2023,
            "+1231 +0101 +0102",
            "",
        ),
        // 2024
        ("元旦", "1月1日放假，与周末连休。", 2024, "+0101", ""),
        (
            "春节",
            "2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。",
            2024,
            "-0204 +0210 +0211 +0212 +0213 +0214 +0215 +0216 +0217 -0218",
            "春节：鼓励各单位结合带薪年休假等制度落实,安排职工在除夕(2月9日)休息",
        ),
        // 2025
        ("元旦", "1月1日（周三）放假1天，不调休。", 2025, "+0101", ""),
        // 2015: a day in exchange; 2010: the month is said once.
        (
            "端午节",
            "6月20日放假，6月22日（星期一）补休。",
            2015,
            "+0620 +0622",
            "",
        ),
        (
            "春节",
            "2月13日至19日放假调休，共7天。2月20日（星期六）、21日（星期日）上班。",
            2010,
            "+0213 +0214 +0215 +0216 +0217 +0218 +0219 -0220 -0221",
            "",
        ),
        // 2009: what only explains decides nothing.
        (
            "清明节",
            "4月4日至6日放假，共3天。其中，4月4日（星期六、农历清明当日）为法定节假日，4月5日（星期日）照常公休。",
            2009,
            "+0404 +0405 +0406",
            "清明节：其中,4月4日(星期六、农历清明当日)为法定节假日,4月5日(星期日)照常公休",
        ),
    ];
    for (name, text, year, want, unread) in cases {
        let notice = one(name, text, year);
        assert_eq!(
            (problems(&notice).as_str(), days(&notice).as_str()),
            ("", want),
            "{text}"
        );
        assert_eq!(notice.unread.join("|"), unread, "{text}");
    }
    let wrong = [
        ("1月1日至3日放假，共4天。", "共4天，读到的放假日是3天"),
        ("1月1日（周五）放假。", "写作周五，实际是周四"),
        ("1月5日（周一）上班。", "本来就上班"),
        ("2月30日放假。", "“2月30日”不是可用的日期"),
        ("1月3日至1日放假。", "不是可用的日期"),
        ("1月1日至5月1日放假。", "不是可用的日期"),
        ("2024年1月1日放假。", "不在2026年"),
        ("1月3日放假。1月3日（周六）上班。", "既写放假又写上班"),
    ];
    for (text, why) in wrong {
        assert!(
            problems(&one("元旦", text, 2026)).contains(why),
            "{text}: {}",
            problems(&one("元旦", text, 2026))
        );
    }
}

#[test]
fn what_is_not_a_whole_notice_is_refused() {
    assert!(problems(&read("")).contains("没有读到"));
    let extended = "国务院办公厅关于延长2020年春节假期的通知：一、延长2020年春节假期至2月2日（农历正月初九，星期日），2月3日（星期一）起正常上班。";
    assert!(!read(extended).problems.is_empty());
    let cut = OF_2026.split("五、").next().unwrap();
    let said = problems(&read(cut));
    assert!(
        said.contains("端午") && said.contains("中秋") && said.contains("国庆") && !said.contains("劳动"),
        "{said}"
    );
    assert_eq!(
        read(OF_2026).days.first().map(|named| named.day),
        Some(day("2026-01-01"))
    );
    // Another year than its weekdays belong to.
    assert!(problems(&read(&OF_2026.replace("2026", "2027"))).contains("请核对年份和日期"));
}
