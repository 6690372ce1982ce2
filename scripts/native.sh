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
  cmp --silent "$1" "$2" || install -D -m 644 "$1" "$2"
}

# Generates the Kotlin binding of the library $1 in the folder $2. The metadata that is read goes
# with the symbols: the library is one that was not stripped.
generate_kotlin() {
  local generator=$library_dir/cargo generated source
  # The generator runs for a second: what it is made of needs no optimising.
  CARGO_TARGET_DIR=$generator cargo build --quiet --locked --package aldis-uniffi-bindgen \
    --config 'profile.dev.package."*".opt-level=0'
  generated=$generator/kotlin
  "$generator/debug/uniffi-bindgen" generate --no-format --language kotlin \
    --out-dir "$generated" "$1"
  while IFS= read -r source; do
    refresh "$generated/$source" "$2/$source"
  done < <(cd "$generated" && find . -name '*.kt')
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
