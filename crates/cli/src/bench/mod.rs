//! `aldis bench`: a first look at speed, as ratios to what limits it.

mod echo;
mod frames;
mod openssl;
mod rates;

use std::error::Error;
use std::process::ExitCode;

use crate::Outcome;
use crate::console::{Console, FAINT, NOTE, PLAIN, STRONG};
use echo::Echo;
use frames::{Bench as FrameBench, Direction};
use openssl::Unavailable;
use rates::quantity;

type Failure = Box<dyn Error + Send + Sync>;

/// Sizes of the payload, as JSON text, in bytes.
const SIZES: [usize; 3] = [100, 1 << 10, 16 << 10];

const HELP: &str = "\
frames: one core. seal is from event and payload to the text of a frame; open is from that text to
a message in a queue. limit is `openssl speed` for AES-256-GCM on the plaintext alone; the ratio is
plaintext bytes a second of ours to those of the limit.

echoes: over loopback, through aldis-server, with encryption; beside them the same payload through
a plain tungstenite echo without encryption, JSON or anything else. window is how many are under
way at once; the ratio is ours to the plain one.

Rounds alternate between the two of a row, a warm-up is not counted, and the table shows the median
with the least and the most. Measure with a release build, on a machine that does nothing else.";

/// Measure frames and echoes, beside their limits.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// A tenth of the work, for a glance.
    #[arg(long)]
    quick: bool,
}

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    rounds: usize,
    /// Plaintext that one round of frames goes through, in bytes.
    frame_bytes: u32,
    /// Messages of one round of echoes in a window; a tenth of it one at a time.
    echoes: u32,
}

impl Effort {
    fn new(quick: bool) -> Self {
        if quick {
            Self { rounds: 3, frame_bytes: 4 << 20, echoes: 2_000 }
        } else {
            Self { rounds: 7, frame_bytes: 32 << 20, echoes: 20_000 }
        }
    }
}

/// Measures, and prints two tables.
pub(crate) async fn run(args: Args) -> Outcome {
    let mut console = Console::new();
    let effort = Effort::new(args.quick);
    if cfg!(debug_assertions) {
        console
            .line(format_args!("{NOTE}This is a debug build: the figures mean nothing.{PLAIN}"))?;
    }
    measure_frames(&mut console, effort).await?;
    measure_echoes(&mut console, effort).await?;
    Ok(ExitCode::SUCCESS)
}

async fn measure_frames(console: &mut Console, effort: Effort) -> Result<(), Failure> {
    console.line(format_args!("{STRONG}frames, one core{PLAIN}"))?;
    let heading = format!(
        "{:<6}{:>10}  {:>34}  {:>12}  {:>12}  {:>6}",
        "", "data", "frames/s, median (min – max)", "MB/s", "limit MB/s", "ratio"
    );
    console.line(format_args!("{FAINT}{heading}{PLAIN}"))?;
    for direction in [Direction::Seal, Direction::Open] {
        for size in SIZES {
            // Its own thread: a round takes long enough to hold up the runtime.
            let bench = move || FrameBench::new(direction, size, effort).and_then(FrameBench::run);
            let measured = tokio::task::spawn_blocking(bench).await??;
            let megabytes = measured.frames.median() * f64::from(measured.plaintext_bytes) / 1e6;
            let (limit, ratio) = match openssl::megabytes_per_second(direction, size).await {
                Ok(limit) => (quantity(limit), format!("{:.2}", megabytes / limit)),
                Err(Unavailable) => ("–".to_owned(), "–".to_owned()),
            };
            console.line(format_args!(
                "{:<6}{size:>8} B  {:>34}  {:>12}  {limit:>12}  {ratio:>6}",
                direction.name(),
                measured.frames.to_string(),
                quantity(megabytes),
            ))?;
        }
    }
    if !openssl::is_installed().await {
        console.line(format_args!("{NOTE}No limit without openssl: {Unavailable}{PLAIN}"))?;
    }
    Ok(console.gap()?)
}

async fn measure_echoes(console: &mut Console, effort: Effort) -> Result<(), Failure> {
    console.line(format_args!("{STRONG}echoes over loopback{PLAIN}"))?;
    let heading = format!(
        "{:<12}{:>10}  {:>34}  {:>34}  {:>6}",
        "window", "data", "aldis, echoes/s", "plain tungstenite, echoes/s", "ratio"
    );
    console.line(format_args!("{FAINT}{heading}{PLAIN}"))?;
    for window in [1, 64] {
        for size in SIZES {
            let (ours, plain) = Echo::new(window, size, effort).run().await?;
            console.line(format_args!(
                "{window:<12}{size:>8} B  {:>34}  {:>34}  {:>6.2}",
                ours.to_string(),
                plain.to_string(),
                ours.median() / plain.median(),
            ))?;
        }
    }
    Ok(())
}

/// A payload of about `size` bytes as JSON text: an object with a text, as applications send it.
fn payload(size: usize) -> serde_json::Value {
    let envelope = serde_json::json!({ "text": "" }).to_string().len();
    serde_json::json!({ "text": "x".repeat(size.saturating_sub(envelope)) })
}
