# shellcheck shell=bash
# How the scripts speak and where they find things. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # for the scripts that source this
target_dir=${CARGO_TARGET_DIR:-$root/target}
case $target_dir in /*) ;; *) target_dir=$root/$target_dir ;; esac
# Tools that the project installs for itself, so that the machine of a contributor stays as it was.
tools_dir=$target_dir/tools
export PATH="$tools_dir/bin:$PATH"

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' green=$'\e[32m' yellow=$'\e[33m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' green='' yellow='' red='' plain=''
fi

step() { printf '\n%s▸ %s%s\n' "$bold" "$*" "$plain"; }
ok() { printf '  %s✓%s %s\n' "$green" "$plain" "$*"; }
loud() { printf '  %s! %s%s\n' "$yellow" "$*" "$plain"; }
bad() { printf '  %s✗ %s%s\n' "$red" "$*" "$plain"; }
die() {
  printf '%s✗ %s%s\n' "$red" "$*" "$plain" >&2
  exit 1
}

# Maven without colours and without a line for each file that it fetches.
# shellcheck disable=SC2034 # as above
mvn_options=(--batch-mode --no-transfer-progress -Dstyle.color=never)

has() { command -v "$1" >/dev/null 2>&1; }

# Prints the version of everything in this repository.
workspace_version() {
  sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' "$root/Cargo.toml"
}

# Prints the name that Rust has for this machine.
host_triple() { rustc -vV | sed -n 's/^host: //p'; }

# Prints the comment block at the head of a script: its help.
help_of() { sed -n '2,/^$/{s/^# \{0,1\}//p;}' "$1"; }
