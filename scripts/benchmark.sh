#!/usr/bin/env bash
# The four reference tests in turn, with k6 and a shell only (`k6-llm run --all` does it with Node).
#
#   BASE_URL=http://localhost:8000 TEST_DURATION=2m ./scripts/benchmark.sh
#   ./scripts/benchmark.sh --out influxdb=http://localhost:8086/k6   # options go to each k6
#
# Into results/TIME/: of each test the report (NAME-TIME.json), k6's samples (NAME.samples.json) and
# what it printed (NAME.txt); report.txt with all. Ends with the first of k6's codes that is not 0;
# 1: it could not be run, 3: no k6.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tests=(load-test streaming-test comprehensive-test model-management-test)
k6=${K6_BIN:-k6}
least_mb=500

fail() { # CODE MESSAGE
  printf 'benchmark: %s\n' "$2" >&2
  exit "$1"
}

about=$("$k6" version 2>/dev/null) ||
  fail 3 "$k6: expected a k6 that runs; install it (https://grafana.com/docs/k6/latest/set-up/install-k6/) or set K6_BIN"
[ -f "$root/dist/index.js" ] || fail 1 'dist/index.js is not there: npm ci && npm run build makes it'

folder=$root/examples
case $about in
*k6/x/sse*) folder=$root/examples/xk6-sse ;;
*) echo 'This k6 has no k6/x/sse: TTFT cannot be measured (https://github.com/phymbert/xk6-sse#readme)' >&2 ;;
esac

directory=${RESULTS_DIR:-results}/$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$directory" || fail 1 "$directory: cannot be made; RESULTS_DIR names another place"
export RESULTS_DIR=$directory

# k6 ends its test in good order at Ctrl-C and with 105; the tests that are left are not run.
stopped=
trap 'stopped=1' INT TERM

code=0
rows=()
for name in "${tests[@]}"; do
  if [ -n "$stopped" ]; then
    rows+=("$(printf '%-22s %5s  not run' "$name" -)")
    continue
  fi
  free_mb=$(df -Pm "$directory" | awk 'NR == 2 { print $4 }')
  [ "$free_mb" -ge "$least_mb" ] ||
    fail 1 "$directory: $free_mb MB are free there; expected $least_mb MB for the samples; RESULTS_DIR names another place"
  printf '\n== %s\n' "$name"
  # tee keeps on at Ctrl-C, so that the end of the report is not lost.
  "$k6" run --address 127.0.0.1:0 --out "json=$directory/$name.samples.json" "$@" "$folder/$name.js" \
    > >(trap '' INT TERM; exec tee "$directory/$name.txt") &
  child=$!
  while :; do
    wait "$child"
    status=$?
    # A signal ends the wait and not k6: SIGTERM goes on to it, Ctrl-C has reached it already.
    kill -0 "$child" 2>/dev/null || break
    [ -t 0 ] || kill -TERM "$child" 2>/dev/null
  done
  [ "$code" -ne 0 ] || code=$status
  [ "$status" -ne 105 ] || stopped=1
  sleep 0.2 # tee's last lines
  verdict=$(grep -m1 -aoE '^(PASS|FAIL|NONE) - .*' "$directory/$name.txt")
  rows+=("$(printf '%-22s %5s  %s' "$name" "$status" "${verdict:-no report}")")
done

table=$(printf '%-22s %5s  %s\n' test code verdict && printf '%s\n' "${rows[@]}")
{
  printf '%s\n' "$table"
  for name in "${tests[@]}"; do
    [ ! -f "$directory/$name.txt" ] || { printf '\n\n== %s\n' "$name" && cat "$directory/$name.txt"; }
  done
} >"$directory/report.txt"
printf '\n%s\n\nReports and samples are in %s\n' "$table" "$directory"
exit "$code"
