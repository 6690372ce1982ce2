//! The lane on a Java virtual machine: the class `dev.aldis.internal.Lane`, by JNI.
//!
//! - `calls`: what the host calls.
//! - `host`: what is called there.
//! - `requests`: who waits for a reply.

mod calls;
mod host;
mod requests;

#[cfg(fuzzing)]
pub use calls::read;
pub(super) use host::{deliver, is_there};
pub(crate) use requests::Requests;

/// Why the host could not be called.
pub(crate) type Undelivered = jni::errors::Error;
