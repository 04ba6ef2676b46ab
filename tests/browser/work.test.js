// A unit's whole work in its people's browsers: a ticket that came to the wrong unit is returned and done by the right one, a
// protection order goes from the police to the court with its 24 hours, a closed case is opened again because its reporter is not
// content, and the days off of a year are pasted and move what is due.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, pressed } from "./browser.js";
import { lookInside } from "./look.js";
import { api, file, joins, officer } from "./officers.js";

const { INTERNAL_URL } = process.env;
let browser;

before(async () => {
  assert.ok(INTERNAL_URL && process.env.DEMO_OFFICE_USER, "no demo accounts: run tests/run browser");
  browser = await launch();
});
after(() => browser?.close());

const main = (page) => page.locator("main").innerText();
const unfold = (page, id) => page.locator(`details#${id} > summary`).click();

const DROPOUT = {
  situations: ["dropout"], present_danger: false, area: "341222107200", suspect: "unknown",
  children: [{ sex: "female", age: 13, living_with: "grandparents", left_behind: true, name: "化名退单" }],
  reporter: { kind: "teacher" }, narrative: "连续两周未到校。",
};
const BEATEN = {
  situations: ["abuse-injury"], present_danger: true, area: "341222101001", suspect: "guardian",
  children: [{ sex: "male", age: 9, name: "化名保护令" }], reporter: { kind: "teacher" }, narrative: "孩子被打，躲在邻居家。",
};

