//! The line between a server and its database, which can be cut, be slow, and lose everything.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How bytes pass.
#[derive(Debug, Clone, Default)]
struct Way {
    /// How many milliseconds each takes, either way.
    slow: Arc<AtomicU64>,
    /// Nothing comes out, and nothing says so.
    hole: Arc<AtomicBool>,
}

/// A port of ours that leads to another one, as long as it is whole.
pub(crate) struct Line {
    pub(crate) address: SocketAddr,
    whole: Arc<AtomicBool>,
    way: Way,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Line {
    /// A line to this address.
    pub(crate) fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Self {
            address: listener.local_addr().unwrap(),
            whole: Arc::new(AtomicBool::new(true)),
            way: Way::default(),
            open: Arc::default(),
        };
        let (whole, open, way) = (Arc::clone(&line.whole), Arc::clone(&line.open), line.way.clone());
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                // Dropped at once where the line is cut.
                if let (true, Ok(far)) = (whole.load(Ordering::SeqCst), TcpStream::connect(target)) {
                    open.lock().unwrap().extend([near.try_clone().unwrap(), far.try_clone().unwrap()]);
                    pass(near.try_clone().unwrap(), far.try_clone().unwrap(), way.clone());
                    pass(far, near, way.clone());
                }
            }
        });
        line
    }

    /// Cuts what is open, and lets nobody through.
    pub(crate) fn cut(&self) {
        self.whole.store(false, Ordering::SeqCst);
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// From now on everything takes so many milliseconds more, either way.
    pub(crate) fn slow_down(&self, milliseconds: u64) {
        self.way.slow.store(milliseconds, Ordering::SeqCst);
    }

    /// From now on nothing comes out at the other end, and nobody is told; or all of it again, late.
    pub(crate) fn swallow(&self, everything: bool) {
        self.way.hole.store(everything, Ordering::SeqCst);
    }

    /// Lets everybody through again.
    pub(crate) fn mend(&self) {
        self.whole.store(true, Ordering::SeqCst);
    }
}

/// Passes on what comes from one end, until either end closes.
fn pass(mut from: TcpStream, mut to: TcpStream, way: Way) {
    std::thread::spawn(move || {
        let mut bytes = [0; 16 * 1024];
        while let Ok(read) = from.read(&mut bytes) {
            std::thread::sleep(Duration::from_millis(way.slow.load(Ordering::SeqCst)));
            while way.hole.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
            if read == 0 || to.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}
