"""Compresses and decompresses a real photo with the photo and the vae profile and writes a report with pictures."""

import sys
import time
from pathlib import Path

import vaerans_ecs as ve
from vaerans_ecs.functional import psnr


def main(folder: Path) -> None:
    from skimage import data

    folder.mkdir(parents=True, exist_ok=True)
    img = data.astronaut()
    ve.imwrite(folder / "original.png", img)
    print(f"{'profile':<18}{'bytes':>9}{'bit/pixel':>11}{'PSNR':>8}{'encode':>9}{'decode':>9}")
    runs = {
        "photo": {"quality": 75},
        "photo lossless": {"lossless": True},
        "vae": {"profile": "vae", "quality": 75},
    }
    for name, options in runs.items():
        start = time.perf_counter()
        file = ve.compress(img, **options)
        middle = time.perf_counter()
        back = ve.decompress(file)
        end = time.perf_counter()
        stem = name.replace(" ", "-")
        (folder / f"{stem}.vrn").write_bytes(file)
        ve.imwrite(folder / f"{stem}.png", back)
        bpp = ve.info(file).bits_per_pixel
        times = f"{1e3 * (middle - start):>6.0f} ms{1e3 * (end - middle):>6.0f} ms"
        print(f"{name:<18}{len(file):>9}{bpp:>11.3f}{psnr(img, back):>8.2f}{times}")
    report = folder / "report.html"
    ve.eval.report(
        pipes={"photo": "photo", "vae": "vae"},
        photos=[folder / "original.png"],
        sweep={"quality": [10, 20, 30, 40, 50, 60, 70, 80, 90]},
        out=report,
    )
    print(f"pictures and report: {report.resolve()}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
