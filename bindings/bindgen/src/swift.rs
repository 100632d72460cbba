//! UniFFI's generator for Swift: one module map over the headers of all crates, which the general one can't make.

fn main() {
    uniffi::uniffi_bindgen_swift();
}
