//! The fast mock provider on its own: the upstream that benches put behind every system.

use std::net::SocketAddr;

use alias_server::mock_provider::{self, Style};
use clap::Parser;

/// Answers every call with constants, until it is ended by a signal.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen
    #[arg(long)]
    listen: SocketAddr,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let provider = mock_provider::start_with(Arguments::parse().listen, Style::Fast).await?;
    println!("mock upstream on {}", provider.address());
    tokio::signal::ctrl_c().await
}
