//! The generator of the bindings, of the very version of `UniFFI` that the library is built with.
//! A crate of its own, so that the library does not carry a command line parser.

fn main() {
    uniffi::uniffi_bindgen_main();
}
