"""Draws ten screens, the same with every call: `draw.py FOLDER` writes them as PNG."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pages
import windows
import work

SCREENS = {
    "editor": work.editor,
    "web": pages.web_page,
    "spreadsheet": work.spreadsheet,
    "terminal": work.terminal,
    "chart": pages.chart,
    "dialog": windows.dialog,
    "map": pages.line_map,
    "scan": pages.scanned,
    "icons": pages.icons,
    "dashboard": windows.dashboard,
}


def main(folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, draw in SCREENS.items():
        draw().save(Path(folder) / f"{name}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
