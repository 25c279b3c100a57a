// Render the reference console with node-web-audio-api: node node_peer.mjs FOLDER SECONDS [cold] -> one line of JSON.
// With `cold` nothing is rendered before, so that the whole process can be timed.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OfflineAudioContext } from 'node-web-audio-api';
import { buildConsole } from './console.js';

const [folder, seconds] = [process.argv[2], Number(process.argv[3])];

async function load(context, name) {
  const file = await readFile(join(folder, name));
  return context.decodeAudioData(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
}

async function render(length) {
  const context = new OfflineAudioContext(2, length * 48000, 48000);
  const songs = await Promise.all([...Array(8).keys()].map((n) => load(context, `strip${n}.wav`)));
  buildConsole(context, songs, await load(context, 'impulse.wav'));
  const before = process.cpuUsage();
  const rendered = await context.startRendering();
  const used = process.cpuUsage(before);
  const sound = rendered.getChannelData(0);
  const energy = sound.reduce((sum, sample) => sum + sample * sample, 0);
  return { cpuMs: (used.user + used.system) / 1000, rms: Math.sqrt(energy / sound.length) };
}

if (process.argv[4] !== 'cold') await render(1);
console.log(JSON.stringify(await render(seconds)));
