#!/usr/bin/env bash
# One command for a machine with a GPU: unpack the photos, train, fit, measure, and leave what counts under $OUT.
#   tools/train/device.sh [BUNDLE.tar]     (made by: python -m tools.train bundle --out BUNDLE.tar; or PHOTOS names a folder)
#
#   OUT             where the results go (default: build/device)
#   WORK            folder of the run: call again with the same one to go on (default: build/train-device)
#   BUDGET          seconds that this call may take (default 570); the network gets all but RESERVE
#   RESERVE         seconds for pruning, second layer, tables, measuring and export (default 90)
#   PAUSE           1: stop with a checkpoint when the budget is over, the schedule unfinished; needs SECONDS_ALL
#   SECONDS_ALL     seconds of training, all calls together (default: what this call has)
#   PART_MB         the checkpoint comes in parts of so many MB (default 15): cat parts | tar xz -C WORK/network
#   TRAIN_ARGS      further arguments, such as "--set batch=32"
#   PYTHON          a Python with torch, safetensors, pillow, onnx (default: python3)
set -euo pipefail
cd "$(dirname "$0")/../.."
started=$(date +%s)
python=${PYTHON:-python3}
out=${OUT:-build/device}
work=${WORK:-build/train-device}
budget=${BUDGET:-570}
reserve=${RESERVE:-90}
export PYTHONUNBUFFERED=1
mkdir -p "$out" "$work"
left() { echo $((budget - $(date +%s) + started - $1)); }

photos=${PHOTOS:-$work/photos}
if [ $# -gt 0 ] && [ ! -e "$work/photos/train/manifest.tsv" ]; then mkdir -p "$work/photos" && tar xf "$1" -C "$work/photos"; fi
run=("$python" -m tools.train)
args=(--work "$work" --photos "$photos" --result "$work/result")
read -ra more <<<"${TRAIN_ARGS:-}"
more+=(--seconds "${SECONDS_ALL:-0}")

# What has been done is worth keeping, whatever happens after it.
keep() {
  cp -f "$work/log.txt" "$out/log.txt" 2>/dev/null || true
  if [ -e "$work/network/checkpoint.pt" ]; then
    rm -f "$out"/checkpoint.tgz.*
    tar cz -C "$work/network" checkpoint.pt progress.csv | split -b "${PART_MB:-15}m" -d -a 2 - "$out/checkpoint.tgz."
  fi
  if [ -d "$work/result" ]; then tar czf "$out/result.tgz" -C "$work" result; fi
}
trap keep EXIT

"${run[@]}" data --if-needed "${args[@]}" "${more[@]}"
if [ "${PAUSE:-0}" = 1 ]; then limit=(--pause-after "$(left 30)"); else limit=(--finish-within "$(left "$reserve")"); fi
status=0
"${run[@]}" network --resume "${args[@]}" "${more[@]}" "${limit[@]}" || status=$?
[ "$status" -ne 3 ] || { echo "paused: call again to go on"; exit 0; }
[ "$status" -eq 0 ] || exit "$status"
for stage in prune layer2 tables evaluate export check; do "${run[@]}" "$stage" "${args[@]}" "${more[@]}"; done
