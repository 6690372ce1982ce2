//! The limit: AES-256-GCM as OpenSSL does it, and nothing else.

use std::process::Stdio;

use tokio::process::Command;

use super::frames::Direction;

/// There is no `openssl` to ask.
#[derive(Debug, thiserror::Error)]
#[error("install it, with `apt-get install openssl` for instance")]
pub(super) struct Unavailable;

/// Whether there is an `openssl` to ask.
pub(super) async fn is_installed() -> bool {
    run(&["version"]).await.is_ok()
}

/// What `openssl speed` reaches with blocks of `bytes`, in a second.
pub(super) async fn megabytes_per_second(
    direction: Direction,
    bytes: usize,
) -> Result<f64, Unavailable> {
    let bytes = bytes.to_string();
    let mut args = vec!["speed", "-mr", "-seconds", "1", "-bytes", &bytes, "-evp", "aes-256-gcm"];
    if direction == Direction::Open {
        args.push("-decrypt");
    }
    parse(&run(&args).await?).ok_or(Unavailable)
}

async fn run(args: &[&str]) -> Result<String, Unavailable> {
    let command = Command::new("openssl").args(args).stdin(Stdio::null()).output();
    let output = command.await.map_err(|_| Unavailable)?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Unavailable)
    }
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
    fn the_result_is_found() {
        let output = "+H:1024\n+F:22:AES-256-GCM:1500000000.00\n";
        assert_eq!(parse(output), Some(1_500.0));
        assert_eq!(parse("error"), None);
    }
}
