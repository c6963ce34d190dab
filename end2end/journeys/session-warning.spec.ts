//! Before a session ends by itself, it says so. The browser's clock is moved; the server's is not.

import { expect, test } from "../support/test";

const MINUTE = 60_000;

test("two minutes before the end a dialog asks, and going on keeps the session", async ({ reading }) => {
  await reading.clock.install();
  await reading.goto("/home");
  const dialog = reading.getByRole("dialog");
  await reading.clock.runFor(11 * MINUTE);
  await expect(dialog).toBeHidden();
  await reading.clock.runFor(2 * MINUTE);
  await expect(dialog).toBeVisible();
  await expect(dialog).toContainText("あと2分で自動的にサインアウトします");
  await expect(dialog.getByRole("button", { name: "続けて使う" })).toBeFocused();

  const extended = reading.waitForResponse("**/session/extend");
  await dialog.getByRole("button", { name: "続けて使う" }).click();
  expect((await extended).status()).toBe(200);
  await expect(dialog).toBeHidden();
  await reading.clock.runFor(11 * MINUTE);
  await expect(dialog).toBeHidden();
});

test("after the end the page hides what it showed", async ({ reading, member }) => {
  await reading.clock.install();
  await reading.goto("/home");
  await reading.clock.runFor(16 * MINUTE);
  await expect(reading.getByRole("dialog")).toContainText("サインアウトしました");
  await expect(reading.getByText(`${member.holder.name}さんの手帳`)).toBeHidden();
  await expect(reading.getByRole("dialog").getByRole("link", { name: "サインイン" })).toBeVisible();
});
