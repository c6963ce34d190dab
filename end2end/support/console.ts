//! The console of the program under test, and people who work there.

import type { BrowserContextOptions } from "@playwright/test";
import { expect } from "./test";
import type { Device } from "./device";
import { techo } from "./program";
import { data, needed } from "./where";

/** Origin of the console under test. */
export function console(): string {
  return needed("JOURNEY_CONSOLE");
}

type OpenDevice = (options?: BrowserContextOptions) => Promise<Device>;

/** Somebody who was invited and has just made their passkey, on a device of their own. */
export async function worker(openDevice: OpenDevice, name: string, role: "clinic" | "auditor", organisation?: string): Promise<Device> {
  const place = organisation ? ["--as", organisation] : [];
  const invited = techo(data(), "staff", "invite", name, "--role", role, ...place, "--json");
  const { code } = JSON.parse(invited) as { code: string };
  const device = await openDevice({ baseURL: console() });
  await device.page.goto("/join");
  await device.page.getByLabel("招待コード").fill(code.toLowerCase());
  await device.page.getByRole("button", { name: "パスキーを作る" }).click();
  await expect(device.page).toHaveURL(role === "clinic" ? /\/clinic$/ : /\/reviews$/);
  return device;
}
