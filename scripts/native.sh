# shellcheck shell=bash
# What the builds of libaldis share, for this machine and for Android. Sourced after console.sh,
# never run.

# shellcheck disable=SC2154 # console.sh says where the root is
library_dir=$root/target/library
# shellcheck disable=SC2034 # for the scripts that source this
android_dir=$root/target/android
# A target directory of their own: the flags would make every other build begin anew. It is one for all
# systems, and the target is always named, so that macros and build scripts are compiled once.
cargo_dir=$library_dir/cargo

# What cargo is to build. A cdylib alone: as soon as a crate is a `lib` too, cargo leaves link-time
# optimisation out, without a word.
# shellcheck disable=SC2034 # as above
library=(rustc --locked --lib --package aldis --profile library --crate-type cdylib)

# How libaldis speaks TLS on Apple's systems, in words for cargo, and how on this machine.
# shellcheck disable=SC2034 # as above
apple_tls=(--no-default-features --features rustls) host_tls=()
[[ $(uname -s) != Darwin ]] || host_tls=("${apple_tls[@]}")

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

# Prints the flags for C that every library is built with.
c_flags() { remapped_paths | sed 's/^/-ffile-prefix-map=/' | paste -s -d ' ' -; }

# Builds the library for this machine as it is shipped, and sets `built` to the folder that it is in.
build_for_host() {
  local host
  host=$(host_triple)
  CARGO_TARGET_DIR=$cargo_dir CARGO_ENCODED_RUSTFLAGS=$(rustflags) \
    cargo "${library[@]}" --target "$host" "${host_tls[@]}"
  # shellcheck disable=SC2034 # for the script that called
  built=$cargo_dir/$host/library
}

# A file is touched only when it is another one, so that what is made of it stays as it is.
refresh() {
  cmp --silent "$1" "$2" || { mkdir -p "$(dirname "$2")" && install -m 644 "$1" "$2"; }
}

# Generates the binding of the library $2 for the language $1, in a folder that it prints. The
# metadata that is read goes with the symbols: the library is one that was not stripped.
generate() {
  local generated=$cargo_dir/$1
  # The generator runs for a second: what it is made of needs no optimising. The folder is printed
  # by who is asked for it in a subshell, which does not end by itself where something fails.
  CARGO_TARGET_DIR=$cargo_dir cargo build --quiet --locked --package aldis-uniffi-bindgen \
    --config 'profile.dev.package."*".opt-level=0' &&
    "$cargo_dir/debug/uniffi-bindgen" generate --no-format --language "$1" \
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
