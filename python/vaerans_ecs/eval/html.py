"""The page, rendered from the report's JSON values alone.

Tables are HTML and readable without JavaScript; charts and the slider are drawn by assets/*.js from the JSON inside the
page. Every text goes through ``html.escape`` or is set as ``textContent``; a Content-Security-Policy forbids the page
to load anything.
"""

from __future__ import annotations

import html
import json
import re
from importlib import resources
from typing import Any

from .._text import visible

Values = dict[str, Any]
SCRIPTS = ("common.js", "chart.js", "compare.js", "bands.js", "main.js")


def escape(text: str) -> str:
    """Text from outside as HTML in which nothing of it acts, not on the direction of writing either."""
    return html.escape(visible(text))


def render(report: Values) -> str:
    """The whole page as one string."""
    parts = {
        "title": escape(report["title"]),
        "lead": _lead(report),
        "style": _asset("report.css"),
        "cards": _cards(report),
        "bd": bd_table(report),
        "trace": _trace(report),
        "photos": _photos(report),
        "codecs": _codecs(report),
        "notes": _notes(report),
        "environment": _environment(report),
        "json": _json_for_script(report),
        "script": "\n".join(_asset(name) for name in SCRIPTS),
    }
    # one pass over the template: what is put in is never searched for placeholders again
    return re.sub(r"\{\{(\w+)\}\}", lambda m: parts[m[1]], _asset("report.html"))


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath("assets", name).read_text("utf-8")


def _json_for_script(values: Values) -> str:
    """JSON that may stand inside ``<script>``: no ``<`` can close the element or open a comment."""
    text = json.dumps(_shown(values), separators=(",", ":"), allow_nan=False, default=str)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _shown(value: Any) -> Any:
    """The values with texts as the tables show them: scripts put them into the page too."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {_shown(key): _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, (list, tuple)) else value


def _lead(report: Values) -> str:
    n = len(report["photos"])
    codecs = [c["name"] for c in report["codecs"] if c["kind"] == "pipe"]
    names = ", ".join(f"<b>{escape(name)}</b>" for name in codecs) or "peers only"
    return f"{names} on {_count(n, 'picture')} &middot; {escape(report['created'][:16].replace('T', ' '))} UTC"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def _number(value: float | None, digits: int = 2, unit: str = "") -> str:
    return "&ndash;" if value is None else f"{value:.{digits}f}{unit}".replace("-", "&minus;")


def _cards(report: Values) -> str:
    """The headline: BD-rate of each of the user's pipes, then the size of the experiment."""
    cards = [
        _card(escape(r["codec"]), _percent(r["psnr"]), f"BD-rate over PSNR, against {escape(r['anchor'])}")
        for r in report["bd_rate"]
        if r["photo"] is None and r["kind"] == "pipe" and r["psnr"] is not None
    ][:3]
    good = sum(r["error"] is None for r in report["rows"])
    cards.append(
        _card(
            "Points measured",
            str(good),
            f"{_count(len(report['codecs']), 'codec')}, {_count(len(report['photos']), 'picture')}",
        )
    )
    return "".join(cards)


def _card(label: str, value: str, detail: str) -> str:
    return (
        f'<div class="card"><div class="label">{label}</div><div class="value">{value}</div><div>{detail}</div></div>'
    )


def _percent(value: float | None) -> str:
    return "&ndash;" if value is None else f"{value:+.1f}&thinsp;%".replace("-", "&minus;")


