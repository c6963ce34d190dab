//! Two languages: what the browser prefers, until somebody chooses.

import { expect, test } from "../support/test";

test("the browser's language is followed until somebody chooses, and the choice is remembered @plain", async ({
  openDevice,
  script,
}) => {
  const { page, context } = await openDevice({ locale: "en-GB", javaScriptEnabled: script === "on" });
  await page.goto("/privacy");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("button", { name: "日本語" }).click();
  await expect(page).toHaveURL("/privacy");
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  const later = await context.newPage();
  await later.goto("/sign-in");
  await expect(later.locator("html")).toHaveAttribute("lang", "ja");
  await later.getByRole("button", { name: "English" }).click();
  await expect(later.getByRole("heading", { level: 1 })).toHaveText("Sign in");
});

test("the switch comes back to the same page, its query included @plain", async ({ reading }) => {
  await reading.goto("/checkups?from=home");
  await reading.getByRole("banner").getByRole("button", { name: "English" }).click();
  await expect(reading).toHaveURL("/checkups?from=home");
  await expect(reading.getByRole("heading", { level: 1 })).toHaveText("Checkup results");
});
