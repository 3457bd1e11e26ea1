//! Books in memory that keep to the contract of `UsageRepository`, and fail as they are told.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use alias_core::repository::{Shipped, StoreError, UsageRepository};
use alias_core::usage::{CallId, Denials, InstanceId, UsageEvent};
use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::sync::Notify;

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing reaches the books.
    Refuse,
    /// It is done, but the answer says that it failed.
    LoseReply,
    /// It is done, and there never is an answer.
    Hang,
    /// It arrives twice.
    Repeat,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    /// Boot and next number of each instance.
    pub(crate) instances: HashMap<InstanceId, (u64, u64)>,
    pub(crate) events: Vec<UsageEvent>,
    calls: HashSet<CallId>,
    pub(crate) denials: Vec<Denials>,
}

#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) kept: Mutex<Kept>,
    /// What happens to the next requests; after these, all goes well.
    pub(crate) faults: Mutex<VecDeque<Fault>>,
    /// Told when a request hangs.
    pub(crate) hung: Notify,
}

impl Books {
    pub(crate) fn failing(faults: impl IntoIterator<Item = Fault>) -> Arc<Self> {
        let books = Self::default();
        books.faults.lock().extend(faults);
        Arc::new(books)
    }

    pub(crate) fn events(&self) -> Vec<UsageEvent> {
        self.kept.lock().events.clone()
    }

    async fn answer<T>(&self, mut work: impl FnMut(&mut Kept) -> T) -> Result<T, StoreError> {
        let fault = self.faults.lock().pop_front();
        if fault == Some(Fault::Refuse) {
            return Err(StoreError::Unavailable("refused".into()));
        }
        if fault == Some(Fault::Repeat) {
            work(&mut self.kept.lock());
        }
        let done = work(&mut self.kept.lock());
        match fault {
            Some(Fault::LoseReply) => Err(StoreError::Unavailable("lost".into())),
            Some(Fault::Hang) => {
                self.hung.notify_one();
                std::future::pending().await
            }
            _ => Ok(done),
        }
    }
}

impl Kept {
    fn announce(&mut self, instance: InstanceId, boot: u64) -> Result<u64, StoreError> {
        let (seen, next) = self.instances.entry(instance).or_default();
        if boot <= *seen {
            return Err(StoreError::Conflict { kind: "instance", name: instance.to_string(), current: 0 });
        }
        *seen = boot;
        Ok(*next)
    }

    fn ship(
        &mut self,
        instance: InstanceId,
        first_seq: u64,
        events: &[UsageEvent],
    ) -> Result<Shipped, StoreError> {
        let Some((_, next)) = self.instances.get_mut(&instance) else {
            return Err(StoreError::NotFound { kind: "instance", name: instance.to_string() });
        };
        if *next != first_seq {
            return Ok(Shipped::ContinueFrom(*next));
        }
        *next += events.len() as u64;
        for event in events {
            if self.calls.insert(event.call.call_id) {
                self.events.push(event.clone());
            }
        }
        Ok(Shipped::Stored)
    }
}

#[async_trait]
impl UsageRepository for Books {
    async fn announce(&self, instance: InstanceId, boot: u64) -> Result<u64, StoreError> {
        self.answer(|kept| kept.announce(instance, boot)).await?
    }

    async fn ship(
        &self,
        instance: InstanceId,
        first_seq: u64,
        events: &[UsageEvent],
    ) -> Result<Shipped, StoreError> {
        self.answer(|kept| kept.ship(instance, first_seq, events)).await?
    }

    async fn beat(&self, _: InstanceId) -> Result<bool, StoreError> {
        self.answer(|_| true).await
    }

    async fn add_denials(&self, denials: &[Denials]) -> Result<(), StoreError> {
        self.answer(|kept| kept.denials.extend_from_slice(denials)).await
    }
}
