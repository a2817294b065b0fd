/**
 * What is coded: a photo at a setting. What is shown is always one finished result, which carries its photo and its setting, so
 * that nothing stands beside the figures of another one.
 */
import { decode, encode } from "./vaerans/index.js";

/** JPEG cannot keep every sample: PNG takes its place then. */
export const peersOf = ({ lossless }) => (lossless ? ["png", "webp"] : ["jpeg", "webp"]);

/** Of `ask`, the worker's questions, and `changed`, which is called whenever there is something else to show. */
export function coder(ask, changed) {
  /** The newest question, `{ photo, setting }`; a new object for each. */
  let wanted;
  /** The newest answer: `{ photo, setting, file, shots }`; shots by the codec's name, undefined while it is at work. */
  let result;
  let running = false;

  async function code(question) {
    const { photo, setting } = question;
    const { data, width, height } = photo;
    const started = performance.now();
    const file = await encode({ data, width, height }, setting);
    const encoded = performance.now();
    const picture = await decode(file);
    const decoded = performance.now();
    const pixels = picture.toImageData().data;
    const psnr = await ask("psnr", { photo: photo.id, pixels });
    const shot = { bytes: file.length, psnr, quality: setting.quality, encodeMs: encoded - started, decodeMs: decoded - encoded, pixels };
    return { photo, setting, file, question, shots: { vaerans: shot } };
  }

  /** The browser's own codecs, for the result that is shown. */
  async function compare(mine) {
    const { photo, shots, setting } = mine;
    for (const name of peersOf(setting)) {
      const question = { photo: photo.id, type: `image/${name}`, target: shots.vaerans.psnr, serial: mine.serial };
      const shot = await ask("peer", question).catch((error) => ({ error: error.message }));
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
