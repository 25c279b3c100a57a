// @ts-check
/** Redundant audio data (RFC 2198): one payload that carries a frame and copies of the frames before it. */

const HEADER_BYTES = 4; // of a copy: one bit of follow, 7 of payload type, 14 of timestamp offset, 10 of length

/**
 * Take a payload apart.
 * @param {Uint8Array} payload of an RTP packet whose type is RED
 * @returns {{offset: number, data: Uint8Array}[]} the copies, oldest first, and last the frame itself; `offset` is by
 *   how many ticks of the RTP clock it is older than the packet's timestamp
 * @throws {RangeError} if the payload ends inside what its headers promise
 */
export function parseRed(payload) {
  const lengths = [];
  const offsets = [];
  let at = 0;
  while (payload[at] & 0x80) {
    if (at + HEADER_BYTES >= payload.length) throw new RangeError(`a RED payload of ${payload.length} bytes ends in its headers`);
    const bits = (payload[at + 1] << 16) | (payload[at + 2] << 8) | payload[at + 3];
    offsets.push(bits >> 10);
    lengths.push(bits & 0x3ff);
    at += HEADER_BYTES;
  }
  if (at >= payload.length) throw new RangeError(`a RED payload of ${payload.length} bytes has no last header`);
  at += 1;
  const blocks = [];
  for (const [i, length] of lengths.entries()) {
    if (at + length > payload.length) throw new RangeError(`a RED block of ${length} bytes; the payload has ${payload.length - at} left`);
    blocks.push({ offset: offsets[i], data: payload.subarray(at, at + length) });
    at += length;
  }
  blocks.push({ offset: 0, data: payload.subarray(at) });
  return blocks;
}
