//! What the processor does in hardware, found in the way in which the ciphers find it.

/// How one job is done.
pub(super) struct Path {
    pub(super) job: &'static str,
    /// By which instructions; `None` if by ordinary ones.
    pub(super) instructions: Option<&'static str>,
}

/// How AES-GCM and base64 are done here.
pub(super) fn paths() -> [Path; 3] {
    [
        Path { job: "AES-256", instructions: aes() },
        Path { job: "GHASH", instructions: ghash() },
        Path { job: "base64", instructions: base64() },
    ]
}

#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
fn aes() -> Option<&'static str> {
    if has_vector_aes() {
        Some("VAES with AVX-512")
    } else {
        is_x86_feature_detected!("aes").then_some("AES-NI")
    }
}

#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
fn ghash() -> Option<&'static str> {
    if has_vector_aes() {
        Some("VPCLMULQDQ with AVX-512")
    } else {
        is_x86_feature_detected!("pclmulqdq").then_some("PCLMULQDQ")
    }
}

/// Whether four blocks are encrypted and hashed at once.
#[cfg(target_arch = "x86_64")]
fn has_vector_aes() -> bool {
    is_x86_feature_detected!("vaes")
        && is_x86_feature_detected!("vpclmulqdq")
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
}

#[cfg(target_arch = "x86")]
fn has_vector_aes() -> bool {
    false
}

#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
fn base64() -> Option<&'static str> {
    if is_x86_feature_detected!("avx2") {
        Some("AVX2")
    } else {
        is_x86_feature_detected!("sse4.1").then_some("SSE4.1")
    }
}

#[cfg(target_arch = "aarch64")]
fn aes() -> Option<&'static str> {
    std::arch::is_aarch64_feature_detected!("aes").then_some("ARMv8 AES")
}

#[cfg(target_arch = "aarch64")]
fn ghash() -> Option<&'static str> {
    std::arch::is_aarch64_feature_detected!("pmull").then_some("ARMv8 PMULL")
}

#[cfg(target_arch = "aarch64")]
fn base64() -> Option<&'static str> {
    std::arch::is_aarch64_feature_detected!("neon").then_some("NEON")
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64")))]
fn aes() -> Option<&'static str> {
    None
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64")))]
fn ghash() -> Option<&'static str> {
    None
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64")))]
fn base64() -> Option<&'static str> {
    None
}
