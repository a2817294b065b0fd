/** The words of the package in those of the command. */

/** maxError -> max-error. */
export const flag = (name) => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

const KNOBS = ["maxPixels", "maxBytes", "maxError"];

/** A message names options of the command. A limit that the caller did not set cannot be raised here: it is the most that there is. */
export function inWords(message, limits = {}) {
  const raised = message.replace(/^\[[\w.]+\] /, "").replace(/\braise (max[A-Z]\w*)(, or )?/g, (_, knob, or = "") => {
    if (knob in limits) return `raise --${flag(knob)}${or}`;
    return or ? "" : "make the picture smaller";
  });
  return raised.replace(/\bmax[A-Z]\w*/g, (knob) => (KNOBS.includes(knob) ? `--${flag(knob)}` : knob));
}
