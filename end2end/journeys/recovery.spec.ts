//! Everything lost: the card again.

import { expect, test } from "../support/test";
import { makePasskey, notice, pressSignIn, showCard, signIn } from "../support/steps";

test("the card brings the account back and suspends the former passkeys until their holder confirms one", async ({
  citizen,
  openDevice,
}) => {
  const { holder, device: lost } = citizen;
  const found = await openDevice();
  const { page } = found;
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "カードを使って作り直す" }).click();
  await page.goto(`/enrol/recover?card=${holder.serial}`);
  await showCard(page, holder);
  await makePasskey(page);
  await expect(page).toHaveURL("/home");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(holder.name);

  await lost.page.goto("/home");
  await expect(lost.page, "the session of the lost device has ended").toHaveURL("/sign-in");
  lost.expects(/status of 403/);
  await pressSignIn(lost.page);
  await expect(lost.page.locator(".island-message")).toContainText("確認できませんでした");

  // The answer is a page that says why not: it is shown, and not saved as a file without a word.
  await page.goto("/access-log");
  await page.getByRole("link", { name: "表計算で開く（CSV）" }).click();
  await expect(page.getByRole("alert")).toContainText("24時間は、ダウンロードできません");
  await expect(page).toHaveURL("/access-log");

  await page.goto("/settings/passkeys");
  const former = page.locator("ul.cards > li").filter({ hasText: "止まっています" });
  await expect(former).toHaveCount(1);
  await former.getByRole("button", { name: "このパスキーをまた使う" }).click();
  await expect(notice(page)).toHaveText("パスキーをまた使えるようにしました。");
  await signIn(lost.page);
});

test("a card alone, whose holder never enrolled, recovers nothing", async ({ device, holder }) => {
  const { page } = device;
  device.expects(/status of 403/);
  await page.goto(`/enrol/recover?card=${holder.serial}`);
  await showCard(page, holder);
  await expect(page.locator(".island-message")).toContainText("確認できませんでした");
});
