//! Lets our server and the real IGNIS server deliver to the members of rooms, by turns. See
//! `aldis_bench::members`.

use aldis_bench::Failure;
use aldis_bench::members::{self, Options};
use aldis_bench::outside::{Pinning, on_core};
use clap::Parser;
use tokio::runtime;

fn main() -> Result<(), Failure> {
    // One thread, because the members have one core.
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let (options, pinning) = (Options::parse(), Pinning::detect());
    on_core(pinning.contestant, || runtime.block_on(members::run(&options, pinning)))?
}
