//! The prices that calls pin: an alias's own by its version, the catalogue's by their number.

use std::collections::HashMap;
use std::sync::Arc;

use alias_core::price::{PriceId, PriceList, Pricing};
use alias_core::usage::PriceBasis;
use diesel::prelude::*;

use crate::aliases::SpecRecord;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::provider_models;
use crate::schema::alias_versions;

/// The most that are remembered.
const KEPT: usize = 20_000;

/// A price that a call pins.
#[derive(Debug, Clone)]
pub(super) enum Pinned {
    /// It needs none: what it is charged follows from the call itself.
    NotNeeded,
    /// This.
    Known(Arc<PriceList>),
    /// There is none of that number.
    Missing,
}

/// Looks prices up, each once.
#[derive(Debug, Default)]
pub(super) struct Prices {
    own: HashMap<(String, i32), Pinned>,
    catalog: HashMap<PriceId, Pinned>,
}

impl Prices {
    pub(super) fn of(
        &mut self,
        conn: &mut AnyConnection,
        basis: PriceBasis,
        alias: &str,
        version: i32,
    ) -> Result<Pinned, Failure> {
        if self.own.len() + self.catalog.len() > KEPT {
            *self = Self::default();
        }
        match basis {
            PriceBasis::Fixed => {
                let key = (alias.to_owned(), version);
                if let Some(known) = self.own.get(&key) {
                    return Ok(known.clone());
                }
                let found = own_price(conn, alias, version)?;
                self.own.insert(key, found.clone());
                Ok(found)
            }
            PriceBasis::Catalog(id) => {
                if let Some(known) = self.catalog.get(&id) {
                    return Ok(known.clone());
                }
                let found = catalog_price(conn, id)?;
                self.catalog.insert(id, found.clone());
                Ok(found)
            }
            PriceBasis::Reported | PriceBasis::Free | PriceBasis::Unknown => Ok(Pinned::NotNeeded),
        }
    }
}

fn own_price(conn: &mut AnyConnection, alias: &str, version: i32) -> Result<Pinned, Failure> {
    let spec: Option<String> =
        alias_versions::table.find((alias, version)).select(alias_versions::spec).first(conn).optional()?;
    let pricing = spec.map(|spec| SpecRecord::read(&spec)?.pricing()).transpose()?;
    Ok(match pricing {
        Some(Pricing::Fixed(list)) => Pinned::Known(list),
        _ => Pinned::Missing,
    })
}

/// The catalogue's price of this number.
fn catalog_price(conn: &mut AnyConnection, id: PriceId) -> Result<Pinned, Failure> {
    Ok(provider_models::price(conn, id)?.map_or(Pinned::Missing, |list| Pinned::Known(Arc::new(list))))
}
