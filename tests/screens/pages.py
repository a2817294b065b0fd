"""Pages, drawings and sheets: web page, chart, map, scanned text, icons."""

import math
import random

from kit import font, gradient, photo, sentence, wrapped
from PIL import Image, ImageDraw, ImageFilter


def on_circle(centre: tuple[float, float], radii: tuple[float, float], angle: float) -> tuple[float, float]:
    return centre[0] + radii[0] * math.cos(angle), centre[1] + radii[1] * math.sin(angle)


def web_page() -> Image.Image:
    """A web page with columns of text at fractional places, a gradient and a photo, 1280x1024."""
    rng, image = random.Random(11), Image.new("RGB", (1280, 1024), (255, 255, 255))
    draw, serif, sans = ImageDraw.Draw(image), font("Serif", 14), font("Sans", 13)
    image.paste(gradient((1280, 72), (36, 41, 90), (84, 60, 140)), (0, 0))
    draw.text((40, 20), "The Daily Pixel", font=font("Serif-Bold", 26), fill="white")
    for i, name in enumerate(["News", "Culture", "Science", "Pictures", "About"]):
        draw.text((620 + 120 * i, 28), name, font=sans, fill=(220, 220, 245))
    image.paste(photo((400, 260), 1), (840, 110))
    draw.text((840, 376), sentence(rng, 8), font=font("Sans-Oblique", 11), fill=(110, 110, 110))
    draw.text((40, 100), sentence(rng, 6), font=font("Serif-Bold", 30), fill=(20, 20, 20))
    for column in range(3):
        x, y = 40 + 400 * column, 160 if column < 2 else 410
        while y < 970:
            for line in wrapped(draw, sentence(rng, rng.randrange(25, 60)), serif, 350):
                left = float(x)
                for word in line.split():
                    colour = (6, 69, 173) if rng.random() < 0.04 else (34, 34, 34)
                    draw.text((round(left * 4) / 4, y), word, font=serif, fill=colour)
                    left += draw.textlength(word + " ", font=serif) + 0.3
                y += 20
            y += 14
    draw.rectangle((0, 1000, 1280, 1024), fill=(240, 240, 244))
    return image


def chart() -> Image.Image:
    """A chart with anti-aliased lines, 900x600."""
    rng, large = random.Random(12), Image.new("RGB", (3600, 2400), "white")
    draw = ImageDraw.Draw(large)
    for i in range(7):
        draw.line((320, 240 + 300 * i, 3400, 240 + 300 * i), fill=(225, 225, 225), width=4)
    for k, colour in enumerate([(31, 119, 180), (255, 127, 14), (44, 160, 44), (214, 39, 40)]):
        phase = rng.uniform(0, 6)
        heights = [500 * math.sin(i / (14 + 9 * k) + phase) * math.exp(-i / 220) for i in range(206)]
        points = [(320 + i * 15, 1150 + 60 * k + height) for i, height in enumerate(heights)]
        draw.line(points, fill=colour, width=7, joint="curve")
        for x, y in points[::12]:
            draw.ellipse((x - 14, y - 14, x + 14, y + 14), fill=colour)
    draw.line((320, 200, 320, 2100, 3400, 2100), fill=(20, 20, 20), width=5)
    image = large.resize((900, 600), Image.Resampling.LANCZOS)
    draw, sans = ImageDraw.Draw(image), font("Sans", 12)
    for i in range(7):
        draw.text((40, 52 + 75 * i), f"{120 - 20 * i:5.1f}", font=sans, fill=(40, 40, 40))
        draw.text((80 + 120 * i, 534), f"{2010 + 2 * i}", font=sans, fill=(40, 40, 40))
    draw.text((300, 16), "Megapixels a second, by year", font=font("Sans-Bold", 15), fill=(0, 0, 0))
    return image


