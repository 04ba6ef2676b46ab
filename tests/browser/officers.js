// The people of the demo in their browsers, their mailbox and their API.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";

import { open, pressed } from "./browser.js";

const { PUBLIC_URL, INTERNAL_URL, MAIL_URL } = process.env;

/** The password of whoever is invited here. */
export const OWN = "竹影摇风过石桥流水人家";

/** Fills in the login form of the page that is open and waits for where it leads. */
export async function login(page, who) {
  await page.locator("#login").fill(process.env[`DEMO_${who}_USER`]);
  await page.locator("#password").fill(process.env[`DEMO_${who}_PASSWORD`]);
  await page.locator("main form button").first().click();
  await page.waitForLoadState();
}

/** A browser in which this person is logged in. axe-core is put into the pages from outside, which their policy forbids. */
export async function officer(browser, who, path, options = {}) {
  const opened = await open(browser, { bypassCSP: true, ...options });
  await opened.page.goto(`${INTERNAL_URL}${path}`);
  await login(opened.page, who);
  return opened;
}

/** The way into the ticket that a mail to this mailbox gives, once it is there. */
export async function mailLink(mailbox, receipt) {
  for (let tries = 0; tries < 100; tries += 1) {
    const mails = await (await fetch(`${MAIL_URL}/email`)).json();
    const mine = mails.filter((mail) => mail.to.some((to) => to.address === mailbox) && mail.text.includes(receipt));
    if (mine.length > 0) {
      const link = mine.at(-1).text.match(/https?:\/\/\S+\/tickets\/\d+/);
      assert.ok(link, `the mail has a link: ${mine.at(-1).text}`);
      return { link: link[0], subject: mine.at(-1).subject };
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no mail about ${receipt} came to ${mailbox}`);
}

/** Files a report as a program does; its receipt. */
export async function file(report) {
  const answer = await fetch(`${PUBLIC_URL}/api/v1/reports`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(report),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()).receipt;
}

/** The API with a person's token. */
export async function api(who) {
  const call = async (method, path, token, body) => {
    const response = await fetch(`${INTERNAL_URL}/api/v1${path}`, {
      method,
      headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
  const session = await call("POST", "/session", null, {
    login: process.env[`DEMO_${who}_USER`],
    password: process.env[`DEMO_${who}_PASSWORD`],
  });
  return { get: (path) => call("GET", path, session.token), post: (path, body) => call("POST", path, session.token, body) };
}

/** A login that no earlier run has taken. */
export const fresh = (word) => `${word}-${Date.now().toString(36)}${randomInt(1000)}`;

/** An administrator makes an account; gives the link of its invitation. Its unit is one that closes nothing here: a second person there would have to confirm. */
export async function invite(page, login, { unit = "yl", role = "member" } = {}) {
  await page.goto(`${INTERNAL_URL}/people?unit=${unit}#new`);
  await page.locator("#login").fill(login);
  await page.locator("#name").fill("化名新同事");
  await page.locator("#new select[name=unit]").selectOption(unit);
  await page.locator("#new select[name=role]").selectOption(role);
  await pressed(page, page.locator("#new form button"));
  return page.locator("section.demo code.address").innerText();
}

/** Its owner sets a password and logs in, in a browser of their own. */
export async function begin(browser, link, login) {
  const opened = await open(browser, { bypassCSP: true });
  const { page } = opened;
  await page.goto(link);
  await page.locator("#new").fill(OWN);
  await page.locator("#again").fill(OWN);
  await pressed(page, page.locator("main form button"));
  await signIn(page, login);
  return opened;
}

export async function signIn(page, login) {
  await page.goto(`${INTERNAL_URL}/login`);
  await page.locator("#login").fill(login);
  await page.locator("#password").fill(OWN);
  await pressed(page, page.locator("main form button"));
}

/** Somebody new of a unit, in a browser of their own. */
export async function joins(browser, unit, role = "member") {
  const admin = await officer(browser, "ADMIN", "/people");
  const name = fresh(unit);
  const link = await invite(admin.page, name, { unit, role });
  await admin.context.close();
  return begin(browser, link, name);
}
