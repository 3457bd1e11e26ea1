//! The manual pages of a program, made from what its command line says of itself.

use std::io::{self, Write};
use std::path::Path;

/// Writes a page for the program and for each of its commands into a folder, which is made; or without a folder the
/// program's own page to standard output.
///
/// # Errors
/// A page cannot be written.
pub fn write(command: clap::Command, folder: Option<&Path>) -> io::Result<()> {
    let Some(folder) = folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        // A reader that has seen enough (`| head`) is no failure.
        return match io::stdout().lock().write_all(&page) {
            Err(why) if why.kind() != io::ErrorKind::BrokenPipe => Err(why),
            _ => Ok(()),
        };
    };
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command, folder)
}
