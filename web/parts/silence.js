// @ts-check
/** Why a channel cannot be heard, as far as a page knows. */
import { SILENCE_DB } from "./law.js";
import { heard } from "./solo.js";

/**
 * @param {Pick<import("../../client/types.js").SessionState, "values" | "strips" | "groups">} state
 * @param {string} owner as `strip/1`
 * @returns {string} in words; empty if nothing that is known silences it
 */
export function whySilent({ values, strips, groups }, owner) {
  const channels = [...strips.map((strip) => ({ ...strip, owner: `strip/${strip.id}` })), ...groups.map((group) => ({ ...group, owner: `group/${group.id}` }))]
    .map(({ owner: each, name, id }) => ({ owner: each, name: name || id, solo: values[`${each}/solo`] === true, output: String(values[`${each}/output`]) }));
  const byOwner = new Map(channels.map((channel) => [channel.owner, channel]));
  /** @type {string[]} */
  const way = [];
  for (let at = owner; byOwner.has(at) && !way.includes(at); at = byOwner.get(at)?.output ?? "") way.push(at);
  for (const each of [...way, "master"]) {
    const name = byOwner.get(each)?.name ?? "the master";
    if (values[`${each}/mute`] === true) return `${name} is muted`;
    if (Number(values[`${each}/fader`]) <= SILENCE_DB) return `the fader of ${name} is down`;
  }
  return heard(channels).has(owner) ? "" : "solo of another channel silences it";
}
