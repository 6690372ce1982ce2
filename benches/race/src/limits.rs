//! What nobody can be faster than: the cipher alone, and bare calls over the boundary of a JVM.

use std::process::{Command, Stdio};
use std::time::Duration;

use aldis_bench::outside::on_core;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arena::Arena;
use crate::measure::{Sample, aes, crossing};
use crate::plan::{PAYLOADS, Plan};
use crate::record::Record;
use crate::selection::{Group, Selection};

/// The JVM measures each crossing for a while before it says anything.
const PATIENCE: Duration = Duration::from_mins(2);

/// A bare call, as the JVM has measured it.
#[derive(Debug, Serialize, Deserialize)]
struct Crossing {
    name: String,
    payload: u32,
    /// For one call.
    nanos: f64,
}

pub(crate) fn run(arena: &Arena, plan: &Plan, selection: &Selection, record: &mut Record) {
    if !selection.has(Group::Limits) {
        return;
    }
    record.progress("limits, the cipher");
    for _ in 0..plan.limit_rounds {
        for (what, options) in
            [("openssl, encrypt", &[][..]), ("openssl, decrypt", &["-decrypt"][..])]
        {
            for bytes in PAYLOADS {
                match aes_speed(bytes, options, arena.pinning.contestant) {
                    Some(speed) => {
                        record.reading("limits", what, json!({ "bytes": bytes, "MB/s": speed }));
                        record.add([Sample::new(aes().of(Some(bytes)), what, speed)]);
                    }
                    None => record.note("openssl, limits: it is not installed".to_owned()),
                }
            }
        }
    }
    record.progress("limits, the boundary");
    let mut crossings = Vec::new();
    let measured = arena
        .start_as("crossings", arena.programs.crossings())
        .and_then(|process| process.read_all(PATIENCE, |all: Vec<Crossing>| crossings.extend(all)));
    if let Err(error) = measured {
        record.failure(&error);
    }
    for it in crossings {
        record.add([Sample::new(crossing().of(Some(it.payload)), &it.name, it.nanos)]);
        record.reading("limits", &it.name, &it);
    }
}

/// Megabytes a second of AES-256-GCM on blocks of so many bytes. `None` without OpenSSL.
fn aes_speed(bytes: u32, options: &[&str], core: Option<usize>) -> Option<f64> {
    let mut command = Command::new("openssl");
    command.args(["speed", "-mr", "-seconds", "1", "-bytes", &bytes.to_string()]);
    command.args(["-evp", "aes-256-gcm"]).args(options).stdin(Stdio::null());
    let output = on_core(core, || command.output()).flatten().ok()?;
    parse(&String::from_utf8_lossy(&output.stdout)).filter(|_| output.status.success())
}

/// Reads the last line of `-mr`: `+F:22:AES-256-GCM:BYTES_PER_SECOND`.
fn parse(output: &str) -> Option<f64> {
    let line = output.lines().rfind(|line| line.starts_with("+F:"))?;
    let bytes: f64 = line.rsplit(':').next()?.parse().ok()?;
    Some(bytes / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_of_the_cipher_is_found() {
        let output = "+H:1024\n+F:22:AES-256-GCM:1500000000.00\n";
        assert_eq!(parse(output), Some(1_500.0));
        assert_eq!(parse("error"), None);
    }
}
