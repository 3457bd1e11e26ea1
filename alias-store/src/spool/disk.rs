//! What the spool asks of the file system for its segments, so that tests can make it fail.

use std::fmt::Debug;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// The writing side of a file system.
pub(super) trait Disk: Send + Sync + Debug {
    /// Creates an empty file for its owner alone, in place of what is there.
    fn create(&self, path: &Path) -> io::Result<File>;

    /// Sets aside space so that the file can grow to `bytes` on a disk that is full by then.
    fn reserve(&self, file: &File, bytes: u64) -> io::Result<()>;

    /// Writes all of `bytes` at the file's position; on an error, a part of them may be there.
    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<()>;

    /// Waits until everything written to the file survives a power loss.
    fn sync(&self, file: &File) -> io::Result<()>;
}

/// The file system as it is.
#[derive(Debug)]
pub(super) struct LocalDisk;

impl Disk for LocalDisk {
    fn create(&self, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)
    }

    #[cfg(target_os = "linux")]
    fn reserve(&self, file: &File, bytes: u64) -> io::Result<()> {
        use rustix::fs::{FallocateFlags, fallocate};
        use rustix::io::Errno;
        match fallocate(file, FallocateFlags::KEEP_SIZE, 0, bytes) {
            // Such a file system cannot promise space: a full disk may then refuse a settlement.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
            done => done.map_err(io::Error::from),
        }
    }

    /// Nothing portable sets space aside: a full disk may then refuse a settlement.
    #[cfg(not(target_os = "linux"))]
    fn reserve(&self, _file: &File, _bytes: u64) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
}

/// Creates the folder and its parents, for their owner alone.
pub(super) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Cuts the file off at `length` and goes on there. Also gives reserved space behind it back.
pub(super) fn cut(mut file: &File, length: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(length))?;
    file.set_len(length)
}

/// Waits until the folder's names survive a power loss.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Replaces a small file as a whole, durably.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file = LocalDisk.create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}
