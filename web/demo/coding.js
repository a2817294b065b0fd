/**
 * What is coded: a photo at a setting. What is shown is always one finished result, which carries its photo and its setting, so
 * that nothing stands beside the figures of another one.
 */
import { decode, encode } from "./vaerans/index.js";

/** What a result is compared with: the learned codec and the browser's own. JPEG cannot keep every sample: PNG takes its place then. */
export const peersOf = ({ lossless }) => (lossless ? ["png", "webp"] : ["vae", "jpeg", "webp"]);

const GREY = { data: new Uint8ClampedArray(4 * 64 * 64).fill(128), width: 64, height: 64 };

/** In a table there is little room. */
const wordsOf = ({ code, message }) => (code === "param.range" ? "makes no file so small" : code ? "cannot be had here" : message);

/** Of `ask`, the worker's questions, and `changed`, which is called whenever there is something else to show. */
export function coder(ask, changed) {
  /** The newest question, `{ photo, setting }`; a new object for each. */
  let wanted;
  /** The newest answer: `{ photo, setting, file, shots }`; shots by the codec's name, undefined while it is at work. */
  let result;
  let running = false;

  /** One encoding and decoding by vaerans: `{ file, shot }`. */
  async function attempt({ data, width, height, id }, options, signal) {
    const started = performance.now();
    const file = await encode({ data, width, height }, { ...options, signal });
    const encoded = performance.now();
    const picture = await decode(file, { signal, rgba: true });
    const decoded = performance.now();
    const pixels = picture.toImageData().data;
    const psnr = await ask("psnr", { photo: id, pixels });
    return { file, shot: { bytes: file.length, psnr, quality: options.quality, encodeMs: encoded - started, decodeMs: decoded - encoded, pixels } };
  }

  async function code(question) {
    const { photo, setting } = question;
    const { file, shot } = await attempt(photo, setting);
    return { photo, setting, file, question, shots: { vaerans: shot } };
  }

  /** Whether the files of the learned codec are there: its first time is not one of loading. */
  let isWarm = false;

  /** The learned codec at the best quality that fits; its encoder looks for that itself. */
  async function learned(photo, targetBytes, signal) {
    if (!isWarm) await attempt({ ...GREY, id: photo.id }, { profile: "vae", fallback: false }, signal);
    isWarm = true;
    const { shot } = await attempt(photo, { profile: "vae", targetBytes, fallback: false }, signal);
    return { ...shot, isReached: shot.bytes <= targetBytes };
  }

  /** What ends a comparison that is overtaken. */
  let comparing;

  /** The others, for the result that is shown. */
  async function compare(mine) {
    const { photo, shots, setting } = mine;
    const { signal } = (comparing = new AbortController());
    for (const name of peersOf(setting)) {
      const { bytes } = shots.vaerans;
      const question = { photo: photo.id, type: `image/${name}`, target: setting.lossless ? Infinity : bytes, serial: mine.serial };
      const answer = name === "vae" ? learned(photo, bytes, signal) : ask("peer", question);
      const shot = await answer.catch((error) => ({ error: wordsOf(error) }));
      if (mine !== result || !shot) return;
      shots[name] = shot;
      changed();
    }
  }

  let serial = 0;
  /** One after another; the newest question wins. */
  async function run() {
    if (running) return;
    running = true;
    try {
      while (wanted && wanted !== result?.question) {
        const answer = await code(wanted);
        // Of a photo that was replaced meanwhile nothing is shown; at a setting that was, the answer is, under its own setting.
        if (answer.photo !== wanted?.photo) continue;
        comparing?.abort();
        result = { ...answer, serial: ++serial };
        changed();
      }
    } catch (error) {
      wanted = undefined;
      throw error;
    } finally {
      running = false;
    }
    const mine = result;
    setTimeout(() => mine && mine === result && !running && void compare(mine), 150);
  }

  return {
    get result() {
      return result;
    },
    /** Whether something else is asked for than what is shown. */
    get isBusy() {
      return !!wanted && wanted !== result?.question;
    },
    get wanted() {
      return wanted;
    },
    /** Another photo: what was there is gone at once. */
    start(photo, setting) {
      comparing?.abort();
      result = undefined;
      wanted = { photo, setting };
      changed();
      return run();
    },
    /** Another setting of the photo that is there. */
    set(setting) {
      if (!wanted) return Promise.resolve();
      wanted = { photo: wanted.photo, setting };
      changed();
      return run();
    },
  };
}
