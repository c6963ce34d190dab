//! Runs once before all tests: a demo of their own, unless `JOURNEY_SERVER` names one that runs already
//! (with `JOURNEY_CONSOLE`, `JOURNEY_API`, `JOURNEY_OPS` and its data folder `JOURNEY_SERVER_DATA`).

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "./program";

/** Starts the program and gives the function that stops it. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const taken = mkdtempSync(join(tmpdir(), "techo-end2end-holders-"));
  process.env.JOURNEY_TAKEN = taken;
  const forget = () => rmSync(taken, { recursive: true, force: true });
  if (process.env.JOURNEY_SERVER) return async () => forget();
  const running = await start();
  process.env.JOURNEY_SERVER = running.url;
  process.env.JOURNEY_CONSOLE = running.console;
  process.env.JOURNEY_API = running.api;
  process.env.JOURNEY_OPS = running.ops;
  process.env.JOURNEY_SERVER_DATA = running.data;
  return async () => {
    await running.stop();
    forget();
  };
}
