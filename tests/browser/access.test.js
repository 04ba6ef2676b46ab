// One's own way in, as people go it: an invitation, a second factor and its codes, sessions and their end, a role that takes two,
// and the reset of a lost factor.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";

import { launch, open, pressed } from "./browser.js";
import { lookInside } from "./look.js";
import { OWN, begin, fresh, invite, officer, signIn } from "./officers.js";

const { INTERNAL_URL } = process.env;
let browser;

before(async () => {
  assert.ok(INTERNAL_URL && process.env.DEMO_OFFICE_USER, "no demo accounts: run tests/run browser");
  browser = await launch();
});
after(() => browser?.close());

/** The six digits that an authenticator shows (RFC 6238) for a secret in letters, this step or a later one. */
function digits(letters, later = 0) {
  const bits = [...letters.replaceAll(/\s/g, "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0"));
  const secret = Buffer.from(bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + later));
  const mac = createHmac("sha1", secret).update(step).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1000000).padStart(6, "0");
}

async function enterCode(page, code) {
  await page.locator("#code").fill(code);
  await pressed(page, page.locator("main form button").first());
}

test("an invitation sets a password once, by link or from paper", async () => {
  const admin = await officer(browser, "ADMIN", "/people");
  const login = fresh("li");
  const link = await invite(admin.page, login);
  await lookInside(admin.page, "invitation-shown");
  const own = await open(browser, { bypassCSP: true });
  // From paper: the code in capitals, without the link.
  await own.page.goto(`${INTERNAL_URL}/login`);
  await pressed(own.page, own.page.locator('a[href="/invitation"]'));
  await lookInside(own.page, "invitation-code");
  await own.page.locator("#code").fill(link.split("/").at(-1).toUpperCase().replaceAll("-", " "));
  await pressed(own.page, own.page.locator("main form button"));
  assert.match(await own.page.locator("main").innerText(), new RegExp(login));
  await lookInside(own.page, "invitation");
  await own.page.locator("#new").fill("password123");
  await own.page.locator("#again").fill("password123");
  await pressed(own.page, own.page.locator("main form button"));
  assert.equal(await own.page.locator(".error").isVisible(), true, "a common one is refused");
  await own.page.locator("#new").fill(OWN);
  await own.page.locator("#again").fill(OWN);
  await pressed(own.page, own.page.locator("main form button"));
  assert.equal(await own.page.locator(".done-line").isVisible(), true);
  await signIn(own.page, login);
  assert.match(own.page.url(), /\/desk$/);
  const again = await own.page.goto(link);
  assert.equal(again.status(), 404, "once");
  await lookInside(own.page, "invitation-over");
  assert.deepEqual([...admin.problems, ...own.problems], []);
  await admin.context.close();
  await own.context.close();
});

