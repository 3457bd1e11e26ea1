//! The machine: its clock, its disk, and the folder of the data.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Line;
use crate::config::Config;

/// When this program was not yet written (2026-01-01): a clock that says so is wrong.
const BEFORE: u64 = 1_767_225_600;
/// Little room for usage that is not in the books yet.
const LITTLE: u64 = 1 << 30;
/// Too little.
const TOO_LITTLE: u64 = 64 << 20;

pub(super) fn lines(config: &Config) -> Vec<Line> {
    vec![clock(), folder(&config.data_dir), disk(&config.data_dir)]
}

fn clock() -> Line {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(time) if time.as_secs() > BEFORE => {
            Line::good("clock", humantime::format_rfc3339_seconds(SystemTime::now()).to_string())
        }
        _ => Line::bad(
            "clock",
            "it is years behind: keys would not end when they should",
            "set it, with NTP for example",
        ),
    }
}

/// Where the usage spool is: for the server's own user only.
fn folder(path: &Path) -> Line {
    let shown = path.display();
    match std::fs::metadata(path) {
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {
            Line::good("folder", format!("{shown} will be made by the first start"))
        }
        Err(why) => {
            Line::bad("folder", format!("{shown}: {why}"), "let the server's user have it, or set data_dir")
        }
        Ok(there) if !there.is_dir() => Line::bad("folder", format!("{shown} is no folder"), "set data_dir"),
        Ok(there) if open_to_others(&there) => {
            Line::doubtful("folder", format!("{shown} can be read by others"), format!("chmod 700 {shown}"))
        }
        Ok(_) => match tempfile::tempfile_in(path) {
            Ok(_) => Line::good("folder", format!("{shown} can be written")),
            Err(why) => Line::bad("folder", format!("{shown}: {why}"), "let the server's user write there"),
        },
    }
}

/// Whether somebody besides its owner reads a file.
pub(super) fn is_open_to_others(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|there| open_to_others(&there))
}

#[cfg(unix)]
fn open_to_others(there: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    there.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

/// How much room there is where the folder is, or will be.
fn disk(path: &Path) -> Line {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let there = path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    match rustix::fs::statvfs(there) {
        Err(why) => Line::doubtful("disk", format!("{}: {why}", there.display()), "see that there is room"),
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let said = format!("{} free", bytesize::ByteSize(free).display().iec());
            match free {
                ..TOO_LITTLE => {
                    Line::bad("disk", said, "make room: calls are refused when their usage cannot be written")
                }
                TOO_LITTLE..LITTLE => {
                    Line::doubtful("disk", said, "make room: usage waits here while the database is away")
                }
                _ => Line::good("disk", said),
            }
        }
    }
}
