'use strict';
/* Theme, downloads, start. */
function save(name, mime, text) {
  const link = make('a', { href: URL.createObjectURL(new Blob([text], { type: mime })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
function csvField(value) {
  if (value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
function startTools() {
  const stem = document.title.replace(/[^\w-]+/g, '_') || 'report';
  $('save-json').addEventListener('click', () => {
    const bare = { ...report, pictures: report.pictures.map(({ data, ...p }) => p), photos: report.photos.map(({ thumbnail, ...p }) => p) };
    save(`${stem}.json`, 'application/json', JSON.stringify(bare, null, 1));
  });
  $('save-csv').addEventListener('click', () => {
    const names = Object.keys(report.rows[0] ?? {});
    save(`${stem}.csv`, 'text/csv', [names, ...report.rows.map((r) => names.map((n) => r[n]))].map((r) => r.map(csvField).join(',')).join('\n') + '\n');
  });
  const root = document.documentElement;
  try { if (localStorage.getItem('vaerans-theme')) root.dataset.theme = localStorage.getItem('vaerans-theme'); } catch { /* file: pages may have no storage */ }
  $('theme').addEventListener('click', () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    try { localStorage.setItem('vaerans-theme', root.dataset.theme); } catch { /* as above */ }
  });
}
startTools();
startChart();
startCompare();
startBands();
