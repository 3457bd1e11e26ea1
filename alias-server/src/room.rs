//! Room for what is read whole before it goes on: large bodies of calls and of answers, of all connections together.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{ApiError, Code};

/// What is not larger is not counted: that many connections are there for, and most calls are small.
const FREE: usize = 16 << 10;
/// Room is given in pieces of this many bytes.
const PIECE: usize = 1 << 10;

/// All the room there is. Clones share it.
#[derive(Debug, Clone)]
pub struct Room(Arc<Semaphore>);

/// The room that one body has, until it is dropped.
#[derive(Debug)]
pub struct Taken {
    room: Room,
    pieces: usize,
    permit: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// Room for so many bytes.
    pub fn of(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new((bytes / PIECE).min(Semaphore::MAX_PERMITS))))
    }

    /// No room yet, for a body that will grow.
    pub fn begin(&self) -> Taken {
        Taken { room: self.clone(), pieces: 0, permit: None }
    }
}

impl Taken {
    /// Takes what is missing for a body of `bytes` bytes; false where that is not there.
    #[must_use]
    pub fn grow(&mut self, bytes: usize) -> bool {
        let wanted = if bytes <= FREE { 0 } else { bytes.div_ceil(PIECE) };
        let Some(more) = wanted.checked_sub(self.pieces).filter(|more| *more > 0) else { return true };
        let Ok(more) = u32::try_from(more) else { return false };
        let Ok(permit) = Arc::clone(&self.room.0).try_acquire_many_owned(more) else { return false };
        self.pieces = wanted;
        match &mut self.permit {
            Some(held) => held.merge(permit),
            none => *none = Some(permit),
        }
        true
    }
}

/// What somebody reads for whose call there is no room.
pub fn no_room() -> ApiError {
    let detail = "The server holds as many large calls as it may. Try again shortly.";
    ApiError::new(Code::ServerBusy, detail).header("retry-after", "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_share_the_room_and_give_it_back() {
        let room = Room::of(100 << 10);
        let (mut first, mut second, mut small) = (room.begin(), room.begin(), room.begin());
        assert!(first.grow(20_000) && first.grow(60 << 10) && first.grow(1));
        assert!(!second.grow((40 << 10) + 1), "more than is left");
        assert!(second.grow(40 << 10) && !first.grow((60 << 10) + 1));
        assert!(small.grow(FREE) && !small.grow(FREE + 1));
        drop(first);
        assert!(small.grow(60 << 10));
        drop((second, small));
        assert!(room.begin().grow(100 << 10));
    }
}
