//! Has the server built again when the dashboard was: its files are embedded, and their names change.

use std::io;
use std::path::Path;

const BUILT: &str = "dashboard/dist";

fn main() -> io::Result<()> {
    // What is watched has to be there: Cargo would take a missing folder for a changed one, each time.
    if !Path::new(BUILT).exists() {
        std::fs::create_dir(BUILT)?;
    }
    println!("cargo:rerun-if-changed={BUILT}");
    Ok(())
}
