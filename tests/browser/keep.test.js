// What officers type is never lost, and their pages hold whatever is put into them: a session that ends over every form, a
// server that is away, a word of 300 signs in every text, night, paper, tabs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, pressed, sideways } from "./browser.js";
import { look, lookInside } from "./look.js";
import { api, file, login, officer } from "./officers.js";

const { PUBLIC_URL, INTERNAL_URL } = process.env;
const WORD = "https://example.cn/" + "长x9".repeat(94);
let browser;
let ticket;

before(async () => {
  browser = await launch();
  const body = {
    situations: ["abuse-injury"],
    present_danger: true,
    area: "341222101001",
    where_now: WORD,
    suspect: "guardian",
    children: [{ name: WORD.slice(0, 60), sex: "male", age: 9, school: WORD.slice(0, 200), home_address: WORD.slice(0, 200) }],
    reporter: { kind: "teacher", identity: "confidential", name: "化名" },
    narrative: WORD,
  };
  const receipt = await file(body);
  const member = await api("MEMBER");
  for (let tries = 0; !ticket; tries += 1) {
    assert.ok(tries < 100, "the report was not routed");
    const { tickets } = await member.get("/tickets?limit=200");
    for (const { id } of tickets.slice(0, 200)) {
      const found = await member.get(`/tickets/${id}`);
      if (found.receipt === receipt) ticket = found;
    }
    if (!ticket) await new Promise((done) => setTimeout(done, 200));
  }
  await member.post(`/tickets/${ticket.id}/sign`, { version: ticket.version });
});
after(() => browser?.close());

/** Pages with what they hold, by who sees them. */
async function pages() {
  const office = await officer(browser, "OFFICE", "/board");
  const first = async (path, pattern) => {
    await office.page.goto(`${INTERNAL_URL}${path}`);
    const links = await office.page.locator("main a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    return links.filter((href) => pattern.test(href)).slice(0, 1);
  };
  const found = [...(await first("/triage", /^\/triage\/\d+/)), ...(await first("/callbacks", /^\/callbacks\/\d+/))];
  await office.context.close();
  return {
    MEMBER: ["/desk", `/tickets/${ticket.id}`, "/password"],
    OFFICE: ["/board", `/board/tickets/${ticket.id}`, "/triage", "/callbacks", "/rules", "/rules/1", "/rules/1/tables/urgency", "/rules/1/try", "/rules/1/workbook", ...found],
    ADMIN: ["/people", "/people/1", "/units", "/units/pol-341222101"],
  };
}

/** The forms of a page in which something can be typed, by their addresses. */
const forms = (page) =>
  page.locator("main form").evaluateAll((all) =>
    all
      .filter((form) => form.method === "post" && !form.enctype.startsWith("multipart") && !form.querySelector("[type=password]"))
      .filter((form) => form.querySelector("textarea, input:not([type]), input[type=text], input[type=tel], input[type=datetime-local]"))
      .map((form) => form.getAttribute("action"))
      .filter((action, i, every) => action && every.indexOf(action) === i),
  );

/** Types into every text of a form and sends it as a press of its button would, whatever is still missing. */
async function fillAndSend(page, action) {
  await Promise.all([
    page.waitForNavigation(),
    page.evaluate(([to]) => {
      const form = [...document.querySelectorAll("main form")].find((one) => one.method === "post" && one.getAttribute("action") === to);
      for (const field of form.elements) {
        if (field.tagName === "TEXTAREA" || ["text", "tel"].includes(field.type)) field.value = `留住-${field.name}`;
      }
      form.submit();
    }, [action]),
  ]);
}

const kept = (page) =>
  page.locator("form[data-kept]").evaluate((form) =>
    [...form.elements].filter((e) => e.tagName === "TEXTAREA" || ["text", "tel"].includes(e.type)).map((e) => [e.name, e.value, e.offsetParent !== null]),
  );

test("a session that ends over any form brings the text back after the login, once, unsent", async () => {
  let seen = 0;
  for (const [who, paths] of Object.entries(await pages())) {
    const { context, page } = await officer(browser, who, paths[0]);
    for (const path of paths) {
      await page.goto(`${INTERNAL_URL}${path}`);
      for (const action of await forms(page)) {
        await page.goto(`${INTERNAL_URL}${path}`);
        await context.clearCookies();
        await fillAndSend(page, action);
        assert.ok(await page.locator("#password").isVisible(), `${action} leads to the login page`);
        assert.ok(!(await page.content()).includes("留住-"), `${action}: nobody reads it there`);
        await Promise.all([page.waitForNavigation(), login(page, who)]);
        const fields = await kept(page);
        assert.ok(fields.length > 0, action);
        for (const [name, value, visible] of fields) {
          assert.equal(value, `留住-${name}`, action);
          assert.ok(visible, `${action}: ${name} is unfolded`);
        }
        assert.match(await page.locator(".kept-banner").innerText(), /没有执行/);
        assert.ok(!page.url().endsWith("/login"), "the address is the page's again");
        seen += 1;
      }
    }
    await context.close();
  }
  assert.ok(seen >= 5, `forms tried: ${seen}`);
});

test("while the server is away the page stays with its text, and one press sends it afterwards", async () => {
  const { context, page } = await officer(browser, "MEMBER", `/tickets/${ticket.id}`);
  const form = page.locator(`form[action="/tickets/${ticket.id}/contact"]`);
  await page.locator("details#contact").evaluate((details) => details.setAttribute("open", ""));
  await page.locator("#contact-place").fill("县医院");
  await page.locator("#contact-note").fill("孩子情绪稳定");
  await context.setOffline(true);
  await form.locator("button").click();
  await page.locator(".unsent").waitFor();
  assert.equal(await page.locator("#contact-note").inputValue(), "孩子情绪稳定");
  await context.setOffline(false);
  await pressed(page, form.locator("button"));
  await page.locator(".done-line").waitFor();
  await context.close();
});

test("a page that can't refresh says so, keeps its content and can be paused", async () => {
  const { context, page } = await officer(browser, "MEMBER", "/desk");
  await page.clock.install();
  await page.reload();
  await page.locator(".live-line button").click();
  assert.match(await page.locator(".live-line .said").innerText(), /暂停/);
  await Promise.all([page.waitForResponse(/desk\/list/), page.locator(".live-line button").click()]);
  await page.locator("#queue ol").waitFor();
  const before = await page.locator("#queue").innerText();
  await context.setOffline(true);
  await page.clock.fastForward("02:10");
  await page.locator(".live-line .said.old").waitFor();
  assert.match(await page.locator(".live-line .said").innerText(), /分钟没有更新/);
  assert.equal(await page.locator("#queue").innerText(), before);
  await context.setOffline(false);
  await context.clearCookies();
  await page.clock.fastForward("00:31");
  await page.locator(".live-line a").waitFor();
  assert.equal(await page.locator("#queue form[action^='/login'], #queue #password").count(), 0, "no login page inside the list");
  assert.equal(await page.locator("#queue").innerText(), before);
  await context.close();
});

test("a word of 300 signs in every text of every page sticks out nowhere and covers no button", async () => {
  for (const [who, paths] of Object.entries(await pages())) {
    const { context, page } = await officer(browser, who, paths[0]);
    for (const path of paths) {
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 844 });
        await page.goto(`${INTERNAL_URL}${path}`);
        await page.evaluate((word) => {
          for (const details of document.querySelectorAll("details")) details.open = true;
          const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
          const texts = [];
          while (walker.nextNode()) texts.push(walker.currentNode);
          for (const text of texts) if (text.textContent.trim() && !/^(SCRIPT|STYLE)$/.test(text.parentElement.tagName)) text.textContent = word;
          for (const field of document.querySelectorAll("main textarea, main input:not([type=hidden])")) if (!/date|checkbox|radio|file|number/.test(field.type)) field.value = word;
        }, WORD.slice(0, 300));
        assert.deepEqual(await sideways(page), [], `${path} at ${width} px`);
        const covered = await page.locator("main button:visible, main .button:visible").evaluateAll((all) =>
          all.filter((b) => {
            const box = b.getBoundingClientRect();
            return box.width < 24 || box.height < 24 || box.left < 0 || box.right > innerWidth + 1;
          }).map((b) => b.outerHTML.slice(0, 80)),
        );
        assert.deepEqual(covered, [], `${path} at ${width} px: buttons`);
      }
    }
    await context.close();
  }
});

