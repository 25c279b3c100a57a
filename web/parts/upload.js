// @ts-check
/** One's own files on their way to the server, and the session made of them: see docs/your-music.md. */
import { api, post, writeFragment } from "../../client/front-door.js";
import { CommandError } from "../../client/errors.js";

/** @typedef {import("../../client/protocol.js").Uploaded} Uploaded */
/** @typedef {import("../../client/protocol.js").UploadLimits} UploadLimits */

const MOST_FOUND = 640; // of a folder: ten times what a session takes

/** @returns {Promise<UploadLimits>} */
export const readLimits = () => api("/api/uploads");

/**
 * Send a file.
 * @param {File} file
 * @param {(share: number) => void} progress 0 to 1
 * @returns {Promise<Uploaded>}
 * @throws {CommandError} with the server's reason
 */
export function upload(file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells no progress of what it sends
    request.open("POST", `/api/uploads?name=${encodeURIComponent(file.name)}`);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 201) return resolve(request.response);
      const { code = `http-${request.status}`, message = `the server answered ${request.status}` } = request.response?.error ?? {};
      reject(new CommandError({ code, message }));
    };
    request.onerror = () => reject(new CommandError({ code: "line-lost", message: "the line broke; send the file again" }));
    request.send(file);
  });
}

/**
 * Make a session with one strip for each upload.
 * @param {Uploaded[]} uploads
 * @param {string} name its name; if empty, that of the first upload
 * @returns {Promise<string>} fragment of its link
 */
export async function openUploads(uploads, name) {
  const strips = uploads.map(({ upload: id, name: file }) => ({ upload: id, name: plainName(file) }));
  return writeFragment(await post("/api/sessions", { uploads: strips, name: (name || strips[0].name).slice(0, 64) }));
}

/** A file's name as a strip's: without folder and ending. @param {string} file */
export function plainName(file) {
  return (file.split(/[/\\]/).pop() ?? file).replace(/\.[a-z0-9]{2,5}$/i, "").replaceAll("_", " ").trim().slice(0, 64);
}

/**
 * The files of a drop, those of folders too, in the order of their names.
 * @param {DataTransfer} dropped
 * @returns {Promise<{files: File[], name: string}>} name: of the folder, if it was one
 */
export async function filesOf(dropped) {
  const items = [...dropped.items].filter(({ kind }) => kind === "file");
  // both asked for at once: after a pause the browser has forgotten them
  const entries = items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const [first] = entries;
  const folder = entries.length === 1 && first && "isDirectory" in first && first.isDirectory ? first.name : "";
  const found = await Promise.all(entries.map((entry) => (entry === null ? [] : entry instanceof File ? [entry] : walk(entry))));
  return { files: soundsOf(found.flat()), name: folder };
}

/** Those that may be sound, in the order of their names. @param {File[]} files */
export function soundsOf(files) {
  const sounds = files.filter(({ name, type }) => type.startsWith("audio/") || /\.(wav|flac|ogg|opus|mp3|aiff?)$/i.test(name));
  return (sounds.length ? sounds : files).sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/** @param {FileSystemEntry} entry @returns {Promise<File[]>} */
async function walk(entry) {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) return [await new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject))];
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  /** @type {File[]} */
  const found = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0 || found.length > MOST_FOUND) return found;
    found.push(...(await Promise.all(some.map(walk))).flat());
  }
}
