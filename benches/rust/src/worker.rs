//! The process of one contestant in Rust.

use std::io::{self, Write};

use tokio::runtime;

use crate::Failure;
use crate::contestants::{AldisRust, Limit, RustPlain};
use crate::input;
use crate::lots::Lots;
use crate::measure::Clients;
use crate::outside::allow_many_files;
use crate::stopwatch::Heap;

/// Names of the contestants.
const ALDIS_RUST: &str = "aldis-rust";
const RUST_PLAIN: &str = "rust-plain";
const LIMIT: &str = "limit";

/// Reads an order from each line of the input and answers it, until the input ends or an order
/// fails. `arguments` are the contestant's name and the server's URL; `heap` counts allocations.
pub fn run(mut arguments: impl Iterator<Item = String>, heap: Option<Heap>) -> Result<(), Failure> {
    let (Some(name), Some(url), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err(format!("usage: {ALDIS_RUST}|{RUST_PLAIN}|{LIMIT} URL").into());
    };
    allow_many_files()?;
    match &*name {
        ALDIS_RUST => work(Clients::<AldisRust>::new(url, heap)),
        RUST_PLAIN => work(Clients::<RustPlain>::new(url, heap)),
        LIMIT => work(Clients::<Limit>::new(url, heap)),
        other => Err(format!("there is no contestant {other}").into()),
    }
}

/// One thread, because a contestant has one core: a second worker would only add the hand-over.
fn work<L: Lots>(mut clients: Clients<L>) -> Result<(), Failure> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut lines = input::lines();
        while let Some(line) = lines.recv().await {
            let answer = clients.measure(serde_json::from_str(&line?)?).await?;
            let mut output = io::stdout().lock();
            writeln!(output, "{}", serde_json::to_string(&answer)?)?;
            output.flush()?;
        }
        clients.close().await;
        Ok(())
    })
}
