'use strict';
/* Shared by the parts of the page: the data, element builders, one look per codec. Text only ever goes in as textContent. */
const report = JSON.parse(document.getElementById('data').textContent);
const $ = (id) => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';
const MINUS = '\u2212', TIMES = '\u00d7', DASH = '\u2013';

function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}
function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}
function options(select, pairs, value) {
  select.replaceChildren(...pairs.map(([v, text]) => make('option', { value: v, selected: v === value ? '' : null }, text)));
}
function number(value, digits = 2) {
  return value === null || value === undefined ? DASH : value.toFixed(digits).replace('-', MINUS);
}

/* A row of buttons of which one is chosen; arrow keys move, as in a radio group. */
function segmented(box, pairs, value, onchange) {
  const choose = (chosen, focus) => {
    buttons.forEach((b) => {
      const on = b.value === chosen;
      b.setAttribute('aria-checked', on);
      b.tabIndex = on ? 0 : -1;
      if (on && focus) b.focus();
    });
    onchange(chosen);
  };
  const buttons = pairs.map(([v, text]) => {
    const b = make('button', { type: 'button', role: 'radio', value: v }, text);
    b.addEventListener('click', () => choose(v));
    return b;
  });
  box.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = buttons.findIndex((b) => b.getAttribute('aria-checked') === 'true');
    choose(buttons[(now + step + buttons.length) % buttons.length].value, true);
  });
  box.replaceChildren(...buttons);
  choose(value);
}

/* Colour, marker and dash belong to the codec, in the report's order (the user's pipes first), never to its rank. */
const DASHES = ['', '7 4', '2 3'];
const MARKERS = [
  (r) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`,
  (r) => `M${-r},${-r}H${r}V${r}H${-r}Z`,
  (r) => `M0,${-1.25 * r}L${1.2 * r},${0.9 * r}H${-1.2 * r}Z`,
  (r) => `M0,${-1.35 * r}L${1.35 * r},0L0,${1.35 * r}L${-1.35 * r},0Z`,
  (r) => `M0,${1.25 * r}L${1.2 * r},${-0.9 * r}H${-1.2 * r}Z`,
];
const looks = new Map(report.codecs.map((codec, i) => [codec.name, {
  colour: `var(--c${i % 8})`,
  marker: MARKERS[i % MARKERS.length],
  dash: DASHES[Math.floor(i / 8) % DASHES.length],
  mine: codec.kind === 'pipe',
}]));
function swatch(name) {
  const look = looks.get(name);
  return draw('svg', { width: 30, height: 14, 'aria-hidden': 'true' },
    draw('path', { d: 'M1,7H29', style: `stroke:${look.colour}`, 'stroke-width': look.mine ? 3 : 2, 'stroke-dasharray': look.dash }),
    draw('path', { d: look.marker(4), transform: 'translate(15,7)', style: `fill:${look.colour}` }));
}
