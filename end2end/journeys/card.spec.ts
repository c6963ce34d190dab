//! What becomes of the card becomes of its passkeys.

import type { Page } from "@playwright/test";
import { expect, test } from "../support/test";
import { newLetter, takeHolder, turnCard, type Holder } from "../support/holders";
import { enrol, notice, pressSignIn, showCard, signIn } from "../support/steps";

/** "within a minute", and a page to look at it. */
const WITHIN_A_MINUTE = 60_000;

async function refused(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await pressSignIn(page);
  await expect(page.locator(".island-message")).toContainText("確認できませんでした");
}

async function ended(page: Page): Promise<void> {
  await expect(async () => {
    await page.goto("/home");
    expect(new URL(page.url()).pathname).toBe("/sign-in");
  }).toPass({ timeout: WITHIN_A_MINUTE, intervals: [2_000] });
}

test("a revoked card ends the running session within a minute and lets no passkey in", async ({ citizen }) => {
  test.setTimeout(120_000);
  const { device, holder } = citizen;
  await turnCard("revoke", holder.serial);
  device.expects(/status of 403/);
  await ended(device.page);
  await refused(device.page);
});

test("a card on hold stops its passkeys, and released lets them in again", async ({ citizen, openDevice }) => {
  test.setTimeout(120_000);
  const { device, holder } = citizen;
  await turnCard("hold", holder.serial);
  const other = await openDevice();
  await device.authenticator.copyTo(other.authenticator);
  other.expects(/status of 403/);
  // At the next sign-in, not only when the watch comes by.
  await refused(other.page);
  await ended(device.page);
  await turnCard("release", holder.serial);
  await signIn(other.page);
});

test("a card on hold cannot enrol", async ({ device, holder }) => {
  device.expects(/status of 403/);
  await turnCard("hold", holder.serial);
  const { page } = device;
  await page.goto(`/enrol?card=${holder.serial}`);
  await page.getByRole("checkbox", { name: /同意します/ }).check();
  await page.getByRole("button", { name: "同意して進む" }).click();
  await showCard(page, holder);
  await expect(page.locator(".island-message")).toContainText("確認できませんでした");
});

test("a renewed card joins the account with the code of a new letter, and the passkey goes on", async ({ citizen, openDevice }) => {
  const { device, holder } = citizen;
  const [serial = ""] = (await turnCard("renew", holder.serial)).split("\t");
  expect(serial).toMatch(/^[0-9a-f]{16}$/);
  const { page } = device;
  device.expects(/status of 403/);
  await link(page, { ...holder, serial });
  await expect(page.locator(".island-message"), "its former letter is used up").toContainText("確認できませんでした");
  await link(page, { ...holder, serial, activation_code: newLetter(holder) });
  await expect(notice(page)).toHaveText("新しいカードを登録しました。");

  const later = await openDevice();
  await device.authenticator.copyTo(later.authenticator);
  await signIn(later.page);
  await later.page.goto(`/settings/verify/card?card=${serial}`);
  await showCard(later.page, holder);
  await expect(later.page, "the new card is known now").toHaveURL("/settings/passkeys");
});

test("a card of somebody else does not join an account", async ({ citizen, openDevice }) => {
  const stranger = await takeHolder();
  const other = await openDevice();
  await enrol(other.page, stranger);
  citizen.device.expects(/status of 403/);
  await link(citizen.device.page, stranger);
  await expect(citizen.device.page.locator(".island-message")).toContainText("確認できませんでした");
});

async function link(page: Page, holder: Holder): Promise<void> {
  await page.goto("/settings");
  await page.getByRole("link", { name: "新しいマイナンバーカードの登録" }).click();
  await page.goto(`/settings/card?card=${holder.serial}`);
  await showCard(page, holder);
}