test("a second factor is set up, asked for, replaced by a recovery code, and reset by two people", async () => {
  const admin = await officer(browser, "ADMIN", "/people");
  const login = fresh("wang");
  const { page, context, problems } = await begin(browser, await invite(admin.page, login), login);
  await page.goto(`${INTERNAL_URL}/factor`);
  await lookInside(page, "factor-setup");
  await page.locator("main details summary").click();
  const letters = await page.locator("code.letters").innerText();
  await enterCode(page, "000000");
  assert.equal(await page.locator(".error").isVisible(), true, "a wrong code sets nothing");
  await enterCode(page, digits(letters));
  const codes = await page.locator("ol.recovery code").allInnerTexts();
  assert.equal(codes.length, 10);
  await lookInside(page, "factor-codes", { keep: false });

  // The password alone leads to the second step; the code of the next half minute opens.
  await context.clearCookies();
  await signIn(page, login);
  await lookInside(page, "login-code");
  await enterCode(page, digits(letters, 1));
  assert.match(page.url(), /\/desk$/);
  // Without the telephone: a recovery code, once.
  await context.clearCookies();
  await signIn(page, login);
  await enterCode(page, codes[0]);
  assert.match(page.url(), /\/desk$/);
  await context.clearCookies();
  await signIn(page, login);
  await enterCode(page, codes[0]);
  assert.equal(await page.locator(".error").isVisible(), true, "a recovery code opens once");
  await enterCode(page, codes[1]);
  await page.goto(`${INTERNAL_URL}/factor`);
  await lookInside(page, "factor");
  assert.match(await page.locator("main").innerText(), /还剩 8 个恢复码/);

  // Lost: an administrator asks, the office sees a number and confirms.
  await admin.page.goto(`${INTERNAL_URL}/people?q=${login}`);
  await pressed(admin.page, admin.page.locator("ul.people > li h2 a"));
  await admin.page.locator("#reason").fill("手机丢失，当面看过身份证");
  await pressed(admin.page, admin.page.locator('form[action$="/factor-reset"] button'));
  await lookInside(admin.page, "factor-resets-asked");
  const office = await officer(browser, "OFFICE", "/board");
  const link = office.page.locator('nav a[href="/factor-resets"]');
  assert.match(await link.locator(".count").innerText(), /^\d+$/);
  await pressed(office.page, link);
  await lookInside(office.page, "factor-resets");
  assert.match(await office.page.locator("main").innerText(), /3 天内没有确认的申请失效/);
  const line = office.page.locator("section.panel", { hasText: login });
  await pressed(office.page, line.locator('form[action$="/confirm"] button'));
  await page.goto(`${INTERNAL_URL}/desk`);
  assert.match(page.url(), /\/login/, "the owner's sessions have ended");
  await signIn(page, login);
  assert.match(page.url(), /\/sessions$/, "and the owner is told first");
  assert.match(await page.locator("main").innerText(), /确认重置第二重验证/);
  assert.deepEqual([...problems, ...admin.problems, ...office.problems], []);
  await context.close();
  await admin.context.close();
  await office.context.close();
});

test("sessions are listed and ended", async () => {
  const here = await officer(browser, "MEMBER", "/sessions");
  const there = await officer(browser, "MEMBER", "/sessions");
  await here.page.reload();
  await lookInside(here.page, "sessions");
  assert.ok((await here.page.locator('form[action="/sessions/end"]').count()) >= 1, "the other one is listed");
  await pressed(here.page, here.page.locator('form[action="/sessions/end-others"] button'));
  assert.match(await here.page.locator(".done-line").innerText(), /\d/);
  await there.page.reload();
  assert.match(there.page.url(), /\/login/, "the other session has ended");
  await here.page.reload();
  assert.match(here.page.url(), /\/sessions/, "this one goes on");
  await here.page.goto(`${INTERNAL_URL}/account`);
  await lookInside(here.page, "account");
  assert.deepEqual([...here.problems, ...there.problems], []);
  await here.context.close();
  await there.context.close();
});

test("a role over the county takes two people, and the trail says who", async () => {
  const admin = await officer(browser, "ADMIN", "/people");
  const login = fresh("zhao");
  await invite(admin.page, login, { unit: "office", role: "oversight" });
  assert.match(await admin.page.locator(".done-line").innerText(), /授权确认/);
  await admin.page.goto(`${INTERNAL_URL}/grants`);
  const own = admin.page.locator("ul.people > li", { hasText: login }).first();
  assert.equal(await own.locator('form[action$="/confirm"]').count(), 0, "not by who asked");
  await lookInside(admin.page, "grants-asked");
  const office = await officer(browser, "OFFICE", "/grants");
  await lookInside(office.page, "grants");
  const line = office.page.locator("ul.people > li", { hasText: login }).first();
  await pressed(office.page, line.locator('form[action$="/confirm"] button'));
  assert.equal(await office.page.locator(".done-line").isVisible(), true);
  await office.page.goto(`${INTERNAL_URL}/trail?account=${login}`);
  const trail = await office.page.locator("main").innerText();
  assert.match(trail, /确认了 .*提出的授权/);
  assert.match(trail, /邀请本人设置密码/);
  await lookInside(office.page, "trail");
  await admin.page.goto(`${INTERNAL_URL}/access`);
  await lookInside(admin.page, "access");
  await admin.page.goto(`${INTERNAL_URL}/people/import`);
  await lookInside(admin.page, "import");
  assert.deepEqual([...admin.problems, ...office.problems], []);
  await admin.context.close();
  await office.context.close();
});