def line_map() -> Image.Image:
    """A map of areas, roads and names, 1200x900."""
    rng, large = random.Random(13), Image.new("RGB", (2400, 1800), (242, 239, 233))
    draw = ImageDraw.Draw(large)
    for colour, count, reach in [((200, 230, 190), 14, 260), ((170, 211, 223), 5, 330), ((217, 208, 201), 160, 40)]:
        for _ in range(count):
            centre, turns = (rng.randrange(2400), rng.randrange(1800)), 12 if reach > 50 else 4
            radii = [(reach * rng.uniform(0.5, 1), reach * rng.uniform(0.5, 1)) for _ in range(turns)]
            spots = [on_circle(centre, radius, k * math.tau / turns) for k, radius in enumerate(radii)]
            draw.polygon(spots, fill=colour, outline=tuple(c - 25 for c in colour))
    roads = []
    for _ in range(60):
        x, y, a = rng.randrange(2400), rng.randrange(1800), rng.uniform(0, math.tau)
        road = [(x, y)]
        for _ in range(40):
            a += rng.uniform(-0.2, 0.2)
            x, y = x + 40 * math.cos(a), y + 40 * math.sin(a)
            road.append((x, y))
        roads.append(road)
    for width, colour in [(16, (190, 180, 170)), (12, (255, 255, 255))]:
        for k, road in enumerate(roads):
            fill = (252, 214, 164) if k % 7 == 0 and width == 12 else colour
            draw.line(road, fill=fill, width=width + (8 if k % 7 == 0 else 0), joint="curve")
    image = large.resize((1200, 900), Image.Resampling.BICUBIC)
    draw, sans = ImageDraw.Draw(image), font("Sans", 11)
    for _ in range(70):
        name, at = sentence(rng, 2).strip(".,?").title(), (rng.randrange(1100), rng.randrange(880))
        draw.text(at, name, font=sans, fill=(60, 60, 60), stroke_width=2, stroke_fill=(255, 255, 255))
    return image


def scanned() -> Image.Image:
    """A page of text in black and white with the ragged edges and specks of a scanner, grey, 1240x1754."""
    rng, page = random.Random(14), Image.new("L", (1240, 1754), 255)
    draw, serif, y = ImageDraw.Draw(page), font("Serif", 21), 120
    while y < 1600:
        for line in wrapped(draw, sentence(rng, rng.randrange(40, 90)), serif, 980):
            draw.text((130, y), line, font=serif, fill=0)
            y += 31
        y += 22
    page = page.rotate(0.35, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.7))
    noise = Image.frombytes("L", page.size, rng.randbytes(1240 * 1754)).filter(ImageFilter.GaussianBlur(1.2))
    page = Image.blend(page, noise, 0.18).point(lambda v: 255 if v > 132 else 0)
    return page


def icons() -> Image.Image:
    """A sheet of icons on nothing, RGBA with soft edges and shadows, 640x480."""
    rng, sheet = random.Random(15), Image.new("RGBA", (640, 480))
    for i in range(48):
        large = Image.new("RGBA", (256, 256))
        draw, colour = ImageDraw.Draw(large), tuple(rng.randrange(30, 230) for _ in range(3))
        kind = i % 4
        if kind == 0:
            draw.rounded_rectangle((24, 24, 232, 232), 48, fill=colour)
            draw.line((70, 130, 115, 180, 190, 80), fill="white", width=24, joint="curve")
        elif kind == 1:
            draw.ellipse((20, 20, 236, 236), fill=colour)
            draw.polygon([(100, 70), (190, 128), (100, 186)], fill=(255, 255, 255, 220))
        elif kind == 2:
            spots = [on_circle((128, 128), (110 - 60 * (k % 2),) * 2, (k - 2.5) * math.pi / 5) for k in range(10)]
            draw.polygon(spots, fill=colour)
        else:
            face = gradient((200, 150), colour, tuple(c // 2 for c in colour)).convert("RGBA")
            large.paste(face, (28, 60))
            draw.rectangle((28, 60, 227, 209), outline=tuple(c // 3 for c in colour), width=8)
        icon = large.resize((64, 64), Image.Resampling.LANCZOS)
        if i % 3 == 0:
            alpha = icon.getchannel("A").filter(ImageFilter.GaussianBlur(3)).point(lambda v: v // 2)
            shade = Image.merge("RGBA", [Image.new("L", (64, 64))] * 3 + [alpha])
            sheet.alpha_composite(shade, (10 + 78 * (i % 8), 10 + 78 * (i // 8)))
        sheet.alpha_composite(icon, (8 + 78 * (i % 8), 6 + 78 * (i // 8)))
    return sheet
