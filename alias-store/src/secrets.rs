//! The service's own secrets: drawn once, by whichever replica comes first.

use std::sync::Arc;

use alias_core::repository::{SecretRepository, ServiceSecret, StoreError};
use async_trait::async_trait;
use diesel::prelude::*;

use crate::column::time;
use crate::connection::on_each_backend;
use crate::error::Failure;
use crate::schema::service_secrets;
use crate::store::{SqlStore, Verdict};

/// A secret of another length.
#[derive(Debug, thiserror::Error)]
#[error("it has {0} bytes")]
struct WrongLength(usize);

#[async_trait]
impl SecretRepository for SqlStore {
    async fn agree(&self, name: &str, drawn: ServiceSecret) -> Result<ServiceSecret, StoreError> {
        let (name, clock) = (name.to_owned(), Arc::clone(&self.clock));
        self.write(move |conn| {
            let row = (
                service_secrets::name.eq(&name),
                service_secrets::secret.eq(&drawn.expose()[..]),
                service_secrets::created_at.eq(time(clock.now())),
            );
            let find = || service_secrets::table.find(&name).select(service_secrets::secret);
            let there: Option<Vec<u8>> = find().first(conn).optional()?;
            let kept = if let Some(there) = there {
                there
            } else {
                on_each_backend!(conn, c => diesel::insert_into(service_secrets::table)
                    .values(row)
                    .on_conflict_do_nothing()
                    .execute(c))?;
                find().first(conn)?
            };
            let bytes = <[u8; 32]>::try_from(kept.as_slice())
                .map_err(|_| Failure::corrupt("service_secrets.secret", WrongLength(kept.len())))?;
            Ok(Verdict::Commit(ServiceSecret::new(bytes)))
        })
        .await
    }
}
