// The people of the demo in their browsers, their mailbox and their API.
import assert from "node:assert/strict";

import { open } from "./browser.js";

const { INTERNAL_URL, MAIL_URL } = process.env;

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
