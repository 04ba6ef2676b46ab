// What the public pages do with a script: nothing typed is lost, nothing secret stays behind, and the small helps help.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, sideways } from "./browser.js";
import { look } from "./look.js";

const { PUBLIC_URL } = process.env;
const LONG = `https://example.cn/${"a".repeat(300)}`;
let browser;

before(async () => {
  assert.ok(PUBLIC_URL, "PUBLIC_URL is not set: run tests/run browser");
  browser = await launch();
});
after(() => browser?.close());

async function filled(page, { danger = "no", told = "孩子连续多日没有到校。", identity = "confidential" } = {}) {
  await page.locator(`input[name="present_danger"][value="${danger}"]`).check();
  await page.locator("#township").selectOption("341222105000");
  await page.locator('input[name="situations"][value="dropout"]').check();
  await page.locator("#narrative").fill(told);
  await page.locator('input[name="c0_sex"][value="female"]').check();
  await page.locator("#reporter_kind").selectOption("teacher");
  await page.locator(`input[name="reporter_identity"][value="${identity}"]`).check();
}

async function filed(page, options) {
  await page.goto(PUBLIC_URL);
  await filled(page, options);
  await page.locator("button.send").click();
  await page.locator("[data-receipt]").waitFor();
  return page.locator("dd.code").allInnerTexts();
}

test("the receipt survives reload and back, and is hidden at a press", async () => {
  const { context, page, problems } = await open(browser);
  const first = await filed(page, { danger: "yes" });
  assert.equal(new URL(page.url()).pathname, "/receipt");
  assert.ok(!page.url().match(/\d{8}/), "nothing of it in the address");
  assert.deepEqual(await context.cookies().then((all) => all.filter((c) => c.name === "receipt")), [], "the tab keeps it, not the browser");
  const box = await page.locator(".call-110").first().boundingBox();
  assert.ok(box.y < (await page.locator("[data-receipt]").boundingBox()).y, "110 on top");
  await page.reload();
  await page.locator("[data-receipt]").waitFor();
  assert.deepEqual(await page.locator("dd.code").allInnerTexts(), first);
  await page.goto(`${PUBLIC_URL}/status`);
  await page.goBack();
  await page.locator("[data-receipt]").waitFor();
  assert.deepEqual(await page.locator("dd.code").allInnerTexts(), first);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator("[data-copy]").click();
  await page.locator("[data-said]:not(:empty)").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  for (const part of first) assert.ok(copied.includes(part), copied);
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-picture]").click()]);
  assert.match(download.suggestedFilename(), /\.png$/);
  await look(page, "receipt");
  await page.locator("[data-hide] button:not([type=button])").click();
  await page.locator("[data-no-receipt]").waitFor();
  await page.goBack().catch(() => {});
  await page.goto(`${PUBLIC_URL}/receipt`);
  await page.locator("[data-no-receipt]").waitFor();
  assert.equal(await page.locator("[data-receipt]").count(), 0);
  // Another tab of the same browser never sees it.
  await filed(page);
  const other = await context.newPage();
  await other.goto(`${PUBLIC_URL}/receipt`);
  await other.locator("[data-no-receipt]").waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a server that is away loses nothing, and the retry files once", async () => {
  const { context, page } = await open(browser);
  await page.clock.install();
  await page.goto(PUBLIC_URL);
  await filled(page, { told: "服务器不在时写的话。" });
  const key = await page.locator('input[name="key"]').inputValue();
  const filing = (url) => url.pathname === "/report";
  await page.route(filing, (route) => route.abort());
  await page.locator("button.send").click();
  for (let n = 0; n < 6; n += 1) await page.clock.runFor(7000);
  await page.locator("[data-status]", { hasText: "内容仍在本页" }).waitFor();
  assert.equal(await page.locator("#narrative").inputValue(), "服务器不在时写的话。");
  // Reloaded while the server's answers to POST are still away: the draft comes back from the tab itself.
  await page.reload();
  await page.locator("[data-restored]").waitFor();
  assert.equal(await page.locator("#narrative").inputValue(), "服务器不在时写的话。");
  assert.equal(await page.locator('input[name="situations"][value="dropout"]').isChecked(), true);
  assert.equal(await page.locator('input[name="key"]').inputValue(), key, "the same key");
  // An answer that is no form never takes the form's place.
  await page.unroute(filing);
  await page.route(filing, (route) => route.fulfill({ status: 413, contentType: "text/html", body: '<main id="main"><h1>内容太长</h1><p class="lead">没有保存。</p></main>' }));
  await page.locator("button.send").click();
  await page.locator("[data-status]", { hasText: "内容太长" }).waitFor();
  assert.equal(await page.locator("#narrative").inputValue(), "服务器不在时写的话。");
  await page.unroute(filing);
  await page.locator("button.send").click();
  await page.locator("[data-receipt]").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.getItem("shouwang-draft")), null);
  await context.close();
});

test("villages are found by typing, without a round trip", async () => {
  const { context, page, problems } = await open(browser);
  await page.goto(PUBLIC_URL);
  await page.locator("#find-place").waitFor();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  for (const typed of ["八里", "bali", "bl", "ＢＡＬＩ", "旧县 bali", "jiuxianbali", "旧县八里"]) {
    await page.locator("#find-place").fill(typed);
    const first = page.locator("#found li", { hasText: "八里村委会（旧县镇）" });
    assert.equal(await first.count(), 1, typed);
  }
  await page.locator("#find-place").fill("没有这个村");
  assert.match(await page.locator("#find-said").innerText(), /没有找到/);
  await page.locator("#find-place").fill("旧县 bali");
  await page.locator("#find-place").press("Enter");
  assert.equal(await page.locator("#township").inputValue(), "341222101000");
  assert.equal(await page.locator("#village").inputValue(), "341222101202");
  await page.locator("#township").selectOption("341222110000");
  assert.equal(await page.locator("#village").inputValue(), "");
  await page.locator("#village").selectOption("341222110205");
  assert.deepEqual(asked, [], "nothing was asked of the server");
  assert.deepEqual(problems, []);
  await context.close();
});

