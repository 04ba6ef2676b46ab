// Looking at a page as a critic would, at the width of a phone and of a desktop: nothing sticks out sideways, axe-core finds
// nothing, the title says nothing, the way out is there. With PICTURES set, what was seen is kept.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { sideways } from "./browser.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = { phone: 390, desktop: 1280 };

async function accessible(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${v.help}: ${node.html.slice(0, 120)}`));
}

/** Looks at the page as it is, at both widths; `name` names it in failures and, unless `keep` is false, in pictures. */
export async function look(page, name, { keep = true } = {}) {
  for (const [what, width] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width, height: 844 });
    assert.deepEqual(await sideways(page), [], `${name} at ${width} px sticks out`);
    if (process.env.PICTURES && keep) {
      await page.screenshot({ path: join(process.env.PICTURES, `${name}-${what}.png`) });
    }
  }
  await page.setViewportSize({ width: WIDTHS.phone, height: 844 });
  assert.deepEqual(await accessible(page), [], `${name}: axe-core`);
}

/** Looks at an officers' page: besides, it gives nothing away over the shoulder and can be left at once. */
export async function lookInside(page, name, options) {
  assert.ok(!/守望|儿童|报告|工单/.test(await page.title()), `${name}: the title is neutral: ${await page.title()}`);
  assert.equal(await page.locator("a.leave").isVisible(), true, `${name}: 快速离开`);
  await look(page, name, options);
}
