# shellcheck shell=bash
# What the builds of libaldis share, for this machine and for Android. Sourced after console.sh,
# never run.

# Target directories of their own: the flags would make every other build begin anew.
# shellcheck disable=SC2154 # console.sh says where the root is
library_dir=$root/target/library
# shellcheck disable=SC2034 # for the scripts that source this
android_dir=$root/target/android

# What cargo is to build. A cdylib alone: as soon as a crate is a `lib` too, cargo leaves link-time
# optimisation out, without a word.
# shellcheck disable=SC2034 # as above
library=(rustc --locked --lib --package aldis --profile library --crate-type cdylib)

# Prints `PATH=NAME` for each directory of this machine that a compiler could write into a library
# that everybody gets, and what it is to write there.
remapped_paths() {
  echo "${CARGO_HOME:-$HOME/.cargo}=/cargo"
  echo "$(rustc --print sysroot)=/rust"
  echo "$root=/aldis"
}

# Prints the flags for rustc that every library is built with, as cargo reads them from
# CARGO_ENCODED_RUSTFLAGS.
rustflags() {
  local flags=() path IFS=$'\x1f'
  while read -r path; do flags+=("--remap-path-prefix=$path"); done < <(remapped_paths)
  echo "${flags[*]}"
}

# A file is touched only when it is another one, so that what is made of it stays as it is.
refresh() {
  cmp --silent "$1" "$2" || { mkdir -p "$(dirname "$2")" && install -m 644 "$1" "$2"; }
}

# Generates the binding of the library $2 for the language $1, in a folder that it prints. The
# metadata that is read goes with the symbols: the library is one that was not stripped.
generate() {
  local generator=$library_dir/cargo generated
  generated=$generator/$1
  # The generator runs for a second: what it is made of needs no optimising. The folder is printed
  # by who is asked for it in a subshell, which does not end by itself where something fails.
  CARGO_TARGET_DIR=$generator cargo build --quiet --locked --package aldis-uniffi-bindgen \
    --config 'profile.dev.package."*".opt-level=0' &&
    "$generator/debug/uniffi-bindgen" generate --no-format --language "$1" \
      --out-dir "$generated" "$2" >&2 &&
    echo "$generated"
}

# Generates the Kotlin binding of the library $1 in the folder $2.
generate_kotlin() {
  local generated source
  generated=$(generate kotlin "$1")
  while IFS= read -r source; do
    refresh "$generated/$source" "$2/$source"
  done < <(cd "$generated" && find . -name '*.kt')
}

# Generates the Swift binding of the library $1 in the folder $2: a Swift module, and the C module
# that it is made on, with the lane in it.
generate_swift() {
  local generated
  generated=$(generate swift "$1")
  cat "$root/src/lane/lane.h" >>"$generated/CAldis.h"
  refresh "$generated/AldisFFI.swift" "$2/AldisFFI/AldisFFI.swift"
  refresh "$generated/CAldis.h" "$2/CAldis/CAldis.h"
  refresh "$generated/CAldis.modulemap" "$2/CAldis/module.modulemap"
}

# Prints the name that Rust has for an ABI.
triple() {
  case $1 in
    arm64-v8a) echo aarch64-linux-android ;;
    armeabi-v7a) echo armv7-linux-androideabi ;;
    x86_64) echo x86_64-linux-android ;;
    x86) echo i686-linux-android ;;
    *) die "Unknown ABI: $1. Known are arm64-v8a, armeabi-v7a, x86_64 and x86." ;;
  esac
}

# Prints the feature of libaldis for a TLS implementation.
tls_feature() {
  case $1 in
    rustls) echo rustls ;;
    openssl) echo native-tls ;;
    *) die "Unknown TLS: $1. Known are rustls and openssl." ;;
  esac
}
