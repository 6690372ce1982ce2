# shellcheck shell=bash
# What building the library for Apple's systems and checking it share. Sourced after console.sh, never
# run.

# shellcheck disable=SC2034,SC2154 # for the scripts that source this; console.sh says where the root is
apple_dir=$root/target/apple
# The name of the C module, and so of the XCFramework: SwiftPM wants both to be one.
# shellcheck disable=SC2034 # as above
framework=CAldis

# The oldest systems that the library runs on: those of bindings/swift/Package.swift.
# shellcheck disable=SC2034 # as above
ios_minimum=16.0 macos_minimum=13.0

# A program that reads libraries: Xcode's or, without it, LLVM's.
reader() {
  local program=$1
  shift
  if has xcrun; then xcrun "$program" "$@"; else "llvm-$program-19" "$@"; fi
}

# A program of LLVM's that comes with Rust, wherever Rust is. It looks for its library in a folder that
# only rustc tells it.
rust_llvm() {
  local program=$1 sysroot
  shift
  sysroot=$(rustc --print sysroot)
  LD_LIBRARY_PATH=$sysroot/lib DYLD_LIBRARY_PATH=$sysroot/lib \
    "$sysroot/lib/rustlib/$(host_triple)/bin/$program" "$@"
}

# Prints the names that the library $1 for the processor $2 defines for others, in the object that has
# all of ours, and in those of ring. The other objects are of the runtime for C that Rust brings along;
# nothing is said of those that are empty.
global_names() {
  reader nm -arch "$2" -gUj "$1" 2>/dev/null | awk '
    /:$/ { ours = /aldis-[0-9a-f]+\./; next }
    NF && (ours || /^_ring_core_/)' | sort -u
}

# Prints the names that the header $1 declares functions by, as a linker has them.
declared_functions() {
  grep -oE '(uniffi_aldis|ffi_aldis|aldis_lane)_[a-z0-9_]+\(' "$1" | sed 's/^/_/; s/($//' | sort -u
}

# Prints the checksum of a file, as SwiftPM wants it.
checksum() { python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"; }

# Without Xcode: has clang compile what there is in C for iOS, for a check, and makes a folder where an
# SDK would be. Of Apple's headers ring includes one, for what clang knows by itself; it does without
# those of C where it is told to.
no_sdk() {
  export SDKROOT=$target_dir/no-ios-sdk CC_aarch64_apple_ios=clang-19 AR_aarch64_apple_ios=llvm-ar-19
  export CFLAGS_aarch64_apple_ios=-DRING_CORE_NOSTDLIBINC
  mkdir -p "$SDKROOT/usr/include"
  touch "$SDKROOT/usr/include/TargetConditionals.h"
}
