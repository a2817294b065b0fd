'use strict';
/* Before and after: a slider, two pictures beside each other, or what was lost, computed from the pictures shown. */
const view = { photo: '', size: '', left: '', right: '', mode: 'slider', zoom: 0, gain: 8, pos: 50 };
const ORIGINAL = '';

/* The picture of a codec nearest to the wanted size ('' is the original). */
function pictureOf(codec) {
  const mine = report.pictures.filter((p) => p.photo === view.photo && (p.codec ?? '') === codec);
  if (codec === ORIGINAL || !mine.length) return mine[0];
  const far = (p) => Math.abs(Math.log(p.bpp / Number(view.size)));
  return mine.reduce((a, b) => (far(b) < far(a) ? b : a));
}
function label(p) {
  if (!p.codec) return 'Original';
  return `${p.codec}, ${p.point}: ${number(p.bpp, 2)} bpp, ${p.psnr === null ? 'lossless' : `${number(p.psnr, 1)} dB`}`;
}
function picture(p, extra = {}) {
  return make('img', { src: p.data, alt: label(p), width: p.width, height: p.height, draggable: 'false', ...extra });
}
function viewWidth(p) {
  // fitted, a picture is never blown up, but for one too small to be seen
  return view.zoom ? `width:${p.width * view.zoom}px` : `max-width:${p.width * Math.max(1, Math.floor(480 / p.width))}px`;
}
function box(p, ...children) {
  return make('div', { class: view.zoom > 1 || p.width < 240 ? 'view sharp' : 'view' }, make('div', { class: 'slider', style: viewWidth(p) }, ...children));
}

function drawCompare() {
  const left = pictureOf(view.left), right = pictureOf(view.right);
  const stage = $('cmp-stage');
  if (!left || !right) {
    stage.replaceChildren(make('p', { class: 'hint' }, 'This codec has no picture here: its points failed or the limit of the page was reached.'));
    return;
  }
  stage.replaceChildren({ slider: sliderView, pair: pairView, residual: residualView }[view.mode](left, right));
  $('cmp-gain-label').hidden = view.mode !== 'residual';
  const what = view.mode === 'residual' ? `Difference from the original, times ${view.gain}, grey is none. ` : view.mode === 'slider' ? 'Drag, or use the arrow keys. ' : '';
  $('cmp-caption').textContent = what + (left.crop ? `Shown: ${left.crop}.` : '');
}

function sliderView(left, right) {
  const input = make('input', { type: 'range', min: 0, max: 100, step: 0.5, value: view.pos, 'aria-label': `Share of the picture shown as ${label(left)}; the rest is ${label(right)}` });
  const frame = box(right, picture(right), picture(left, { class: 'over' }), input,
    make('div', { class: 'rule' }), make('span', { class: 'tag left' }, label(left)), make('span', { class: 'tag right' }, label(right)));
  const inner = frame.firstChild, move = () => { view.pos = input.value; inner.style.setProperty('--pos', `${input.value}%`); };
  input.addEventListener('input', move);
  move();
  return frame;
}

function pairView(left, right) {
  const frames = [left, right].map((p) => box(p, picture(p), make('span', { class: 'tag left' }, label(p))));
  // zoomed in, the two scroll together
  frames.forEach((f, i) => f.addEventListener('scroll', () => {
    frames[1 - i].scrollLeft = f.scrollLeft;
    frames[1 - i].scrollTop = f.scrollTop;
  }));
  return make('div', { class: 'pair' }, ...frames);
}

function residualView(left, right) {
  const shown = [left, right].filter((p) => p.codec);
  const frames = (shown.length ? shown : [right]).map((p) => {
    const canvas = make('canvas', { width: p.width, height: p.height, role: 'img', 'aria-label': `Residual of ${label(p)}` });
    drawResidual(canvas, p);
    return box(p, canvas, make('span', { class: 'tag left' }, label(p)));
  });
  return frames.length > 1 ? make('div', { class: 'pair' }, ...frames) : frames[0];
}

const samples = new Map();
async function samplesOf(p) {
  if (!samples.has(p)) {
    const image = new Image();
    image.src = p.data;
    await image.decode();
    const context = make('canvas', { width: p.width, height: p.height }).getContext('2d', { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    if (samples.size > 16) samples.clear(); // decoded pictures are large
    samples.set(p, context.getImageData(0, 0, p.width, p.height));
  }
  return samples.get(p);
}
async function drawResidual(canvas, p) {
  const [a, b] = await Promise.all([samplesOf(pictureOf(ORIGINAL)), samplesOf(p)]);
  const context = canvas.getContext('2d'), out = context.createImageData(p.width, p.height);
  for (let i = 0; i < out.data.length; i++) out.data[i] = i % 4 === 3 ? 255 : 128 + view.gain * (b.data[i] - a.data[i]);
  context.putImageData(out, 0, 0);
}

function startCompare() {
  const photos = [...new Set(report.pictures.map((p) => p.photo))];
  if (!photos.length) {
    $('compare-body').replaceChildren(make('p', {}, 'No pictures were embedded.'));
    return;
  }
  const sizes = [...new Set(report.pictures.filter((p) => p.codec).map((p) => p.target_bpp))].sort((a, b) => a - b);
  const present = report.codecs.map((c) => c.name).filter((n) => report.pictures.some((p) => p.codec === n));
  const codecs = [[ORIGINAL, 'Original'], ...present.map((n) => [n, n])];
  Object.assign(view, { photo: photos[0], size: String(sizes[Math.floor((sizes.length - 1) / 2)] ?? ''), left: present.includes(report.anchor) && present[0] !== report.anchor ? report.anchor : ORIGINAL, right: present[0] ?? ORIGINAL });
  const bind = (id, key, pairs) => {
    options($(id), pairs, view[key]);
    $(id).addEventListener('change', (event) => { view[key] = event.target.value; drawCompare(); });
  };
  bind('cmp-photo', 'photo', photos.map((p) => [p, p]));
  bind('cmp-size', 'size', sizes.map((s) => [String(s), `${s} bpp`]));
  bind('cmp-left', 'left', codecs);
  bind('cmp-right', 'right', codecs);
  $('cmp-zoom').addEventListener('change', (event) => { view.zoom = Number(event.target.value); drawCompare(); });
  $('cmp-gain').addEventListener('input', (event) => {
    view.gain = Number(event.target.value);
    $('cmp-gain-value').textContent = view.gain + TIMES;
    drawCompare();
  });
  segmented($('cmp-mode'), [['slider', 'Slider'], ['pair', 'Side by side'], ['residual', 'Residual']], 'slider', (m) => { view.mode = m; drawCompare(); });
}
