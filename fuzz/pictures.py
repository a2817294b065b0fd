"""Seeds of the target ``picture``, in fuzz/corpus/picture: ``python fuzz/pictures.py`` from the root of the repository (needs Pillow)."""

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, "tests")
from made_files import chunk, jpeg, png, tiff

FOLDER = Path("fuzz/corpus/picture")
PHOTO = Image.fromarray(np.random.default_rng(1).integers(0, 256, (13, 21, 3), np.uint8)).resize((20, 12))
DEEP = Image.fromarray(np.asarray(PHOTO.convert("L")).astype(np.uint16) * 257)
EXIF = Image.Exif()
EXIF[0x0112], EXIF[0x010E] = 6, "a caption"


def save(name: str, data: bytes) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_bytes(data)


def saved(name: str, image: Image.Image, format: str, **options: object) -> None:
    out = io.BytesIO()
    image.save(out, format, **options)
    save(name, out.getvalue())


for subsampling in (0, 1, 2):
    for progressive in (False, True):
        saved(f"jpeg-{subsampling}-{progressive}", PHOTO, "JPEG", subsampling=subsampling, progressive=progressive)
saved("jpeg-restart", PHOTO, "JPEG", restart_marker_blocks=1, exif=EXIF)
saved("jpeg-ink", PHOTO.convert("CMYK"), "JPEG", progressive=True)
saved("jpeg-grey", PHOTO.convert("L"), "JPEG")
saved("jpeg-more", PHOTO, "MPO", save_all=True, append_images=[PHOTO])
save("jpeg-scans", jpeg(20, 12, ((2, 2), (1, 1), (1, 1)), [(0,), (1, 2)], restart=2))
for mode in ("1", "L", "P", "RGB", "LA", "RGBA"):
    saved(f"png-{mode}", PHOTO.convert(mode), "PNG", exif=EXIF)
    if mode != "LA":
        saved(f"tiff-{mode}", PHOTO.convert(mode), "TIFF", exif=EXIF)
saved("png-16", DEEP, "PNG")
saved("png-moves", PHOTO, "PNG", save_all=True, append_images=[PHOTO.rotate(90)])
save("png-text", png(np.zeros((2, 3), np.uint8), [(b"tEXt", b"Raw profile type exif\0\nexif\n 4\n49492a00\n")]))
save(
    "png-gamma",
    png(np.zeros((2, 3), np.uint8), [(b"gAMA", (60000).to_bytes(4, "big")), (b"cICP", bytes([12, 13, 0, 1]))]),
)
save("chunk", chunk(b"IHDR", bytes(13)))
for compression in ("raw", "tiff_lzw", "packbits", "tiff_adobe_deflate", "jpeg"):
    saved(f"tiff-{compression}", PHOTO, "TIFF", compression=compression)
for compression in ("group3", "group4", "tiff_ccitt"):
    saved(f"tiff-{compression}", PHOTO.convert("1"), "TIFF", compression=compression)
saved("tiff-16", DEEP, "TIFF")
saved("tiff-pages", PHOTO, "TIFF", save_all=True, append_images=[PHOTO])
save("tiff-made", tiff(bytes(288), (24, 12), {}))
saved("webp", PHOTO, "WEBP", exif=EXIF)
saved("webp-exact", PHOTO.convert("RGBA"), "WEBP", lossless=True)
saved("webp-moves", PHOTO, "WEBP", save_all=True, append_images=[PHOTO.rotate(90)])
