//! From a citizen's choice to what a clinic sees, by page and by interface, and back to nothing.

import { worker } from "../support/console";
import { System } from "../support/systems";
import { expect, test } from "../support/test";
import { shareCode } from "../support/steps";

const LABORATORY = /中性脂肪|AST|HDL|血糖/;

test("dentists see no laboratory values: chosen, shown to a dentist by page and by interface, logged, withdrawn @plain", async ({ reader, openDevice }) => {
  const { page } = reader;
  const system = await System.open("dentist", "TREAT");
  await page.goto("/consent");
  await page.getByRole("radio", { name: "見せる", exact: true }).first().check();
  await page.getByRole("checkbox", { name: "歯科に健診の身体計測・血圧などを見せる" }).check();
  await page.getByRole("checkbox", { name: "診療所に健診の検査の値（血液・尿）を見せる" }).check();
  await page.getByRole("button", { name: "変わることを確かめる" }).click();
  await page.getByRole("button", { name: "この設定にする" }).click();

  const dentist = await worker(openDevice, "歯科 受付", "clinic", system.organisation);
  await dentist.page.getByLabel("受診番号（8桁）").fill(await shareCode(page));
  await dentist.page.getByRole("button", { name: "確かめる" }).click();
  await expect(dentist.page.getByRole("heading", { name: reader.holder.name })).toBeVisible();
  const rows = dentist.page.locator("tbody th");
  await expect(rows.filter({ hasText: "体重" }).first()).toBeAttached();
  await expect(rows.filter({ hasText: LABORATORY })).toHaveCount(0);

  const code = await system.visit(await shareCode(page));
  const items = await system.items(code);
  expect(items).toContain("体重");
  expect(items.filter((name) => LABORATORY.test(name))).toEqual([]);

  await page.goto("/access-log");
  await expect(page.getByText("歯科 受付").first()).toBeVisible();
  await expect(page.getByText("試験医師").first()).toBeVisible();

  await page.goto("/consent");
  await page.getByRole("button", { name: /治療を受ける所には、だれにも見せない/ }).click();
  await page.getByRole("button", { name: "この設定にする" }).click();
  expect(await system.items(code)).toEqual([]);
  await dentist.page.goto("/clinic");
  await dentist.page.getByRole("link", { name: "続きを見る" }).click();
  await expect(dentist.page.getByText("もう見られません")).toBeVisible();
  await page.goto("/access-log");
  await expect(page.getByText(/見せませんでした|断られました|断り/).first()).toBeVisible();
});
