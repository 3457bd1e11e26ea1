//! The recent calls of an alias as sums, for valuing them by another target's prices.

use alias_core::alias::ModelAlias;
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::money::NanoUsd;
use alias_core::plan::{Switch, TokenSums};
use alias_core::usage::TokenUsage;
use chrono::{NaiveDateTime, NaiveTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::used::first_of;
use crate::aliases;
use crate::column::{big, count};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::provider_models;
use crate::schema::{usage_events as e, usage_rerates as v};

/// All tokens of a call's input.
const INPUT: &str =
    "(usage_events.input_tokens + usage_events.cache_read_tokens + usage_events.cache_write_tokens)";

/// What another target of the alias would mean for the calls that it had.
pub(super) fn weigh(
    conn: &mut AnyConnection,
    now: Timestamp,
    alias: &ModelAlias,
    from: &ModelRef,
) -> Result<Switch, Failure> {
    let (from, to) =
        (&aliases::final_model(conn, from)?, &aliases::final_model(conn, &alias.spec.litellm_model)?);
    let (old, new) = (provider_models::model(conn, from)?, provider_models::model(conn, to)?);
    let calls = Calls { alias: alias.id.to_string(), since: first_of(30, now).and_time(NaiveTime::MIN) };
    let prices = new.as_ref().and_then(|new| new.prices.as_ref());
    let bound = prices.and_then(|prices| prices.long.as_ref()).map(|long| long.above);
    let most = new.as_ref().and_then(|new| new.max_input_tokens);
    Ok(Switch {
        from: from.clone(),
        to: to.clone(),
        cost: calls.cost(conn)?,
        long: bound.map(|above| calls.sums(conn, above, u64::MAX)).transpose()?.unwrap_or_default(),
        short: calls.sums(conn, 0, bound.unwrap_or(u64::MAX))?,
        too_long: most.map(|most| calls.sums(conn, most, u64::MAX)).transpose()?.map_or(0, |sums| sums.calls),
        uncounted: calls.uncounted(conn)?,
        old,
        new,
    })
}

/// The calls of an alias since some time.
struct Calls {
    alias: String,
    since: NaiveDateTime,
}

impl Calls {
    /// The sums over those with more input than `above`, and no more than `most`; from 0 on, those without any are
    /// among them.
    fn sums(&self, conn: &mut AnyConnection, above: u64, most: u64) -> Result<TokenSums, Failure> {
        let least = if above == 0 { 0 } else { big(above).saturating_add(1) };
        let sum =
            |column: &str| sql::<BigInt>(&format!("CAST(COALESCE(SUM(usage_events.{column}), 0) AS BIGINT)"));
        let (calls, input, cache_read, cache_write, output, reasoning): (i64, i64, i64, i64, i64, i64) =
            e::table
                .filter(e::alias_id.eq(&self.alias))
                .filter(e::started_at.ge(self.since))
                .filter(e::input_tokens.is_not_null())
                .filter(sql::<Bool>(&format!("{INPUT} >= ")).bind::<BigInt, _>(least))
                .filter(sql::<Bool>(&format!("{INPUT} <= ")).bind::<BigInt, _>(big(most)))
                .select((
                    diesel::dsl::count_star(),
                    sum("input_tokens"),
                    sum("cache_read_tokens"),
                    sum("cache_write_tokens"),
                    sum("output_tokens"),
                    sum("reasoning_tokens"),
                ))
                .first(conn)?;
        let tokens = TokenUsage {
            input: count(input),
            cache_read: count(cache_read),
            cache_write: count(cache_write),
            output: count(output),
            reasoning: count(reasoning),
            ..TokenUsage::default()
        };
        Ok(TokenSums { calls: count(calls), tokens })
    }

    /// What providers took for them, also where it was found out later.
    fn cost(&self, conn: &mut AnyConnection) -> Result<NanoUsd, Failure> {
        let cost: i64 = e::table
            .left_join(v::table.on(v::instance_id.eq(e::instance_id).and(v::seq.eq(e::seq))))
            .filter(e::alias_id.eq(&self.alias))
            .filter(e::started_at.ge(self.since))
            .select(sql::<BigInt>(
                "CAST(COALESCE(SUM(COALESCE(usage_events.provider_cost, usage_rerates.provider_cost)), 0) AS BIGINT)",
            ))
            .first(conn)?;
        Ok(NanoUsd::new(cost))
    }

    /// How many there are whose tokens nobody knows.
    fn uncounted(&self, conn: &mut AnyConnection) -> Result<u64, Failure> {
        let calls = e::table
            .filter(e::alias_id.eq(&self.alias))
            .filter(e::started_at.ge(self.since))
            .filter(e::input_tokens.is_null());
        Ok(count(calls.count().get_result(conn)?))
    }
}
