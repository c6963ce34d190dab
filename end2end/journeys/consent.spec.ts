//! A citizen decides who sees what.

import { expect, test } from "../support/test";
import { notice } from "../support/steps";

test("dentists see no laboratory values: chosen, previewed, saved, withdrawn and gone back to @plain", async ({ reader }) => {
  const { page } = reader;
  await page.goto("/consent");
  await expect(page.getByText("治療を受ける所には、だれにも見せません。")).toBeVisible();
  await page.getByRole("radio", { name: "見せる", exact: true }).first().check();
  for (const who of ["診療所", "病院", "歯科"]) {
    await page.getByRole("checkbox", { name: `${who}に健診の身体計測・血圧などを見せる` }).check();
  }
  await page.getByRole("checkbox", { name: "診療所に健診の検査の値（血液・尿）を見せる" }).check();
  await page.getByRole("button", { name: "変わることを確かめる" }).click();

  await expect(page).toHaveURL(/\/consent\/preview/);
  await expect(page.getByText("病院・歯科に、健診の身体計測・血圧などを見せます。")).toBeVisible();
  const seen = page.locator(".consent-compare tbody tr").first().locator("td").last();
  await expect(seen).toContainText("健診の検査の値");
  await page.getByLabel("見る相手").selectOption({ label: "歯科" });
  await page.getByRole("button", { name: "この相手で見る" }).click();
  await expect(seen).toHaveText("健診の身体計測・血圧など");
  await page.getByText(/の健診で見える中身/).first().click();
  await expect(page.getByRole("cell", { name: /kg$/ }).first()).toBeVisible();
  await expect(page.getByRole("rowheader", { name: /中性脂肪|AST/ })).toHaveCount(0);

  await page.getByRole("button", { name: "この設定にする" }).click();
  await expect(notice(page)).toContainText("設定を保存しました");
  await expect(page.getByRole("heading", { name: "同意設定の控え（1番）" })).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "控えをダウンロードする" }).click();
  expect((await download).suggestedFilename()).toBe("techo-consent-1.txt");

  await page.goto("/consent");
  await page.getByRole("button", { name: /治療を受ける所には、だれにも見せない/ }).click();
  await expect(seen).toHaveText("見えません");
  await page.getByRole("button", { name: "この設定にする" }).click();

  await page.goto("/consent/history");
  await page.getByRole("button", { name: /この設定に戻す 1番/ }).click();
  await expect(page.getByText("1番の設定に戻す変更です。")).toBeVisible();
  await page.getByRole("button", { name: "この設定にする" }).click();
  await expect(page.getByRole("heading", { name: "同意設定の控え（3番）" })).toBeVisible();
});

test("a checkup is hidden and nobody's preview shows it @plain", async ({ reader }) => {
  const { page } = reader;
  await page.goto("/consent");
  await page.getByRole("button", { name: /検査の値は見せない/ }).click();
  const lines = page.locator(".consent-content");
  const before = await lines.count();
  await page.goto("/checkups");
  await page.locator("table.by-year thead a").first().click();
  await page.getByRole("link", { name: "隠す・見せる" }).click();
  await page.getByRole("radio", { name: /^非開示/ }).check();
  await page.getByRole("button", { name: "決める" }).click();
  await expect(notice(page)).toContainText("見せ方を変えました");
  await page.goto("/consent/preview?as=clinic");
  await expect(lines).toHaveCount(before - 1);
  await page.goto("/consent/preview?as=emergency");
  await expect(lines, "a doctor in an emergency sees it").toHaveCount(before);
});
