// Runs programs in headless Chromium, as WebAssembly: node command.mjs build/bench/training.wasm ...
import { execSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { runCommand } from "../wasi.mjs";

const { chromium } = createRequire(new URL("../../web/package.json", import.meta.url))("playwright-core");

/** Chromium from CHROMIUM or the PATH, without a window. */
export function launch() {
  const executablePath = process.env.CHROMIUM ??
    execSync("command -v chromium || command -v chromium-browser || command -v google-chrome").toString().trim();
  return chromium.launch({
    executablePath,
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** Runs a WASI command in a page of its own and returns what it printed. */
export async function runInPage(browser, file) {
  const page = await browser.newPage();
  await page.goto("about:blank");
  const text = await page.evaluate(runCommand, readFileSync(file).toString("base64"));
  await page.close();
  return text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const browser = await launch();
  for (const file of process.argv.slice(2)) console.log(`${await runInPage(browser, file)}`);
  await browser.close();
}
