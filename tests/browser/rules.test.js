// The office changes its rules, as two clerks would: one drafts, a gap is shown with the child who would be lost and blocks
// publishing, a sound one is replayed and submitted, and only the other can approve it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, pressed } from "./browser.js";
import { lookInside } from "./look.js";
import { file, officer } from "./officers.js";

const { INTERNAL_URL } = process.env;
let browser;
// Another limit at every run, so that the test can be repeated on a deployment.
const HOURS = String(2 + (Math.floor(Date.now() / 1000) % 20));

before(async () => {
  assert.ok(INTERNAL_URL && process.env.DEMO_OFFICE_USER, "no demo accounts: run tests/run browser");
  browser = await launch();
});
after(() => browser?.close());

/** A second person of the office, asked for by the administrator and confirmed by the office; an invitation sets the password. */
async function secondOfficer() {
  const admin = await officer(browser, "ADMIN", "/people");
  const login = `second-${Date.now()}`;
  await admin.page.locator("details.panel > summary").first().click();
  await admin.page.locator("#login").fill(login);
  await admin.page.locator("#name").fill("刘主任");
  await admin.page.locator("#unit").selectOption("office");
  await admin.page.locator("#role").selectOption("office");
  await pressed(admin.page, admin.page.locator("details.panel button.primary").first());
  const invitation = await admin.page.locator(".demo code.address").innerText();
  await admin.context.close();
  const office = await officer(browser, "OFFICE", "/grants");
  await pressed(office.page, office.page.locator("li", { hasText: login }).locator('form[action$="/confirm"] button'));
  await office.context.close();
  const { page, context } = await open(browser);
  const own = `qing-${(Date.now() * 7).toString(36)}-wan`;
  await page.goto(invitation);
  await page.locator("#new").fill(own);
  await page.locator("#again").fill(own);
  await pressed(page, page.locator("main form button.primary"));
  await context.close();
  process.env.DEMO_SECOND_USER = login;
  process.env.DEMO_SECOND_PASSWORD = own;
  return officer(browser, "SECOND", "/rules");
}

/** A report that the changed row concerns, for the replay to find. */
const dropout = () =>
  file({
    situations: ["dropout"], present_danger: false, area: "341222101001", children: [{ sex: "male", age: 12 }],
    reporter: { kind: "teacher" }, narrative: "连续多日未到校。",
  });

