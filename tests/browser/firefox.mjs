// Drives Debian's Firefox for test_firefox.py: opens a page, plays, listens; prints what it found as one line of JSON.
// node firefox.mjs FIREFOX PAGE-URL SECONDS [webrtc]: with the last, the sound that plays is taken over to WebRTC first.
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const [executablePath, url, seconds, way] = process.argv.slice(2);
const extraPrefsFirefox = {
  "media.autoplay.default": 0,
  "media.autoplay.blocking_policy": 0,
  "media.peerconnection.ice.loopback": true, // or it offers no address of this machine
  "media.peerconnection.ice.obfuscate_host_addresses": false,
};
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox });
try {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(url);
  await page.waitForFunction("globalThis.telharmonic?.stats().playedFrame > 0", { timeout: 60000 });
  if (way === "webrtc") {
    // A track of ours goes by WebRTC, and the sound with it. (A second AudioContext, as a session that begins with WebRTC
    // makes on a bare page, now and then waits for ever for Firefox's audio process on a busy machine.)
    await page.evaluate(() => {
      const { outputNode } = globalThis.telharmonic;
      globalThis.silence = new MediaStreamAudioDestinationNode(outputNode.context);
      globalThis.telharmonic.play(globalThis.silence.stream.getAudioTracks()[0]);
    });
    await page.waitForFunction('telharmonic.stats().transport === "webrtc" && telharmonic.stats().packets > 200', { timeout: 60000 });
  }
  const found = await page.evaluate(async (seconds) => {
    const s = globalThis.telharmonic;
    const bytes = (samples) => btoa(Array.from(new Uint8Array(samples.buffer), (byte) => String.fromCharCode(byte)).join(""));
    const { frame } = await s.sendCommand({ type: "play" });
    const heard = await s.capture(seconds, { fromFrame: frame + 96000 });
    return { left: bytes(heard.left), right: bytes(heard.right), rate_hz: heard.sampleRateHz, gaps: heard.underruns + heard.trims, stats: s.stats() };
  }, Number(seconds));
  console.log(JSON.stringify({ ...found, errors }));
  // it goes on playing until the test has recorded the sound device
  await new Promise((resolve) => createInterface({ input: process.stdin }).once("line", resolve).once("close", resolve));
} finally {
  await browser.close();
}
process.exit(0);
