//! What a page must be, whatever it shows: no violation of WCAG 2.2 AA that axe can find, light and dark, on a phone and on a
//! desk, and no sideways scrolling on the narrowest phone.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { expect } from "@playwright/test";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** A spoken name begins with the words that are seen (WCAG 2.5.3); axe leaves that rule out unless it is asked for. */
const BEYOND = { "label-content-name-mismatch": { enabled: true } };
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 900 };
const NARROWEST = { width: 320, height: 640 };

/** Looks at the page that is open. */
export async function looksRight(page: Page): Promise<void> {
  // Not as a script tag: the policy of the page forbids it, as it should.
  await page.evaluate(AXE);
  for (const colorScheme of ["light", "dark"] as const) {
    for (const viewport of [PHONE, DESK]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      expect(await violations(page), `${colorScheme}, ${viewport.width} px`).toEqual([]);
    }
  }
  await page.setViewportSize(NARROWEST);
  expect(await overhang(page), "wider than 320 px").toEqual([]);
}

/** What axe found: rule, element, and what to do. */
async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate(async ({ tags, rules }) => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const options = { runOnly: { type: "tag" as const, values: tags }, resultTypes: ["violations" as const], rules };
    const results: AxeResults = await axe.run(document, options);
    return results.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((one) => `${one.html.slice(0, 160)} ${one.failureSummary}`) }));
  }, { tags: TAGS, rules: BEYOND });
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node}`));
}

/** Elements that make the page itself scroll sideways. */
async function overhang(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
    return wide.map((one) => `${one.tagName.toLowerCase()}.${one.className}`).slice(0, 8);
  });
}
