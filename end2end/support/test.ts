//! `test` with what journeys need: devices, holders, and citizens who are signed in.

import { test as base, expect, type BrowserContextOptions, type Page } from "@playwright/test";
import { Device } from "./device";
import { takeHolder, type Ages, type Holder } from "./holders";
import { enrol, shareCode } from "./steps";
import { System } from "./systems";

export { expect };

/** What a project sets. */
export interface Options {
  /** Whether pages run scripts once their citizen is signed in. */
  script: "on" | "off";
}

/** Somebody who enrolled. */
export interface Citizen {
  holder: Holder;
  /** Where they enrolled; runs scripts always. */
  device: Device;
  /** Where they go on: without script when the project says so. */
  page: Page;
}

/** Somebody with much to read, and the cookies of their session. Read only: several tests share one. */
export interface Member {
  holder: Holder;
  storageState: Exclude<BrowserContextOptions["storageState"], undefined>;
}

type OpenDevice = (options?: BrowserContextOptions) => Promise<Device>;

interface Fixtures extends Options {
  /** Opens one more device; all are closed, and their complaints counted, when the test ends. */
  openDevice: OpenDevice;
  /** The test's first device. */
  device: Device;
  /** A holder of the test's own. */
  holder: Holder;
  /** A citizen of the test's own. */
  citizen: Citizen;
  /** A citizen of the test's own with checkups of several years and doses, for tests that change them. */
  reader: Citizen;
  /** The worker's member on a page of the test's own, for tests that only read. */
  reading: Page;
}

const JAPANESE: BrowserContextOptions = { locale: "ja-JP", timezoneId: "Asia/Tokyo" };

export const test = base.extend<Fixtures, { member: Member }>({
  script: ["on", { option: true }],

  openDevice: async ({ browser }, use) => {
    const open: Device[] = [];
    await use(async (options) => {
      const device = await Device.open(browser, { ...JAPANESE, ...options });
      open.push(device);
      return device;
    });
    const problems = (await Promise.all(open.map((device) => device.close()))).flat();
    expect(problems, "what the browser complained about").toEqual([]);
  },

  device: async ({ openDevice }, use) => use(await openDevice()),

  holder: async ({}, use) => use(await takeHolder()),

  citizen: async ({ device, holder, openDevice, script }, use) => {
    await enrol(device.page, holder);
    await use({ holder, device, page: await goOn(device, openDevice, script) });
  },

  reader: async ({ device, openDevice, script }, use) => {
    const holder = await enrolReader(device);
    await use({ holder, device, page: await goOn(device, openDevice, script) });
  },

  member: [
    async ({ browser }, use) => {
      const device = await Device.open(browser, JAPANESE);
      const holder = await enrolReader(device);
      // A look of others, so that what stands on the log about one is looked at as well.
      const clinic = await System.open("clinic", "TREAT");
      expect((await clinic.asks(await shareCode(device.page))).status).toBe(200);
      const storageState = await device.context.storageState();
      expect(await device.close(), "what the browser complained about").toEqual([]);
      await use({ holder, storageState });
    },
    { scope: "worker" },
  ],

  reading: async ({ openDevice, member, script }, use) => {
    const device = await openDevice({ storageState: member.storageState, javaScriptEnabled: script === "on" });
    await use(device.page);
  },
});

/** People of these ages are invited to a checkup every year. */
const INVITED: Ages = { from: 45, to: 69 };

/** Enrols people on this device until one has much to read: not everybody goes to checkups. */
async function enrolReader(device: Device): Promise<Holder> {
  for (;;) {
    const holder = await takeHolder(INVITED);
    await enrol(device.page, holder);
    await device.page.goto("/checkups");
    const years = await device.page.locator("table.by-year thead th a").count();
    await device.page.goto("/vaccinations");
    const doses = await device.page.locator("li.dose").count();
    if (years >= 3 && doses > 0) return holder;
    await device.context.clearCookies();
    await device.authenticator.clear();
  }
}

async function goOn(device: Device, openDevice: OpenDevice, script: Options["script"]): Promise<Page> {
  if (script === "on") return device.page;
  const storageState = await device.context.storageState();
  return (await openDevice({ javaScriptEnabled: false, storageState })).page;
}
