'use strict';
/* Histograms of wavelet bands, log counts: the original as an area, a codec as a line over it. */
function bandSet(photo, codec) {
  return report.histograms.filter((h) => h.photo === photo && (h.codec ?? '') === codec);
}

const ORDER = ['HL', 'LH', 'HH', 'LL'];
function level(h) { return Number(h.band.slice(2)) * 8 + ORDER.indexOf(h.band.slice(0, 2)); }

function drawBands() {
  const photo = $('band-photo').value, codec = $('band-codec').value;
  const decoded = new Map(bandSet(photo, codec).map((h) => [h.band, h]));
  const first = decoded.values().next().value;
  const caption = $('band-caption');
  caption.replaceChildren(make('span', { class: 'key', style: 'background:var(--fill)' }), 'original');
  if (first) caption.append(make('span', { class: 'key', style: `background:${looks.get(codec).colour}` }), `${codec}, ${first.point}`);
  caption.append('. CDF 9/7 of the luma; how many coefficients (log scale) have which value. A codec that rounds a band to zero leaves a spike.');
  const bands = bandSet(photo, '').reverse(); // finest level first, one level per row, the low-pass last
  bands.sort((a, b) => level(a) - level(b));
  $('band-grid').replaceChildren(...bands.map((h) => bandFigure(h, decoded.get(h.band), codec)));
}

function bandFigure(original, decoded, codec) {
  const width = 260, height = 96, base = height - 18;
  const top = Math.log10(1 + Math.max(...original.counts, ...(decoded?.counts ?? [])));
  const x = (i) => (i * width) / original.counts.length, y = (n) => base - (base - 4) * (Math.log10(1 + n) / (top || 1));
  const steps = (counts) => counts.map((n, i) => `L${x(i).toFixed(1)},${y(n).toFixed(1)}H${x(i + 1).toFixed(1)}`).join('');
  const svg = draw('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `Histogram of band ${original.band}` },
    draw('path', { d: `M0,${base}${steps(original.counts)}V${base}Z`, style: 'fill:var(--fill)' }));
  if (decoded) svg.append(draw('path', { d: `M0,${base}${steps(decoded.counts)}V${base}`, fill: 'none', style: `stroke:${looks.get(codec).colour}`, 'stroke-width': 2 }));
  svg.append(draw('line', { x1: 0, x2: width, y1: base, y2: base, class: 'axis' }));
  for (const [at, anchor, value] of [[0, 'start', original.low], [width / 2, 'middle', (original.low + original.high) / 2], [width, 'end', original.high]]) {
    svg.append(draw('text', { x: at, y: height - 4, 'text-anchor': anchor }, number(value, Math.abs(value) < 10 && value ? 1 : 0)));
  }
  const entropy = decoded ? `${number(original.entropy_bits)} \u2192 ${number(decoded.entropy_bits)} bit` : `${number(original.entropy_bits)} bit`;
  return make('div', { class: 'band' }, make('h3', {}, original.band, make('span', {}, entropy)), svg);
}

function startBands() {
  const photos = [...new Set(report.histograms.map((h) => h.photo))];
  if (!photos.length) {
    $('bands').hidden = true;
    document.querySelector('nav a[href="#bands"]').hidden = true;
    return;
  }
  const codecs = report.codecs.map((c) => c.name).filter((n) => report.histograms.some((h) => h.codec === n));
  options($('band-photo'), photos.map((p) => [p, p]), photos[0]);
  options($('band-codec'), codecs.map((n) => [n, n]), codecs[0]);
  $('band-photo').addEventListener('change', drawBands);
  $('band-codec').addEventListener('change', drawBands);
  drawBands();
}