/** Opens the ticket of a report from the unit's own desk. */
async function openTicket(page, receipt, what) {
  for (let tries = 0; tries < 100; tries += 1) {
    await page.goto(`${INTERNAL_URL}/desk`);
    const links = page.locator("main .ticket-line", { hasText: receipt.slice(-11) }).filter({ hasText: what });
    if ((await links.count()) > 0) {
      await links.first().locator("a").first().click();
      await page.waitForLoadState();
      return;
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`no ticket of ${receipt} at this desk: ${await main(page)}`);
}

test("a ticket that came to the wrong unit is returned and done by the right one", async () => {
  const wrong = await joins(browser, "edu-341222107");
  const right = await joins(browser, "edu-341222108");
  const receipt = await file(DROPOUT);
  await openTicket(wrong.page, receipt, "复学");
  await pressed(wrong.page, wrong.page.locator(".next-act .button"));
  await unfold(wrong.page, "return");
  await wrong.page.locator("#return-ground").selectOption("not-our-area");
  await wrong.page.locator("#return-unit").fill("肖口中心学校");
  await wrong.page.locator("#return-reason").fill("孩子已转到肖口就读");
  await lookInside(wrong.page, "return-asked");
  await pressed(wrong.page, wrong.page.locator("details#return .button"));
  assert.match(await main(wrong.page), /等待县未保办决定[\s\S]*时限继续计算/);

  const office = await officer(browser, "OFFICE", "/board");
  const counter = office.page.locator('nav a[href="/motions"]');
  assert.match(await counter.innerText(), /\d/, "the board counts what waits");
  await pressed(office.page, counter);
  await lookInside(office.page, "motions");
  await pressed(office.page, office.page.locator("main .ticket-line", { hasText: receipt }).locator("h2 a"));
  assert.match(await main(office.page), /建议由肖口中心学校承办[\s\S]*孩子已转到肖口就读/);
  await lookInside(office.page, "motion");
  await office.page.locator("#unit").selectOption("edu-341222108");
  await pressed(office.page, office.page.locator('form[action$="/grant"] button'));
  assert.match(await main(office.page), /已同意/);

  await openTicket(right.page, receipt, "复学");
  assert.match(await main(right.page), /由大新中心学校退单而来/);
  await lookInside(right.page, "returned-in");
  await pressed(right.page, right.page.locator(".next-act .button"));
  assert.match(await right.page.locator(".done-line").innerText(), /已签收/);
  await wrong.page.reload();
  assert.match(await main(wrong.page), /退回|退单/, "who returned it reads so");
  assert.equal(await wrong.page.locator(".next-act .button").count(), 0, "and has nothing to do");
  assert.deepEqual([wrong.problems, right.problems, office.problems], [[], [], []]);
  for (const { context } of [wrong, right, office]) await context.close();
});

test("a protection order goes from the police to the court, and its 24 hours run from the acceptance", async () => {
  const court = await joins(browser, "court");
  const receipt = await file(BEATEN);
  const police = await officer(browser, "MEMBER", "/desk");
  await openTicket(police.page, receipt, "接报");
  await pressed(police.page, police.page.locator(".next-act .button"));
  await unfold(police.page, "requests");
  await lookInside(police.page, "requests");
  await police.page.locator("#requests-obligation").selectOption("protection-order");
  await police.page.locator("#requests-reason").fill("孩子回家仍有危险");
  await pressed(police.page, police.page.locator("details#requests form button"));
  assert.match(await main(police.page), /人身安全保护令/);

  await openTicket(court.page, receipt, "保护令");
  await pressed(court.page, court.page.locator(".next-act .button"));
  assert.match(await main(court.page), /法院受理申请[\s\S]*尚未登记/, "it says what its clock waits for");
  await unfold(court.page, "start");
  await court.page.locator("#start-reference").fill("（2026）皖1222民保令1号");
  const local = (hours) => new Date(Date.now() + (8 + hours) * 3600 * 1000).toISOString().slice(0, 16);
  const [minute, due] = [local(0), local(24)];
  await court.page.locator("#start-at").fill(minute);
  await lookInside(court.page, "accepted");
  await pressed(court.page, court.page.locator("details#start .button"));
  const [, month, day, time] = due.match(/\d+-0?(\d+)-0?(\d+)T(.*)/);
  assert.match(await main(court.page), new RegExp(`办结时限：${month}月${day}日 ${time}`), "24 hours from the acceptance");
  await lookInside(court.page, "court-runs");
  await police.page.reload();
  assert.match(await main(police.page), /人身安全保护令 · 太和县人民法院[^\n]* 起算/, "who asked sees that it runs");
  assert.deepEqual([court.problems, police.problems], [[], []]);
  for (const { context } of [court, police]) await context.close();
});

test("a closed case is opened again because its reporter is not content", async () => {
  const receipt = await file({ ...DROPOUT, children: [{ ...DROPOUT.children[0], name: "化名不满意" }] });
  const units = ["edu-341222107", "twp-341222107", "vil-341222107200"];
  const people = [];
  for (const unit of units) people.push(await joins(browser, unit));
  const office = await officer(browser, "OFFICE", "/callbacks");
  const program = await api("OFFICE");
  for (const { page } of people) {
    await openTicket(page, receipt, "");
    await pressed(page, page.locator(".next-act .button"));
    await unfold(page, "resolve");
    await page.locator("#resolve-outcome").selectOption("no-harm-found");
    await page.locator("#close-here #close-form").waitFor();
    const form = page.locator("#close-here form");
    for (const field of ["missing", "unseen", "note"]) {
      const box = form.locator(`[name="${field}"]`);
      if ((await box.count()) > 0 && field !== "unseen") await box.fill("已当面核实");
    }
    if ((await form.locator('[name="seen"][value="no"]').count()) > 0) {
      await form.locator('[name="seen"][value="no"]').check();
      await form.locator('[name="unseen"]').fill("孩子在外地，已电话联系");
    }
    await pressed(page, form.locator(".button"));
    // A unit of one person: the office confirms.
    const id = Number(new URL(page.url()).pathname.split("/").pop());
    const waiting = (await program.get("/closings")).find((closing) => closing.ticket_id === id || closing.id === id);
    if (waiting) await program.post(`/closings/${id}/confirm`, { version: waiting.version });
    await page.reload();
    assert.match(await main(page), /已办结/);
  }
  await office.page.goto(`${INTERNAL_URL}/callbacks`);
  await pressed(office.page, office.page.locator("a", { hasText: receipt }));
  await office.page.locator("input[name=result][value=dissatisfied]").check();
  await office.page.locator("#note").fill("孩子仍没有回到学校");
  await office.page.locator("input[name=follow_up][value=reopen]").check();
  const boxes = office.page.locator('form input[type=checkbox][name^="ticket-"]');
  assert.equal(await boxes.count(), 3);
  for (const box of await boxes.all()) await box.setChecked(false);
  await boxes.first().check();
  await lookInside(office.page, "callback-discontent");
  await pressed(office.page, office.page.locator('form button.primary', { hasText: "登记" }));
  const again = people[0].page;
  await again.reload();
  const shown = await main(again);
  assert.match(shown, /重新办理/, "the unit reads that it is owed again");
  assert.equal(await again.locator(".done-line").count(), 0, "and nothing says that it was just closed");
  assert.equal(await again.locator(".next-act .button").innerText(), "收到并签收");
  await lookInside(again, "reopened");
  assert.deepEqual([office.problems, ...people.map(({ problems }) => problems)].flat(), []);
  for (const { context } of [office, ...people]) await context.close();
});

const NOTICE = `国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
经国务院批准，现将2027年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周五）至5日（周二）放假调休，共5天。1月23日（周六）、1月24日（周日）上班。
二、春节：2月5日（农历除夕、周五）至11日（农历正月初六、周四）放假调休，共7天。1月31日（周日）、2月13日（周六）上班。
三、清明节：4月5日（周一）放假，与周末连休。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。`;

test("the days off of a year are pasted, proposed, confirmed by another, and move what is due", async () => {
  // 30 working days for a benefit reach into the year to come.
  await file({ ...DROPOUT, situations: ["orphan"], children: [{ ...DROPOUT.children[0], name: "化名孤儿" }] });
  const first = await officer(browser, "OFFICE", "/calendar");
  if ((await main(first.page)).includes("已公布至2027年")) {
    // An earlier run on the same system: it is published once.
    await first.context.close();
    return;
  }
  await first.page.locator("#text").fill(NOTICE.replace("（周五）至5日", "（周一）至5日"));
  await pressed(first.page, first.page.locator('form[action="/calendar/look"] button'));
  assert.match(await main(first.page), /写作周一，实际是周五/);
  assert.match(await first.page.locator("#text").inputValue(), /国办发明电/, "what was pasted is kept");
  await lookInside(first.page, "calendar-wrong");
  await first.page.locator("#text").fill(NOTICE);
  await pressed(first.page, first.page.locator('form[action="/calendar/look"] button'));
  assert.match(await first.page.locator("#preview").innerText(), /1月31日/);
  await lookInside(first.page, "calendar-understood");
  await pressed(first.page, first.page.locator('#preview form button'));
  assert.equal(await first.page.locator('#waiting form[action$="/confirm"]').count(), 0, "not by who proposed");
  const second = await officer(browser, "OFFICE2", "/calendar");
  await lookInside(second.page, "calendar-confirm");
  await pressed(second.page, second.page.locator('#waiting form[action$="/confirm"] button'));
  const moved = second.page.locator("details > summary", { hasText: "时限" });
  for (let tries = 0; tries < 100 && (await moved.count()) === 0; tries += 1) {
    await new Promise((done) => setTimeout(done, 300));
    await second.page.goto(`${INTERNAL_URL}/calendar`);
  }
  await moved.first().click();
  assert.match(await main(second.page), /已公布至2027年12月31日[\s\S]*→/);
  await lookInside(second.page, "calendar-moved");
  assert.deepEqual([first.problems, second.problems], [[], []]);
  await first.context.close();
  await second.context.close();
});
