// Drives Debian's Firefox for test_firefox.py: opens a page, plays, listens; prints what it found as one line of JSON.
// node firefox.mjs FIREFOX PAGE-URL SECONDS
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const [executablePath, url, seconds] = process.argv.slice(2);
const extraPrefsFirefox = { "media.autoplay.default": 0, "media.autoplay.blocking_policy": 0 };
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox });
try {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(url);
  await page.waitForFunction("globalThis.telharmonic?.stats().playedFrame > 0", { timeout: 60000 });
  const found = await page.evaluate(async (seconds) => {
    const s = globalThis.telharmonic;
    const { frame } = await s.sendCommand({ type: "play" });
    const heard = await s.capture(seconds, { fromFrame: frame + 96000 });
    return { left: Array.from(heard.left), rate_hz: heard.sampleRateHz, gaps: heard.underruns + heard.trims, stats: s.stats() };
  }, Number(seconds));
  console.log(JSON.stringify({ ...found, errors }));
  // it goes on playing until the test has recorded the sound device
  await new Promise((resolve) => createInterface({ input: process.stdin }).once("line", resolve).once("close", resolve));
} finally {
  await browser.close();
}
process.exit(0);
