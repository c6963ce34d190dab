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

/**
 * A page that was left while it fetched something. When the network is to blame, the browser says so on the console as
 * well, and that counts.
 */
const LEFT = /Failed to fetch|AbortError|The user aborted a request/;

/** Watches every page of a context. */
export function watch(context: BrowserContext): Watch {
  const seen: string[] = [];
  const expected: RegExp[] = [];
  context.on("console", (message) => {
    if (message.type() === "error" || /Content.Security.Policy/i.test(message.text())) {
      seen.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  context.on("weberror", (error) => {
    const { message } = error.error();
    if (!LEFT.test(message)) seen.push(`script: ${message}`);
  });
  context.on("response", (answer) => {
    if (answer.status() >= 500) seen.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`);
  });
  return {
    expected,
    problems: () => seen.filter((problem) => !expected.some((pattern) => pattern.test(problem))),
  };
}
