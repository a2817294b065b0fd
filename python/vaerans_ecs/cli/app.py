"""The commands, as typer sees them. What they do is in the modules beside this one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ..images import FORMATS
from . import options as o
from .command import Commands
from .outcome import UsageProblem

app = typer.Typer(
    name="vaerans",
    cls=Commands,
    help="Compress pictures to .vrn files and back, and see what the codec does.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 some files failed, 2 wrong usage (nothing done), 130 interrupted, 143 terminated.",
)

CONTAINER = ".vrn"


def _version(asked: bool) -> None:
    if asked:
        from .doctor import package_version
        from .output import say

        say(f"vaerans {package_version()}")
        raise typer.Exit


@app.callback()
def _main(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand != "doctor":
        from .. import _core  # noqa: F401  # where it does not load, this is told before the options are looked at


def _complete_profile(typed: str) -> list[str]:
    from .. import _core

    return [name for name, *_ in _core.profiles() if name.startswith(typed)]


def _complete_format(typed: str) -> list[str]:
    return [name for name in ("png", "tiff", "webp", "jpeg") if name.startswith(typed)]


@app.command()
@o.profile_options
def compress(
    inputs: o.Inputs,
    out: o.Out = None,
    quality: Annotated[int, typer.Option("--quality", "-Q", min=0, max=100, help="0 smallest to 100 best.")] = 75,
    lossless: Annotated[bool, typer.Option("--lossless", help="Every sample comes back as it was.")] = False,
    profile: Annotated[
        str, typer.Option("--profile", "-p", autocompletion=_complete_profile, help="How to compress: photo or vae.")
    ] = "photo",
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", show_default=False, help="Model of the vae profile: a name, a folder, a file."),
    ] = None,
    recursive: o.Recursive = False,
    jobs: o.Jobs = None,
    force: o.Force = False,
    skip_existing: o.SkipExisting = False,
    keep_suffix: o.KeepSuffix = False,
    quiet: o.Quiet = False,
    json: o.Json = False,
    max_pixels: o.MaxPixels = None,
    max_bytes: o.MaxBytes = None,
    allow_damaged: Annotated[
        bool, typer.Option("--allow-damaged", help="Take what can be saved of damaged JPEG and PNG files.")
    ] = False,
    **options: Any,
) -> None:
    """Compress pictures (JPEG, PNG, WebP, TIFF) to .vrn files.

    ICC profile, EXIF block and orientation are kept.
    """
    from .convert import Settings, convert_all
    from .plan import make_plan
    from .transcode import compressor, to_container

    chosen = o.checked(profile, model, quality=quality, lossless=lossless, **options)
    plan = make_plan(inputs, out, to_container(keep_suffix), "vrn", FORMATS, recursive)
    convert = compressor(chosen, allow_damaged, max_pixels=max_pixels, max_bytes=max_bytes)
    convert_all(plan, convert, "in", Settings(jobs, force, skip_existing, quiet, json, max_bytes))


@app.command()
def decompress(
    inputs: o.Inputs,
    out: o.Out = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-F",
            autocompletion=_complete_format,
            show_default=False,
            help="png, tiff, webp (lossless) or jpeg. Default: as OUT is named, else png.",
        ),
    ] = None,
    jpeg_quality: Annotated[
        int | None,
        typer.Option("--jpeg-quality", min=1, max=100, show_default=False, help="Quality of JPEG output. Default: 90."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            show_default=False,
            help="Model that a learned picture was made with: a name, a folder, a file. Default: found by its SHA-256.",
        ),
    ] = None,
    upright: Annotated[
        bool, typer.Option("--upright", help="Turn the samples by the orientation instead of keeping it.")
    ] = False,
    recursive: o.Recursive = False,
    jobs: o.Jobs = None,
    force: o.Force = False,
    skip_existing: o.SkipExisting = False,
    keep_suffix: o.KeepSuffix = False,
    quiet: o.Quiet = False,
    json: o.Json = False,
    max_pixels: o.MaxPixels = None,
    max_bytes: o.MaxBytes = None,
    max_elements: o.MaxElements = None,
    item: o.Item = None,
) -> None:
    """Decompress .vrn files to PNG, TIFF, WebP or JPEG.

    The samples are written as stored, with ICC profile, EXIF block and orientation.
    """
    from .convert import Settings, convert_all
    from .plan import make_plan
    from .transcode import choose_format, decompressor, to_picture

    chosen, fixed = choose_format(format, out)
    if jpeg_quality is not None and chosen != "jpeg":
        raise UsageProblem(f"--jpeg-quality is for JPEG files, and {chosen} is to be written; add --format jpeg")
    plan = make_plan(inputs, out, to_picture(chosen, keep_suffix), fixed, (CONTAINER,), recursive)
    limits = dict(max_pixels=max_pixels, max_bytes=max_bytes, max_elements=max_elements)
    convert = decompressor(chosen, 90 if jpeg_quality is None else jpeg_quality, upright, item, model, **limits)
    convert_all(plan, convert, "out", Settings(jobs, force, skip_existing, quiet, json, max_bytes))


@app.command()
def info(
    inputs: o.Inputs,
    recursive: o.Recursive = False,
    json: o.Json = False,
    max_pixels: o.MaxPixels = None,
    max_bytes: o.MaxBytes = None,
    max_elements: o.MaxElements = None,
    item: o.Item = None,
) -> None:
    """Show what .vrn files hold: size, samples, profile, steps, metadata."""
    from .inspect import show_info

    limits = dict(max_pixels=max_pixels, max_bytes=max_bytes, max_elements=max_elements)
    show_info(inputs, recursive, json, item, **limits)


@app.command()
def report(
    photos: Annotated[
        list[str], typer.Argument(metavar="PHOTOS", help="Pictures to measure on: files, folders, globs.")
    ],
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="HTML", help="The page; .json and .csv go beside it.")
    ] = "report.html",
    profile: Annotated[
        list[str] | None,
        typer.Option("--profile", "-p", show_default=False, help="Profiles to measure. Default: photo."),
    ] = None,
    quality: Annotated[
        str | None,
        typer.Option("--quality", "-Q", metavar="LIST", show_default=False, help="Qualities, as 10,30,50 or 10-90:10."),
    ] = None,
    peers: Annotated[
        str | None,
        typer.Option(
            "--peers",
            metavar="LIST",
            show_default=False,
            help="Codecs to compare with, by comma; none for none. Default: all there are.",
        ),
    ] = None,
    recursive: o.Recursive = False,
    threads: o.Threads = None,
    force: o.Force = False,
    quiet: o.Quiet = False,
) -> None:
    """Measure rate and distortion on your pictures against JPEG, WebP, AVIF, JPEG XL and JPEG 2000."""
    from .measure import make_report

    make_report(photos, out, profile or ["photo"], quality, peers, recursive, threads, force, quiet)


@app.command()
@o.profile_options
def bench(
    photos: Annotated[
        list[str] | None,
        typer.Argument(metavar="PHOTOS", show_default=False, help="Pictures to time. Default: one made up here."),
    ] = None,
    quality: Annotated[int, typer.Option("--quality", "-Q", min=0, max=100)] = 75,
    lossless: Annotated[bool, typer.Option("--lossless")] = False,
    profile: Annotated[str, typer.Option("--profile", "-p", autocompletion=_complete_profile)] = "photo",
    model: Annotated[str | None, typer.Option("--model", "-m", show_default=False)] = None,
    threads: o.Threads = None,
    repeats: Annotated[int, typer.Option("--repeats", "-n", min=1, max=1000, help="Passes; the fastest counts.")] = 5,
    recursive: o.Recursive = False,
    json: o.Json = False,
    max_pixels: o.MaxPixels = None,
    max_bytes: o.MaxBytes = None,
    **options: Any,
) -> None:
    """Time compress and decompress on this machine."""
    from .measure import run_bench

    chosen = o.checked(profile, model, quality=quality, lossless=lossless, **options)
    chosen |= dict(max_pixels=max_pixels, max_bytes=max_bytes)
    run_bench(photos or [], chosen, threads, repeats, recursive, json)


@app.command()
def export(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="An ONNX file.")],
    out: Annotated[str, typer.Argument(metavar="OUT", help="A folder, or a name that ends in .wasm.")],
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What the script of the folder is called.")
    ] = "model",
    optimize: Annotated[bool, typer.Option("--optimize/--no-optimize", help="Whether the passes run.")] = True,
    disable: Annotated[
        list[str] | None,
        typer.Option("--disable", metavar="PASS", show_default=False, help="A pass that does not run."),
    ] = None,
    quantize: Annotated[
        str | None,
        typer.Option(
            "--quantize",
            metavar="MODE",
            show_default=False,
            help="Store weights in fewer bits: int8-weights, fp16-weights.",
        ),
    ] = None,
    simd: Annotated[
        bool, typer.Option("--simd/--no-simd", help="Whether the folder holds the engine for SIMD.")
    ] = True,
    threads: Annotated[
        bool, typer.Option("--threads/--no-threads", help="Whether the folder holds the engine for threads.")
    ] = True,
    runtime: Annotated[
        str, typer.Option("--runtime", help="bundled copies the engine's files, npm imports them from vaerans/nn.")
    ] = "bundled",
    size: o.Size = None,
    force: o.Force = False,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Compile an ONNX model for browsers, Node, Rust and Python."""
    from .network import export

    options = dict(model_name=name, optimize=optimize, disable=disable or [], quantize=quantize)
    export(model, out, size or [], force, quiet, json, **options, simd=simd, threads=threads, runtime=runtime)


@app.command()
def inspect(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="An ONNX file, a compiled folder or a .wasm file.")],
    html: Annotated[
        str | None,
        typer.Option(
            "--html", metavar="HTML", show_default=False, help="Draw the graph as one page that opens offline."
        ),
    ] = None,
    run: Annotated[bool, typer.Option("--run", help="Run it on noise, and tell what each step takes.")] = False,
    size: o.Size = None,
    threads: o.Threads = None,
    repeats: Annotated[int, typer.Option("--repeats", "-n", min=1, max=1000, help="Passes; the fastest counts.")] = 5,
    optimize: Annotated[bool, typer.Option("--optimize/--no-optimize", help="Whether the passes run.")] = True,
    force: o.Force = False,
    json: o.Json = False,
) -> None:
    """Show the plan of a network: its steps, their memory, and with --run their times."""
    from .network import inspect

    inspect(source, html, run, size or [], threads, repeats, json, force, optimize)


@app.command()
def doctor(json: o.Json = False) -> None:
    """Show what this installation can do: instruction sets, OpenMP, ONNX providers, model folders, versions."""
    from .doctor import show_doctor

    show_doctor(json)
