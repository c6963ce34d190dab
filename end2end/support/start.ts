//! Runs once before all tests: a demo of their own, unless `TECHO_TEST_SERVER` names one that runs already
//! (with `TECHO_TEST_CONSOLE`, `TECHO_TEST_API` and its data folder `TECHO_TEST_SERVER_DATA`).

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "./program";

/** Starts the program and gives the function that stops it. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const taken = mkdtempSync(join(tmpdir(), "techo-end2end-holders-"));
  process.env.TECHO_TEST_TAKEN = taken;
  const forget = () => rmSync(taken, { recursive: true, force: true });
  if (process.env.TECHO_TEST_SERVER) return async () => forget();
  const running = await start();
  process.env.TECHO_TEST_SERVER = running.url;
  process.env.TECHO_TEST_CONSOLE = running.console;
  process.env.TECHO_TEST_API = running.api;
  process.env.TECHO_TEST_SERVER_DATA = running.data;
  return async () => {
    await running.stop();
    forget();
  };
}
