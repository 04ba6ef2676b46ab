//! Several tickets, contacts, lateness, drills: what else a mail says.

use super::*;

#[test]
fn several_tickets_are_one_mail() {
    let mut second = police();
    second["id"] = json!(43);
    second["lead"] = json!(false);
    second["obligation"] = json!("separate-handling");
    let mut both = notice("dispatch");
    both.tickets = read(json!([police(), second]));
    let mail = write(&both, "2026-11-24T16:12:00+08:00");
    assert_eq!(
        mail.subject,
        "【特急】待签收：接报处置等2件 · 11月24日16:40前 · 20261124-0000"
    );
    for part in [
        "有2件工单等待贵单位签收",
        "【工单1】接报处置\nhttp://10.0.0.5:8081/tickets/42\n",
        "【工单2】分案办理",
        "http://10.0.0.5:8081/tickets/43\n",
    ] {
        assert!(mail.text.contains(part), "{part} in {}", mail.text);
    }
    assert_eq!(mail.text.matches("现时危险").count(), 1, "the report is told once");

    // Of several stages each is named; one that is done meanwhile is not asked for again.
    let mut urged = notice("urge");
    let mut first = police();
    first["about"] = json!(["sign", "contact"]);
    second["about"] = json!(["sign"]);
    second["stages"][0]["ended_at"] = json!("2026-11-24T16:39:00+08:00");
    urged.tickets = read(json!([first, second]));
    let mail = write(&urged, "2026-11-24T19:00:00+08:00");
    assert!(
        mail.subject
            .starts_with("【特急】催办：签收、首次见面核实已超期 · 接报处置等2件"),
        "{}",
        mail.subject
    );
    assert!(
        mail.text
            .contains("“接报处置”的签收已于2026年11月24日（星期二）16:40到期；“接报处置”的首次见面核实已于"),
        "{}",
        mail.text
    );
    assert!(!mail.text.contains("“分案办理”的签收"), "{}", mail.text);
}

#[test]
fn whom_to_phone_is_said_where_it_is_known() {
    let mail = write(&notice("dispatch"), "2026-11-24T16:12:00+08:00");
    assert!(
        mail.text
            .contains("太和县未成年人保护工作领导小组办公室值班电话：0558-8612345\n"),
        "{}",
        mail.text
    );
    assert!(
        !mail.text.contains("王伟"),
        "the unit's people know each other: {}",
        mail.text
    );
    let mail = write(&to("office", notice("supervise")), "2026-11-24T17:10:00+08:00");
    assert!(
        mail.text
            .contains("太和县公安局旧县派出所联系人：王伟 0558-8600001、李娜 13800000000\n"),
        "{}",
        mail.text
    );
    for link in ["李娜 <a href=\"tel:13800000000\"", "王伟 <a href=\"tel:05588600001\""] {
        assert!(mail.html.contains(link), "{link} in {}", mail.html);
    }
    let mut known = to("office", notice("supervise"));
    known.contacts.get_mut("pol-341222101").unwrap().duty_phone = Some("0558-8600000".into());
    let mail = write(&known, "2026-11-24T17:10:00+08:00");
    assert!(
        mail.text.contains("太和县公安局旧县派出所值班电话：0558-8600000\n"),
        "{}",
        mail.text
    );
    let nobody = LeasedNotice {
        contacts: BTreeMap::new(),
        ..notice("dispatch")
    };
    assert!(!write(&nobody, "2026-11-24T16:12:00+08:00").text.contains("联系电话"));
}

#[test]
fn a_unit_that_was_not_reached_is_named_to_the_office() {
    let failed = |state: &str| LeasedNotice {
        failed: Some(read(
            json!({"kind": "urge", "unit": "pol-341222101", "unit_name": "太和县公安局旧县派出所", "mailbox": "pol@taihe.example",
                                 "state": state, "error": "envelope: 550"}),
        )),
        ..to("office", notice("undeliverable"))
    };
    let mail = write(&failed("failed"), "2026-11-24T17:00:00+08:00");
    assert_eq!(
        mail.subject,
        "【特急】通知未送达：太和县公安局旧县派出所 · 接报处置 · 20261124-0000"
    );
    for (state, said) in [
        (
            "failed",
            "发给太和县公安局旧县派出所的“催办”未能送达其登记邮箱。请立即电话通知该单位值班人员",
        ),
        (
            "queued",
            "至今没有送达其登记邮箱，系统还在重试。请立即电话通知该单位值班人员",
        ),
        ("bounced", "“催办”被退回，没有送达其登记邮箱。请立即"),
        ("sent", "后来邮件系统已收下，但不能确定有人看到。请立即"),
    ] {
        let mail = write(&failed(state), "2026-11-24T17:00:00+08:00");
        assert!(mail.text.contains(said), "{said} in {}", mail.text);
    }
    assert!(
        mail.text
            .contains("登记邮箱：pol@taihe.example\n邮件系统答复：envelope: 550\n"),
        "{}",
        mail.text
    );
    assert!(mail.text.contains("联系人：王伟"), "{}", mail.text);
}

