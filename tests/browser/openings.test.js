// What a ticket doesn't show, as people ask for it: the officer asks with a reason, the office approves, one person sees it and no
// colleague, it ends; what the police opened at once is ticked off the list of reviews, and a bad review ends it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, pressed } from "./browser.js";
import { lookInside } from "./look.js";
import { api, file, officer } from "./officers.js";

const { INTERNAL_URL } = process.env;
const WHO = "化名报告人寅";
let browser;

before(async () => {
  assert.ok(INTERNAL_URL && process.env.DEMO_OFFICE2_USER, "no demo accounts: run tests/run browser");
  browser = await launch();
});
after(() => browser?.close());

/** A confidential report of harm at the station of the demo; the id of the police's ticket. */
async function filed() {
  const receipt = await file({
    situations: ["abuse-injury"], present_danger: false, area: "341222101001", suspect: "guardian", children: [{ sex: "male", age: 9, name: "化名丑" }],
    reporter: { kind: "teacher", identity: "confidential", name: WHO, phone: "13900001111" }, narrative: "手臂有新伤。",
  });
  const member = await api("MEMBER");
  for (let tries = 0; tries < 100; tries += 1) {
    const { tickets } = await member.get("/tickets?limit=200");
    for (const { id } of tickets) {
      const ticket = await member.get(`/tickets/${id}`);
      if (ticket.receipt === receipt && ticket.obligation === "police-accept") return { id, receipt };
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("no ticket of the police");
}

const main = (page) => page.locator("main").innerText();

/** Asks for who reported, on the ticket's page. */
async function askIdentity(page, id, reason) {
  await page.goto(`${INTERNAL_URL}/tickets/${id}`);
  await page.locator("details#reporter > summary").click();
  await page.locator("#reporter [name=reason]").fill(reason);
  await pressed(page, page.locator("#reporter form button"));
}

/** The line of an opening in one of the lists. */
const line = (page, list, receipt) => page.locator(`section#${list} li`, { hasText: receipt });

async function review(page, finding, note) {
  await page.locator(`input[name=finding][value=${finding}]`).check();
  if (note) await page.locator("#review-note").fill(note);
  await pressed(page, page.locator('form[action$="/review"] button'));
}

test("a unit asks, the office approves, one person sees it, and it ends", async () => {
  const { id, receipt } = await filed();
  const member = await officer(browser, "MEMBER", `/tickets/${id}`);
  await askIdentity(member.page, id, "需向报告人核实受伤时间");
  let ticket = await main(member.page);
  assert.ok(ticket.includes("等待批准") && !ticket.includes(WHO), "it waits");
  await lookInside(member.page, "opening-asked");

  // Somebody else of the office reads why and agrees; the first page says that something waits.
  const office = await officer(browser, "OFFICE2", "/openings");
  await lookInside(office.page, "openings");
  await pressed(office.page, line(office.page, "asked", receipt).locator("h2 a"));
  assert.ok((await main(office.page)).includes("需向报告人核实受伤时间"));
  await lookInside(office.page, "opening");
  await pressed(office.page, office.page.locator('form[action$="/approve"] button'));
  assert.ok((await main(office.page)).includes("已批准"));
  assert.equal(await line(office.page, "asked", receipt).count(), 0);

  // Shown to who asked, on a page of its own; the leader of the same unit finds nothing there.
  await member.page.goto(`${INTERNAL_URL}/tickets/${id}`);
  await pressed(member.page, member.page.locator(`#openings-list a[href*="/openings/"]`).first());
  const read = member.page.url();
  assert.ok((await main(member.page)).includes(WHO), "the name");
  await lookInside(member.page, "opening-read");
  const leader = await officer(browser, "LEADER", `/tickets/${id}`);
  assert.equal(await leader.page.locator(`#openings-list a[href*="/openings/"]`).count(), 0, "no way in for a colleague");
  const other = await leader.page.goto(read);
  assert.equal(other.status(), 404);
  assert.ok(!(await main(leader.page)).includes(WHO));

  // Who read what stands in the list, for the oversight too.
  const oversight = await officer(browser, "OVERSIGHT", `/reads?receipt=${receipt}`);
  assert.match(await main(oversight.page), /报告人身份/);
  await lookInside(oversight.page, "reads");

  // Ended by who asked: the page is over.
  await member.page.goto(`${INTERNAL_URL}/tickets/${id}`);
  await pressed(member.page, member.page.locator('#openings-list form[action$="/end"] button').first());
  assert.match(await main(member.page), /已提前结束/);
  assert.equal((await member.page.goto(read)).status(), 410);
  assert.ok(!(await main(member.page)).includes(WHO));
  await lookInside(member.page, "opening-over");
  for (const { context, problems } of [member, office, leader, oversight]) {
    assert.deepEqual(problems, []);
    await context.close();
  }
});

test("what the police opened at once is ticked off, and a bad review ends it", async () => {
  const { id, receipt } = await filed();
  const member = await officer(browser, "MEMBER", `/tickets/${id}`);
  await pressed(member.page, member.page.locator(".next-act .button, .next-act button").first());
  await member.page.goto(`${INTERNAL_URL}/tickets/${id}`);
  if (await member.page.locator('form[action$="/sign"]').count()) {
    await pressed(member.page, member.page.locator('form[action$="/sign"] button').first());
  }
  await askIdentity(member.page, id, "立即联系报告人");
  assert.match(await main(member.page), /已开放/);
  await pressed(member.page, member.page.locator(`#openings-list a[href*="/openings/"]`).first());
  const read = member.page.url();
  assert.ok((await main(member.page)).includes(WHO));

  const oversight = await officer(browser, "OVERSIGHT", "/openings");
  await lookInside(oversight.page, "openings-review");
  await pressed(oversight.page, line(oversight.page, "review", receipt).locator("h2 a"));
  await lookInside(oversight.page, "opening-review");
  await review(oversight.page, "not-compliant", "没有说明为什么急用");
  assert.match(await main(oversight.page), /复核不合规，已结束/);
  await oversight.page.goto(`${INTERNAL_URL}/openings`);
  assert.equal(await line(oversight.page, "review", receipt).count(), 0, "ticked off");

  assert.equal((await member.page.goto(read)).status(), 410, "it has ended");
  await member.page.goto(`${INTERNAL_URL}/tickets/${id}`);
  assert.match(await main(member.page), /复核：不合规/);

  // Asked again with a better reason, and found right: it stays open.
  await askIdentity(member.page, id, "伤情鉴定须问发现时间，今日下午立案");
  await oversight.page.goto(`${INTERNAL_URL}/openings?list=review`);
  await pressed(oversight.page, line(oversight.page, "review", receipt).locator("h2 a"));
  await review(oversight.page, "compliant");
  assert.match(await main(oversight.page), /复核：合规/);
  await member.page.goto(`${INTERNAL_URL}/tickets/${id}`);
  assert.match(await main(member.page), /已开放/);
  for (const { context, problems } of [member, oversight]) {
    assert.deepEqual(problems, []);
    await context.close();
  }
});

test("pages of who looks without a ticket, and of rights, can be read at both widths", async () => {
  const { receipt } = await filed();
  const office = await officer(browser, "OFFICE", "/reports");
  await lookInside(office.page, "reports");
  await office.page.locator("#receipt").fill(receipt);
  await pressed(office.page, office.page.locator("main form button.primary"));
  assert.ok((await main(office.page)).includes(receipt));
  await lookInside(office.page, "report");
  await office.page.goto(`${INTERNAL_URL}/reads`);
  await lookInside(office.page, "reads-office");
  await office.page.goto(`${INTERNAL_URL}/grants`);
  await lookInside(office.page, "grants");
  assert.deepEqual(office.problems, []);
  await office.context.close();
});
