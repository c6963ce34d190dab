//! Every page in both languages, light and dark, on a phone and on a desk: no violation of WCAG 2.2 AA that axe can
//! find, no sideways scrolling on the narrowest phone, a language, a title and one heading.

import { looksRight } from "../support/axe";
import { expect, test } from "../support/test";
import { PLACES, speaking, visit } from "./places";

for (const language of ["ja", "en"] as const) {
  for (const place of PLACES) {
    test(`${place.name} in ${language} is accessible`, async ({ openDevice, member }) => {
      const device = await openDevice(place.viewer === "member" ? { storageState: member.storageState } : {});
      const { page, context } = device;
      if (place.status) device.expects(/status of 404/);
      await context.addCookies([speaking(language)]);
      await visit(page, place);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await expect(page).toHaveTitle(/.+ \| .*Techo/);
      await expect(page.locator("h1")).toHaveCount(1);

      await looksRight(page);
    });
  }
}