#[test]
fn nobody_is_blamed_for_the_systems_delay_or_for_what_is_done() {
    let late = |notice: LeasedNotice| LeasedNotice {
        system_late: true,
        ..notice
    };
    let mail = write(&late(notice("urge")), "2026-11-24T20:00:00+08:00");
    assert!(mail.text.contains("本通知因系统原因迟发，迟延不计入贵单位。"));
    let mail = write(&late(to("office", notice("supervise"))), "2026-11-24T20:00:00+08:00");
    assert!(mail.html.contains("迟延不计入承办单位"));
    let done = but(notice("urge"), |ticket| {
        ticket["stages"][0]["ended_at"] = json!("2026-11-24T16:39:00+08:00");
    });
    let mail = write(&done, "2026-11-24T16:41:00+08:00");
    assert!(
        mail.text.contains("所列环节都已登记完成，本通知仅供知悉"),
        "{}",
        mail.text
    );
    assert!(
        mail.text.contains("签收：已于2026年11月24日（星期二）16:39登记完成"),
        "{}",
        mail.text
    );
    assert!(mail.subject.contains("催办：已登记完成 · "), "{}", mail.subject);
    let closed = but(notice("dispatch"), |ticket| {
        ticket["closed_at"] = json!("2026-11-24T17:00:00+08:00");
    });
    let mail = write(&closed, "2026-11-24T17:41:00+08:00");
    assert!(
        mail.text.contains("所列工单已经办结") && mail.text.contains("办结时间："),
        "{}",
        mail.text
    );
}

#[test]
fn drills_unknown_places_and_open_clocks_are_said() {
    let with_area = |area: Value| {
        let mut facts = facts();
        facts["area"] = area;
        LeasedNotice {
            facts: Some(read(facts)),
            ..notice("dispatch")
        }
    };
    let drill = but(with_area(Value::Null), |ticket| {
        ticket["lead"] = json!(false);
        ticket["stages"][2] = json!({"stage": "resolve", "due_at": null, "time_limit": "72h", "start_event": "application-accepted",
                                     "basis": "反家庭暴力法 28", "grade": "V", "provisional": false, "ended_at": null});
        ticket["stages"][1]["provisional"] = json!(true);
    });
    let mail = write(&LeasedNotice { drill: true, ..drill }, "2026-11-24T16:12:00+08:00");
    assert!(mail.subject.starts_with("【演练】【特急】"), "{}", mail.subject);
    assert!(
        mail.text.starts_with("【演练】这是一次演练，不对应任何真实儿童"),
        "{}",
        mail.text
    );
    for part in [
        "地点不详",
        "主办或协办：协办",
        "办结：法院受理申请后起算\n",
        "时限72小时 · 《反家庭暴力法》第二十八条\n",
        "暂定：该时段",
    ] {
        assert!(mail.text.contains(part), "{part} in {}", mail.text);
    }
    for (area, said) in [
        ("110101001001", "不在本县地名库内"),
        (
            "341222101999",
            "儿童所在地：旧县镇，区划代码不在本县列表（341222101999），按所属乡镇办理",
        ),
        ("341222000000", "儿童所在地：太和县"),
    ] {
        let mail = write(&with_area(json!(area)), "2026-11-24T16:12:00+08:00");
        assert!(mail.text.contains(said), "{said} in {}", mail.text);
    }
}

#[test]
fn a_notice_that_is_sent_again_says_so() {
    let again = LeasedNotice {
        resent_of: Some(at("2026-11-24T16:10:00+08:00")),
        created_at: at("2026-11-24T18:00:00+08:00"),
        ..notice("dispatch")
    };
    let mail = write(&again, "2026-11-24T18:00:00+08:00");
    let said = "这是再次发送的通知，原通知生成于2026年11月24日（星期二）16:10。";
    assert!(mail.text.contains(said) && mail.html.contains(said), "{}", mail.text);
}

#[test]
fn a_clock_turned_forward_counts_from_its_own_present() {
    let later = LeasedNotice {
        created_at: at("2026-11-24T16:40:00+08:00"),
        ..notice("urge")
    };
    let mail = write(&later, "2026-11-24T16:11:00+08:00");
    assert!(mail.subject.contains("签收已超期"), "{}", mail.subject);
    assert_eq!(
        mail.at,
        at("2026-11-24T16:11:00+08:00"),
        "the mail's date is the real one"
    );
}

#[test]
fn what_comes_from_outside_is_escaped_and_what_is_broken_is_refused() {
    let odd = LeasedNotice {
        unit_name: "<script>".into(),
        ..notice("dispatch")
    };
    let mail = write(&odd, "2026-11-24T16:12:00+08:00");
    assert!(!mail.html.contains("<script>") && mail.text.starts_with("<script>："));
    let broken = but(odd, |ticket| ticket["basis"] = json!("not a list"));
    let error = compose(&broken, &PACK, "http://h", broken.created_at)
        .unwrap_err()
        .to_string();
    assert!(error.contains("tickets"), "{error}");
}

#[test]
fn a_ticket_that_is_done_again_waits_for_a_signature() {
    let mail = write(
        &but(notice("reopened"), |ticket| ticket["about"] = json!([])),
        "2026-11-24T16:12:00+08:00",
    );
    assert!(
        mail.subject.starts_with("【特急】重新办理：接报处置 · 11月24日16:40前"),
        "{}",
        mail.subject
    );
    assert!(mail.text.contains("所列工单已决定重新办理"), "{}", mail.text);
    // A kind that this version has no words for says nothing of stages that it does not name.
    let mail = write(
        &but(notice("of-tomorrow"), |ticket| ticket["about"] = json!([])),
        "2026-11-24T16:12:00+08:00",
    );
    assert!(
        mail.text.contains("【现在要做的】请打开链接查看。") && !mail.text.contains("无需再办"),
        "{}",
        mail.text
    );
}
