//! Steps that many journeys take, with the words that stand on the pages.

import { expect, type Page } from "@playwright/test";
import type { Holder } from "./holders";

/** The notice above a page after a form did something. */
export function notice(page: Page) {
  return page.locator(".banners [role=status]");
}

/** Agrees, shows the card, types the code of the letter, makes a passkey; ends on `/home`. */
export async function enrol(page: Page, holder: Holder): Promise<void> {
  await page.goto(`/enrol?card=${holder.serial}`);
  await agree(page);
  await showCard(page, holder);
  await makePasskey(page);
  await expect(page).toHaveURL("/home");
}

/** Ticks and sends the first form. */
export async function agree(page: Page): Promise<void> {
  await page.getByRole("checkbox", { name: /同意します/ }).check();
  await page.getByRole("button", { name: "同意して進む" }).click();
  await expect(page.getByRole("heading", { name: "カードを読み取る" })).toBeVisible();
}

/** Types PIN and, when it is asked for, the code of the letter, and has the card read. */
export async function showCard(page: Page, holder: Pick<Holder, "pin" | "activation_code">): Promise<void> {
  await typePin(page, holder.pin);
  const code = page.getByLabel("登録コード");
  if ((await code.count()) > 0) await code.fill(holder.activation_code);
  await readCard(page);
}

/** Fills the PIN in. */
export async function typePin(page: Page, pin: string): Promise<void> {
  await page.getByLabel("カードの暗証番号").fill(pin);
}

/** Presses the button of the reader. */
export async function readCard(page: Page): Promise<void> {
  await page.getByRole("button", { name: "カードを読み取る" }).click();
}

/** Presses the button that makes a passkey, and waits until the page was left. */
export async function makePasskey(page: Page): Promise<void> {
  await page.getByRole("button", { name: "パスキーを作る" }).click();
  await expect(page.getByRole("button", { name: "パスキーを作る" })).toHaveCount(0);
}

/** Signs in with the passkey that the device holds. */
export async function signIn(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await pressSignIn(page);
  await expect(page).toHaveURL("/home");
}

/** Presses the one button of the sign-in page. */
export async function pressSignIn(page: Page): Promise<void> {
  await page.getByRole("button", { name: "パスキーでサインイン" }).click();
}

/** Confirms with the passkey that the device holds. */
export async function verify(page: Page): Promise<void> {
  await page.getByRole("button", { name: "パスキーで確かめる" }).click();
  await expect(page.getByRole("button", { name: "パスキーで確かめる" })).toHaveCount(0);
}

/** Makes eight digits for a counter. */
export async function shareCode(page: Page): Promise<string> {
  await page.goto("/share");
  await page.getByRole("button", { name: /番号を作/ }).click();
  const text = (await page.locator(".share-digits").textContent()) ?? "";
  return text.replaceAll(/\D/g, "");
}

/** Signs out by the button in the header. */
export async function signOut(page: Page): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name: "サインアウト" }).click();
  await expect(page).toHaveURL("/sign-in");
}