test("Enter goes on, 110 appears, hints are soft", async () => {
  const { context, page } = await open(browser);
  await page.goto(PUBLIC_URL);
  assert.equal(await page.locator(".danger-110").isVisible(), false);
  await page.locator('input[name="present_danger"][value="yes"]').check();
  assert.equal(await page.locator(".danger-110").isVisible(), true);
  await page.locator("#where_now").fill("某村");
  await page.locator("#where_now").press("Enter");
  assert.equal(new URL(page.url()).pathname, "/", "Enter files nothing");
  assert.notEqual(await page.evaluate(() => document.activeElement.id), "where_now");
  await page.locator("#reporter_phone").fill("1380013800");
  await page.locator("#reporter_phone").blur();
  assert.match(await page.locator("#reporter_phone-soft").innerText(), /11位.*10位/);
  await page.locator("#reporter_phone").fill("0558-8612345转8012");
  await page.locator("#reporter_phone").blur();
  assert.equal(await page.locator("#reporter_phone-soft").count(), 0);
  await page.locator("details summary").first().click();
  for (const [number, hint] of [["11010519491231002X", 0], ["110105194912310021", 1], ["11010519491231", 1], ["E12345678", 0]]) {
    await page.locator("#c0_id_number").fill(number);
    await page.locator("#c0_id_number").blur();
    assert.equal(await page.locator("#c0_id_number-soft").count(), hint, number);
  }
  await context.close();
});

test("an anonymous reporter is not asked for a name", async () => {
  const { context, page } = await open(browser);
  await page.goto(PUBLIC_URL);
  await page.locator("#reporter_name").fill("自动填写");
  await page.locator('input[name="reporter_identity"][value="anonymous"]').check();
  assert.equal(await page.locator("#reporter_name").isVisible(), false);
  await filled(page, { identity: "anonymous" });
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().includes("/report"));
  await page.locator("button.send").click();
  assert.ok(!decodeURIComponent((await sent).postData()).includes("自动填写"));
  await page.locator("[data-receipt]").waitFor();
  assert.match(await page.locator("main").innerText(), /没有保存您的姓名/);
  await context.close();
});

test("a child leaves quickly and takes nothing along", async () => {
  const { context, page, problems } = await open(browser);
  const fill = async () => {
    await page.goto(`${PUBLIC_URL}/child`);
    await page.locator("#narrative").fill("我不想回家");
    await page.waitForFunction(() => sessionStorage.getItem("shouwang-child"));
  };
  await fill();
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  await page.locator("a.leave").click();
  await page.waitForURL("about:blank");
  await page.goto(`${PUBLIC_URL}/child`);
  assert.equal(await page.locator("#narrative").inputValue(), "");
  await fill();
  await page.keyboard.press("Escape");
  await page.waitForURL("about:blank");
  await fill();
  await page.locator("footer a").first().click();
  await page.waitForLoadState();
  assert.equal(await page.evaluate(() => sessionStorage.getItem("shouwang-child")), null);
  await fill();
  await look(page, "child");
  await page.locator('input[name="present_danger"][value="no"]').check();
  await page.locator('input[name="situations"][value="bullying"]').check();
  await page.locator("#township").selectOption("unknown");
  await page.locator('input[name="c0_sex"][value="female"]').check();
  await page.locator("button.send").click();
  await page.locator("[data-receipt]").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.getItem("shouwang-child")), null);
  assert.equal(await page.locator("[data-picture]").count(), 0);
  await page.locator("a.leave").click();
  await page.waitForURL("about:blank");
  await page.goto(`${PUBLIC_URL}/receipt`);
  await page.locator("[data-no-receipt]").waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("long words never make a page wider than its screen", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const { context, page } = await open(browser, { javaScriptEnabled });
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      for (const path of ["/", "/?lang=en", "/child", "/status", "/about", "/receipt", "/nothing"]) {
        await page.goto(`${PUBLIC_URL}${path}`);
        for (const field of await page.locator("input[type=text], input:not([type]), input[type=tel], textarea").all()) {
          if (await field.isVisible()) await field.fill(LONG.slice(0, Number(await field.getAttribute("maxlength")) || 300));
        }
        assert.deepEqual(await sideways(page), [], `${path} at ${width}`);
        const button = page.locator("main form button:not([type=button]):not(.first)").last();
        if (await button.count()) {
          await button.click();
          await page.waitForLoadState();
          await page.locator(".problem, .field-problem, h1").first().waitFor();
          assert.deepEqual(await sideways(page), [], `${path} at ${width}, sent`);
        }
      }
    }
    await context.close();
  }
});

test("the status reads what was pasted and says what is missing", async () => {
  const { context, page } = await open(browser);
  const [number, code] = await filed(page);
  await page.goto(`${PUBLIC_URL}/status`);
  await page.locator("#receipt").fill(number);
  await page.locator("#code").fill("12");
  await page.locator("main form button").click();
  await page.waitForLoadState();
  assert.match(await page.locator("#code-error").innerText(), /还差14位.*2位.*16位/);
  await look(page, "status-short");
  await page.locator("#receipt").fill(`查询码：${code}；回执编号：${number.replaceAll("-", "—")}`);
  await page.locator("#code").fill("");
  await page.locator("main form button").click();
  await page.waitForLoadState();
  assert.match(await page.locator(".steps").innerText(), /已收到/);
  await look(page, "status-public");
  await context.close();
});
