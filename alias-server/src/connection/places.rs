//! How many connections each address has, so that nobody takes them all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::auth::guesses::network;

/// The places of all addresses.
#[derive(Debug, Clone)]
pub struct Places(Arc<Taken>);

#[derive(Debug)]
struct Taken {
    per_address: usize,
    taken: Mutex<HashMap<IpAddr, usize>>,
}

/// A connection's place, until it is dropped.
#[derive(Debug)]
pub struct Place {
    address: IpAddr,
    all: Arc<Taken>,
}

impl Places {
    /// So many places for each address.
    pub fn new(per_address: usize) -> Self {
        Self(Arc::new(Taken { per_address, taken: Mutex::default() }))
    }

    /// Takes a place; `None` where the address has none left.
    pub fn take(&self, address: IpAddr) -> Option<Place> {
        let address = network(address);
        let mut taken = self.0.taken.lock();
        let here = taken.entry(address).or_default();
        if *here >= self.0.per_address {
            return None;
        }
        *here += 1;
        Some(Place { address, all: Arc::clone(&self.0) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.all.taken.lock();
        if let Some(here) = taken.get_mut(&self.address) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_takes_its_own_places_only_and_gives_them_back() {
        let places = Places::new(2);
        let (here, there): (IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let first = places.take(here).unwrap();
        let _second = places.take("::ffff:10.0.0.1".parse().unwrap()).unwrap();
        assert!(places.take(here).is_none());
        assert!(places.take(there).is_some());
        let of_one_network =
            ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(|one| places.take(one.parse().unwrap()));
        assert!(of_one_network[1].is_some() && of_one_network[2].is_none());
        drop(of_one_network);
        drop(first);
        assert!(places.take(here).is_some());
        assert_eq!(places.0.taken.lock().len(), 1, "addresses without connections are forgotten");
    }
}
