// Drives the built site (build/site) in Chromium, at desktop and phone size. CHROMIUM names another browser binary.
const { execSync } = require("node:child_process");
const { defineConfig } = require("@playwright/test");

const candidates = ["chromium", "chromium-browser", "google-chrome"];
const found = () => {
  for (const name of candidates) {
    try {
      return execSync(`command -v ${name}`, { stdio: ["ignore", "pipe", "ignore"] }).toString().trim();
    } catch {}
  }
  return "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
};
const port = Number(process.env.TEST_PORT ?? 8765);

module.exports = defineConfig({
  testDir: ".",
  outputDir: "../../build/web-test",
  workers: 2, // most of a test is waiting
  retries: 2, // a busy machine may drop a browser; what fails three times is broken
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  forbidOnly: true,
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    trace: "off",
    serviceWorkers: "block", // offline.spec.js is about them
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? found(),
      // As root (in containers) Chromium has no sandbox of its own to offer.
      args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
  webServer: {
    command: `node ../../web/site/serve.mjs --port ${port} ../../build/site`,
    port,
    reuseExistingServer: false,
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1440, height: 900 } } },
    { name: "phone", use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, grep: /@phone/ },
  ],
});
