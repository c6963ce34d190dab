//! Pictures of the pages, only when they are asked for: `npm run screenshots`. The README shows one of them.
//! `SCREENSHOTS=folder` writes every page in both languages on a phone and on a desk there instead.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../support/test";
import { PLACES, speaking, visit } from "./places";

const WIDTHS = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 900 } } as const;
const COMMITTED = new URL("../../docs/screenshots", import.meta.url).pathname;
const EVERYTHING = process.env.SCREENSHOTS;

for (const [name, width] of [["checkups", "desk"], ["home", "phone"]] as const) {
  test(`picture of ${name} on a ${width}`, async ({ openDevice, member }) => {
    test.skip(!process.env.UPDATE_SCREENSHOTS, "only when asked for");
    const { page } = await openDevice({ storageState: member.storageState, viewport: WIDTHS[width] });
    mkdirSync(COMMITTED, { recursive: true });
    await page.goto(`/${name}`);
    await page.screenshot({ path: join(COMMITTED, `${name}-${width}.png`) });
  });
}

for (const language of ["ja", "en"] as const) {
  for (const place of EVERYTHING ? PLACES : []) {
    test(`all pictures of ${place.name} in ${language}`, async ({ openDevice, member }) => {
      const device = await openDevice(place.viewer === "member" ? { storageState: member.storageState } : {});
      device.expects(/./);
      await device.context.addCookies([speaking(language)]);
      await visit(device.page, place);
      await expect(device.page.locator("h1")).toBeVisible();
      for (const [width, viewport] of Object.entries(WIDTHS)) {
        await device.page.setViewportSize(viewport);
        const path = join(EVERYTHING ?? "", `${place.name}-${language}-${width}.png`);
        await device.page.screenshot({ path, fullPage: true });
      }
    });
  }
}
