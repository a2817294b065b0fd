/** A picture that needs no file: dusk over a lake, drawn from noise. Soft gradients, fine texture and hard edges to code. */

const hash = (x, y) => {
  let n = (Math.imul(x, 374761393) + Math.imul(y, 668265263)) | 0;
  n = Math.imul(n ^ (n >>> 13), 1274126177);
  return ((n ^ (n >>> 16)) >>> 0) / 4294967296;
};
const smooth = (t) => t * t * (3 - 2 * t);
const mix = (a, b, t) => a + (b - a) * t;
const blend = (a, b, t) => [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
const clamp = (v) => Math.min(1, Math.max(0, v));

/** Value noise in [0, 1]. */
function noise(x, y) {
  const [i, j] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [smooth(x - i), smooth(y - j)];
  return mix(mix(hash(i, j), hash(i + 1, j), u), mix(hash(i, j + 1), hash(i + 1, j + 1), u), v);
}

function octaves(x, y, count) {
  let sum = 0;
  for (let i = 0, weight = 0.5; i < count; i++, weight /= 2, x = x * 2.03 + 17, y = y * 2.03 + 5) sum += weight * noise(x, y);
  return sum / (1 - 0.5 ** count);
}

const SKY = [
  [0, [30, 44, 84]],
  [0.3, [74, 92, 142]],
  [0.55, [186, 142, 152]],
  [0.75, [244, 180, 130]],
  [1, [255, 214, 158]],
];
const RIDGES = [
  { base: 0.56, rise: 0.1, width: 2.2, colour: [150, 122, 146], seed: 3 },
  { base: 0.61, rise: 0.12, width: 3.1, colour: [104, 92, 126], seed: 11 },
  { base: 0.67, rise: 0.1, width: 4.4, colour: [64, 66, 98], seed: 23 },
  { base: 0.725, rise: 0.075, width: 6, colour: [34, 44, 66], seed: 41 },
];
const SHORE = 0.74;

function sky(x, y, sun) {
  const t = clamp(y / 0.66);
  const at = SKY.findIndex(([stop]) => stop >= t);
  const [[low, from], [high, to]] = at > 0 ? [SKY[at - 1], SKY[at]] : [SKY[0], SKY[1]];
  const glow = Math.exp(-((x - 0.98) ** 2 + 2.2 * (y - 0.53) ** 2) * 7);
  const cloud = clamp((octaves(x * 2.6 + 4, y * 9, 5) - 0.5) * 3.4) * clamp(1.25 - Math.abs(y - 0.3) * 2.6);
  const base = blend(from, to, smooth(clamp((t - low) / (high - low))));
  const lit = blend(base, [255, 236, 190], 0.75 * glow);
  const disc = sun * clamp((0.036 - Math.hypot(x - 0.98, y - 0.505)) * 260);
  return blend(blend(lit, blend([96, 88, 124], [255, 176, 140], clamp(t * 1.1)), 0.62 * cloud), [255, 248, 224], disc * (1 - 0.5 * cloud));
}

/** Top of a ridge at x, as a share of the height. */
const crest = ({ base, rise, width, seed }, x) =>
  base - rise * (1.3 * Math.abs(octaves(x * width + seed, seed, 6) - 0.5) * 2 + 0.4 * octaves(x * width * 0.5, seed, 2) - 0.2);

/** The tops at steps of 1/1024, from x = -0.5: looked up for each pixel. */
const STEPS = 1024;
const TOPS = RIDGES.map((ridge) => Float32Array.from({ length: 3 * STEPS }, (_, i) => crest(ridge, i / STEPS - 0.5)));
const top = (i, x) => TOPS[i][Math.max(0, Math.round((x + 0.5) * STEPS))] ?? 1;

/** Firs on the nearest ridge: triangles of hashed height. */
const FIRS = Array.from({ length: 3 * 62 }, (_, k) => {
  const i = k - 31;
  const middle = (i + 0.3 + 0.4 * hash(i, 7)) / 62;
  const height = 0.035 + 0.06 * hash(i, 9) * (0.4 + octaves(i / 9, 2, 2));
  return { middle, height, tip: crest(RIDGES[3], middle) - height };
});

function isFir(x, y) {
  const nearest = Math.floor(x * 62) + 31;
  for (let k = nearest - 1; k <= nearest + 1; k++) {
    const fir = FIRS[k];
    const down = fir ? (y - fir.tip) / fir.height : 0;
    if (down > 0 && Math.abs(x - fir.middle) < 0.0105 * down * (0.75 + 0.5 * Math.abs(((down * 6) % 1) - 0.2))) return true;
  }
  return false;
}

function land(x, y, sun = 1) {
  if (isFir(x, y)) return [18 + 10 * noise(x * 300, y * 300), 27 + 12 * noise(x * 280, y * 310), 38];
  for (let i = RIDGES.length - 1; i >= 0; i--) {
    const edge = top(i, x);
    if (y < edge) continue;
    const rock = (octaves(x * 26 + i * 9, y * 40, 5) - 0.5) * (34 + 10 * i);
    const haze = clamp((y - edge) * 5) * (0.5 - 0.09 * i);
    return blend(
      RIDGES[i].colour.map((v) => v + rock * 0.55),
      [226, 176, 158],
      haze,
    );
  }
  return sky(x, y, sun);
}

function water(x, y) {
  const depth = (y - SHORE) / (1 - SHORE);
  const wave = octaves((x * 9) / (0.25 + depth), 60 / (0.12 + depth), 3) - 0.5;
  const shine = octaves((x * 34) / (0.3 + depth), (y * 260) / (0.5 + depth), 3);
  const mirrored = land(x + wave * 0.05 * (0.3 + depth), SHORE - (y - SHORE) * 1.45 - wave * 0.05 * depth, 0);
  const glint = clamp((shine - 0.62) * 5) * Math.exp(-((x - 0.98) ** 2) * 14) * (1 - 0.5 * depth);
  return blend(blend(mirrored, [70, 58, 86], 0.16 + 0.4 * depth), [255, 220, 170], 0.75 * glint);
}

/** RGBA; x runs to width/height so that nothing is stretched. */
export function sample(width = 1080, height = 720) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i += 4) {
      const [x, y] = [column / height, row / height];
      const grain = (hash(column, row) - 0.5) * 5;
      const [r, g, b] = y > SHORE ? water(x, y) : land(x, y);
      data[i] = r + grain;
      data[i + 1] = g + grain;
      data[i + 2] = b + grain;
      data[i + 3] = 255;
    }
  }
  return { data, width, height };
}
