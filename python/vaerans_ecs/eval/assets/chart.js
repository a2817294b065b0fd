'use strict';
/* Rate-quality curves: hover and keyboard reading, legend toggles, linear or logarithmic rate. */
const METRICS = {
  psnr: { name: 'PSNR', unit: ' dB', digits: 2, to: (v) => v, from: (v) => v },
  // 1 - x on a log scale (in dB), so that 0.98 and 0.99 stay apart; the ticks still read as SSIM
  ssim: { name: 'SSIM', unit: '', digits: 4, to: deciBel, from: (v) => 1 - 10 ** (-v / 10) },
  ms_ssim: { name: 'MS-SSIM', unit: '', digits: 4, to: deciBel, from: (v) => 1 - 10 ** (-v / 10) },
};
function deciBel(x) { return -10 * Math.log10(Math.max(1 - x, 1e-6)); }

const chart = { metric: 'psnr', photo: '', log: true, hidden: new Set(), points: [], at: null };

function chartSeries() {
  return report.curves
    .filter((c) => (c.photo ?? '') === chart.photo)
    .map((c) => ({ name: c.codec, points: c.points.filter((p) => p[chart.metric] !== null) }))
    .filter((s) => s.points.length);
}

function niceTicks(low, high, count) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const ticks = [];
  for (let t = Math.ceil(low / step - 1e-9) * step; t <= high + 1e-9; t += step) ticks.push(+t.toFixed(10));
  return ticks;
}
function rateTicks(low, high) {
  if (!chart.log) return niceTicks(low, high, 7);
  const ticks = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.log10(high); e++) {
    for (const m of [1, 2, 5]) if (m * 10 ** e >= low && m * 10 ** e <= high) ticks.push(+(m * 10 ** e).toPrecision(2));
  }
  return ticks;
}
function qualityTicks(low, high, metric) {
  if (metric.to === METRICS.psnr.to) return niceTicks(low, high, 7).map((v) => [v, String(v)]);
  const ticks = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999].map((v) => [deciBel(v), String(v)]).filter(([v]) => v >= low && v <= high);
  return ticks.length > 1 ? ticks : niceTicks(low, high, 4).map((v) => [v, METRICS.ssim.from(v).toFixed(5)]);
}

function drawChart() {
  const box = $('chart'), metric = METRICS[chart.metric];
  const all = chartSeries(), shown = all.filter((s) => !chart.hidden.has(s.name));
  const width = Math.max(280, box.clientWidth), narrow = width < 600, height = narrow ? 320 : 460;
  const frame = { left: 66, right: width - (narrow ? 12 : 92), top: 14, bottom: height - 44 };
  chart.points = [];
  const flat = (shown.length ? shown : all).flatMap((s) => s.points);
  if (!flat.length) {
    box.replaceChildren(make('p', { class: 'hint' }, `No codec has ${metric.name} here.`));
    return;
  }
  const rates = flat.map((p) => p.bpp), values = flat.map((p) => metric.to(p[chart.metric]));
  const x = axis(chart.log ? Math.min(...rates) / 1.12 : 0, Math.max(...rates) * (chart.log ? 1.12 : 1.03), frame.left, frame.right, chart.log);
  const pad = 0.04 * (Math.max(...values) - Math.min(...values)) || 1;
  const y = axis(Math.min(...values) - pad, Math.max(...values) + pad, frame.bottom, frame.top, false);
  const svg = draw('svg', { viewBox: `0 0 ${width} ${height}`, height, tabindex: 0, role: 'img',
    'aria-label': `${metric.name} against bits per pixel. Arrow keys read the points; the same numbers are in the table below.` });
  drawAxes(svg, x, y, frame, metric, width, height);
  // the user's curves last, so that they lie on top
  [...shown].sort((a, b) => looks.get(a.name).mine - looks.get(b.name).mine).forEach((s) => drawSeries(svg, s, x, y, metric));
  if (!narrow) endLabels(svg, shown, x, y, metric, frame);
  const mark = draw('circle', { r: 8, fill: 'none', 'stroke-width': 2, visibility: 'hidden' });
  svg.append(mark);
  const tip = make('div', { class: 'tip', role: 'status', hidden: '' });
  box.replaceChildren(svg, tip);
  listen(svg, mark, tip, width);
}

