#!/usr/bin/env bash
# The steps of action.yml: action.sh lint | verify. Inputs come as INPUT_…, as the action hands them over.
set -euo pipefail

dockerfileopt() { node "$GITHUB_ACTION_PATH/bin/dockerfileopt.cjs" "$@"; }

lint() {
  local args=(--format github --fail-on "$INPUT_FAIL_ON") paths=() path
  [ -z "$INPUT_CONFIG" ] || args+=(--config "$INPUT_CONFIG")
  [ -z "$INPUT_SARIF" ] || args+=(--format "sarif:$INPUT_SARIF")
  while IFS= read -r path; do
    [ -z "$path" ] || paths+=("$path")
  done <<<"$INPUT_PATHS"
  dockerfileopt lint "${args[@]}" -- "${paths[@]}"
}

# What the base branch has in the place of a file.
base_version() {
  local path
  [ -n "${GITHUB_BASE_REF-}" ] || { echo "::error::outside of pull requests, \`before\` has to be given" >&2; return 1; }
  git fetch --quiet --depth 1 origin "$GITHUB_BASE_REF"
  path=$(realpath --relative-to "$(git rev-parse --show-toplevel)" "$1")
  git show "FETCH_HEAD:$path"
}

verify() {
  local args=() command code=0 before=$INPUT_BEFORE folder
  folder=$(mktemp -d)
  # shellcheck disable=SC2064 # Its name is known now, and gone when the trap runs.
  trap "rm -rf '$folder'" EXIT
  if [ -z "$before" ]; then
    base_version "$INPUT_AFTER" >"$folder/before.Dockerfile"
    before=$folder/before.Dockerfile
  fi
  while IFS= read -r command; do
    [ -z "$command" ] || args+=(--run "$command")
  done <<<"$INPUT_RUN"
  dockerfileopt verify --context "${INPUT_CONTEXT:-$(dirname -- "$INPUT_AFTER")}" ${args[@]+"${args[@]}"} \
    --format text --format "json:$folder/report.json" --format "markdown:$folder/report.md" \
    -- "$before" "$INPUT_AFTER" || code=$?
  # No report: usage, or no engine. The message stands in the log.
  [ -s "$folder/report.json" ] || return "$code"
  cat "$folder/report.md" >>"$GITHUB_STEP_SUMMARY"
  echo "verdict=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).verdict' "$folder/report.json")" >>"$GITHUB_OUTPUT"
  if [ "$INPUT_COMMENT" = true ] && [ -n "${PULL_REQUEST-}" ]; then
    gh pr comment "$PULL_REQUEST" --edit-last --body-file "$folder/report.md" ||
      gh pr comment "$PULL_REQUEST" --body-file "$folder/report.md"
  fi
  return "$code"
}

"$@"
