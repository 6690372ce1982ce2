//! The server that contestants are measured with: it sends them as much as they ask for, and counts
//! what they send. See `aldis_bench::server`.
//!
//! Prints `{"url": …, "plainUrl": …}` as one line, and ends when its standard input does.

use std::io::{self, Write};

use aldis_bench::outside::allow_many_files;
use aldis_bench::server::BenchServer;
use aldis_bench::{Failure, input};
use serde_json::json;
use tokio::runtime;

fn main() -> Result<(), Failure> {
    allow_many_files()?;
    // One thread: the server has one core, and nothing to share it with.
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = BenchServer::start().await?;
        let urls = json!({ "url": server.url(), "plainUrl": server.plain_url() });
        writeln!(io::stdout(), "{urls}")?;
        let mut lines = input::lines();
        while lines.recv().await.is_some() {}
        server.shutdown().await;
        Ok(())
    })
}
