//! An emergency from its declaration to its closed review, and what the citizen has to say about it.

import { worker } from "../support/console";
import { System } from "../support/systems";
import { expect, test } from "../support/test";
import { notice } from "../support/steps";

const REASON = "意識がなく、既往とアレルギーを確かめる";

test("an emergency is declared, told at once, ended, reviewed, and answered @plain", async ({ reader, openDevice }) => {
  const { page, holder } = reader;
  const system = await System.open("hospital", "ETREAT");
  const declared = await system.send("POST", "/fhir/Flag", {
    resourceType: "Flag",
    status: "active",
    code: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: "BTG" }], text: `${REASON}（${holder.serial}）` },
    subject: { identifier: { system: "urn:techo:card", value: await system.card(holder) } },
  });
  expect(declared.status).toBe(201);
  const code = declared.body.subject.identifier.value as string;
  expect((await system.items(code)).length).toBeGreaterThan(0);

  await page.goto("/notices");
  await page.getByRole("link", { name: "救急で、あなたの記録が開かれました" }).click();
  await expect(page.getByText(REASON)).toBeVisible();
  await expect(page.getByText("試験医師")).toBeVisible();
  await expect(page.getByText("まだ終わっていません")).toBeVisible();
  await page.getByLabel(/調べる担当者に伝える/).fill("その日は旅行に出ていました。");
  await page.getByRole("button", { name: "担当者に送る" }).click();
  await expect(notice(page)).toContainText("担当者に送りました");

  const flag = { resourceType: "Flag", id: declared.body.id as string, status: "inactive" };
  expect((await system.send("PUT", `/fhir/Flag/${flag.id}`, flag)).status).toBe(200);
  expect(await system.items(code)).toEqual([]);

  const auditor = await worker(openDevice, "救急 確認", "auditor");
  await auditor.page.goto(`/reviews/${flag.id}`);
  await expect(auditor.page.getByText(REASON)).toBeVisible();
  await expect(auditor.page.getByText("その日は旅行に出ていました。")).toBeVisible();
  await expect(auditor.page.getByText(holder.name)).toHaveCount(0);
  await auditor.page.getByRole("radio", { name: "救急として認められませんでした" }).check();
  await auditor.page.getByLabel("ご本人への説明").fill("別の方のカードでした。おわびします。");
  await auditor.page.getByRole("button", { name: "結果をつけて終える" }).click();
  await expect(auditor.page.getByText("調べを終え、ご本人に知らせました。")).toBeVisible();

  await page.goto("/notices");
  await page.getByRole("link", { name: "救急で開かれたことの調べが終わりました" }).click();
  await expect(page.getByText("救急として認められませんでした")).toBeVisible();
  await expect(page.getByText("別の方のカードでした。おわびします。")).toBeVisible();
});
