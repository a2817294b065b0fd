"""The model card: what the model was trained on, how, and how good it is, from what the stages wrote."""

from __future__ import annotations

from pathlib import Path

from . import manifest, robustness
from .run import Run

LICENCE_NOTE = (
    "The photos are not part of the model. Sets under the GPL, sets whose licence nobody has verified and sets whose"
    " licence is weakly attested are left out. Some photos are share-alike (CC BY-SA): whether weights inherit anything"
    " from the photos that they were trained on is a question for a lawyer, and is not answered here."
)


def text(run: Run, folder: Path) -> str:
    """All of the card."""
    parts = [heading(run), files(folder), training(run), photos(run), curves(run), synthetic(run), limits()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def heading(run: Run) -> str:
    """What it is."""
    base, second = run.facts("prune")["channels"], run.facts("layer2")["channels"]
    return f"""# Learned image codec: model card

A convolutional autoencoder with {base} latent channels at 1/16 of the size, an entropy model of integers and tables,
and a second layer of {second} components for high rates. Made by `tools/train`, whose README explains the parts."""


def files(folder: Path) -> str:
    """The files and their sizes."""
    rows = [f"| `{p.name}` | {p.stat().st_size} |" for p in sorted(folder.iterdir()) if p.suffix in (".onnx", ".npz")]
    return "\n".join(["## Files", "", "| file | bytes |", "| --- | --- |", *rows])


def training(run: Run) -> str:
    """How it was trained."""
    facts, config = run.facts("network"), run.config
    pruned, second, tables = run.facts("prune"), run.facts("layer2"), run.facts("tables")
    levels = ", ".join(f"{level:g}" for level in second["levels"])
    return f"""## Training

| | |
| --- | --- |
| device | {facts["device"]}, PyTorch {facts["torch"]}, {facts["mode"]} |
| steps | {facts["steps"]} of {config.batch} crops of {config.crop}x{config.crop} |
| seconds of training | {facts["seconds"]} |
| learning rates | Muon {config.muon_rate:g}, Adam {config.adam_rate:g} |
| lambda | {config.lambda_low:g} to {config.lambda_high:g} |
| channels | {config.base_channels} trained, {pruned["dead"]} of them dead, {pruned["channels"]} left |
| levels of the base at the anchors | {levels} |
| energy of the base's residual in the second layer | {second["energy"]:.1%} |
| values that the tables were counted on | {tables["values"]} |
| seed | {config.seed} |"""


def photos(run: Run) -> str:
    """Photos by set and licence."""
    rows = manifest.read(run.of("data") / "photos.tsv")
    sources = {row["set"]: row["source"] for row in rows}
    lines = []
    for name, licences in manifest.by_set(rows).items():
        listed = ", ".join(f"{licence} ({count})" for licence, count in licences.most_common())
        lines.append(f"| {name} | {sum(licences.values())} | {listed} | {sources[name]} |")
    facts, left_out = run.facts("data"), ", ".join(run.config.sets_left_out)
    head = (
        f"{facts['photos']} photos, {facts['megapixels']} megapixels; each is in `photos.tsv` with licence and source."
    )
    table = ["| set | photos | licences | source |", "| --- | --- | --- | --- |", *lines]
    return "\n".join(["## Photos", "", head, f"Left out as sets: {left_out}. {LICENCE_NOTE}", "", *table])


def curves(run: Run) -> str:
    """Rate and quality, where they were measured."""
    found = run.facts("evaluate").get("curves", {})
    parts = [
        "## Rate and quality",
        "",
        "Means over pictures; the rate is the ideal code length and 24 bytes a picture.",
    ]
    for name, rows in found.items():
        parts += [
            "",
            f"### {name}",
            "",
            "| quality | bits per pixel | PSNR, dB | MS-SSIM |",
            "| --- | --- | --- | --- |",
        ]
        parts += [
            f"| {quality} | {bpp:.4f} | {psnr:.2f} | {similarity:.5f} |" for quality, bpp, psnr, similarity in rows
        ]
    return "\n".join(parts if found else [*parts[:2], "Not measured."])


def synthetic(run: Run) -> str:
    """Synthetic pictures, where they were measured."""
    found = run.facts("evaluate").get("synthetic", {})
    head = " | ".join(f"quality {quality}" for quality in robustness.QUALITIES)
    rows = [f"| {name} | {' | '.join(f'{value:.1f}' for value in values)} |" for name, values in found.items()]
    table = ["", f"| PSNR, dB | {head} |", "| --- |" + " --- |" * len(robustness.QUALITIES), *rows]
    return "\n".join(["## Synthetic pictures", *(table if found else ["", "Not measured."])])


def limits() -> str:
    """What to be careful of."""
    return """## Limits

Trained on photographs and 2 % of synthetic patterns. An encoder should decode its own result and choose another way of
coding where the error is large: fine periodic patterns, noise and saturated edges are the weak spots of such models."""
