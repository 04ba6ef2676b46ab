// From a teacher's report to the call-back, by everybody who has a part in it, as they would: the officer follows the link in
// the mail, signs, the leader assigns, the officer sees the child and closes, the office watches and calls the teacher back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, pressed } from "./browser.js";
import { look, lookInside } from "./look.js";
import { api, login, mailLink, officer } from "./officers.js";

const { PUBLIC_URL, INTERNAL_URL } = process.env;
const STATION = "pol-341222101@taihe.example";
let browser;

before(async () => {
  assert.ok(INTERNAL_URL && process.env.DEMO_OFFICE_USER, "no demo accounts: run tests/run browser");
  browser = await launch();
});
after(() => browser?.close());

/** Opens the form of an act that stands on the ticket page. */
const unfold = (page, id) => page.locator(`details#${id} > summary`).click();

async function report(page) {
  await page.goto(PUBLIC_URL);
  await look(page, "form");
  await page.locator('input[name="present_danger"][value="yes"]').check();
  await page.locator("#township").selectOption("341222101000");
  await page.locator("#village").waitFor();
  await page.locator("#village").selectOption("341222101001");
  await page.locator('input[name="situations"][value="abuse-injury"]').check();
  await page.locator('[name="suspect"]').selectOption("guardian");
  await page.locator("#narrative").fill("晨检发现手臂、背部多处新旧瘀伤，孩子说不敢回家。");
  await page.locator("#c0_name").fill("化名甲");
  await page.locator('input[name="c0_sex"][value="male"]').check();
  await page.locator("#c0_age").selectOption("9");
  await page.locator("#reporter_kind").selectOption("teacher");
  await pressed(page, page.locator("button.send"));
  await page.locator("[data-receipt]").waitFor();
  await look(page, "receipt");
  const [receipt, code] = await page.locator("dd.code").allInnerTexts();
  return { receipt, code };
}

async function status(page, { receipt, code }) {
  await page.goto(`${PUBLIC_URL}/status`);
  await page.locator("#receipt").fill(receipt);
  await page.locator("#code").fill(code);
  await pressed(page, page.locator("main form button"));
  return page.locator("main").innerText();
}

/** The other units of the case do their part: the member, granted their desks by the administrator, by the API. */
async function finishTheRest(receipt) {
  const admin = await officer(browser, "ADMIN", "/people");
  await lookInside(admin.page, "people");
  await admin.page.locator("#q").fill(process.env.DEMO_MEMBER_USER);
  await pressed(admin.page, admin.page.locator("form[role=search] button"));
  await pressed(admin.page, admin.page.locator("ul.people > li h2 a"));
  await lookInside(admin.page, "person");
  for (const unit of ["ca", "health", "proc"]) {
    await admin.page.locator("select[name=unit]").selectOption(unit);
    await admin.page.locator("select[name=role]").selectOption("member");
    await pressed(admin.page, admin.page.locator('form[action$="/grant"] button'));
  }
  await pressed(admin.page, admin.page.locator('main a[href$="/leave"]'));
  await lookInside(admin.page, "leave");
  assert.deepEqual(admin.problems, []);
  await admin.context.close();

  const member = await api("MEMBER");
  const office = await api("OFFICE");
  const { tickets } = await member.get("/tickets?limit=200");
  const mine = [];
  for (const { id } of tickets) {
    const ticket = await member.get(`/tickets/${id}`);
    if (ticket.receipt === receipt) mine.push(ticket);
  }
  assert.ok(mine.length >= 3, `the case has other tickets: ${mine.length}`);
  for (const ticket of mine) {
    await member.post(`/tickets/${ticket.id}/sign`, { version: ticket.version });
    const { version } = await member.get(`/tickets/${ticket.id}`);
    await member.post(`/tickets/${ticket.id}/resolve`, { version, outcome: "confirmed-handled", missing: "演练", unseen: "演练", note: "演练" });
    // A unit of one person: the office confirms.
    const closed = await member.get(`/tickets/${ticket.id}`);
    if (closed.state === "close-requested") await office.post(`/closings/${ticket.id}/confirm`, { version: closed.version });
  }
}