test("at night every page can be read, and tabs can be told apart without telling anything", async () => {
  const titles = new Map();
  for (const [who, paths] of Object.entries(await pages())) {
    const { context, page } = await officer(browser, who, paths[0]);
    await page.emulateMedia({ colorScheme: "dark" });
    for (const path of paths) {
      await page.goto(`${INTERNAL_URL}${path}`);
      await lookInside(page, `dark-${path.replaceAll("/", "_")}`);
      titles.set(path, await page.title());
    }
    await context.close();
  }
  const night = await open(browser, { bypassCSP: true });
  await night.page.emulateMedia({ colorScheme: "dark" });
  for (const path of ["/", "/status", "/about"]) {
    await night.page.goto(`${PUBLIC_URL}${path}`);
    await look(night.page, `dark-public${path.replaceAll("/", "_")}`);
  }
  await night.context.close();
  const main = ["/desk", `/tickets/${ticket.id}`, "/board", "/triage", "/callbacks", "/rules", "/people"];
  assert.equal(new Set(main.map((path) => titles.get(path))).size, main.length, JSON.stringify([...titles]));
  assert.match(titles.get("/desk"), /\d/, "how much waits");
});

test("on paper: one sheet of a ticket that says where it is from, and pages that say it is confidential", async () => {
  const { context, page } = await officer(browser, "MEMBER", "/desk");
  const lines = page.locator("ol.tickets > li");
  for (const line of await lines.all()) assert.ok((await line.boundingBox()).height > 40, "every line is seen");
  // A ticket as people write them, not the one with the long words.
  await pressed(page, lines.filter({ hasNotText: ticket.receipt }).first().locator("a"));
  const [receipt] = (await page.locator("main").innerText()).match(/\d{8}-\w{4}-\w{5}/);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ media: "print", colorScheme });
    const head = await page.locator(".print-only").innerText();
    for (const word of ["太和", "打印", "保密", receipt]) assert.ok(head.includes(word), `the sheet says ${word}: ${head}`);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(ground, "rgb(255, 255, 255)", "paper is white");
    const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
    assert.equal(pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length, 1, "one sheet");
  }
  await context.close();
  const office = await officer(browser, "OFFICE", "/board");
  for (const line of await office.page.locator("ul.calls > li").all()) assert.ok((await line.boundingBox()).height > 40, "every line is seen");
  await office.page.emulateMedia({ media: "print" });
  assert.match(await office.page.locator(".print-only").innerText(), /保密/);
  assert.equal(await office.page.locator("header.bar").isVisible(), false);
  await office.context.close();
});
