// @ts-check
/** What has to be said, and read, in session descriptions (RFC 8866) beyond what the browser writes by itself. */

/**
 * Ask for stereo: a browser plays as mono what its own offer does not say to be stereo (RFC 7587, section 6.1).
 * @param {string} sdp
 */
export function askForStereo(sdp) {
  const opus = payloadType(sdp, "opus");
  if (opus < 0) return sdp;
  return sdp.replace(new RegExp(`^(a=fmtp:${opus} )(?!.*\\bstereo=1)`, "m"), "$1stereo=1;sprop-stereo=1;");
}

/**
 * Let the browser send our own sound as music: 128 kbit/s, 10 ms a packet (the shortest that browsers make).
 * @param {string} sdp an answer, which says what the other side wants
 */
export function askForMusic(sdp) {
  const opus = payloadType(sdp, "opus");
  return sdp.replace(new RegExp(`^(a=fmtp:${opus} [^\\r\\n]*)`, "m"), "$1;maxaveragebitrate=128000\r\na=ptime:10");
}

/**
 * The payload type of an encoding of audio.
 * @param {string} sdp
 * @param {string} encoding "opus" or "red"
 * @returns {number} -1 if it is not offered
 */
export function payloadType(sdp, encoding) {
  const found = new RegExp(`^a=rtpmap:(\\d+) ${encoding}/48000`, "mi").exec(sdp);
  return found ? Number(found[1]) : -1;
}
