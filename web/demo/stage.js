/** The right side of the stage: pixels and the words over them change together, or not at all. */
import { NAMES, bytesText } from "./text.js";
import { hideOther, showOther } from "./viewer.js";

const label = (text) => (document.getElementById("name").textContent = text);

/** A function that shows one codec of a result: its pixels, or their difference to the original times `gain` if that is not 0. */
export function stageOf(ask) {
  /** The newest question; an older one that comes back late is not shown. */
  let newest = 0;

  return async function paint(result, codec, gain) {
    const mine = ++newest;
    const shot = result?.shots[codec];
    const name = NAMES[codec] ?? "";
    if (!shot?.pixels) {
      hideOther();
      return label(shot?.error ? `${name}: ${shot.error}` : `${name} …`);
    }
    const text = `${name} · ${bytesText(shot.bytes)}`;
    if (!gain) {
      showOther(shot.pixels);
      return label(text);
    }
    const pixels = await ask("residual", { photo: result.photo.id, pixels: shot.pixels, gain });
    if (mine !== newest || !pixels) return;
    showOther(pixels);
    label(`${text} · difference ×${gain}`);
  };
}
