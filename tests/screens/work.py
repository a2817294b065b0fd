"""Screens of people at work: editor, terminal, spreadsheet, dialog, dashboard."""

import random

from kit import font, gradient, lcd_text, sentence
from PIL import Image, ImageDraw, ImageFilter

KEYWORDS = {"def", "return", "if", "for", "in", "class", "import", "from", "not", "while", "else", "with", "as", "None", "True"}


def code_lines(rng: random.Random, count: int) -> list[str]:
    names = ["pixels", "width", "height", "stream", "offset", "table", "self.rows", "index", "colour", "total", "decode", "limit"]
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
    pick = lambda: rng.choice(names)  # noqa: E731
    return [
        rng.choice(shapes).format(a=pick(), b=pick(), c=pick(), n=rng.randrange(999), A=pick().title(), B=pick().title())
        for _ in range(count)
    ]


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
        draw.text((20 + 12 * (i % 3), 48 + 24 * i), f"▸ {rng.choice(['src', 'tests', 'docs', 'lib.rs', 'mod.rs', 'api.py'])}", font=sans, fill=(200, 200, 200))
    draw.text((12, 982), "main*   0 errors, 3 warnings   Ln 214, Col 17   UTF-8   Python", font=sans, fill=(255, 255, 255))
    draw.rectangle((300, 45 + 19 * 17, 1590, 45 + 19 * 18), fill=(40, 44, 52))
    for row, line in enumerate(code_lines(rng, 48)):
        y, x = 46 + 19 * row, 310
        draw.text((254, y), f"{row + 190:4d}", font=mono, fill=(133, 133, 133))
        comment = line.strip().startswith("#")
        for token in line.replace("(", " ( ").replace(")", " ) ").split(" "):
            colour = (106, 153, 85) if comment else (86, 156, 214) if token in KEYWORDS else (181, 206, 168) if token[:1].isdigit() else (212, 212, 212)
            if '"' in token or (not comment and token.startswith("self")):
                colour = (206, 145, 120)
            draw.text((x, y), token, font=mono, fill=colour)
            x += round(mono.getlength(token + ("" if token in "()" else " ")))
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
            lcd_text(image, (190, y), rng.choice(["ls -la", "git status", "make test", "cargo build --release"]), mono, colours[0])
            continue
        mode = f"-rw-r--r--  1 user user {rng.randrange(10**6):8d} Nov {rng.randrange(1, 29):2d} {rng.randrange(24):02d}:{rng.randrange(60):02d}"
        lcd_text(image, (8, y), mode, mono, colours[0])
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
                text = rng.choice(["Total", "Berlin", "open"]) if column == 0 else f"{rng.randrange(-9999, 99999) / 100:,.2f}"
                colour = (192, 0, 0) if text.startswith("-") else (0, 0, 0)
                draw.text((x + 76 - sans.getlength(text), y + 4), text, font=sans, fill=colour)
    draw.rectangle((360, 230, 440, 250), outline=(33, 115, 70), width=2)
    return image


