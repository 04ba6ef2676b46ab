// Chromium as Debian ships it, with what it needs to run as root and without calling home.
import { chromium } from "playwright-core";

const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: QUIET });

/** A page of a phone 390 px wide, or of a desktop; its problems (console errors, failed requests) are collected. */
export async function open(browser, { width = 390, javaScriptEnabled = true, bypassCSP = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 844 }, locale: "zh-CN", javaScriptEnabled, bypassCSP });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    // Chromium calls every answer above 399 an error; those that we ask for are looked at by the tests.
    if (message.type() === "error" && !message.text().includes("Failed to load resource")) problems.push(message.text());
  });
  return { context, page, problems };
}

/** Presses a button and waits for where it leads. */
export async function pressed(page, button) {
  await button.click();
  await page.waitForLoadState();
}

/** Nothing sticks out to the right. Works without the page's own scripts. */
export async function sideways(page) {
  const wide = await page.locator("body *").evaluateAll((all) => {
    const width = document.documentElement.clientWidth;
    return all.filter((e) => e.getBoundingClientRect().right > width + 1 && e.offsetParent).map((e) => e.outerHTML.slice(0, 80));
  });
  return wide;
}
