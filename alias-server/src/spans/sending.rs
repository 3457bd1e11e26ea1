//! The HTTP client that spans are sent with: no proxies, no redirects, and of an answer no more than is needed.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use reqwest::{Client, redirect};

use super::TIMEOUT;

const CONNECT: Duration = Duration::from_secs(2);
/// The most that is read of an answer, in bytes.
const MOST: usize = 64 << 10;

/// A client that has not connected yet. Made when it is needed: there are machines without certificates.
#[derive(Debug, Default)]
pub(super) struct Sending {
    client: OnceLock<Client>,
}

impl Sending {
    fn client(&self) -> Result<&Client, HttpError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .user_agent(concat!("alias-server/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(TIMEOUT)
            .build()?;
        Ok(self.client.get_or_init(|| client))
    }
}

#[async_trait]
impl HttpClient for Sending {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut answer = self.client()?.execute(request.try_into()?).await?;
        let status = answer.status();
        let mut body = BytesMut::new();
        while let Some(piece) = answer.chunk().await? {
            if body.len() + piece.len() > MOST {
                return Err("the answer is too large".into());
            }
            body.extend_from_slice(&piece);
        }
        Ok(Response::builder().status(status).body(body.freeze())?)
    }
}
