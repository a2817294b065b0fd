"""Screens of windows: dialog, dashboard."""

import random

from kit import font, gradient, sentence
from PIL import Image, ImageDraw, ImageFilter


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
        face, share = big if card % 3 == 2 else sans, f"{rng.randrange(1, 99)}.{rng.randrange(10)} %"
        draw.text((x + 350, y + 10), share, font=face, fill=(240, 240, 250))
    return image
