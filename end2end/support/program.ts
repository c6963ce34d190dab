//! The program under test: where it is, how it is started with a demo of its own, how it is stopped.

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const RESIDENTS = "300";
const SEED = "1";
/** Filling the demo takes seconds; a debug build on a busy machine takes longer. */
const START_WITHIN = 180_000;

/** A program that runs. */
export interface Running {
  /** Origin of the portal. */
  url: string;
  /** Origin of the console. */
  console: string;
  /** Origin of the door for systems. */
  api: string;
  /** Origin of the operators' door. */
  ops: string;
  /** Its data folder. */
  data: string;
  stop(): Promise<void>;
}

/** The program: `$TECHO_BIN`, else the newest that Cargo built. */
export function binary(): string {
  if (process.env.TECHO_BIN) return process.env.TECHO_BIN;
  const built = ["release", "debug"].map((profile) => join(target(), profile, "techo"));
  const found = built.find((path) => existsSync(path));
  if (!found) throw new Error(`no program at ${built.join(" or ")}: run 'cargo build --release -p techo' first`);
  return found;
}

function target(): string {
  return resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target");
}

/** Starts a demo in a new folder and waits until it is ready. */
export async function start(): Promise<Running> {
  const site = process.env.TECHO_SITE ?? join(target(), "site");
  if (!existsSync(join(site, "assets.json"))) throw new Error(`no bundle in ${site}: run 'cargo xtask bundle' first`);
  const folder = mkdtempSync(join(tmpdir(), "techo-end2end-"));
  const [portal, desk, api, ops] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const data = join(folder, "data");
  const log = join(folder, "log");
  const url = `http://localhost:${portal}`;
  const file = openSync(log, "a");
  const child = spawn(binary(), ["demo", "--residents", RESIDENTS, "--seed", SEED], {
    cwd: folder,
    stdio: ["ignore", file, file],
    env: {
      ...process.env,
      TECHO_PORTAL_ADDR: `127.0.0.1:${portal}`,
      TECHO_PORTAL_URL: url,
      TECHO_CONSOLE_ADDR: `127.0.0.1:${desk}`,
      TECHO_CONSOLE_URL: `http://localhost:${desk}`,
      TECHO_API_ADDR: `127.0.0.1:${api}`,
      TECHO_API_URL: `http://localhost:${api}`,
      TECHO_OPS_ADDR: `127.0.0.1:${ops}`,
      TECHO_DATA_DIR: data,
      TECHO_SITE: site,
    },
  });
  const stop = async () => {
    await end(child);
    if (process.env.JOURNEY_KEEP) console.log(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(child, `http://127.0.0.1:${ops}/readyz`);
  } catch (cause) {
    const said = readFileSync(log, "utf8").slice(-4000);
    await stop();
    throw new Error(`${String(cause)}\n${said}`);
  }
  return { url, console: `http://localhost:${desk}`, api: `http://localhost:${api}`, ops: `http://127.0.0.1:${ops}`, data, stop };
}

/** One command of the same program on the data of the running one. */
export function techo(data: string, ...args: string[]): string {
  const done = spawnSync(binary(), args, { encoding: "utf8", env: { ...process.env, TECHO_DATA_DIR: data } });
  if (done.status !== 0) throw new Error(`techo ${args.join(" ")} ended with ${done.status}: ${done.stderr}`);
  return done.stdout;
}

async function ready(child: ChildProcess, probe: string): Promise<void> {
  const until = Date.now() + START_WITHIN;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`);
    const answer = await fetch(probe).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((wake) => setTimeout(wake, 200));
  }
  throw new Error(`the program was not ready after ${START_WITHIN / 1000} seconds`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  // Open connections of a browser may hold a graceful end back.
  const patience = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(patience);
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === "object" ? done(address.port) : failed(new Error("no port"))));
    });
  });
}
