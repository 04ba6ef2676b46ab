// What the office does about a flood of reports. The file is the last by its name: after it the mails of this address are grouped, and
// no other test would find its own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, pressed } from "./browser.js";
import { lookInside } from "./look.js";
import { file, officer } from "./officers.js";

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

test("the office asks to end a flood's duplicates, and only another person can confirm", async () => {
  const body = {
    situations: ["dropout"], present_danger: true, area: "341222103001", children: [{ sex: "male", age: 10 }],
    reporter: { kind: "public", identity: "anonymous" }, narrative: "同一件事反复报送。",
  };
  let receipt;
  for (let n = 0; n < 63; n += 1) {
    const filed = await file(body);
    receipt ??= filed;
  }
  const office = await officer(browser, "OFFICE", "/board");
  const { page } = office;
  const link = page.locator('main a[href^="/floods/"]').first();
  for (let tries = 0; tries < 50 && (await link.count()) === 0; tries += 1) await page.reload();
  await pressed(page, link);
  await lookInside(page, "flood");
  await page.locator('input[name="all"]').check();
  await page.locator('input[name="ground"][value="duplicate"]').check();
  await page.locator("#reason").fill("电话核实，一件事反复报送。");
  await pressed(page, page.locator('form[action$="/ask"] button').first());
  assert.match(await page.locator('main [role="alert"]').first().innerText(), /保留的那一份/, "duplicates of what?");
  assert.equal(await page.locator("#reason").inputValue(), "电话核实，一件事反复报送。", "what was typed is there");
  await page.locator('input[name="all"]').check();
  await page.locator('input[name="ground"][value="duplicate"]').check();
  await page.locator("#stays").fill(receipt);
  await pressed(page, page.locator('form[action$="/ask"] button').first());
  assert.match(await page.locator("main").innerText(), new RegExp(`重复报告，保留 ${receipt}`));
  assert.equal(await page.locator('button[formaction$="/confirm"]').count(), 0, "not by who asked");
  await lookInside(page, "flood-asked");
  await pressed(page, page.locator('button[formaction$="/refuse"]'));
  assert.match(await page.locator("main").innerText(), /决定不终止/);
  assert.deepEqual(office.problems, []);
  await office.context.close();
});
