//! Without a mouse.

import type { Page } from "@playwright/test";
import { expect, test } from "../support/test";
import { PLACES, visit } from "./places";

/** What has the focus: its text, and whether one can see that it has. */
async function focused(page: Page): Promise<{ text: string; visible: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return { text: "", visible: true };
    const style = getComputedStyle(element);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const box = element.getBoundingClientRect();
    return {
      text: (element.getAttribute("aria-label") ?? element.textContent ?? "").trim() || element.id,
      visible: (ring || style.boxShadow !== "none") && box.width > 0 && box.height > 0,
    };
  });
}

test("the first key leads past the header to the content", async ({ reading }) => {
  await reading.goto("/checkups");
  await reading.keyboard.press("Tab");
  const skip = reading.getByRole("link", { name: "本文へ進む" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await reading.keyboard.press("Enter");
  await expect(reading).toHaveURL(/#main$/);
  await reading.keyboard.press("Tab");
  const inMain = await reading.evaluate(() => document.querySelector("main")?.contains(document.activeElement));
  expect(inMain).toBe(true);
});

for (const [place, button] of [
  ["sign-in", "パスキーでサインイン"],
  ["enrol-agree", "同意して進む"],
  ["report", "私の記録ではないと知らせる"],
  ["passkeys", "追加する"],
] as const) {
  test(`the tab key reaches the main button of ${place}, and the focus is seen on the way`, async ({ openDevice, member }) => {
    const there = PLACES.find((one) => one.name === place);
    if (!there) throw new Error(`no place ${place}`);
    const { page } = await openDevice(there.viewer === "member" ? { storageState: member.storageState } : {});
    await visit(page, there);
    await expect(page.getByText(button, { exact: true }).first()).toBeEnabled();
    const passed: string[] = [];
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press("Tab");
      const now = await focused(page);
      expect(now.visible, `the focus on "${now.text}" is seen`).toBe(true);
      passed.push(now.text);
      if (now.text === button) return;
    }
    throw new Error(`never came to ${button}: ${passed.join(", ")}`);
  });
}

test("a wide table scrolls by keyboard", async ({ reading }) => {
  await reading.setViewportSize({ width: 360, height: 740 });
  await reading.goto("/checkups");
  const region = reading.getByRole("region", { name: "年ごとの結果" });
  await region.focus();
  await reading.keyboard.press("ArrowRight");
  await expect.poll(() => region.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
});

test("somebody signs in with the keyboard alone", async ({ citizen }) => {
  const { page } = citizen.device;
  await page.goto("/home");
  const out = page.getByRole("banner").getByRole("button", { name: "サインアウト" });
  await out.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/sign-in");
  const button = page.getByRole("button", { name: "パスキーでサインイン" });
  await expect(button).toBeEnabled();
  await button.focus();
  await page.keyboard.press("Space");
  await expect(page).toHaveURL("/home");
});
