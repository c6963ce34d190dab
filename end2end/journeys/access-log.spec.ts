//! The access log: what was done stands there, can be narrowed down, opened, and taken along.

import { expect, test } from "../support/test";

test("what I did stands in the log by day, my own looks folded away, and can be narrowed down @plain", async ({ reader }) => {
  const { page } = reader;
  await page.goto("/checkups");
  await page.goto("/access-log");
  await expect(page.getByRole("heading", { level: 1, name: "閲覧の記録" })).toBeVisible();
  const own = page.locator("details.log-own").first();
  await expect(own.getByText("健診の結果を見ました").first()).toBeHidden();
  await own.locator("summary").click();
  await expect(own.getByText("健診の結果を見ました").first()).toBeVisible();

  await page.locator(".log-filter summary").click();
  await page.getByLabel("だれの").selectOption("others");
  await page.getByLabel("機関の名前か番号").fill("ありえない名前の病院");
  await page.getByRole("button", { name: "探す" }).click();
  await expect(page.getByRole("heading", { name: "当てはまるものがありません" })).toBeVisible();
  expect(page.url(), "what was searched for stands in no address").not.toContain("?");
  await page.getByRole("link", { name: "すべてを表示する" }).first().click();
  await expect(page.locator("details.log-own").first()).toBeVisible();
});

test("the log can be taken along as a table and with proofs @plain", async ({ reader }) => {
  const { page } = reader;
  await page.goto("/access-log");
  for (const [name, file] of [
    ["表計算で開く（CSV）", "techo-access-log.csv"],
    ["証明つき（JSON Lines）", "techo-access-log.jsonl"],
  ] as const) {
    const coming = page.waitForEvent("download");
    await page.getByRole("link", { name }).click();
    expect((await coming).suggestedFilename()).toBe(file);
  }
});

test("a new passkey is told in a notice that is unread until it was opened @plain", async ({ reader }) => {
  const { page } = reader;
  await expect(async () => {
    await page.goto("/notices");
    await expect(page.locator(".notices li").first()).toBeVisible({ timeout: 1000 });
  }).toPass();
  await page.getByRole("link", { name: "パスキーが追加されました" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "パスキーが追加されました" })).toBeVisible();
  await page.getByRole("link", { name: "くわしい記録を見る" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "閲覧の記録の一行" })).toBeVisible();
});
