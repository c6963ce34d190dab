//! What a browser complains about: errors in the console, a policy that was violated, a script that threw, a request of
//! ours that failed. A journey during which it complains has failed, whatever else it found.

import type { BrowserContext } from "@playwright/test";

/** What was seen so far. */
export interface Watch {
  /** Complaints that belong to the journey. */
  expected: RegExp[];
  /** All others. */
  problems(): string[];
}

/** Watches every page of a context. */
export function watch(context: BrowserContext): Watch {
  const seen: string[] = [];
  // A form that is refused comes back as a page with this status, which browsers note like any other above 399.
  const expected: RegExp[] = [/status of 422 /];
  context.on("console", (message) => {
    if (message.type() === "error" || /Content.Security.Policy/i.test(message.text())) {
      seen.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  context.on("weberror", (error) => seen.push(`script: ${error.error().message}`));
  context.on("response", (answer) => {
    if (answer.status() >= 500) seen.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`);
  });
  return {
    expected,
    problems: () => seen.filter((problem) => !expected.some((pattern) => pattern.test(problem))),
  };
}
