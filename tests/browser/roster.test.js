// A roster as a workbook, by its leader at a telephone's and a desktop's width: down, changed, up, seen as removed, confirmed. And
// up again as it was.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { launch, pressed } from "./browser.js";
import { lookInside } from "./look.js";
import { officer } from "./officers.js";
import { withoutLastRow } from "./workbook.js";

const { INTERNAL_URL } = process.env;
const UNIT = "/duty/pol-341222101";
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
let browser;

before(async () => {
  assert.ok(INTERNAL_URL && process.env.DEMO_LEADER_USER, "no demo accounts: run tests/run browser");
  browser = await launch();
});
after(() => browser?.close());

/** A day ahead at an hour, as a field of the form takes it, in Shanghai. */
const ahead = (days, hour) => `${new Date(Date.now() + (days * 24 + 8) * 3600e3).toISOString().slice(0, 10)}T${hour}:00`;

/** Chooses a file and has it looked at. */
async function looked(page, buffer) {
  await page.locator("#file").setInputFiles({ name: "roster.xlsx", mimeType: XLSX, buffer });
  await pressed(page, page.locator('form[enctype="multipart/form-data"] button'));
}

test("a roster down, changed and up again, at both widths", async () => {
  const { context, page, problems } = await officer(browser, "LEADER", UNIT);
  await page.locator("details", { has: page.locator("#e_from") }).evaluate((form) => { form.open = true; });
  await page.locator("#e_seat").selectOption("deputy");
  await page.locator("#e_person").selectOption({ label: "演示·派出所民警" });
  await page.locator("#e_from").fill(ahead(2, "09"));
  await page.locator("#e_to").fill(ahead(2, "11"));
  await pressed(page, page.locator(`form[action="${UNIT}/exceptions"] button`));
  assert.match(await page.locator("main").innerText(), /副班[\s\S]*演示·派出所民警/);

  await page.goto(`${INTERNAL_URL}${UNIT}/import`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("a[download]").click()]);
  const workbook = await readFile(await download.path());

  // Taken out of the file it is listed as removed, and nothing is until that is confirmed.
  await looked(page, withoutLastRow(workbook, 2));
  assert.match(await page.locator("#removed").innerText(), /副班[\s\S]*演示·派出所民警/);
  assert.equal(await page.locator("#added").count(), 0);
  await lookInside(page, "roster-import-removed");
  const overview = await context.newPage();
  await overview.goto(`${INTERNAL_URL}${UNIT}`);
  const stands = async () => (await overview.locator(`form[action^="${UNIT}/changes/"]`).count());
  const before = await stands();
  assert.ok(before > 0, "still there");
  await pressed(page, page.locator("#preview form button"));
  assert.match(await page.locator(".done-line").innerText(), /表格已保存/);
  await overview.reload();
  assert.equal(await stands(), before - 1);

  // The file as it was brings it back.
  await page.setViewportSize({ width: 1280, height: 844 });
  await page.goto(`${INTERNAL_URL}${UNIT}/import`);
  await looked(page, workbook);
  assert.match(await page.locator("#added").innerText(), /副班/);
  assert.equal(await page.locator("#removed").count(), 0);
  await lookInside(page, "roster-import-added");
  await pressed(page, page.locator("#preview form button"));
  assert.match(await page.locator(".done-line").innerText(), /表格已保存/);

  // A letter is no workbook, and a file without its sheets is no empty roster.
  await page.goto(`${INTERNAL_URL}${UNIT}/import`);
  await looked(page, Buffer.from("a letter"));
  assert.equal(await page.locator("#preview").count(), 0);
  assert.ok((await page.locator(".error").innerText()).length > 0);
  assert.deepEqual(problems, []);
  await context.close();
});