function axis(low, high, from, to, log) {
  const f = log ? Math.log : (v) => v, a = f(low), b = f(high);
  return Object.assign((v) => from + (to - from) * (f(v) - a) / (b - a || 1), { low, high });
}

function drawAxes(svg, x, y, frame, metric, width, height) {
  for (const t of rateTicks(x.low, x.high)) {
    svg.append(draw('line', { x1: x(t), x2: x(t), y1: frame.top, y2: frame.bottom, class: 'gridline' }),
      draw('text', { x: x(t), y: frame.bottom + 18, 'text-anchor': 'middle' }, String(t)));
  }
  for (const [t, text] of qualityTicks(y.low, y.high, metric)) {
    svg.append(draw('line', { x1: frame.left, x2: frame.right, y1: y(t), y2: y(t), class: 'gridline' }),
      draw('text', { x: frame.left - 8, y: y(t) + 4, 'text-anchor': 'end' }, text));
  }
  svg.append(draw('line', { x1: frame.left, x2: frame.right, y1: frame.bottom, y2: frame.bottom, class: 'axis' }),
    draw('text', { x: (frame.left + frame.right) / 2, y: height - 6, 'text-anchor': 'middle' }, 'bits per pixel'),
    draw('text', { transform: `translate(14,${(frame.top + frame.bottom) / 2}) rotate(-90)`, 'text-anchor': 'middle' },
      metric.unit ? `${metric.name},${metric.unit}` : `${metric.name} (log of 1 ${MINUS} x)`));
}

function drawSeries(svg, series, x, y, metric) {
  const look = looks.get(series.name);
  const places = series.points.map((p) => ({ series: series.name, point: p, x: x(p.bpp), y: y(metric.to(p[chart.metric])) }));
  chart.points.push(...places);
  const path = places.map((p, i) => `${i ? 'L' : 'M'}${p.x.toFixed(1)},${p.y.toFixed(1)}`).join('');
  svg.append(draw('path', { d: path, fill: 'none', style: `stroke:${look.colour}`, 'stroke-width': look.mine ? 3 : 1.75,
    'stroke-dasharray': look.dash, 'stroke-linejoin': 'round' }));
  for (const p of places) {
    svg.append(draw('path', { d: look.marker(look.mine ? 4.5 : 3.5), transform: `translate(${p.x.toFixed(1)},${p.y.toFixed(1)})`,
      style: `fill:${look.colour};stroke:var(--surface)`, 'stroke-width': 1 }));
  }
}

/* Names at the right end of the curves, pushed apart where they would touch. */
function endLabels(svg, shown, x, y, metric, frame) {
  const labels = shown.map((s) => {
    const last = s.points[s.points.length - 1];
    return { name: s.name, x: x(last.bpp) + 9, y: y(metric.to(last[chart.metric])) + 4 };
  }).sort((a, b) => a.y - b.y);
  labels.forEach((l, i) => {
    for (const other of labels.slice(0, i)) {
      if (Math.abs(other.x - l.x) < 70 && l.y - other.y < 15) l.y = other.y + 15;
    }
    const name = l.name.length > 14 ? `${l.name.slice(0, 13)}\u2026` : l.name;
    svg.append(draw('text', { x: Math.min(l.x, frame.right + 6), y: l.y, class: 'end', style: `fill:${looks.get(l.name).colour}` }, name));
  });
}

function listen(svg, mark, tip, width) {
  const show = (p) => {
    chart.at = p;
    mark.setAttribute('visibility', p ? 'visible' : 'hidden');
    tip.hidden = !p;
    if (!p) return;
    mark.setAttribute('cx', p.x); mark.setAttribute('cy', p.y);
    mark.style.stroke = looks.get(p.series).colour;
    tip.replaceChildren(...tipBody(p));
    const left = p.x > width / 2 ? p.x - tip.offsetWidth - 14 : p.x + 14;
    tip.style.left = `${Math.max(0, left)}px`;
    tip.style.top = `${Math.max(0, p.y - tip.offsetHeight / 2)}px`;
  };
  svg.addEventListener('pointermove', (event) => {
    const r = svg.getBoundingClientRect(), px = event.clientX - r.left, py = event.clientY - r.top;
    let best = null, near = 60;
    for (const p of chart.points) {
      const d = Math.hypot(p.x - px, p.y - py);
      if (d < near) { near = d; best = p; }
    }
    show(best);
  });
  svg.addEventListener('pointerleave', () => show(null));
  svg.addEventListener('blur', () => show(null));
  svg.addEventListener('keydown', (event) => {
    const next = keyTarget(event.key);
    if (next === undefined) return;
    event.preventDefault();
    show(next);
  });
}

