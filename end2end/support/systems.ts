//! The system of an organisation: it signs with a key of the demo's folder and asks at the door for systems.

import { createPrivateKey, randomUUID, sign, type JsonWebKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { portal, type Holder } from "./holders";
import { data, needed } from "./where";

const SCOPES = [
  "system/CoverageEligibilityRequest.c",
  "system/Observation.rs",
  "system/DiagnosticReport.rs",
  "system/Immunization.rs",
  "system/Flag.cu",
].join(" ");

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** What came back. */
export interface Told {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

interface Entry {
  search: { mode: string };
  resource: { code: { coding: { display: string }[] } };
}

/** One organisation of the demo, for one purpose. */
export class System {
  private constructor(
    readonly organisation: string,
    private readonly token: string,
  ) {}

  /** A system of the demo's clinic, dentist or hospital, with a token for a purpose. */
  static async open(kind: "clinic" | "dentist" | "hospital", purpose: "TREAT" | "ETREAT"): Promise<System> {
    const key = JSON.parse(readFileSync(join(data(), "systems", `${kind}.private.json`), "utf8")) as JsonWebKey & { kid: string };
    const organisation = key.kid.replace(/^demo-/, "");
    const now = Math.floor(Date.now() / 1000);
    const audience = `${api()}/oauth/token`;
    const b2b = {
      version: "1",
      subject_id: "dr-e2e",
      subject_name: "試験医師",
      subject_role: "医師",
      organization_id: organisation,
      purpose_of_use: [purpose],
    };
    const claims = { iss: organisation, sub: organisation, aud: audience, iat: now, exp: now + 240, jti: randomUUID(), extensions: { "hl7-b2b": b2b } };
    const content = `${base64url({ alg: "ES384", typ: "JWT", kid: key.kid })}.${base64url(claims)}`;
    const signature = sign("sha384", new TextEncoder().encode(content), { key: createPrivateKey({ key, format: "jwk" }), dsaEncoding: "ieee-p1363" });
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      scope: SCOPES,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: `${content}.${signature.toString("base64url")}`,
    });
    const answer = await fetch(audience, { method: "POST", body: form });
    if (!answer.ok) throw new Error(`no token: ${await answer.text()}`);
    const { access_token } = (await answer.json()) as { access_token: string };
    return new System(organisation, access_token);
  }

  /** Sends a resource. */
  async send(method: "POST" | "PUT", path: string, body: unknown): Promise<Told> {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/fhir+json" };
    return told(await fetch(`${api()}${path}`, { method, headers, body: JSON.stringify(body) }));
  }

  /** Names of the items that a person's code leads to. */
  async items(code: string): Promise<string[]> {
    const headers = { authorization: `Bearer ${this.token}` };
    const answer = await told(await fetch(`${api()}/fhir/Observation?patient=${code}&_count=200`, { headers }));
    if (answer.status !== 200) throw new Error(`${answer.status}`);
    const entries = answer.body.entry as Entry[];
    const matches = entries.filter(({ search }) => search.mode === "match");
    return matches.map(({ resource }) => resource.code.coding[0]?.display ?? "");
  }

  /** The organisation's code for whoever shows a share code and shares with it. */
  async visit(digits: string): Promise<string> {
    const { body } = await this.asks(digits);
    return body.contained[0].identifier[0].value as string;
  }

  /** Whether whoever shows a share code is insured. */
  asks(digits: string): Promise<Told> {
    return this.send("POST", "/fhir/CoverageEligibilityRequest/$submit", {
      resourceType: "CoverageEligibilityRequest",
      status: "active",
      purpose: ["validation"],
      patient: { identifier: { system: "urn:techo:share-code", value: digits } },
      created: "2026-11-29",
      insurer: { display: "-" },
    });
  }

  /** What a holder's card answers in the organisation's reader. */
  async card(holder: Holder): Promise<string> {
    const { body: asked } = await this.send("POST", "/card/challenge", {});
    const answer = await fetch(`${portal()}/demo/cards/${holder.serial}/sign`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: portal() },
      body: JSON.stringify({ pin: holder.pin, origin: asked.origin, nonce: asked.nonce }),
    });
    return Buffer.from(JSON.stringify(await answer.json())).toString("base64");
  }
}

async function told(answer: Response): Promise<Told> {
  return { status: answer.status, body: await answer.json() };
}

function api(): string {
  return needed("JOURNEY_API");
}
