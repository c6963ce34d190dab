//! Made-up holders of cards. Every test takes its own, so that tests neither wait for nor disturb each other.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { techo } from "./program";
import { needed } from "./where";

/** Somebody with a card and a letter, as `/demo/cards` tells. */
export interface Holder {
  serial: string;
  name: string;
  pin: string;
  activation_code: string;
  state: string;
}

/** Which ages a test needs. */
export interface Ages {
  from: number;
  to: number;
}

const ANY: Ages = { from: 0, to: 200 };

/** Origin of the portal under test. */
export function portal(): string {
  return needed("JOURNEY_SERVER");
}

/** Takes a holder that no other test has or will have. */
export async function takeHolder(ages: Ages = ANY): Promise<Holder> {
  const all = await holders();
  const known = ages === ANY ? undefined : await agesBySerial();
  for (const holder of all) {
    const age = known?.get(holder.serial);
    const fits = known === undefined || (age !== undefined && age >= ages.from && age <= ages.to);
    if (holder.state === "valid" && fits && take(holder.activation_code)) return holder;
  }
  throw new Error(`no holder from ${ages.from} to ${ages.to} years is left of ${all.length}`);
}

/** Everybody on the list. */
export async function holders(): Promise<Holder[]> {
  const answer = await fetch(`${portal()}/demo/cards`, { headers: { accept: "application/json" } });
  return (await answer.json()) as Holder[];
}

/** Making a folder succeeds once, whichever worker asks. By letter, since a renewed card is one more card of the same person. */
function take(letter: string): boolean {
  try {
    mkdirSync(join(needed("JOURNEY_TAKEN"), letter));
    return true;
  } catch {
    return false;
  }
}

let ages: Promise<Map<string, number>> | undefined;

/** Ages stand on the page alone. */
function agesBySerial(): Promise<Map<string, number>> {
  ages ??= readAges();
  return ages;
}

async function readAges(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let page = 1; ; page += 1) {
    const headers = { accept: "text/html", "accept-language": "ja" };
    const html = await (await fetch(`${portal()}/demo/cards?page=${page}`, { headers })).text();
    const before = found.size;
    for (const [, age, serial] of html.matchAll(/(\d+)歳[\s\S]*?card=([0-9a-f]{16})/g)) {
      if (age && serial) found.set(serial, Number(age));
    }
    if (found.size === before) return found;
  }
}

/** Has the municipality write to a holder again, who asked for it at the counter. Gives the code of the new letter. */
export function newLetter(holder: Pick<Holder, "name" | "activation_code">): string {
  const data = needed("JOURNEY_SERVER_DATA");
  const { organisation, number } = residentRecord(join(data, "files"), holder.name, birthDate(data, holder.activation_code));
  const folder = mkdtempSync(join(tmpdir(), "techo-letter-"));
  try {
    const [named, out] = [join(folder, "named.txt"), join(folder, "letter.html")];
    writeFileSync(named, `${number}\n`);
    techo(data, "letters", "--as", organisation, "--named", named, "--out", out);
    const code = /[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}/.exec(readFileSync(out, "utf8"));
    if (!code) throw new Error("the letter has no code");
    return code[0];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Manifest {
  files: { kind: string; as: string; path: string }[];
}

/** The birth date of whoever got this letter first, as the demo keeps it: 1974-06-26. */
function birthDate(data: string, letter: string): string {
  const kept = JSON.parse(readFileSync(join(data, "holders.json"), "utf8")) as Record<string, { activation_code: string; birth_date: string }>;
  const holder = Object.values(kept).find((one) => one.activation_code === letter);
  if (!holder) throw new Error("nobody got this letter");
  return holder.birth_date;
}

/** The row of the only resident with this name and birth date, in the files that the demo was filled from. */
function residentRecord(files: string, name: string, born: string): { organisation: string; number: string } {
  const manifest = JSON.parse(readFileSync(join(files, "manifest.json"), "utf8")) as Manifest;
  const found = manifest.files
    .filter((file) => file.kind === "residents")
    .flatMap((file) => {
      const bytes = readFileSync(join(files, file.path));
      const text = [new TextDecoder("utf-8"), new TextDecoder("shift_jis")]
        .map((decoder) => decoder.decode(bytes))
        .find((decoded) => decoded.includes("住民票コード"));
      const [head = [], ...rows] = (text ?? "").split(/\r?\n/).map((line) => line.split(","));
      const column = (name: string): number => head.indexOf(name);
      const [code, who, when, left] = [column("住民票コード"), column("氏名"), column("生年月日"), column("転出日")];
      const plain = (text: string | undefined): string => (text ?? "").replace(/[\s-]/g, "");
      return rows
        .filter((row) => plain(row[who]) === plain(name) && plain(row[when]) === plain(born) && !row[left])
        .map((row) => ({ organisation: file.as, number: row[code] ?? "" }));
    });
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} residents are called ${name}`);
  return found[0];
}

/** How long the program may take to load a new revocation list. */
const LIST_LOADED_WITHIN = 15_000;

/**
 * Does something with a card, as its authority would: hold, release, revoke, renew. Gives the line that the command prints, once the
 * running program has loaded the list that came of it.
 */
export async function turnCard(action: "hold" | "release" | "revoke" | "renew", serial: string): Promise<string> {
  const data = needed("JOURNEY_SERVER_DATA");
  const line = techo(data, "card", "--folder", join(data, "cards"), action, serial).trim();
  await listLoadedAfter(Date.now());
  return line;
}

/** Waits for a look into the folder of lists that began after this instant, as `/metrics` tells in whole seconds. */
async function listLoadedAfter(instant: number): Promise<void> {
  while (Date.now() < instant + LIST_LOADED_WITHIN) {
    const text = await (await fetch(`${needed("JOURNEY_OPS")}/metrics`)).text();
    const lookedAt = Number(/^techo_card_lists_looked_at_seconds (\d+)$/m.exec(text)?.[1] ?? 0);
    if (lookedAt * 1000 > instant) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error("the program did not look at its revocation lists");
}
