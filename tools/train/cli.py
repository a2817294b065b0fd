"""The command line: ``python -m tools.train STAGE``, or ``all``."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from .config import PRESETS, STAGES, Config
from .run import Run, write_atomic

EXTRA = ("all", "bundle", "bd-rate", "curve")


def parser() -> argparse.ArgumentParser:
    """What can be asked for."""
    p = argparse.ArgumentParser(prog="tools.train", description="Train the learned image codec: see README.md.")
    p.add_argument("stage", choices=[*STAGES, *EXTRA], help="one stage, or all that are not finished")
    p.add_argument("--preset", choices=sorted(PRESETS), default="full")
    p.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of config.py")
    p.add_argument("--seconds", type=float, help="of training: --set seconds=")
    p.add_argument("--steps", type=int, help="of training: --set steps=")
    p.add_argument("--seed", type=int, help="--set seed=")
    p.add_argument("--work", type=Path, default=Path("build/train"), help="folder of the run (default: build/train)")
    p.add_argument("--photos", type=Path, default=Path("../shared/data"), help="folder with train/, val/, kodak/")
    p.add_argument("--result", type=Path, help="where the result goes (default: WORK/export)")
    p.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    p.add_argument("--threads", type=int, default=0, help="of PyTorch on the CPU (default: as it likes)")
    p.add_argument("--resume", action="store_true", help="go on from the checkpoint of the network")
    p.add_argument("--if-needed", action="store_true", help="do nothing where the stage is finished")
    p.add_argument("--finish-within", type=float, default=0, help="seconds from now in which the network is finished")
    p.add_argument("--pause-after", type=float, default=0, help="seconds from now after which the network pauses")
    p.add_argument("--out", type=Path, help="bundle, curve: the file to write")
    p.add_argument("--megabytes", type=float, default=55.0, help="bundle: its size at most")
    p.add_argument("--pictures", type=int, default=4, help="bundle: pictures of val and of kodak, each")
    p.add_argument("--ours", type=Path, help="bd-rate: our curve")
    p.add_argument("--peers", type=Path, help="bd-rate: the others' curves")
    p.add_argument("--pngs", type=Path, help="curve: folder of PNG files")
    return p


def main(arguments: list[str] | None = None) -> int:
    """Run a stage, or all of them."""
    options = parser().parse_args(arguments)
    run = run_of(options)
    if options.stage in EXTRA[1:]:
        return {"bundle": bundle, "bd-rate": bd_rates, "curve": curve}[options.stage](run, options)
    if options.threads:
        importlib.import_module("torch").set_num_threads(options.threads)
    run.folder.mkdir(parents=True, exist_ok=True)
    write_atomic(run.folder / "config.json", run.config.as_json().encode())
    for stage in STAGES if options.stage == "all" else (options.stage,):
        if (options.stage == "all" or options.if_needed) and run.is_finished(stage):
            run.log(f"{stage}: finished before")
            continue
        importlib.import_module(f".{stage}", __package__).stage(run)
    return 0


def run_of(options: argparse.Namespace) -> Run:
    """The run that the options describe."""
    return Run(
        config=config_of(options),
        folder=options.work,
        photos=options.photos if options.photos.is_dir() else None,
        device=device_of(options),
        result=options.result,
        finish_within=options.finish_within,
        pause_after=options.pause_after,
        may_resume=options.resume or options.stage == "all",
    )


def config_of(options: argparse.Namespace) -> Config:
    """The preset with what was set."""
    values = dict(entry.partition("=")[::2] for entry in options.set)
    for name in ("seconds", "steps", "seed"):
        if getattr(options, name) is not None:
            values[name] = str(getattr(options, name))
    try:
        return PRESETS[options.preset].with_values(values)
    except ValueError as wrong:
        sys.exit(f"train: {wrong}")


def device_of(options: argparse.Namespace) -> str:
    """``cuda`` where it is there, unless told."""
    if options.device != "auto":
        return options.device
    try:
        import torch
    except ImportError:
        return "cpu"
    return "cuda" if torch.cuda.is_available() else "cpu"


# ---- beside the stages


def bundle(run: Run, options: argparse.Namespace) -> int:
    """Photos for another machine, in a tar file."""
    from . import bundle as it

    if run.photos is None or options.out is None:
        sys.exit("train: bundle needs --photos FOLDER and --out FILE.tar")
    it.write(run, options.out, options.megabytes, options.pictures)
    return 0


def bd_rates(run: Run, options: argparse.Namespace) -> int:
    """BD-rates of one CSV file against another."""
    from .evaluate import say_bd_rates

    if options.ours is None or options.peers is None:
        sys.exit("train: bd-rate needs --ours CSV and --peers CSV")
    say_bd_rates(options.ours, options.peers, print)
    return 0


def curve(run: Run, options: argparse.Namespace) -> int:
    """The curve of an exported folder (--result) on a folder of PNG files, by ONNX Runtime."""
    from . import data, evaluate, manifest
    from .codec import OnnxNetworks
    from .integer_model import IntegerModel

    if options.result is None or options.pngs is None or options.out is None:
        sys.exit("train: curve needs --result FOLDER, --pngs FOLDER and --out CSV")
    files = sorted(options.pngs.glob("*.png"))
    chosen = manifest.evenly(files, run.config.evaluate_limit or len(files))
    model = IntegerModel.load(options.result / "entropy_model.npz")
    pictures = [data.picture(path) for path in chosen]
    rows = evaluate.curve(OnnxNetworks(options.result), model, pictures, run.config.qualities, print)
    evaluate.write(options.out, rows)
    return 0