def dialog() -> Image.Image:
    """A dialog with buttons, shadow and gradients over a window, RGBA with a soft edge, 800x600."""
    shadow = Image.new("L", (800, 600))
    ImageDraw.Draw(shadow).rounded_rectangle((60, 60, 740, 550), 14, fill=150)
    image = Image.merge("RGBA", [Image.new("L", (800, 600))] * 3 + [shadow.filter(ImageFilter.GaussianBlur(16))])
    body = Image.new("L", (3200, 2400))
    ImageDraw.Draw(body).rounded_rectangle((240, 220, 2960, 2160), 48, fill=255)
    window = gradient((800, 600), (252, 252, 253), (232, 234, 240)).convert("RGBA")
    draw, sans, bold = ImageDraw.Draw(window), font("Sans", 13), font("Sans-Bold", 15)
    window.paste(gradient((800, 45), (94, 129, 190), (58, 90, 150)).convert("RGBA"), (0, 55))
    draw.text((84, 68), "Save changes before closing?", font=bold, fill="white")
    rng = random.Random(4)
    for i in range(9):
        draw.text((150, 130 + 24 * i), sentence(rng, 9), font=sans, fill=(40, 44, 52))
        draw.rectangle((100, 130 + 24 * i, 114, 144 + 24 * i), fill="white", outline=(120, 130, 150))
        if i % 3:
            draw.line((103, 137 + 24 * i, 106, 141 + 24 * i, 112, 132 + 24 * i), fill=(30, 110, 220), width=2)
    draw.rounded_rectangle((100, 370, 700, 386), 8, fill=(215, 219, 227))
    window.paste(gradient((380, 14), (120, 190, 255), (30, 110, 220)).convert("RGBA"), (104, 371))
    for i, label in enumerate(["Cancel", "Discard", "Save"]):
        box = (330 + 130 * i, 470, 446 + 130 * i, 504)
        mask = Image.new("L", (116, 34))
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, 115, 33), 6, fill=255)
        colours = ((90, 160, 250), (30, 100, 220)) if i == 2 else ((255, 255, 255), (225, 228, 234))
        window.paste(gradient((116, 34), *colours).convert("RGBA"), box[:2], mask)
        draw.rounded_rectangle((box[0], box[1], box[2] - 1, box[3] - 1), 6, outline=(140, 150, 170))
        draw.text((box[0] + 34, 479), label, font=sans, fill="white" if i == 2 else (40, 44, 52))
    image.paste(window, (0, 0), body.resize((800, 600), Image.Resampling.LANCZOS))
    return image


def dashboard() -> Image.Image:
    """A dark dashboard of cards with sparklines and gauges, 1920x1080."""
    rng, image = random.Random(5), Image.new("RGB", (1920, 1080), (17, 18, 23))
    large = Image.new("RGB", (3840, 2160), (17, 18, 23))
    draw = ImageDraw.Draw(large)
    for card in range(12):
        x, y = 40 + 950 * (card % 4), 160 + 660 * (card // 4)
        draw.rounded_rectangle((x, y, x + 910, y + 620), 16, fill=(24, 27, 31), outline=(44, 50, 53), width=2)
        colour, value, points = rng.choice([(115, 191, 105), (242, 204, 12), (87, 148, 242), (255, 120, 80)]), 300.0, []
        if card % 3 == 2:
            draw.arc((x + 250, y + 140, x + 660, y + 550), 150, 390, fill=(50, 54, 60), width=40)
            draw.arc((x + 250, y + 140, x + 660, y + 550), 150, 150 + rng.randrange(60, 230), fill=colour, width=40)
            continue
        for i in range(90):
            value = min(max(value + rng.uniform(-45, 45), 30), 420)
            points.append((x + 16 + i * 9.8, y + 580 - value))
        fill = tuple((3 * 24 + c) // 4 for c in colour)
        draw.polygon([*points, (points[-1][0], y + 600), (points[0][0], y + 600)], fill=fill)
        draw.line(points, fill=colour, width=4, joint="curve")
    image.paste(large.resize((1920, 1080), Image.Resampling.BOX))
    draw, sans, big = ImageDraw.Draw(image), font("Sans", 13), font("Sans-Bold", 30)
    draw.text((24, 24), "Cluster overview", font=font("Sans-Bold", 22), fill=(204, 204, 220))
    for card in range(12):
        x, y = 20 + 475 * (card % 4), 80 + 330 * (card // 4)
        draw.text((x + 14, y + 10), sentence(rng, 3).strip(".,?"), font=sans, fill=(204, 204, 220))
        draw.text((x + 350, y + 10), f"{rng.randrange(1, 99)}.{rng.randrange(10)} %", font=big if card % 3 == 2 else sans, fill=(240, 240, 250))
    return image
