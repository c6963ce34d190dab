import { defineConfig } from "@playwright/test";
import type { Options } from "./support/test";

/** Journeys and pages in Debian's Chromium, against the real program. */
export default defineConfig<Options>({
  globalSetup: "./support/start.ts",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  // A test that needs a second try has found something.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    locale: "ja-JP",
    timezoneId: "Asia/Tokyo",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      chromiumSandbox: false,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "script on", testDir: "journeys", use: { script: "on" } },
    // Whatever a signed-in citizen reads or sends in a form works without script: those journeys once more.
    { name: "script off", testDir: "journeys", grep: /@plain/, use: { script: "off" } },
    { name: "pages", testDir: "pages" },
  ],
});
