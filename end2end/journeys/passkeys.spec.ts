//! More than one device: passkeys are added, named and removed, and sessions ended.

import type { Page } from "@playwright/test";
import { expect, test } from "../support/test";
import { notice, pressSignIn, showCard, signIn, signOut, verify } from "../support/steps";

const passkeys = (page: Page) => page.locator("main section").first().locator("ul.cards > li");
const sessions = (page: Page) => page.locator("main section").last().locator("ul.cards > li");

test("a second passkey is added after a fresh check, named, and the first one removed", async ({
  citizen,
  openDevice,
}) => {
  const { page, authenticator } = citizen.device;
  await page.goto("/settings/passkeys");
  await expect(passkeys(page)).toHaveCount(1);
  await expect(page.getByText("パスキーが1つしかありません")).toBeVisible();

  await page.goto("/settings/verify?for=add-passkey");
  await expect(page.getByText("パスキーを追加する前に")).toBeVisible();
  await verify(page);
  await expect(page).toHaveURL("/settings/passkeys");

  const key = await citizen.device.plugIn("usb");
  await authenticator.answers(false);
  await page.getByRole("link", { name: "追加する" }).click();
  await page.getByRole("button", { name: "パスキーを作る" }).click();
  await expect(notice(page)).toHaveText("パスキーを追加しました。");
  await expect(passkeys(page)).toHaveCount(2);
  expect(await key.count()).toBe(1);

  const second = passkeys(page).filter({ hasNotText: "いま使っているパスキー" });
  await second.getByText("名前を変える").click();
  await second.getByLabel("新しい名前").fill("引き出しの鍵");
  await second.getByRole("button", { name: "保存する" }).click();
  await expect(notice(page)).toHaveText("パスキーの名前を変えました。");
  await expect(passkeys(page).getByRole("heading", { name: "引き出しの鍵" })).toBeVisible();

  await passkeys(page).filter({ hasText: "いま使っているパスキー" }).getByRole("link", { name: /^削除する/ }).click();
  await expect(page.getByText("いまサインインに使っているパスキーです。")).toBeVisible();
  await page.getByRole("button", { name: "削除する" }).click();

  const elsewhere = await openDevice();
  await key.copyTo(elsewhere.authenticator);
  await signIn(elsewhere.page);
  await elsewhere.page.goto("/settings/passkeys");
  await expect(passkeys(elsewhere.page)).toHaveCount(1);
  await expect(passkeys(elsewhere.page)).toContainText("引き出しの鍵");
});

test("a device that holds a passkey of the account already says so", async ({ citizen }) => {
  const { page } = citizen.device;
  await page.goto("/settings/passkeys/add");
  await page.getByRole("button", { name: "パスキーを作る" }).click();
  await expect(page.getByText("この端末には、もうパスキーがあります。")).toBeVisible();
});

test("the last passkey is not removed without the card", async ({ citizen }) => {
  const { holder, device } = citizen;
  const { page } = device;
  await signOut(page);
  await signIn(page);
  await page.goto("/settings/passkeys");
  await passkeys(page).getByRole("link", { name: /^削除する/ }).click();
  await expect(page.getByText("使えるパスキーはこれだけです。")).toBeVisible();
  await expect(page.getByRole("button", { name: "削除する" })).toHaveCount(0);

  const remove = new URL(page.url()).pathname;
  device.expects(/status of 403/);
  const forced = await page.evaluate((path) => fetch(path, { method: "POST" }).then((answer) => answer.status), remove);
  expect(forced).toBe(403);

  await page.getByRole("link", { name: "カードで本人確認をする" }).click();
  await page.goto(`/settings/verify/card?card=${holder.serial}`);
  await showCard(page, holder);
  await expect(page).not.toHaveURL(/verify/);
  await page.goto(remove);
  await expect(page.getByText("削除したあとは、マイナンバーカードで作り直すまで")).toBeVisible();
  await page.getByRole("button", { name: "削除する" }).click();
  await expect(page.getByRole("button", { name: "削除する" })).toHaveCount(0);
  await device.context.clearCookies();
  await page.goto("/sign-in");
  await pressSignIn(page);
  await expect(page.locator(".island-message")).toContainText("確認できませんでした");
});

test("a passkey's name may not be empty and not be endless @plain", async ({ citizen }) => {
  const { page } = citizen;
  await page.goto("/settings/passkeys");
  for (const [name, words] of [
    ["　", "名前を入れてください。"],
    ["あ".repeat(41), "名前は40文字までにしてください。"],
  ] as const) {
    if (!(await page.getByLabel("新しい名前").isVisible())) await page.getByText("名前を変える").click();
    await page.getByLabel("新しい名前").fill(name);
    await page.getByRole("button", { name: "保存する" }).click();
    await expect(page.getByRole("alert").getByRole("link")).toHaveText(words);
    await expect(page.getByLabel("新しい名前")).toHaveValue(name);
  }
  await page.getByLabel("新しい名前").fill("<b>自分の</b>端末");
  await page.getByRole("button", { name: "保存する" }).click();
  await expect(page.getByRole("heading", { name: "<b>自分の</b>端末" })).toBeVisible();
});

test("signing out everywhere else ends the other sessions and keeps this one @plain", async ({ citizen, openDevice }) => {
  const other = await openDevice();
  await citizen.device.authenticator.copyTo(other.authenticator);
  await signIn(other.page);

  const { page } = citizen;
  await page.goto("/settings/passkeys");
  await expect(sessions(page)).toHaveCount(2);
  await page.getByRole("button", { name: "ほかの端末をすべてサインアウトする" }).click();
  await expect(notice(page)).toHaveText("ほかの端末をすべてサインアウトしました。");
  await expect(page.getByText("ほかにサインインしている端末はありません。")).toBeVisible();

  await other.page.goto("/home");
  await expect(other.page).toHaveURL("/sign-in");
  await page.goto("/home");
  await expect(page).toHaveURL("/home");
});
