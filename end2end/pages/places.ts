//! Every page there is, with how to come to it. A page that is missing here is not checked: add it.

import { expect, type Page } from "@playwright/test";
import { portal, takeHolder } from "../support/holders";

/** A page and who may see it. */
export interface Place {
  /** Its name in reports and of its screenshot. */
  name: string;
  /** Its path, or how to find it. */
  path: string | ((page: Page) => Promise<string>);
  viewer: "stranger" | "member";
  /** The status that it answers with, when not 200. */
  status?: number;
  /** What to do there before looking. */
  then?: (page: Page) => Promise<void>;
}

const firstLink = (path: string, selector: string) => async (page: Page) => {
  await page.goto(path);
  const href = await page.locator(selector).first().getAttribute("href");
  expect(href, `${selector} on ${path}`).not.toBeNull();
  return href ?? "";
};

const agreeInEitherLanguage = async (page: Page) => {
  await page.locator("#agree").check();
  await page.locator("#agree-form button").click();
  await expect(page.locator("#agree-form")).toHaveCount(0);
};

export const PLACES: Place[] = [
  { name: "landing", path: "/", viewer: "stranger" },
  { name: "privacy", path: "/privacy", viewer: "stranger" },
  { name: "sign-in", path: "/sign-in", viewer: "stranger" },
  { name: "enrol-agree", path: "/enrol", viewer: "stranger" },
  {
    name: "enrol-agree-mistake",
    path: "/enrol",
    viewer: "stranger",
    then: async (page) => {
      await page.locator("#agree-form button").click();
      await expect(page.locator(".error-summary")).toBeVisible();
    },
  },
  {
    name: "enrol-card",
    path: async () => `/enrol?card=${(await takeHolder()).serial}`,
    viewer: "stranger",
    then: agreeInEitherLanguage,
  },
  { name: "enrol-no-card", path: "/enrol", viewer: "stranger", then: agreeInEitherLanguage },
  { name: "recover", path: "/enrol/recover", viewer: "stranger" },
  { name: "demo-cards", path: "/demo/cards", viewer: "stranger" },
  { name: "not-found", path: "/nothing/here", viewer: "stranger", status: 404 },
  { name: "home", path: "/home", viewer: "member" },
  { name: "checkups", path: "/checkups", viewer: "member" },
  { name: "checkup", path: firstLink("/checkups", "table.by-year thead a"), viewer: "member" },
  { name: "vaccinations", path: "/vaccinations", viewer: "member" },
  { name: "coverage", path: "/coverage", viewer: "member" },
  { name: "records", path: "/records", viewer: "member" },
  { name: "report", path: firstLink("/records", 'a[href^="/records/report"]'), viewer: "member" },
  { name: "access-log", path: "/access-log", viewer: "member" },
  {
    name: "access-log-filter",
    path: "/access-log",
    viewer: "member",
    then: async (page) => page.locator(".log-filter summary").click(),
  },
  { name: "access-log-line", path: firstLink("/access-log", '.log a[href^="/access-log/"]'), viewer: "member" },
  { name: "access-log-line-of-others", path: firstLink("/access-log", '.log a[href$="#ask"]'), viewer: "member" },
  { name: "notices", path: "/notices", viewer: "member" },
  { name: "share", path: "/share", viewer: "member" },
  { name: "consent", path: "/consent", viewer: "member" },
  {
    name: "consent-preview",
    path: "/consent",
    viewer: "member",
    then: async (page) => {
      await page.locator('form[action="/consent/preset"] button').first().click();
      await expect(page).toHaveURL(/\/consent\/preview/);
    },
  },
  { name: "consent-import", path: "/consent/import", viewer: "member" },
  { name: "consent-history", path: "/consent/history", viewer: "member" },
  { name: "consent-mark", path: firstLink("/records", 'a[href^="/consent/mark"]'), viewer: "member" },
  { name: "settings", path: "/settings", viewer: "member" },
  { name: "passkeys", path: "/settings/passkeys", viewer: "member" },
  { name: "remove-passkey", path: firstLink("/settings/passkeys", 'a[href$="/remove"]'), viewer: "member" },
  { name: "add-passkey", path: "/settings/passkeys/add", viewer: "member" },
  { name: "verify", path: "/settings/verify?for=remove-passkey", viewer: "member" },
  { name: "verify-card", path: "/settings/verify/card", viewer: "member" },
  { name: "link-card", path: "/settings/card", viewer: "member" },
];

/** Opens a place in the language that the browser of this page has. */
export async function visit(page: Page, place: Place): Promise<void> {
  const path = typeof place.path === "string" ? place.path : await place.path(page);
  const answer = await page.goto(path);
  expect(answer?.status(), path).toBe(place.status ?? 200);
  await place.then?.(page);
}

/** The language of a page, as its cookie says. */
export function speaking(language: "ja" | "en") {
  return { name: "lang", value: language, url: portal() };
}
