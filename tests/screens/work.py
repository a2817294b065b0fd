"""Screens of people at work: editor, terminal, spreadsheet."""

import random

from kit import font, gradient, lcd_text, sentence
from PIL import Image, ImageDraw

KEYWORDS = set("def return if for in class import from not while else with as None True".split())  # noqa: SIM905


def code_lines(rng: random.Random, count: int) -> list[str]:
    names = "pixels width height stream offset table self.rows index colour total decode limit".split()  # noqa: SIM905
    shapes = [
        "def {a}({b}, {c}):",
        "    {a} = {b}[{c} + 1] * {n}",
        "    if {a} > {n} and not {b}:",
        "        return {a}({b}, {c})",
        "    for {a} in range({n}):",
        "        {a}.append({b} - {c})",
        '    message = "expected {a}, got {b}"',
        "    # {a} of {b}, which {c} needs later",
        "",
        "class {A}({B}):",
        "from {a} import {b}, {c}",
    ]
    lines = []
    for _ in range(count):
        shape, (a, b, c, d, e) = rng.choice(shapes), rng.choices(names, k=5)
        lines.append(shape.format(a=a, b=b, c=c, n=rng.randrange(999), A=d.title(), B=e.title()))
    return lines


def colour_of(token: str, comment: bool) -> tuple[int, int, int]:
    if comment:
        return (106, 153, 85)
    if '"' in token or token.startswith("self"):
        return (206, 145, 120)
    if token in KEYWORDS:
        return (86, 156, 214)
    return (181, 206, 168) if token[:1].isdigit() else (212, 212, 212)


def editor() -> Image.Image:
    """A dark code editor, 1600x1000."""
    rng, image = random.Random(1), Image.new("RGB", (1600, 1000), (30, 30, 30))
    draw, mono, sans = ImageDraw.Draw(image), font("SansMono", 14), font("Sans", 12)
    draw.rectangle((0, 0, 1600, 34), fill=(60, 60, 60))
    draw.rectangle((0, 35, 239, 1000), fill=(37, 37, 38))
    draw.rectangle((0, 978, 1600, 1000), fill=(0, 122, 204))
    for i, name in enumerate(["main.py", "codec.py", "tables.rs", "README.md"]):
        draw.rectangle((240 + 150 * i, 4, 388 + 150 * i, 34), fill=(30, 30, 30) if i == 1 else (45, 45, 45))
        draw.text((256 + 150 * i, 12), name, font=sans, fill=(220, 220, 220))
    for i in range(30):
        name = rng.choice(["src", "tests", "docs", "lib.rs", "mod.rs", "api.py"])
        draw.text((20 + 12 * (i % 3), 48 + 24 * i), f"▸ {name}", font=sans, fill=(200, 200, 200))
    draw.text((12, 982), "main*   0 errors, 3 warnings   Ln 214, Col 17   UTF-8   Python", font=sans, fill="white")
    draw.rectangle((300, 45 + 19 * 17, 1590, 45 + 19 * 18), fill=(40, 44, 52))
    for row, line in enumerate(code_lines(rng, 48)):
        y, x = 46 + 19 * row, 310
        draw.text((254, y), f"{row + 190:4d}", font=mono, fill=(133, 133, 133))
        comment = line.strip().startswith("#")
        for token in line.replace("(", " ( ").replace(")", " ) ").split(" "):
            draw.text((x, y), token, font=mono, fill=colour_of(token, comment))
            x += round(mono.getlength(token + ("" if token in ("(", ")") else " ")))
    for row in range(300):
        draw.line((1540, 40 + 3 * row, 1540 + rng.randrange(50), 40 + 3 * row), fill=(90, 90, 100))
    return image


def terminal() -> Image.Image:
    """A terminal with a listing, 1280x800, anti-aliased over stripes."""
    rng, image, mono = random.Random(2), Image.new("RGB", (1280, 800), (12, 12, 12)), font("SansMono", 13)
    colours = [(204, 204, 204), (22, 198, 12), (58, 150, 221), (249, 241, 165), (231, 72, 86), (180, 0, 158)]
    for row in range(47):
        y = 6 + 17 * row
        if row % 9 == 0:
            lcd_text(image, (8, y), "user@build:~/project$", mono, colours[1])
            command = rng.choice(["ls -la", "git status", "make test", "cargo build --release"])
            lcd_text(image, (190, y), command, mono, colours[0])
            continue
        size, day, hour, minute = (rng.randrange(n) for n in (10**6, 30, 24, 60))
        entry = f"-rw-r--r--  1 user user {size:8d} Nov {day + 1:2d} {hour:02d}:{minute:02d}"
        lcd_text(image, (8, y), entry, mono, colours[0])
        name = f"{sentence(rng, 2).strip('.,?').replace(' ', '_').lower()}.{rng.choice(['rs', 'py', 'tar.gz', 'md'])}"
        lcd_text(image, (460, y), name, mono, rng.choice(colours))
    image.paste((204, 204, 204), (8, 6 + 17 * 46 + 14, 16, 6 + 17 * 46 + 17))
    return image


def spreadsheet() -> Image.Image:
    """A table of numbers with grid lines, 1440x900."""
    rng, image = random.Random(3), Image.new("RGB", (1440, 900), (255, 255, 255))
    draw, sans, bold = ImageDraw.Draw(image), font("Sans", 11), font("Sans-Bold", 11)
    image.paste(gradient((1440, 90), (250, 250, 250), (226, 230, 235)), (0, 0))
    for i in range(22):
        draw.rounded_rectangle((12 + 60 * i, 14, 60 + 60 * i, 56), 5, outline=(190, 196, 204), fill=(245, 247, 250))
        draw.ellipse((26 + 60 * i, 22, 46 + 60 * i, 42), fill=tuple(rng.randrange(40, 220) for _ in range(3)))
    for column in range(18):
        x = 40 + 80 * column
        draw.rectangle((x, 90, x + 80, 110), fill=(240, 240, 240), outline=(208, 208, 208))
        draw.text((x + 36, 94), chr(65 + column), font=bold, fill=(68, 68, 68))
    for row in range(40):
        y = 110 + 20 * row
        draw.rectangle((0, y, 40, y + 20), fill=(240, 240, 240), outline=(208, 208, 208))
        draw.text((10, y + 4), str(row + 1), font=bold, fill=(68, 68, 68))
        for column in range(18):
            x = 40 + 80 * column
            fill = (255, 242, 204) if column == 4 else (226, 239, 218) if row == 12 else None
            draw.rectangle((x, y, x + 80, y + 20), fill=fill, outline=(217, 217, 217))
            if rng.random() < 0.75:
                number = f"{rng.randrange(-9999, 99999) / 100:,.2f}"
                text = rng.choice(["Total", "Berlin", "open"]) if column == 0 else number
                colour = (192, 0, 0) if text.startswith("-") else (0, 0, 0)
                draw.text((x + 76 - sans.getlength(text), y + 4), text, font=sans, fill=colour)
    draw.rectangle((360, 230, 440, 250), outline=(33, 115, 70), width=2)
    return image