def bd_table(report: Values) -> str:
    """BD-rates of the mean curves, best first, each with a bar from zero."""
    rows = [r for r in report["bd_rate"] if r["photo"] is None]
    if not rows:
        return "<p>No BD-rates: see the notes.</p>"
    rows.sort(key=lambda r: (r["psnr"] is None, r["psnr"] or 0))
    values = [r[m] for r in rows for m in ("psnr", "ms_ssim") if r[m] is not None]
    span = (min([0.0, *values]), max([0.0, *values]))
    body = "".join(
        f'<tr class="{r["kind"]}"><th scope="row">{escape(r["codec"])}</th>{_bar_cell(r["psnr"], span)}'
        f'{_bar_cell(r["ms_ssim"], span)}<td class="note">{escape(r["note"])}</td></tr>'
        for r in rows
    )
    head = '<th>Codec</th><th class="num">over PSNR</th><th class="num">over MS-SSIM</th><th></th>'
    return (
        f'<div class="scroll"><table class="bd"><caption>File size at equal quality, against '
        f"{escape(report['anchor'])}: negative is smaller.</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _bar_cell(value: float | None, span: tuple[float, float]) -> str:
    """The number and a bar from zero; ``span`` is what the track stands for."""
    if value is None:
        return '<td class="num">&ndash;</td>'
    low, high = span
    unit = 100 / ((high - low) or 1)
    left, width = (min(value, 0) - low) * unit, abs(value) * unit
    return (
        f'<td class="num bar"><span class="track" style="--zero:{-low * unit:.1f}%" aria-hidden="true">'
        f'<i class="{"less" if value < 0 else "more"}" style="left:{left:.1f}%;width:{width:.1f}%"></i></span>'
        f'<span class="figure">{_percent(value)}</span></td>'
    )


def _table(head: list[str], rows: list[list[str]], numeric: set[int], caption: str = "") -> str:
    def cells(tag: str, values: list[str]) -> str:
        return "".join(f"<{tag}{' class=num' if i in numeric else ''}>{v}</{tag}>" for i, v in enumerate(values))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    title = f"<caption>{caption}</caption>" if caption else ""
    top = f"<thead><tr>{cells('th', head)}</tr></thead>"
    return f'<div class="scroll"><table>{title}{top}<tbody>{body}</tbody></table></div>'


def _trace(report: Values) -> str:
    if not report["trace"]:
        return "<p>None of the codecs could say what its steps did.</p>"
    head = ["#", "System", "Input", "Output", "Entropy, bit/symbol", "Bytes", "Time, ms", "ISA", "Seed"]
    tables = []
    for codec in dict.fromkeys(s["codec"] for s in report["trace"]):
        steps = [s for s in report["trace"] if s["codec"] == codec]
        total = sum(s["ms"] or 0 for s in steps) or 1
        rows = [
            [
                str(s["index"] + 1),
                f'<b>{escape(s["system"])}</b> <span class="dim">{escape(s["params"])}</span>',
                _tensor(s["shape_in"], s["dtype_in"]),
                _tensor(s["shape_out"], s["dtype_out"]),
                _number(s["entropy_bits"], 3),
                "&ndash;" if s["bytes"] is None else f"{s['bytes']:,}",
                _time(s["ms"], total),
                escape(s["isa"]),
                "" if s["seed"] is None else str(s["seed"]),
            ]
            for s in steps
        ]
        first = steps[0]
        caption = f"<b>{escape(codec)}</b>, {escape(first['point'])}, on {escape(first['photo'])}"
        tables.append(_table(head, rows, {0, 4, 5, 6}, caption))
    return "".join(tables)


def _tensor(shape: str, dtype: str) -> str:
    return f'<span class="nowrap">{escape(shape)} <span class="dim">{escape(dtype)}</span></span>'


def _time(ms: float | None, total: float) -> str:
    if ms is None:
        return "&ndash;"
    return f'<span class="share" style="--share:{100 * ms / total:.1f}%">{ms:.2f}</span>'


def _photos(report: Values) -> str:
    pipes = [c["name"] for c in report["codecs"] if c["kind"] == "pipe"][:4]
    by_photo = {(r["photo"], r["codec"]): r["psnr"] for r in report["bd_rate"] if r["photo"] is not None}
    many = bool(by_photo)
    head = ["", "Picture", "Size", "File", "SHA-256 of samples", "Note"] + [
        f"BD-rate, {escape(p)}" for p in pipes
    ] * many
    rows = []
    for p in report["photos"]:
        image = f'<img class="thumb" src="{escape(p["thumbnail"])}" alt="">' if p.get("thumbnail") else ""
        size = "" if p["file_bytes"] is None else f"{p['file_bytes'] / 1e3:,.0f} kB"
        rows.append(
            [
                image,
                escape(p["name"]),
                f'<span class="nowrap">{p["width"]} &times; {p["height"]}</span>',
                size,
                f"<code>{escape(p['sha256'][:12])}</code>",
                escape(p["note"]),
            ]
            + [_percent(by_photo.get((p["name"], c))) for c in pipes] * many
        )
    return _table(head, rows, {3, 6, 7, 8, 9})


def _codecs(report: Values) -> str:
    rows = [[escape(c["name"]), escape(c["settings"]), escape(c["version"])] for c in report["codecs"]]
    rows += [[escape(s["name"]), f"skipped: {escape(s['reason'])}", ""] for s in report["skipped"]]
    return _table(["Codec", "Settings", "Library"], rows, set())


def _notes(report: Values) -> str:
    if not report["notes"]:
        return ""
    return '<ul class="notes">' + "".join(f"<li>{escape(note)}</li>" for note in report["notes"]) + "</ul>"


def _environment(report: Values) -> str:
    return "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in report["environment"].items())
