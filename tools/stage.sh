#!/usr/bin/env bash
# Runs one stage of the build, says how long it took, and keeps the times for a table at the end.
#   stage.sh NAME COMMAND...    stage.sh --begin    stage.sh --end
set -euo pipefail
log="${VAERANS_STAGES:-build/stages.tsv}"
mkdir -p "$(dirname "$log")"
case "$1" in
--begin) : >"$log"; exit 0 ;;
--end)
  echo; echo "stage                            seconds"
  awk -F'\t' '{printf "%-32s %7d\n", $1, $2; total += $2} END {printf "%-32s %7d\n", "all", total}' "$log"
  exit 0 ;;
esac
name="$1"; shift
echo "==> $name"
start=$(date +%s)
status=0
"$@" || status=$?
seconds=$(($(date +%s) - start))
printf '%s\t%s\n' "$name" "$seconds" >>"$log"
if [ "$status" -ne 0 ]; then echo "==> $name: FAILED after $seconds s"; else echo "==> $name: $seconds s"; fi
exit "$status"
