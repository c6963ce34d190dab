//! Signing in and out, and what is left behind.

import { expect, test } from "../support/test";
import { signIn, signOut } from "../support/steps";

const PRIVATE = [
  "/home",
  "/checkups",
  "/checkups/01890000-0000-7000-8000-000000000000",
  "/vaccinations",
  "/coverage",
  "/records",
  "/records/report?kind=checkup&id=01890000-0000-7000-8000-000000000000",
  "/settings",
  "/settings/card",
  "/settings/passkeys",
  "/settings/passkeys/add",
  "/settings/passkeys/01890000-0000-7000-8000-000000000000/remove",
  "/settings/verify",
  "/settings/verify/card",
];

test("a stranger is led to the sign-in page from every page of a citizen @plain", async ({ openDevice, script }) => {
  const { page } = await openDevice({ javaScriptEnabled: script === "on" });
  for (const path of PRIVATE) {
    await page.goto(path);
    expect(new URL(page.url()).pathname, path).toBe("/sign-in");
  }
});

test("after signing out, the back button shows nothing of the record @plain", async ({ citizen }) => {
  const { page, holder } = citizen;
  await page.goto("/home");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(holder.name);
  await page.goto("/records");
  await signOut(page);
  for (let step = 0; step < 2; step += 1) {
    await page.goBack();
    await expect(page).toHaveURL("/sign-in");
    expect(await page.content()).not.toContain(holder.name);
  }
});

test("a sign-out in one tab ends the session of the other @plain", async ({ citizen }) => {
  const { page, holder } = citizen;
  const other = await page.context().newPage();
  await other.goto("/home");
  await expect(other.getByRole("heading", { level: 1 })).toContainText(holder.name);
  await page.goto("/settings");
  await signOut(page);
  await other.getByRole("link", { name: "健診", exact: true }).first().click();
  await expect(other).toHaveURL("/sign-in");
  expect(await other.content()).not.toContain(holder.name);
});

test("a sign-out says that it happened @plain", async ({ citizen }) => {
  const { page } = citizen;
  await page.goto("/settings");
  await page.getByRole("main").getByRole("button", { name: "サインアウト" }).click();
  await expect(page).toHaveURL("/sign-in");
  await expect(page.locator(".banners [role=status]")).toHaveText("サインアウトしました。");
});

test("a passkey that nobody knows is refused without saying why", async ({ citizen, openDevice }) => {
  const stranger = await openDevice();
  stranger.expects(/status of 403/);
  await citizen.device.page.goto("/settings/passkeys");
  // A passkey of this site that was removed from the account.
  const key = await citizen.device.plugIn("usb");
  await citizen.device.authenticator.answers(false);
  await citizen.device.page.goto("/settings/passkeys/add");
  await citizen.device.page.getByRole("button", { name: "パスキーを作る" }).click();
  await expect(citizen.device.page.locator("ul.cards li h3")).not.toHaveCount(0);
  await expect(citizen.device.page).toHaveURL("/settings/passkeys");
  await key.copyTo(stranger.authenticator);
  await citizen.device.page.getByRole("link", { name: /^削除する/ }).last().click();
  await citizen.device.page.getByRole("button", { name: "削除する" }).click();
  await expect(citizen.device.page.getByText("パスキーを削除しました。")).toBeVisible();

  await stranger.page.goto("/sign-in");
  await stranger.page.getByRole("button", { name: "パスキーでサインイン" }).click();
  await expect(stranger.page.locator(".island-message")).toContainText("確認できませんでした");
  await expect(stranger.page).toHaveURL("/sign-in");
});

test("who is signed in is led from the front page and the sign-in page to their own @plain", async ({ citizen }) => {
  const { page } = citizen;
  for (const path of ["/", "/sign-in"]) {
    await page.goto(path);
    await expect(page).toHaveURL("/home");
  }
});

test("two people take turns on one device without seeing each other", async ({ citizen, openDevice }) => {
  const { device, holder } = citizen;
  await signOut(device.page);
  const second = await openDevice();
  await device.authenticator.copyTo(second.authenticator);
  await signIn(second.page);
  await expect(second.page.getByRole("heading", { level: 1 })).toContainText(holder.name);
  await device.page.goto("/home");
  await expect(device.page).toHaveURL("/sign-in");
});
