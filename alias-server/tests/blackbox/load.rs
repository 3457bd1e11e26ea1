//! Calls that go on at a steady rate, each to the next server, whatever is answered.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::server::{Server, times};
use crate::stalls;

/// Where to, and how many.
pub(crate) struct Load {
    pub(crate) servers: Vec<SocketAddr>,
    pub(crate) key: String,
    /// Calls a second, over all servers.
    pub(crate) rate: u32,
    /// Whether a call that nobody answers (a server is being started) is left out, and not made again.
    pub(crate) gaps: bool,
}

/// How one call ended.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// When it was sent, and when its answer was there.
    pub(crate) sent: Instant,
    pub(crate) at: Instant,
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Told {
    /// How long it took, without the time in which this machine stood still.
    pub(crate) fn took(&self) -> Duration {
        (self.at - self.sent).saturating_sub(stalls::between(self.sent, self.at))
    }
}

impl Load {
    /// On these servers, at the rate that the environment says, or else 200 calls a second.
    pub(crate) fn on(servers: &[Server], key: &str) -> Self {
        let rate = u32::try_from(times("ALIAS_TEST_RATE", 200)).unwrap();
        let servers = servers.iter().map(|server| server.address).collect();
        Self { servers, key: key.to_owned(), rate, gaps: false }
    }

    /// Goes on while something is done; what that gave, and all that was answered meanwhile.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> (T, Vec<Told>) {
        let (ended, answers) = (AtomicBool::new(false), Mutex::default());
        stalls::watch();
        let clients = (self.rate / 20).max(4);
        let done = std::thread::scope(|scope| {
            for number in 0..clients {
                let (ended, answers) = (&ended, &answers);
                scope.spawn(move || self.client(number, clients, ended, answers));
            }
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            ended.store(true, Ordering::Relaxed);
            done
        });
        let done = done.unwrap_or_else(|why| std::panic::resume_unwind(why));
        (done, answers.into_inner().unwrap())
    }

    /// What one of the clients does: a call at each of its times, until the load ends.
    fn client(&self, number: u32, clients: u32, ended: &AtomicBool, answers: &Mutex<Vec<Told>>) {
        let step = Duration::from_secs(1) / self.rate;
        let mut next = Instant::now() + step * number;
        let mut servers = self.servers.iter().cycle().skip(number as usize);
        let bearer = format!("Bearer {}", self.key);
        let body = br#"{"model": "smart", "messages": []}"#;
        while !ended.load(Ordering::Relaxed) {
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            next += step * clients;
            let server = *servers.next().unwrap();
            let sent = Instant::now();
            let headers = [("Authorization", bearer.as_str())];
            let told = crate::http::send(server, "POST", "/v1/chat/completions", &headers, Some(body));
            let at = Instant::now();
            match told {
                Ok(answer) => {
                    let told = Told { sent, at, status: answer.status, text: answer.text() };
                    answers.lock().unwrap().push(told);
                }
                Err(_) if self.gaps => {}
                Err(why) => panic!("a call to {server} was not answered: {why}"),
            }
        }
    }
}

/// The time that so many in a thousand calls took at most.
pub(crate) fn quantile(took: impl IntoIterator<Item = Duration>, of_thousand: usize) -> Duration {
    let mut took: Vec<Duration> = took.into_iter().collect();
    took.sort();
    took[(took.len() * of_thousand / 1_000).min(took.len() - 1)]
}