test("one drafts, another approves; a gap blocks publishing and shows the child", { timeout: 180_000 }, async () => {
  const first = await officer(browser, "OFFICE", "/rules", { width: 1280 });
  const { page } = first;
  await lookInside(page, "rules");
  await dropout();

  // A draft, with its reason.
  await page.locator("details.panel > summary").click();
  await page.locator("#reason").fill("皖民〔2026〕12号：辍学的劝返时限改为当日");
  await pressed(page, page.locator("details.panel button.primary"));
  const version = page.url().match(/\/rules\/(\d+)/)[1];

  // Who deletes the row for children who are out of school loses such a child, and sees it.
  await page.goto(`${INTERNAL_URL}/rules/${version}/tables/obligations?only=dropout`);
  await lookInside(page, "rules-table");
  const row = page.locator(".rules-rows > li", { hasText: "劝返复学" }).first();
  await pressed(page, row.getByRole("link", { name: "修改", exact: true }));
  await page.locator("#meaning .calm").waitFor();
  await lookInside(page, "rules-row");
  await pressed(page, page.locator('button[value="remove"]'));
  await page.goto(`${INTERNAL_URL}/rules/${version}`);
  const findings = await page.locator("#check").innerText();
  assert.match(findings, /会落空的报告/);
  assert.match(findings, /辍学|失学/);
  await lookInside(page, "rules-gap");
  assert.equal(await page.locator('form[action$="/submit"]').count(), 0, "an unsound draft can't be submitted");
  assert.equal(await page.locator('form[action$="/replay"]').count(), 0, "nor replayed");
  const forced = await page.evaluate(async (url) => {
    const csrf = document.querySelector('input[name="csrf"]').value;
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ csrf, reason: "x" }) });
    return { status: answer.status, text: await answer.text() };
  }, `/rules/${version}/submit`);
  assert.equal(forced.status, 409);
  assert.match(forced.text, /检查没有通过/);

  // That draft is given up; another one says what was meant.
  await page.locator("summary", { hasText: "撤回这一版" }).click();
  await page.locator("#withdraw-reason").fill("误删了一行");
  await pressed(page, page.getByRole("button", { name: "撤回这一版" }));
  await page.goto(`${INTERNAL_URL}/rules`);
  await page.locator("details.panel > summary").click();
  await page.locator("#reason").fill("皖民〔2026〕12号：辍学的签收时限改短");
  await pressed(page, page.locator("details.panel button.primary"));
  const good = page.url().match(/\/rules\/(\d+)/)[1];
  await page.goto(`${INTERNAL_URL}/rules/${good}/tables/deadlines?only=return-to-school`);
  const limit = page.locator(".rules-rows > li", { hasText: "一般" }).filter({ hasText: "签收" }).first();
  await pressed(page, limit.getByRole("link", { name: "修改", exact: true }));
  const count = page.locator('[name="then.limit.count"]');
  await count.fill("0");
  await page.locator("#meaning .field-problem").waitFor();
  await pressed(page, page.locator('button[value="save"]'));
  assert.match(await page.locator("main").innerText(), /还没有保存/);
  assert.equal(await count.inputValue(), "0", "what was typed stays");
  await count.fill(HOURS);
  await page.locator('[name="then.limit.unit"]').selectOption("h");
  await page.locator("#meaning .rule-line", { hasText: `${HOURS}小时` }).waitFor();
  await pressed(page, page.locator('button[value="save"]'));
  assert.match(await page.locator(".done-line").innerText(), /已保存/);

  await page.goto(`${INTERNAL_URL}/rules/${good}/try?asked=1&situation=dropout&age=12`);
  await lookInside(page, "rules-try");
  assert.ok((await page.locator(".differs").count()) > 0, "the try-it box shows what differs");

  await page.goto(`${INTERNAL_URL}/rules/${good}`);
  assert.match(await page.locator("#differences").innerText(), new RegExp(`${HOURS}小时`));
  await pressed(page, page.getByRole("button", { name: "开始试算" }));
  await page.locator("#submit-reason").waitFor({ timeout: 60_000 });
  await lookInside(page, "rules-ready");
  assert.match(await page.locator("#replay").innerText(), /最近 \d+ 件报告中，有 [1-9]\d* 件的派单会改变/);
  assert.match(await page.locator(".bars tr", { hasText: "旧县中心学校" }).innerText(), /个时限(提前|推后)/);
  assert.ok((await page.locator(".bars svg rect").count()) >= 2, "the load of the unit is drawn");
  await pressed(page, page.getByRole("button", { name: "提交审批" }));
  assert.equal(await page.locator('form[action$="/approve"]').count(), 0, "nobody approves their own");
  assert.match(await page.locator("main").innerText(), /须由办公室的另一人审批/);

  const second = await secondOfficer();
  assert.match(await second.page.locator("main").innerText(), /请您审批/);
  await second.page.goto(`${INTERNAL_URL}/rules/${good}`);
  await lookInside(second.page, "rules-approve");
  await second.page.locator('input[name="when"][value="now"]').check();
  await pressed(second.page, second.page.getByRole("button", { name: "批准" }));
  await second.page.locator(".mark", { hasText: "现行" }).waitFor({ timeout: 15_000 });
  assert.match(await second.page.locator("main").innerText(), /刘主任(（[^）]*）)? ?批准/);
  assert.deepEqual([...first.problems, ...second.problems], []);
});
