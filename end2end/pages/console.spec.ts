//! Every page of the console in both languages.

import type { Page } from "@playwright/test";
import { looksRight } from "../support/axe";
import { console as desk, worker } from "../support/console";
import { System } from "../support/systems";
import { expect, test } from "../support/test";
import { speaking } from "./places";

const REASON = "意識がなく、既往とアレルギーを確かめる";

/** Whether the page is right, and pictures of it when they are asked for. */
async function look(page: Page, name: string): Promise<void> {
  await expect(page.locator("h1")).toHaveCount(1);
  await expect(page).toHaveTitle(/.+ \| .+/);
  await looksRight(page);
  if (!process.env.JOURNEY_PICTURES) return;
  await page.emulateMedia({ colorScheme: "light" });
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${process.env.JOURNEY_PICTURES}/${name}-${width}.png`, fullPage: true });
  }
}

for (const language of ["ja", "en"] as const) {
  test(`the console in ${language} is accessible`, async ({ reader, openDevice }) => {
    const speak = { ...speaking(language), url: desk() };
    const stranger = await openDevice({ baseURL: desk() });
    stranger.expects(/status of 404/);
    await stranger.context.addCookies([speak]);
    for (const path of ["/sign-in", "/join", "/nowhere"]) {
      await stranger.page.goto(path);
      await look(stranger.page, `${language}${path.replace("/", "-")}`);
    }

    const system = await System.open("clinic", "TREAT");
    const clinic = await worker(openDevice, "架空 受付", "clinic", system.organisation);
    await clinic.context.addCookies([speak]);
    await clinic.page.goto("/clinic");
    await look(clinic.page, `${language}-clinic`);
    const digits = clinic.page.locator("#code");
    await digits.fill("00000000");
    await digits.press("Enter");
    await expect(clinic.page.getByRole("alert")).toBeVisible();
    await look(clinic.page, `${language}-clinic-wrong`);
    await share(reader.page);
    await digits.fill(await shareCode(reader.page));
    await digits.press("Enter");
    await expect(clinic.page.getByRole("heading", { name: reader.holder.name })).toBeVisible();
    await look(clinic.page, `${language}-chart`);

    const hospital = await System.open("hospital", "ETREAT");
    const declared = await hospital.send("POST", "/fhir/Flag", {
      resourceType: "Flag",
      status: "active",
      code: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: "BTG" }], text: REASON },
      subject: { identifier: { system: "urn:techo:card", value: await hospital.card(reader.holder) } },
    });
    await hospital.items(declared.body.subject.identifier.value as string);
    const id = declared.body.id as string;
    await hospital.send("PUT", `/fhir/Flag/${id}`, { resourceType: "Flag", id, status: "inactive" });
    const auditor = await worker(openDevice, "架空 確認", "auditor");
    await auditor.context.addCookies([speak]);
    await auditor.page.goto("/reviews");
    await look(auditor.page, `${language}-reviews`);
    await auditor.page.goto(`/reviews/${id}`);
    await look(auditor.page, `${language}-review`);
  });
}

async function share(page: Page): Promise<void> {
  await page.goto("/consent");
  await page.getByRole("button", { name: /検査の値は見せない/ }).click();
  await page.getByRole("button", { name: "この設定にする" }).click();
}

async function shareCode(page: Page): Promise<string> {
  await page.goto("/share");
  await page.getByRole("button", { name: /番号を作/ }).click();
  return ((await page.locator(".share-digits").textContent()) ?? "").replaceAll(/\D/g, "");
}
