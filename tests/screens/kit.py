"""What the drawn screens share: fonts, words, and text as screens show it."""

import random
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FOLDERS = ["/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/TTF", "/Library/Fonts", "C:/Windows/Fonts"]
WORDS = """
the of and to in is that for it as was with be by on not he his but at are this have from or had an they which
one you were all her she there would their we him been has when who will no more if out so up said what its
about than into them can only other time new some could these two may first then do any like my now over such
our man me even most made after also did many picture codec lossless entropy window column border pixel stream
decoder table colour server browser project release network
""".split()  # noqa: SIM905


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """DejaVu of that name (`Sans`, `SansMono-Bold`, ...) where it is installed, else what Pillow has."""
    for folder in FOLDERS + [str(folder) for folder in matplotlib_fonts()]:
        path = Path(folder) / f"DejaVu{name}.ttf"
        if path.exists():
            return ImageFont.truetype(path, size)
    return ImageFont.load_default(size)


@cache
def matplotlib_fonts() -> list[Path]:
    try:
        import matplotlib
    except ImportError:
        return []
    return [Path(matplotlib.get_data_path()) / "fonts" / "ttf"]


def sentence(rng: random.Random, count: int) -> str:
    """That many words."""
    words = [rng.choice(WORDS) for _ in range(count)]
    return " ".join(words).capitalize() + rng.choice([".", ".", ",", "?"])


def lcd_text(image: Image.Image, at: tuple[int, int], text: str, face: ImageFont.FreeTypeFont, colour) -> None:
    """Text with anti-aliasing over the stripes of a pixel: three times as wide, smoothed, a channel for each."""
    right, bottom = face.getbbox(text)[2:]
    wide = Image.new("L", (right + 8, bottom + 4))
    ImageDraw.Draw(wide).text((2, 0), text, font=face, fill=255)
    wide = wide.resize((wide.width * 3, wide.height), Image.Resampling.BICUBIC)
    cover = np.asarray(wide, np.int32)
    padded = np.pad(cover, ((0, 0), (2, 2)))
    smooth = sum(padded[:, i : i + cover.shape[1]] * w for i, w in enumerate((1, 2, 3, 2, 1))) // 9
    stripes = smooth.reshape(smooth.shape[0], -1, 3)
    x, y = at[0] - 2, at[1]
    box = (x, y, min(x + stripes.shape[1], image.width), min(y + stripes.shape[0], image.height))
    stripes = stripes[: box[3] - y, : box[2] - x]
    under = np.asarray(image.crop(box), np.int32)
    ink = np.array(colour, np.int32)
    image.paste(Image.fromarray(((under * (255 - stripes) + ink * stripes + 127) // 255).astype(np.uint8)), (x, y))


def wrapped(draw: ImageDraw.ImageDraw, text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Lines no wider than `width` pixels."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if draw.textlength(longer, font=face) > width and line:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


def gradient(size: tuple[int, int], top, bottom) -> Image.Image:
    """A vertical gradient between two colours, rounded as a browser does."""
    t = np.linspace(0, 1, size[1])[:, None, None]
    rows = np.array(top) * (1 - t) + np.array(bottom) * t
    return Image.fromarray(np.broadcast_to(np.rint(rows), (size[1], size[0], len(top))).astype(np.uint8).copy())


def photo(size: tuple[int, int], seed: int) -> Image.Image:
    """Something like a photo: hills of noise in five octaves under a sky, with grain."""
    rng = np.random.default_rng(seed)
    total = np.zeros((size[1], size[0], 3))
    for octave in range(5):
        cells = 3 * 2**octave
        noise = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), np.uint8))
        total += np.asarray(noise.resize(size, Image.Resampling.BICUBIC), np.float64) / 2**octave
    sky = np.asarray(gradient(size, (120, 170, 230), (70, 90, 40)), np.float64)
    grain = rng.normal(0, 2.5, total.shape)
    return Image.fromarray(np.clip(total * 0.25 + sky * 0.6 + grain, 0, 255).astype(np.uint8))
