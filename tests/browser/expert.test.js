// 专家模式, under the page's own policy: a draft's decision model in dmn-js, changed, saved, refused, uploaded; other versions
// are only looked at, and no other page loads the editor.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, sideways } from "./browser.js";
import { officer } from "./officers.js";

const { INTERNAL_URL } = process.env;
const AGE = 'td[data-element-id="urgency_3_in_age"]';
let browser;

before(async () => {
  assert.ok(INTERNAL_URL && process.env.DEMO_OFFICE_USER, "no demo accounts: run tests/run browser");
  browser = await launch();
});
after(() => browser?.close());

/** The page with its editor at work. */
const opened = (page) => page.locator('#expert-tabs button[aria-selected="true"]').waitFor();

async function type(page, text) {
  await page.locator(`${AGE} [contenteditable]`).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

/** Presses 保存; gives the status of the answer. */
async function save(page) {
  const answer = page.waitForResponse((response) => response.request().method() === "POST");
  await page.locator(".expert-tools button.primary").click();
  const status = (await answer).status();
  await page.waitForLoadState();
  await opened(page);
  return status;
}

test("a cell is changed in dmn-js and saved; one outside the subset is refused and stays in the editor", { timeout: 180_000 }, async () => {
  const { page, context, problems } = await officer(browser, "OFFICE", "/rules", { width: 1280, bypassCSP: false });
  const vendored = [];
  page.on("request", (request) => request.url().includes("/vendor/") && vendored.push(request.url()));
  await page.locator("details.panel > summary").click();
  await page.locator("#reason").fill("专家模式：年龄线调整");
  await page.locator("details.panel button.primary").click();
  await page.waitForURL(/\/rules\/\d+/);
  const version = page.url().match(/\/rules\/(\d+)/)[1];
  const stored = async () => (await context.request.get(`${INTERNAL_URL}/rules/${version}/routing.dmn`)).text();
  await page.goto(`${INTERNAL_URL}/rules/${version}/tables/urgency`);
  assert.deepEqual(vendored, [], "no other page loads the editor");

  const expert = `${INTERNAL_URL}/rules/${version}/expert`;
  await page.goto(expert);
  await opened(page);
  assert.ok(vendored.some((url) => url.endsWith("dmn-modeler.js")));
  assert.equal(await page.locator(".expert-narrow").isVisible(), false);
  for (const tab of await page.locator("#expert-tabs button").all()) {
    await tab.click();
    const name = await tab.innerText();
    await page.locator('#expert-tabs button[aria-selected="true"]', { hasText: name }).waitFor();
    const drawn = name === "关系图" ? "#expert-canvas .djs-shape" : "#expert-canvas td.rule-index";
    await page.locator(drawn).first().waitFor();
    assert.equal(await page.locator(".bjs-powered-by:visible").count(), 1, `${name}: the watermark is there`);
  }
  await page.locator("#expert-tabs button").first().click();
  assert.match(await page.locator("#expert-canvas thead").innerText(), /当[\s\S]*则/, "the editor speaks Chinese");

  // Saved without a change: the same bytes. With one: that change, diagrams kept, and the other pages read it.
  const before = await stored();
  assert.equal(await save(page), 200);
  assert.equal(await stored(), before);
  const stale = await context.newPage();
  await stale.goto(expert);
  await opened(stale);
  await type(page, "< 13");
  await page.locator("#expert-changed", { hasText: "尚未保存" }).waitFor();
  assert.equal(await save(page), 200);
  assert.match(await page.locator(".done-line").innerText(), /已保存/);
  assert.equal((await page.locator(AGE).innerText()).trim(), "< 13");
  const after = await stored();
  const count = (text, part) => text.split(part).length;
  assert.equal(count(after, "&lt; 13<"), count(before, "&lt; 13<") + 1);
  for (const part of ["DMNShape ", "DMNEdge ", "<rule ", "<inputValues ", "typeRef=\"integer\""]) assert.equal(count(after, part), count(before, part), part);
  await page.goto(`${INTERNAL_URL}/rules/${version}/tables/urgency`);
  assert.match(await page.locator("#row-3").innerText(), /12|13/);

  // What lies outside is said with table, row and column; the text stays.
  await page.goto(expert);
  await opened(page);
  await type(page, "before 14");
  assert.equal(await save(page), 422);
  const said = await page.locator(".expert-faults").innerText();
  for (const word of ["urgency", "第 3 行", "age", "before 14 不是整数"]) assert.ok(said.includes(word), `${word}: ${said}`);
  assert.equal((await page.locator(AGE).innerText()).trim(), "before 14");
  assert.equal(await stored(), after, "nothing was stored");

  // Somebody saved in between: who, and the text stays.
  await type(stale, "< 11");
  assert.equal(await save(stale), 409);
  assert.match(await stale.locator("main .error").first().innerText(), /演示·.*您的修改仍在编辑器中/);
  assert.equal((await stale.locator(AGE).innerText()).trim(), "< 11");
  assert.equal(await stored(), after);
  await stale.close();

  // A file from elsewhere is opened, and saved by 保存.
  await page.locator("#expert-file").setInputFiles({ name: "r.dmn", mimeType: "application/xml", buffer: Buffer.from(before) });
  await page.locator(AGE, { hasText: "< 14" }).waitFor();
  assert.equal(await save(page), 200);
  assert.equal(await stored(), before);
  await page.locator("#expert-file").setInputFiles({ name: "r.dmn", mimeType: "application/xml", buffer: Buffer.from("<nonsense") });
  await page.locator("#expert-problem", { hasText: "打不开" }).waitFor();
  assert.equal(await page.locator("#expert-xml").inputValue(), "<nonsense");

  // On a phone it is readable, with a hint.
  await page.goto(expert);
  await opened(page);
  await page.setViewportSize({ width: 390, height: 844 });
  assert.equal(await page.locator(".expert-narrow").isVisible(), true);
  const wide = await sideways(page);
  const outside = await page.locator("#expert-canvas").evaluate((canvas, all) => all.filter((html) => !canvas.innerHTML.includes(html)), wide);
  assert.deepEqual(outside, []);

  // The version in force is only looked at.
  vendored.length = 0;
  await page.goto(`${INTERNAL_URL}/rules/1/expert`);
  await opened(page);
  assert.ok(vendored.some((url) => url.endsWith("dmn-viewer.js")) && !vendored.some((url) => url.endsWith("dmn-modeler.js")));
  assert.equal(await page.locator(".expert-tools button").count(), 0);
  assert.equal(await page.locator("#expert-canvas [contenteditable=true]").count(), 0);
  // dmn-js ships a library that says of itself that it was built for development.
  assert.deepEqual(problems.filter((problem) => !problem.includes("Inferno")), []);
  await context.close();
});