/* Left and right along a curve, up and down to the next codec at about the same rate. */
function keyTarget(key) {
  if (key === 'Escape') return null;
  const along = { ArrowRight: 1, ArrowLeft: -1 }[key], across = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (!along && !across) return undefined;
  if (!chart.at) return chart.points[0];
  const mine = chart.points.filter((p) => p.series === chart.at.series);
  if (along) return mine[Math.min(mine.length - 1, Math.max(0, mine.indexOf(chart.at) + along))];
  const names = [...new Set(chart.points.map((p) => p.series))];
  const name = names[(names.indexOf(chart.at.series) + across + names.length) % names.length];
  return chart.points.filter((p) => p.series === name).reduce((a, b) => (Math.abs(b.x - chart.at.x) < Math.abs(a.x - chart.at.x) ? b : a));
}

function tipBody({ series, point }) {
  const list = make('dl');
  const add = (k, v) => list.append(make('dt', {}, k), make('dd', {}, v));
  add('Rate', `${number(point.bpp, 3)} bpp`);
  for (const [key, m] of Object.entries(METRICS)) add(m.name, number(point[key], m.digits) + (point[key] === null ? '' : m.unit));
  if (point.encode_ms !== null) add('Encode, decode', `${number(point.encode_ms, 1)}, ${number(point.decode_ms, 1)} ms`);
  return [make('b', {}, series), make('span', {}, point.point), list];
}

function drawLegend() {
  $('legend').replaceChildren(...chartSeries().map((s) => {
    const button = make('button', { type: 'button', 'aria-pressed': !chart.hidden.has(s.name), class: looks.get(s.name).mine ? 'mine' : null }, swatch(s.name), s.name);
    button.addEventListener('click', () => {
      if (!chart.hidden.delete(s.name)) chart.hidden.add(s.name);
      button.setAttribute('aria-pressed', !chart.hidden.has(s.name));
      drawChart();
    });
    return button;
  }));
}

function drawChartTable() {
  const head = ['Codec', 'Point', 'bpp', 'PSNR, dB', 'SSIM', 'MS-SSIM', 'Encode, ms', 'Decode, ms'];
  const body = make('tbody');
  for (const c of report.curves.filter((k) => (k.photo ?? '') === chart.photo)) {
    for (const p of c.points) {
      const cells = [number(p.bpp, 3), number(p.psnr), number(p.ssim, 4), number(p.ms_ssim, 4), number(p.encode_ms, 1), number(p.decode_ms, 1)];
      body.append(make('tr', {}, make('td', {}, c.codec), make('td', {}, p.point), ...cells.map((v) => make('td', { class: 'num' }, v))));
    }
  }
  $('chart-table').replaceChildren(make('table', {}, make('thead', {}, make('tr', {}, ...head.map((h, i) => make('th', { class: i > 1 ? 'num' : null }, h)))), body));
}

function startChart() {
  const redraw = () => { drawLegend(); drawChart(); drawChartTable(); };
  const photos = [...new Set(report.curves.map((c) => c.photo ?? ''))];
  options($('curve-photo'), photos.map((p) => [p, p || (report.photos.length === 1 ? report.photos[0].name : `mean of ${report.photos.length}`)]), '');
  $('curve-photo').addEventListener('change', (event) => { chart.photo = event.target.value; redraw(); });
  $('log-rate').addEventListener('change', (event) => { chart.log = event.target.checked; drawChart(); });
  segmented($('metric'), Object.entries(METRICS).map(([k, m]) => [k, m.name]), 'psnr', (m) => { chart.metric = m; redraw(); });
  let width = $('chart').clientWidth;
  new ResizeObserver(() => {
    if ($('chart').clientWidth === width) return;
    width = $('chart').clientWidth;
    drawChart();
  }).observe($('chart'));
}
