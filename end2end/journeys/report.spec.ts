//! "This is not mine" freezes a record at once, everywhere.

import { expect, test } from "../support/test";
import { notice } from "../support/steps";

test("a checkup that is not mine is frozen at once and its values are gone everywhere @plain", async ({ reader }) => {
  const { page } = reader;
  await page.goto("/checkups");
  const newest = page.locator("table.by-year thead a").first();
  const path = (await newest.getAttribute("href")) ?? "";
  const row = page.locator("table.by-year").getByRole("row", { name: /^体重/ });
  const weight = (await row.locator("td").first().innerText()).trim();
  expect(weight).toMatch(/^\d+\.\d/);

  await page.goto(path);
  await expect(page.getByRole("cell", { name: `${weight} kg` })).toBeVisible();
  await page.getByRole("link", { name: "これは私の記録ではありません" }).click();
  await expect(page.getByRole("heading", { name: "これはあなたの記録ではありませんか" })).toBeVisible();
  await page.getByRole("button", { name: "私の記録ではないと知らせる" }).click();
  await expect(notice(page)).toContainText("お知らせを受け付けました。");
  await expect(page.getByRole("heading", { name: "お知らせいただいた記録" })).toBeVisible();
  await expect(page.getByText("受付番号")).toBeVisible();

  await page.goto(path);
  await expect(page.getByText("中身を隠しています")).toBeVisible();
  await expect(page.locator("table.results")).toHaveCount(0);
  await page.goto("/checkups");
  await expect(page.locator("table.by-year thead th").nth(1)).toContainText("確認中");
  await expect(row.locator("td").first()).not.toContainText(weight);
  const drawn = await page.locator("section.trend time").evaluateAll((all) => all.map((one) => one.getAttribute("datetime")));
  const day = await page.locator("table.by-year thead time").first().getAttribute("datetime");
  expect(drawn).not.toContain(day);
  await page.goto("/home");
  await expect(page.locator(`a[href="${path}"]`), "home does not lead to it").toHaveCount(0);
});

test("a dose and a period of insurance can be reported, and reporting can be thought better of @plain", async ({ reader }) => {
  const { page } = reader;
  await page.goto("/vaccinations");
  const dose = page.locator("li.dose").first();
  const id = await dose.getAttribute("id");
  await dose.getByText("くわしい情報").click();
  await dose.getByRole("link", { name: "これは私の記録ではありません" }).click();
  await page.getByRole("link", { name: "やめる" }).click();
  await expect(page).toHaveURL("/records");
  await page.goto("/vaccinations");
  await expect(page.locator(`#${id}`)).not.toContainText("確認中");

  await page.locator(`#${id}`).getByText("くわしい情報").click();
  await page.locator(`#${id}`).getByRole("link", { name: "これは私の記録ではありません" }).click();
  await page.getByRole("button", { name: "私の記録ではないと知らせる" }).click();
  await page.goto("/vaccinations");
  await expect(page.locator(`#${id}`)).toContainText("確認中");
  await expect(page.locator(`#${id}`)).not.toContainText("ロット番号");

  await page.goto("/coverage");
  const period = page.locator("article.period").first();
  await period.getByRole("link", { name: "これは私の記録ではありません" }).click();
  await page.getByRole("button", { name: "私の記録ではないと知らせる" }).click();
  await page.goto("/coverage");
  await expect(period).toContainText("確認中");
  await expect(period).not.toContainText("保険者番号");
});

test("a record of somebody else cannot be reported @plain", async ({ reader, openDevice, script }) => {
  await reader.page.goto("/records");
  const report = await reader.page.locator('a[href^="/records/report"]').first().getAttribute("href");
  const stranger = await openDevice({ javaScriptEnabled: script === "on" });
  await stranger.page.goto(report ?? "");
  await expect(stranger.page).toHaveURL("/sign-in");
});
