// @ts-check
/** What an Opus packet says of itself in its first bytes. */

// Frame lengths at 48 kHz by configuration (RFC 6716, table 2): SILK in fours, hybrid in twos, CELT in fours.
const SILK = [480, 960, 1920, 2880];
const HYBRID = [480, 960];
const CELT = [120, 240, 480, 960];

/**
 * How long a packet sounds.
 * @param {Uint8Array} packet
 * @returns {number} frames at 48 kHz, 120 to 5760
 * @throws {RangeError} if it is empty or longer than 120 ms
 */
export function packetFrames(packet) {
  if (packet.length === 0) throw new RangeError("an Opus packet of 0 bytes; allowed: 1 or more");
  const configuration = packet[0] >> 3;
  const each = frameOf(configuration);
  const code = packet[0] & 3;
  const count = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 0x3f;
  const frames = each * count;
  if (!(frames >= 120 && frames <= 5760)) throw new RangeError(`an Opus packet of ${frames} frames; allowed: 120 to 5760`);
  return frames;
}

/**
 * What stands for a packet of this kind that did not come: its first byte alone. By RFC 6716 (section 3.2.1, a frame of 0
 * bytes) nothing was sent for that time, and libopus conceals it.
 * @param {Uint8Array} packet
 */
export function absentOf(packet) {
  return Uint8Array.of(packet[0] & 0xfc); // code 0: one frame
}

/** @param {number} configuration 0 to 31 */
function frameOf(configuration) {
  if (configuration < 12) return SILK[configuration & 3];
  return configuration < 16 ? HYBRID[configuration & 1] : CELT[configuration & 3];
}
