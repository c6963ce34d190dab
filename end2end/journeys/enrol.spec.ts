//! From the card to the first passkey.

import { expect, test } from "../support/test";
import { agree, enrol, makePasskey, notice, readCard, showCard, signIn, signOut, typePin } from "../support/steps";

test("a citizen enrols with the card and the letter and sees their own name", async ({ device, holder }) => {
  const { page } = device;
  await page.goto("/");
  await page.getByRole("link", { name: "はじめて使う" }).first().click();
  await expect(page.getByRole("heading", { name: "はじめて使う", level: 1 })).toBeVisible();
  await page.goto("/demo/cards");
  const card = page.locator("li.card").filter({ has: page.locator(`a[href*="card=${holder.serial}"]`) });
  if ((await card.count()) === 0) await page.goto(`/enrol?card=${holder.serial}`);
  else await card.getByRole("link", { name: "このカードではじめる" }).click();
  await agree(page);
  await expect(page.getByText(`${holder.name}さんの体験用カードが、読み取り機に置いてあります`)).toBeVisible();
  await showCard(page, holder);
  await expect(page.getByRole("heading", { name: "パスキーを作る" })).toBeVisible();
  await makePasskey(page);
  await expect(page).toHaveURL("/home");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${holder.name}さんの手帳`);
  expect(await device.authenticator.count()).toBe(1);
});

test("the letter's QR code fills the code in and leaves no trace of it in the address", async ({ device, holder }) => {
  const { page } = device;
  await page.goto(`/enrol?card=${holder.serial}#code=${holder.activation_code}`);
  await agree(page);
  await expect(page.getByLabel("登録コード")).toHaveValue(holder.activation_code);
  expect(page.url()).not.toContain(holder.activation_code);
  await typePin(page, holder.pin);
  await readCard(page);
  await makePasskey(page);
  await expect(page).toHaveURL("/home");
});

test("the card is not asked for before somebody agreed @plain", async ({ openDevice, script }) => {
  const { page } = await openDevice({ javaScriptEnabled: script === "on" });
  await page.goto("/enrol");
  await page.getByRole("button", { name: "同意して進む" }).click();
  await expect(page).toHaveTitle(/^エラー：/);
  await expect(page.getByRole("alert").getByRole("link")).toHaveText("続けるには、同意のチェックを入れてください。");
  await expect(page.getByRole("heading", { name: "カードを読み取る" })).toHaveCount(0);
  await page.getByRole("alert").getByRole("link").click();
  await agree(page);
});

test("the choice of a card survives a forgotten tick @plain", async ({ openDevice, holder, script }) => {
  const { page } = await openDevice({ javaScriptEnabled: script === "on" });
  await page.goto(`/enrol?card=${holder.serial}`);
  await page.getByRole("button", { name: "同意して進む" }).click();
  await agree(page);
  await expect(page.getByText(`${holder.name}さんの体験用カード`)).toBeVisible();
});

test("what was typed before the page came alive is still there", async ({ device, holder }) => {
  const { page } = device;
  let comesAlive = (): void => undefined;
  const waited = new Promise<void>((resolve) => (comesAlive = resolve));
  await page.route("**/*.wasm", async (route) => {
    await waited;
    await route.continue();
  });
  await page.goto(`/enrol?card=${holder.serial}`);
  await agree(page);
  await typePin(page, holder.pin);
  await page.getByLabel("登録コード").fill(holder.activation_code);
  const button = page.getByRole("button", { name: "カードを読み取る" });
  await expect(button).toBeDisabled();
  comesAlive();
  await expect(button).toBeEnabled();
  await expect(page.getByLabel("カードの暗証番号")).toHaveValue(holder.pin);
  await button.click();
  await makePasskey(page);
  await expect(page).toHaveURL("/home");
});

test("a wrong PIN tells how many tries are left, and the third one locks the card", async ({ device, holder }) => {
  const { page } = device;
  device.expects(/status of (403|423)/);
  await page.goto(`/enrol?card=${holder.serial}`);
  await agree(page);
  const wrong = holder.pin === "9999" ? "9998" : "9999";
  await page.getByLabel("登録コード").fill(holder.activation_code);
  for (const left of [2, 1]) {
    await typePin(page, wrong);
    await readCard(page);
    await expect(page.getByText(`暗証番号がちがいます。あと ${left} 回まちがえると`)).toBeVisible();
    await expect(page.getByLabel("カードの暗証番号")).toBeFocused();
    await expect(page.getByLabel("カードの暗証番号")).toHaveValue("");
  }
  await typePin(page, wrong);
  await readCard(page);
  await expect(page.getByText("カードが使えなくなりました")).toBeVisible();
  await typePin(page, holder.pin);
  await readCard(page);
  await expect(page.getByText("カードが使えなくなりました")).toBeVisible();
});

test("half a PIN and half a code are noticed before anything is sent", async ({ device, holder }) => {
  const { page } = device;
  await page.goto(`/enrol?card=${holder.serial}`);
  await agree(page);
  const sent: string[] = [];
  page.on("request", (request) => void (request.method() === "POST" && sent.push(request.url())));
  await typePin(page, "12");
  await page.getByLabel("登録コード").fill("ABCD");
  await readCard(page);
  await expect(page.getByText("暗証番号は数字4けたで入れてください。")).toBeVisible();
  await expect(page.getByText("登録コードは16文字です。")).toBeVisible();
  await expect(page.getByLabel("カードの暗証番号")).toBeFocused();
  expect(sent).toEqual([]);
});

test("a code of somebody else, a wrong code and a used code are refused in the same words", async ({
  device,
  holder,
  openDevice,
}) => {
  device.expects(/status of 403/);
  const { page } = device;
  const words = async (code: string) => {
    await page.goto(`/enrol?card=${holder.serial}`);
    const first = page.getByRole("checkbox", { name: /同意します/ });
    if ((await first.count()) > 0) await agree(page);
    await showCard(page, { pin: holder.pin, activation_code: code });
    const message = page.locator(".island-message");
    await expect(message).not.toBeEmpty();
    return (await message.innerText()).replace(/[0-9a-f]{4}-[0-9a-f]{4}/, "");
  };
  const wrong = await words("0000-0000-0000-0000");
  expect(wrong).toContain("確認できませんでした");

  const other = await openDevice();
  await enrol(other.page, holder);
  const used = await words(holder.activation_code);
  expect(used).toBe(wrong);
});

test("a new passkey signs in at once, and again later", async ({ citizen }) => {
  const { page } = citizen.device;
  await signOut(page);
  await signIn(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${citizen.holder.name}さんの手帳`);
  await expect(notice(page)).toHaveCount(0);
});
