#!/usr/bin/env bash
# One command for a machine with a GPU: unpack the photos, train, fit, measure, and leave what counts under $OUT.
#   tools/train/device.sh [BUNDLE.tar]     (made by: python -m tools.train bundle --out BUNDLE.tar; or PHOTOS names a folder)
#
#   OUT             where the results go (default: build/device)
#   WORK            folder of the run: call again with the same one to go on (default: build/train-device)
#   BUDGET          seconds that this call may take (default 570); the network gets all but RESERVE
#   RESERVE         seconds for what comes after the network (default 120, 20 with ONLY_NETWORK)
#   ONLY_NETWORK    1: leave the other stages to another machine (they take about ten minutes on two CPU cores)
#   PAUSE           1: stop with a checkpoint when the budget is over, the schedule unfinished; needs SECONDS_ALL
#   SECONDS_ALL     seconds of training, all calls together (default: what WORK was begun with, else what this call has)
#   PART_MB         size of the parts of the saved run (default 15)
#   TRAIN_ARGS      further arguments, such as "--set batch=32" (default: what WORK was begun with)
#   PYTHON          a Python with torch, safetensors, pillow, onnx, onnxruntime (default: python3)
#
# $OUT gets log.txt, result.tgz, and the run in parts: cat run.tgz.* | tar xz -C WORK brings back checkpoint, network, settings
# (config.json) and the list of photos. Stages go on from there with the same settings alone, which go_on.txt has as arguments:
#   python -m tools.train data --work WORK --photos PHOTOS $(cat WORK/go_on.txt)    packs the same photos; then so for "all"
# This command takes them from there by itself, unless SECONDS_ALL or TRAIN_ARGS is set.
set -euo pipefail
cd "$(dirname "$0")/../.."
started=$(date +%s)
out=${OUT:-build/device}
work=${WORK:-build/train-device}
only=${ONLY_NETWORK:-0}
budget=${BUDGET:-570}
reserve=${RESERVE:-$([ "$only" = 1 ] && echo 20 || echo 120)}
export PYTHONUNBUFFERED=1
mkdir -p "$out" "$work"

photos=${PHOTOS:-$work/photos}
if [ $# -gt 0 ] && [ ! -e "$work/photos/train/manifest.tsv" ]; then mkdir -p "$work/photos" && tar xf "$1" -C "$work/photos"; fi
settings="--seconds ${SECONDS_ALL:-0} ${TRAIN_ARGS:-}"
if [ -z "${SECONDS_ALL+set}${TRAIN_ARGS+set}" ] && [ -s "$work/go_on.txt" ]; then settings=$(cat "$work/go_on.txt"); fi
echo "$settings" >"$work/go_on.txt"
echo "settings, to go on with: $settings"
read -ra settings <<<"$settings"
train() {
  "${PYTHON:-python3}" -m tools.train "$@" --work "$work" --photos "$photos" --result "$work/result" "${settings[@]}"
}
left() { echo $((budget - $(date +%s) + started - $1)); }

# What has been done is worth keeping, whatever happens after it.
keep() {
  cp -f "$work/log.txt" "$out/log.txt" 2>/dev/null || true
  if [ -e "$work/network/checkpoint.pt" ]; then
    rm -f "$out"/run.tgz.*
    tar c -C "$work" --exclude '*.part' network config.json go_on.txt data/photos.tsv data/photos.json data/done.json | gzip -3 |
      split -b "${PART_MB:-15}m" -d -a 2 - "$out/run.tgz."
  fi
  if [ -d "$work/result" ]; then tar czf "$out/result.tgz" -C "$work" result; fi
}
trap keep EXIT

# Photos do not travel with a run: they are packed anew where it goes on.
train data $([ -e "$work/data/photos.u8" ] && echo --if-needed)
if [ "${PAUSE:-0}" = 1 ]; then limit=(--pause-after "$(left 30)"); else limit=(--finish-within "$(left "$reserve")"); fi
status=0
train network --if-needed --resume "${limit[@]}" || status=$?
[ "$status" -ne 3 ] || { echo "paused: call again to go on"; exit 0; }
[ "$status" -eq 0 ] || exit "$status"
[ "$only" != 1 ] || exit 0
keep
train all
