// Drives Debian's Firefox for test_firefox.py: opens a page, plays, listens; prints what it found as one line of JSON.
// node firefox.mjs FIREFOX PAGE-URL SECONDS [webrtc|audio]: with the last, the sound that plays is taken over to WebRTC
// first, heard by the worklet or by Firefox's own player. Then each line of the input is run in the page, and what it
// returns is printed; an empty line ends it.
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
  if (way === "audio") await page.evaluateOnNewDocument(() => delete globalThis.RTCRtpScriptTransform);
  await page.goto(url);
  await page.waitForFunction("globalThis.telharmonic?.stats().playedFrame > 0", { timeout: 60000 });
  if (way) {
    // A track of ours goes by WebRTC, and the sound with it. (A second AudioContext, as a session that begins with WebRTC
    // makes on a bare page, now and then waits for ever for Firefox's audio process on a busy machine.)
    await page.evaluate(() => {
      const { outputNode } = globalThis.telharmonic;
      globalThis.silence = new MediaStreamAudioDestinationNode(outputNode.context);
      globalThis.telharmonic.play(globalThis.silence.stream.getAudioTracks()[0]);
    });
    await page.waitForFunction(`telharmonic.stats().transport === "${way}" && telharmonic.stats().packets > 200`, { timeout: 60000 });
  }
  const run = (script) => page.evaluate(`(async () => { const s = telharmonic; ${script} })()`);
  const { frame } = await run("return s.sendCommand({ type: 'play' });");
  const heard = way === "audio" ? {} : await run(`
    const heard = await s.capture(${seconds}, { fromFrame: ${frame + 96000} });
    const bytes = (samples) => btoa(Array.from(new Uint8Array(samples.buffer), (byte) => String.fromCharCode(byte)).join(""));
    return { left: bytes(heard.left), right: bytes(heard.right), rate_hz: heard.sampleRateHz };`);
  console.log(JSON.stringify({ ...heard, stats: await run("return s.stats();"), errors }));
  for await (const line of createInterface({ input: process.stdin })) {
    if (!line) break;
    console.log(JSON.stringify((await run(line)) ?? null));
  }
} finally {
  await browser.close();
}
process.exit(0);
