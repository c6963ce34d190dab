//! Reading one's own record. Every journey here runs once more without script.

import { expect, test } from "../support/test";

test("home says who it is for, who insures today, and where the records are @plain", async ({ reading, member }) => {
  await reading.goto("/home");
  await expect(reading.getByRole("heading", { level: 1 })).toHaveText(`${member.holder.name}さんの手帳`);
  await expect(reading.getByRole("heading", { name: "いまの健康保険" })).toBeVisible();
  await expect(reading.locator(".coverage-line .status")).toHaveText(/使えます|確認中|情報がありません/);
  for (const [name, path] of [
    ["健診", "/checkups"],
    ["予防接種", "/vaccinations"],
    ["資格", "/coverage"],
    ["記録", "/records"],
  ] as const) {
    await reading.goto("/home");
    await reading.getByRole("navigation", { name: "主なページ" }).getByRole("link", { name, exact: true }).click();
    await expect(reading).toHaveURL(path);
    await expect(reading.locator("nav [aria-current=page]")).toHaveText(name);
  }
});

test("checkups stand side by side by year, newest first, with range and facility @plain", async ({ reading }) => {
  await reading.goto("/checkups");
  const table = reading.locator("table.by-year");
  const years = await table.locator("thead time").evaluateAll((all) => all.map((one) => one.getAttribute("datetime") ?? ""));
  expect(years.length).toBeGreaterThanOrEqual(3);
  expect(years).toEqual([...years].sort().reverse());
  await expect(table.locator("thead .era").first()).toHaveText(/令和|平成/);
  await expect(table.locator("thead .facility").first()).not.toBeEmpty();
  const weight = table.getByRole("row", { name: /^体重/ });
  await expect(weight.locator(".unit")).toHaveText("kg");
  expect(await weight.locator("td").count()).toBe(years.length);
  await expect(table.getByRole("row", { name: /メタボリックシンドローム判定/ }).first()).toBeVisible();
  await expect(table.getByRole("row", { name: /保健指導レベル/ }).first()).toBeVisible();
});

test("a trend is drawn, and its table holds the same values @plain", async ({ reading }) => {
  await reading.goto("/checkups");
  const trend = reading.locator("section.trend").first();
  const drawing = trend.getByRole("img");
  await expect(drawing).toBeVisible();
  const drawn = await drawing.locator(".trend-value").allTextContents();
  expect(drawn.length).toBeGreaterThanOrEqual(2);
  await trend.getByText("数値を表で見る").click();
  const told = await trend.locator("tbody td").evaluateAll((cells) => cells.map((cell) => cell.firstChild?.textContent?.trim()));
  expect(told.reverse()).toEqual(drawn);
});

test("a changed question is marked and explained, and its answers keep the words of their year @plain", async ({ reading }) => {
  await reading.goto("/checkups");
  const smoking = reading.locator("table.by-year").getByRole("row", { name: /喫煙/ });
  await smoking.getByRole("link", { name: "質問が変わった項目" }).click();
  await expect(reading).toHaveURL(/#changed$/);
  await expect(reading.locator("#changed")).toContainText("そのまま比べることはできません");
  const years = await reading
    .locator("table.by-year thead time")
    .evaluateAll((all) => all.map((one) => one.getAttribute("datetime") ?? ""));
  const answers = (await smoking.locator("td").allInnerTexts()).map((text) => text.trim());
  const phases = [
    { until: "2024-04-01", words: ["はい", "いいえ", "－"] },
    { until: "9999", words: ["はい", "以前は吸っていたが、最近1ヶ月間は吸っていない", "いいえ", "－"] },
  ];
  years.forEach((day, i) => expect(phases.find((phase) => day < phase.until)?.words).toContain(answers[i]));
});

test("one checkup is shown whole @plain", async ({ reading }) => {
  await reading.goto("/checkups");
  const first = reading.locator("table.by-year thead a").first();
  const day = await first.locator("time").getAttribute("datetime");
  await first.click();
  await expect(reading).toHaveURL(/\/checkups\/[0-9a-f-]{36}$/);
  await expect(reading.getByRole("heading", { level: 1 })).toContainText(`${Number(day?.slice(0, 4))}年`);
  await expect(reading.getByText("健診を受けた所")).toBeVisible();
  await expect(reading.locator("table.results").first().getByRole("row").nth(1)).toBeVisible();
  await reading.getByRole("link", { name: "健診の一覧へ" }).click();
  await expect(reading).toHaveURL("/checkups");
});

test("doses stand by disease, with date, product, lot and municipality @plain", async ({ reading }) => {
  await reading.goto("/vaccinations");
  const rows = reading.locator("table.plain-table tbody tr");
  expect(await rows.count()).toBeGreaterThan(0);
  await rows.first().getByRole("link").click();
  await expect(reading).toHaveURL(/#/);
  const dose = reading.locator("li.dose").first();
  await expect(dose.getByRole("heading")).toContainText(/\d+回目.*\d{4}年/);
  await expect(dose).toContainText("市区町村");
  await dose.getByText("くわしい情報").click();
  await expect(dose).toContainText("手帳に届いた日");
});

test("coverage says what holds today, and who said so and when @plain", async ({ reading }) => {
  await reading.goto("/coverage");
  await expect(reading.locator(".now-word")).toHaveText(/使えます|確認中|情報がありません/);
  const period = reading.locator("article.period").first();
  for (const term of ["窓口での負担", "始まった日", "終わった日", "保険者番号", "この情報の出どころ"]) {
    await expect(period.getByText(term, { exact: true })).toBeVisible();
  }
});

test("records lists everything that is held, each with a way to its place @plain", async ({ reading }) => {
  await reading.goto("/checkups");
  const checkups = await reading.locator("table.by-year thead a").count();
  await reading.goto("/records");
  const sources = reading.locator("section.card").filter({ has: reading.getByRole("heading", { name: /^健診/ }) });
  expect(await sources.locator("ul.held > li").count()).toBe(checkups);
  const line = sources.first().locator("ul.held > li").first();
  if (!(await line.isVisible())) await sources.first().locator("summary").click();
  await line.locator("a").first().click();
  await expect(reading).toHaveURL(/\/checkups\/[0-9a-f-]{36}$/);
});

test("somebody else's checkup is not there @plain", async ({ reading, citizen }) => {
  await reading.goto("/checkups");
  const path = (await reading.locator("table.by-year thead a").first().getAttribute("href")) ?? "";
  const answer = await citizen.page.request.get(path);
  expect(answer.status()).toBe(404);
});
