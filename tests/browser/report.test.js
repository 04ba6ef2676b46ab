// A village teacher on a phone files a report, with and without JavaScript, makes mistakes on the way, and follows up.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, sideways } from "./browser.js";

const { PUBLIC_URL } = process.env;
const TOLD = "晨检发现手臂有新旧瘀伤,孩子说不敢回家。";
let browser;

before(async () => {
  assert.ok(PUBLIC_URL, "PUBLIC_URL is not set: run tests/run browser");
  browser = await launch();
});
after(() => browser?.close());

async function send(page) {
  await page.locator("button.send").click();
  await page.waitForLoadState();
}

async function chooseVillage(page, javaScriptEnabled) {
  await page.locator("#township").selectOption("341222101000");
  // With a script the list appears by itself; without one a button asks for it, and what was typed stays.
  if (!javaScriptEnabled) {
    await page.locator("button[data-villages]").first().click();
    await page.waitForLoadState();
  }
  await page.locator("#village").waitFor();
  await page.locator("#village").selectOption("341222101001");
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  test(`a report from a phone, ${how}`, async () => {
    const { context, page, problems } = await open(browser, { javaScriptEnabled });
    await page.goto(PUBLIC_URL);
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
    const top = await page.locator("main").innerText();
    assert.ok(top.indexOf("110") < top.indexOf("孩子现在在哪里"), "110 comes first");
    assert.match(top, /不需要证据，不需要领导同意，依法保密/);
    assert.equal(await page.locator('a[href="tel:110"]').first().isVisible(), true);
    assert.deepEqual(await sideways(page), []);

    // A mistake: almost nothing filled in. Everything missing is named, and what was typed is kept.
    await page.locator("#narrative").fill(TOLD);
    await page.locator('input[name="situations"][value="abuse-injury"]').check();
    await send(page);
    const named = await page.locator(".problem").innerText();
    for (const word of ["危险", "乡镇", "性别", "身份"]) assert.ok(named.includes(word), `${word} is named: ${named}`);
    assert.equal(await page.locator("#narrative").inputValue(), TOLD);
    assert.equal(await page.locator('input[name="situations"][value="abuse-injury"]').isChecked(), true);
    assert.deepEqual(await sideways(page), []);

    await page.locator('input[name="present_danger"][value="yes"]').check();
    await chooseVillage(page, javaScriptEnabled);
    assert.equal(await page.locator("#narrative").inputValue(), TOLD);
    await page.locator('input[name="c0_sex"][value="male"]').check();
    await page.locator("#c0_age").selectOption("9");
    await page.locator("#reporter_kind").selectOption("teacher");
    await send(page);
    await page.locator("[data-receipt]").waitFor();

    const receipt = await page.locator("main").innerText();
    assert.match(receipt, /平台收件回执/);
    assert.match(receipt, /只显示这一次/);
    assert.match(receipt, /不是公安机关/);
    assert.ok(!page.url().match(/\d{16}/), "no code in the address");
    const [number, code] = await page.locator("dd.code").allInnerTexts();
    assert.match(code.replace(/\s/g, ""), /^\d{16}$/);
    assert.deepEqual(await sideways(page), []);

    await page.goto(`${PUBLIC_URL}/status`);
    await page.locator("#receipt").fill(number.toLowerCase());
    await page.locator("#code").fill(code);
    await page.locator("main form button").click();
    await page.waitForLoadState();
    assert.match(await page.locator("main").innerText(), /已收到/);
    await page.locator("#receipt").fill(number);
    await page.locator("#code").fill("0000 0000 0000 0000");
    await page.locator("main form button").click();
    await page.waitForLoadState();
    assert.match(await page.locator(".problem").innerText(), /没有找到/);
    assert.deepEqual(problems, []);
    await context.close();
  });
}

test("children are added and removed without losing anything, and English is a switch", async () => {
  const { context, page } = await open(browser, { width: 1280, javaScriptEnabled: false });
  await page.goto(PUBLIC_URL);
  await page.locator("#c0_name").fill("化名甲");
  await page.locator('button[value="add-child"]').click();
  await page.waitForLoadState();
  assert.equal(await page.locator("#c0_name").inputValue(), "化名甲");
  await page.locator("#c1_name").fill("化名乙");
  await page.locator('button[value="remove-child-0"]').click();
  await page.waitForLoadState();
  assert.equal(await page.locator("#c0_name").inputValue(), "化名乙");
  await page.locator("header .switch").click();
  await page.waitForLoadState();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.equal(await page.locator("#c0_name").inputValue(), "化名乙", "the switch keeps what was typed");
  assert.ok(!(await page.locator("h1").innerText()).match(/[\u4e00-\u9fff]/), "English is not beside the Chinese");
  assert.deepEqual(await sideways(page), []);
  await context.close();
});

test("a report sent twice, as a phone does that reloads in a bad network, is one report", async () => {
  const { context, page } = await open(browser, { javaScriptEnabled: false });
  await page.goto(PUBLIC_URL);
  await page.locator('input[name="present_danger"][value="no"]').check();
  await page.locator("#township").selectOption("341222105000");
  await page.locator('input[name="situations"][value="orphan"]').check();
  await page.locator("#narrative").fill("父母双亡,现由伯父照料。");
  await page.locator('input[name="c0_sex"][value="female"]').check();
  await page.locator("#reporter_kind").selectOption("child-director");
  await send(page);
  const first = await page.locator("dd.code").allInnerTexts();
  await page.reload();
  assert.deepEqual(await page.locator("dd.code").allInnerTexts(), first, "the same receipt and code");
  await context.close();
});
