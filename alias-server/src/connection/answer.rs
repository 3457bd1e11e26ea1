//! An answer that comes in pieces: its request runs until the last one is sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;

use super::Running;

/// Keeps the request running until a streamed answer has ended. One that is there as a whole needs no keeping.
pub fn until_answered(body: BoxBody, running: Option<Running>) -> BoxBody {
    match running {
        Some(running) if body.size() == BodySize::Stream => Streamed { body, _running: running }.boxed(),
        _ => body,
    }
}

struct Streamed {
    body: BoxBody,
    _running: Running,
}

impl MessageBody for Streamed {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