test("report, mail, login, sign, assign, contact, evidence, resolve, call-back", async () => {
  const teacher = await open(browser, { bypassCSP: true });
  const filed = await report(teacher.page);

  // The officer on duty: from the mail into the ticket.
  const { link, subject } = await mailLink(STATION, filed.receipt);
  assert.match(subject, /^【特急】/);
  const member = await open(browser, { bypassCSP: true });
  await member.page.goto(link);
  await lookInside(member.page, "login");
  assert.ok((await member.page.locator(".demo").innerText()).includes(process.env.DEMO_MEMBER_USER), "a demo says who may come in");
  await login(member.page, "MEMBER");
  assert.equal(member.page.url(), link, "the login leads where the mail wanted to go");
  const ticket = await member.page.locator("main").innerText();
  for (const word of ["接报处置", "孩子正处于危险之中", "化名甲", "旧县", "监护人"]) assert.ok(ticket.includes(word), `the ticket says ${word}`);
  assert.equal(await member.page.locator(".next-act .button").innerText(), "收到并签收", "the next act is the big button");
  await lookInside(member.page, "ticket");
  await member.page.goto(`${INTERNAL_URL}/desk`);
  await lookInside(member.page, "desk");

  // The office sees that a P1 waits for a signature, and whom to call.
  const office = await officer(browser, "OFFICE", "/board");
  const now = await office.page.locator("#now").innerText();
  assert.match(now, /特急未签收[\s\S]*旧县派出所/);
  await lookInside(office.page, "board");
  await office.page.goto(`${INTERNAL_URL}/board/tickets/${new URL(link).pathname.split("/").pop()}`);
  await lookInside(office.page, "board-ticket");

  // Signed in one tab; the page left open in another says so and does nothing twice.
  const second = await member.context.newPage();
  await second.goto(link);
  await member.page.goto(link);
  await pressed(member.page, member.page.locator(".next-act .button"));
  assert.match(await member.page.locator(".done-line").innerText(), /已签收/);
  await pressed(second, second.locator(".next-act .button"));
  assert.match(await second.locator("main").innerText(), /已经|已由|签收了/);
  await lookInside(second, "stale");
  await second.close();

  const leader = await officer(browser, "LEADER", new URL(link).pathname);
  await unfold(leader.page, "assign");
  await leader.page.locator("#assign-account").selectOption({ label: "演示·派出所民警" });
  await pressed(leader.page, leader.page.locator("details#assign .button"));
  assert.match(await leader.page.locator("main").innerText(), /承办人：演示·派出所民警/);
  await leader.context.close();

  await member.page.reload();
  await unfold(member.page, "contact");
  await member.page.locator("#contact-place").fill("县人民医院儿科");
  await lookInside(member.page, "contact");
  await pressed(member.page, member.page.locator("details#contact .button"));
  assert.match(await member.page.locator(".done-line").innerText(), /见到孩子/);
  const seen = await status(teacher.page, filed);
  for (const word of ["公安已接报", "已见到孩子"]) assert.ok(seen.includes(word), `a teacher learns ${word}`);
  await look(teacher.page, "status");

  await unfold(member.page, "evidence");
  await member.page.locator("#evidence-reference").fill("皖太公受案字〔2026〕00123号");
  await pressed(member.page, member.page.locator("details#evidence .button"));
  await unfold(member.page, "resolve");
  await member.page.locator("#resolve-outcome").selectOption("confirmed-handled");
  await member.page.locator("#close-here #close-form").waitFor();
  await lookInside(member.page, "close");
  await pressed(member.page, member.page.locator("#close-here form .button"));
  assert.match(await member.page.locator("main").innerText(), /等待确认办结/);
  const confirming = await officer(browser, "LEADER", new URL(link).pathname);
  await lookInside(confirming.page, "confirm");
  await pressed(confirming.page, confirming.page.locator("#confirm .button"));
  await confirming.context.close();
  await member.page.reload();
  assert.match(await member.page.locator("main").innerText(), /已办结/);
  await lookInside(member.page, "resolved");

  await finishTheRest(filed.receipt);

  // 回访
  await office.page.goto(`${INTERNAL_URL}/callbacks`);
  await lookInside(office.page, "callbacks");
  await pressed(office.page, office.page.locator("a", { hasText: filed.receipt }));
  await lookInside(office.page, "callback");
  await office.page.locator("input[value=satisfied]").check();
  await pressed(office.page, office.page.locator(`form[action="${new URL(office.page.url()).pathname}"] button`));
  assert.match(await office.page.locator("main").innerText(), /满意/);
  await office.page.goto(`${INTERNAL_URL}/callbacks`);
  assert.equal(await office.page.locator("a", { hasText: filed.receipt }).count(), 0, "called back once");
  assert.match(await status(teacher.page, filed), /已办结/);
  for (const { problems } of [teacher, member, office]) assert.deepEqual(problems, []);
  for (const { context } of [teacher, member, office]) await context.close();
});

test("every page of the officers looks right, in Chinese and in English, and when it is empty", async () => {
  const rounds = [
    ["OFFICE", ["/board", "/triage", "/callbacks", "/rules", "/rules/1", "/rules/1/workbook", "/password"]],
    ["MEMBER", ["/desk", "/password"]],
    ["LEADING", ["/leading", "/password"]],
    ["ADMIN", ["/people", "/people/import", "/units", "/units/ca", "/units/office"]],
  ];
  for (const [who, paths] of rounds) {
    const { context, page, problems } = await officer(browser, who, paths[0]);
    for (const path of paths) {
      for (const lang of ["zh", "en"]) {
        await page.goto(`${INTERNAL_URL}${path}?lang=${lang}`);
        assert.equal(await page.locator("html").getAttribute("lang"), lang === "en" ? "en" : "zh-CN");
        await lookInside(page, `${path} in ${lang}`, { keep: false });
      }
      await page.goto(`${INTERNAL_URL}${path}?lang=zh`);
    }
    await pressed(page, page.locator("a.leave"));
    assert.ok(!page.url().startsWith(INTERNAL_URL) || page.url().endsWith("/leave"), `快速离开 leaves: ${page.url()}`);
    assert.deepEqual(problems, []);
    await context.close();
  }
});
