// A night shift at a telephone's width, as the people of a station do it: the leader goes on duty, the page rings with sound when a
// child is reported, the ring is answered, the ticket is signed, the duty is handed over. And the office telephones a unit on a
// closed network, which never opens our page, and writes down what it said.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, pressed } from "./browser.js";
import { lookInside } from "./look.js";
import { api, file, officer } from "./officers.js";

const { INTERNAL_URL } = process.env;
const STATION = "pol-341222101";
let browser;

before(async () => {
  assert.ok(INTERNAL_URL && process.env.DEMO_LEADER_USER, "no demo accounts: run tests/run browser");
  browser = await launch();
});
after(() => browser?.close());

const main = (page) => page.locator("main").innerText();

/** A child in danger at the demo's station; the receipt. */
const filed = (name) =>
  file({
    situations: ["abuse-injury"], present_danger: true, area: "341222101001", suspect: "guardian", children: [{ sex: "male", age: 9, name }],
    reporter: { kind: "teacher" }, narrative: "夜里来电：孩子被打，躲在邻居家。",
  });

/** The police's ticket of a report, once it is there. */
async function ticketOf(receipt) {
  const member = await api("MEMBER");
  for (let tries = 0; tries < 100; tries += 1) {
    const { tickets } = await member.get("/tickets?limit=200");
    for (const { id } of tickets) {
      const ticket = await member.get(`/tickets/${id}`);
      if (ticket.receipt === receipt && ticket.obligation === "police-accept") return ticket;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("no ticket of the police");
}

/** Counts the tones that a page begins to play: there is nobody to hear them. */
const listen = (context) =>
  context.addInitScript(() => {
    globalThis.tones = 0;
    const start = globalThis.OscillatorNode.prototype.start;
    globalThis.OscillatorNode.prototype.start = function begin(...when) {
      globalThis.tones += 1;
      return start.apply(this, when);
    };
  });
const tones = (page) => page.evaluate(() => globalThis.tones);

test("a whole night shift: on duty, a ring with sound, answered, signed, handed over", async () => {
  const { context, page, problems } = await officer(browser, "LEADER", "/desk");
  await listen(context);
  await pressed(page, page.locator('main a[href="/on-duty"]'));
  await page.locator("#duty-begin").waitFor();
  await page.locator("#duty-unit").selectOption(STATION);
  await page.locator("#duty-begin").waitFor();
  await lookInside(page, "on-duty-before");
  assert.equal(await tones(page), 0, "nothing sounds before the press");
  await page.locator("#duty-begin").click();
  await page.locator("#duty-now", { hasText: "值班中" }).waitFor();
  assert.ok((await tones(page)) > 0, "the press lets the page play sound, and it says so");
  assert.match(await main(page), /声音已打开/);
  assert.match(await page.locator("#duty-contact").innerText(), /最近联系/);

  // What rang before and nobody answered is answered first, so that the night is quiet.
  const answer = page.locator("#duty-list form button");
  await page.waitForFunction(() => document.querySelector("#duty-list [data-calls]") !== null);
  if ((await answer.count()) > 0) await answer.click();
  await page.locator("#duty-list .calm").waitFor();

  const before = await tones(page);
  const receipt = await filed("化名夜班甲");
  await page.locator("#duty-list li", { hasText: receipt.split("-").pop() }).waitFor({ timeout: 60000 });
  await page.waitForFunction((played) => globalThis.tones > played, before);
  assert.match(await page.locator("#duty-list").innerText(), /特急[\s\S]*签收·派单/);
  await page.waitForFunction(() => /^\(\d+\)/.test(document.title));
  await lookInside(page, "on-duty-rings");

  // The line opens the ticket beside the page; the page goes on.
  const [beside] = await Promise.all([context.waitForEvent("page"), page.locator("#duty-list .calls a").first().click()]);
  await beside.waitForLoadState();
  assert.match(beside.url(), /\/tickets\/\d+/);
  await beside.close();

  await answer.click();
  await page.locator("#duty-list .calm").waitFor();
  await page.waitForFunction(() => !/^\(/.test(document.title));

  const ticket = await ticketOf(receipt);
  const work = await context.newPage();
  await work.goto(`${INTERNAL_URL}/tickets/${ticket.id}`);
  assert.match(await main(work), /知悉接手（登录平台）；签收还没有完成/);
  await pressed(work, work.locator(".next-act .button"));
  assert.match(await work.locator(".done-line").innerText(), /已签收/);

  // 交班: given over beside the page, taken by the colleague; the page says that it rings no more.
  await work.goto(`${INTERNAL_URL}/duty/${STATION}/handover`);
  await work.locator("#to").selectOption({ label: "演示·派出所民警" });
  await pressed(work, work.locator(`form[action="/duty/${STATION}/handover"] button`));
  const next = await officer(browser, "MEMBER", `/duty/${STATION}/handover`);
  await pressed(next.page, next.page.locator('form[action$="/take"] button'));
  assert.match(await main(next.page), /接班/);
  await page.locator("#duty-now", { hasText: "已交班" }).waitFor({ timeout: 60000 });
  await lookInside(page, "on-duty-handed-over");
  assert.deepEqual([problems, next.problems], [[], []]);
  await next.context.close();
  await context.close();
});

test("a page that loses the server shouts and does not stay green", async () => {
  const { context, page } = await officer(browser, "LEADER", `/on-duty?unit=${STATION}`);
  await listen(context);
  // A stream that is open outlives the browser's own switch, so this page asks, as behind a proxy that cuts streams.
  await context.route("**/on-duty/stream*", (route) => route.abort());
  await page.reload();
  await page.locator("#duty-begin").click();
  await page.locator("#duty-now", { hasText: "值班中" }).waitFor();
  const before = await tones(page);
  await context.setOffline(true);
  await page.locator("#duty-alarm", { hasText: "与服务器失去联系" }).waitFor({ timeout: 60000 });
  await page.waitForFunction((played) => globalThis.tones > played, before);
  await page.waitForFunction(() => document.title.startsWith("(!)"));
  await context.setOffline(false);
  await page.locator("#duty-alarm").waitFor({ state: "hidden", timeout: 60000 });
  await page.locator("#duty-end").click();
  await page.locator("#duty-now", { hasText: "已结束值班" }).waitFor();
  await context.close();
});

test("the office telephones a unit on a closed network and writes down what it said", async () => {
  const receipt = await filed("化名夜班乙");
  const ticket = await ticketOf(receipt);
  const { context, page, problems } = await officer(browser, "OFFICE", `/board/tickets/${ticket.id}`);
  await pressed(page, page.locator(`main a[href="/board/tickets/${ticket.id}/telephone"]`));
  await lookInside(page, "telephone");
  await page.locator('input[name="way"][value="out"]').check();
  await page.locator('[name="person"]').selectOption({ label: "演示·派出所民警" });
  await page.locator('[name="number"]').fill("0558-8655110");
  await pressed(page, page.locator('form[method="post"] .button', { hasText: "登记签收" }));
  assert.match(await page.locator(".done-line").innerText(), /签收已登记/);
  await page.goto(`${INTERNAL_URL}/board/tickets/${ticket.id}`);
  assert.match(await main(page), /演示·派出所民警（电话，.*记录）/);
  await page.goto(`${INTERNAL_URL}/board`);
  await page.locator("#arrivals").waitFor();
  await lookInside(page, "board-arrivals");
  assert.deepEqual(problems, []);
  await context.close();
});
