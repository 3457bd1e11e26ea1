//! The catalogue of provider models: facts as they are, prices as they ever were.

use std::collections::HashMap;
use std::sync::Arc;

use alias_core::audit::{Actor, AuditEntry};
use alias_core::catalog::Revision;
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::price::{ModelFacts, PriceId, PriceList, PriceListDraft};
use alias_core::provider_model::{
    self, ImportSummary, KnownModel, ModelChange, ModelSource, PriceVersion, ProviderModel, ProviderSummary,
};
use alias_core::repository::{
    Expected, ModelCatalogRepository, ModelQuery, Page, Position, StoreError, Written,
};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::dsl::{count_star, max, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::json;

use crate::audit::{Change, entry};
use crate::column::{
    CHUNK, big, containing, count, from_json, json as text, moment, parse, storable, time, version, word,
};
use crate::connection::{AnyBackend, AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::reference;
use crate::schema::{model_aliases, model_prices, provider_models};
use crate::store::SqlStore;
use crate::window::{self, by_name};

const OBJECT: &str = "provider_model";
const KIND: &str = "catalog model";

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = provider_models, treat_none_as_default_value = false)]
struct ModelRow {
    folded: String,
    model: String,
    provider: String,
    mode: Option<String>,
    price_id: Option<i64>,
    max_input_tokens: Option<i64>,
    max_output_tokens: Option<i64>,
    capabilities: String,
    deprecation_date: Option<String>,
    source: String,
    updated_at: NaiveDateTime,
    version: i32,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = model_prices, treat_none_as_default_value = false)]
struct PriceRow {
    id: i64,
    folded: String,
    prices: Option<String>,
    source: &'static str,
    valid_from: NaiveDateTime,
}

fn folded(model: &ModelRef) -> String {
    provider_model::place(model)
}

fn prices_of(text: &str) -> Result<PriceList, Failure> {
    let draft: PriceListDraft = from_json("model_prices.prices", text)?;
    draft.parse().map_err(|why| Failure::corrupt("model_prices.prices", why))
}

impl ModelRow {
    fn new(
        model: &ProviderModel,
        price_id: Option<PriceId>,
        source: ModelSource,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        Ok(Self {
            folded: folded(&model.model),
            model: model.model.to_string(),
            provider: model.model.provider().to_owned(),
            mode: model.mode.as_deref().map(storable),
            price_id,
            max_input_tokens: model.max_input_tokens.map(big),
            max_output_tokens: model.max_output_tokens.map(big),
            capabilities: text(&model.capabilities)?,
            deprecation_date: model.deprecation_date.as_deref().map(storable),
            source: source.as_str().to_owned(),
            updated_at: time(now),
            version: 1,
        })
    }

    fn known(self, prices: Option<PriceList>) -> Result<KnownModel, Failure> {
        Ok(KnownModel {
            price_id: self.price_id.filter(|_| prices.is_some()),
            source: word("provider_models.source", &self.source)?,
            version: version("provider_models.version", self.version)?,
            updated_at: moment(self.updated_at),
            model: ProviderModel {
                model: parse("provider_models.model", &self.model)?,
                mode: self.mode,
                prices,
                max_input_tokens: self.max_input_tokens.map(count),
                max_output_tokens: self.max_output_tokens.map(count),
                capabilities: from_json("provider_models.capabilities", &self.capabilities)?,
                deprecation_date: self.deprecation_date,
            },
        })
    }

    /// Whether another row says the same, price, time and version aside.
    fn says_as(&self, other: &Self) -> bool {
        let told = |row: &Self| Self {
            price_id: None,
            updated_at: NaiveDateTime::default(),
            version: 0,
            ..row.clone()
        };
        text_of(&told(self)) == text_of(&told(other))
    }
}

fn text_of(row: &ModelRow) -> String {
    format!("{row:?}")
}

/// The prices of these numbers.
fn prices(conn: &mut AnyConnection, ids: &[i64]) -> Result<HashMap<i64, PriceList>, Failure> {
    let mut all = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(i64, Option<String>)> = on_each_backend!(conn, c => model_prices::table
            .filter(model_prices::id.eq_any(chunk))
            .select((model_prices::id, model_prices::prices))
            .load(c))?;
        for (id, prices) in rows {
            if let Some(prices) = prices {
                all.insert(id, prices_of(&prices)?);
            }
        }
    }
    Ok(all)
}

fn with_prices(conn: &mut AnyConnection, rows: Vec<ModelRow>) -> Result<Vec<KnownModel>, Failure> {
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.price_id).collect();
    let prices = prices(conn, &ids)?;
    rows.into_iter()
        .map(|row| {
            let prices = row.price_id.and_then(|id| prices.get(&id).cloned());
            row.known(prices)
        })
        .collect()
}

/// What is known of these models, under their references in lower case.
pub(crate) fn facts(
    conn: &mut AnyConnection,
    models: impl Iterator<Item = ModelRef>,
) -> Result<HashMap<String, Arc<ModelFacts>>, Failure> {
    let mut wanted: Vec<String> = models.map(|model| folded(&model)).collect();
    wanted.sort();
    wanted.dedup();
    let mut rows = Vec::new();
    for chunk in wanted.chunks(CHUNK) {
        let found: Vec<ModelRow> = on_each_backend!(conn, c => provider_models::table
            .filter(provider_models::folded.eq_any(chunk))
            .select(ModelRow::as_select())
            .load(c))?;
        rows.extend(found);
    }
    let known = with_prices(conn, rows)?;
    Ok(known.into_iter().map(|known| (folded(&known.model.model), Arc::new(known.facts()))).collect())
}

/// The facts of one of several models.
pub(crate) fn fact_of(facts: &HashMap<String, Arc<ModelFacts>>, model: &ModelRef) -> Option<Arc<ModelFacts>> {
    facts.get(&folded(model)).cloned()
}

/// The price of a number; `None` where there is none.
pub(crate) fn price(conn: &mut AnyConnection, id: PriceId) -> Result<Option<PriceList>, Failure> {
    Ok(prices(conn, &[id])?.remove(&id))
}

/// What an import would write.
#[derive(Default)]
struct Plan {
    models: Vec<ModelRow>,
    prices: Vec<PriceRow>,
    summary: ImportSummary,
}

fn plan(
    conn: &mut AnyConnection,
    models: &[ProviderModel],
    source: ModelSource,
    now: Timestamp,
) -> Result<Plan, Failure> {
    let rows: Vec<ModelRow> = provider_models::table.select(ModelRow::as_select()).load(conn)?;
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.price_id).collect();
    let known_prices = prices(conn, &ids)?;
    let mut known: HashMap<String, ModelRow> =
        rows.into_iter().map(|row| (row.folded.clone(), row)).collect();
    let last: Option<i64> = model_prices::table.select(max(model_prices::id)).first(conn)?;
    let mut next = last.unwrap_or(0) + 1;
    let mut plan = Plan::default();
    for model in models {
        let before = known.remove(&folded(&model.model));
        let settled = before.as_ref().map(|row| word::<ModelSource>("provider_models.source", &row.source));
        if settled.transpose()?.is_some_and(|settled| settled > source) {
            plan.summary.kept += 1;
            continue;
        }
        // Servers of several versions may share a database: what one of them brought, another does not replace.
        if before.is_some() && source == ModelSource::Builtin {
            plan.summary.unchanged += 1;
            continue;
        }
        let price_before = before.as_ref().and_then(|row| row.price_id);
        let same_price = price_before.and_then(|id| known_prices.get(&id)) == model.prices.as_ref();
        let price_id = if same_price { price_before } else { Some(next) };
        if !same_price {
            plan.prices.push(PriceRow {
                id: next,
                folded: folded(&model.model),
                prices: model.prices.as_ref().map(|list| text(&PriceListDraft::from(list))).transpose()?,
                source: source.as_str(),
                valid_from: time(now),
            });
            next += 1;
            plan.summary.repriced += 1;
        }
        let mut row = ModelRow::new(model, price_id, source, now)?;
        row.version += before.as_ref().map_or(0, |row| row.version);
        match &before {
            None => plan.summary.added += 1,
            Some(before) if same_price && before.says_as(&row) => {
                plan.summary.unchanged += 1;
                continue;
            }
            Some(_) => plan.summary.changed += 1,
        }
        plan.models.push(row);
    }
    if source == ModelSource::Litellm {
        let gone = known.values().filter(|row| row.source == source.as_str()).count();
        plan.summary.gone = u64::try_from(gone).unwrap_or(u64::MAX);
    }
    Ok(plan)
}

fn write(conn: &mut AnyConnection, plan: &Plan) -> Result<(), Failure> {
    for chunk in plan.prices.chunks(CHUNK) {
        on_each_backend!(conn, c => diesel::insert_into(model_prices::table).values(chunk).execute(c))?;
    }
    for chunk in plan.models.chunks(CHUNK) {
        let replaced = chunk.iter().map(|row| row.folded.as_str());
        diesel::delete(provider_models::table.filter(provider_models::folded.eq_any(replaced)))
            .execute(conn)?;
        on_each_backend!(conn, c => diesel::insert_into(provider_models::table).values(chunk).execute(c))?;
    }
    Ok(())
}

fn history(conn: &mut AnyConnection, folded: &str) -> Result<Vec<PriceVersion>, Failure> {
    let rows: Vec<(i64, Option<String>, NaiveDateTime, String)> = model_prices::table
        .filter(model_prices::folded.eq(folded))
        .order(model_prices::id.desc())
        .limit(1_000)
        .select((model_prices::id, model_prices::prices, model_prices::valid_from, model_prices::source))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, prices, from, source)| {
            Ok(PriceVersion {
                id,
                prices: prices.map(|text| prices_of(&text)).transpose()?,
                valid_from: moment(from),
                source: word("model_prices.source", &source)?,
            })
        })
        .collect()
}

/// A model, and every price that it had.
type Known = (KnownModel, Vec<PriceVersion>);

fn known(conn: &mut AnyConnection, folded: &str) -> Result<Option<Known>, Failure> {
    let row: Option<ModelRow> =
        provider_models::table.find(folded).select(ModelRow::as_select()).first(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    let known = with_prices(conn, vec![row])?.pop();
    known.map(|known| Ok((known, history(conn, folded)?))).transpose()
}

/// What is known of a model.
pub(crate) fn model(conn: &mut AnyConnection, model: &ModelRef) -> Result<Option<ProviderModel>, Failure> {
    Ok(known(conn, &folded(model))?.map(|(known, _)| known.model))
}

/// The model at the version that the writer expects, or none that he expects nothing of.
fn expected_known(
    conn: &mut AnyConnection,
    model: &ModelRef,
    expected: Expected,
) -> Result<Option<Known>, Failure> {
    let known = known(conn, &folded(model))?;
    match &known {
        Some((known, _)) => reference::check_version(KIND, &known.model.model, known.version, expected)?,
        None if expected.is_some() => return Err(Failure::not_found(KIND, model)),
        None => {}
    }
    Ok(known)
}

/// What the audit log says of what was taken in.
fn taken_in(models: &[ProviderModel], source: ModelSource, plan: &Plan) -> Result<AuditEntry, Failure> {
    let name = match models {
        [one] => one.model.to_string(),
        _ => format!("{} models", models.len()),
    };
    let first: Vec<&str> = plan.models.iter().take(20).map(|row| row.model.as_str()).collect();
    let said = json!({ "source": source, "summary": plan.summary, "models": first });
    entry("catalog.import", OBJECT, name, &(), &said)
}

fn page(conn: &mut AnyConnection, query: &ModelQuery) -> Result<Page<KnownModel>, Failure> {
    let window = &query.window;
    let matching = || {
        let mut rows = provider_models::table.into_boxed::<AnyBackend>();
        if let Some(provider) = &query.provider {
            rows = rows.filter(provider_models::provider.eq(storable(provider)));
        }
        if let Some(mode) = &query.mode {
            rows = rows.filter(provider_models::mode.eq(storable(mode)));
        }
        if let Some(q) = &query.q {
            rows = rows.filter(provider_models::folded.like(containing(q)).escape('\\'));
        }
        rows
    };
    let total: i64 = matching().count().get_result(conn)?;
    let rows: Vec<ModelRow> = by_name!(matching(), provider_models::folded, false, window)
        .select(ModelRow::as_select())
        .limit(window::rows_wanted(window))
        .offset(window::offset(window))
        .load(conn)?;
    let position = |last: &KnownModel| Position { value: None, name: folded(&last.model.model) };
    window::page(rows, window, total, |rows| with_prices(conn, rows), position)
}

/// How many live aliases point to each provider.
fn aliases_of_providers(conn: &mut AnyConnection) -> Result<HashMap<String, i64>, Failure> {
    let provider = || {
        sql::<Text>(match conn {
            AnyConnection::Sqlite(_) => "SUBSTR(litellm_model, 1, INSTR(litellm_model, '/') - 1)",
            AnyConnection::Postgres(_) => "SPLIT_PART(litellm_model, '/', 1)",
        })
    };
    let (group, shown) = (provider(), provider());
    let rows: Vec<(String, i64)> = model_aliases::table
        .filter(model_aliases::deleted_at.is_null())
        .group_by(group)
        .select((shown, sql::<BigInt>("COUNT(*)")))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

fn providers(conn: &mut AnyConnection) -> Result<Vec<ProviderSummary>, Failure> {
    let priced = sql::<BigInt>(
        "CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM model_prices WHERE model_prices.id = provider_models.price_id \
         AND model_prices.prices IS NOT NULL) THEN 1 ELSE 0 END) AS BIGINT)",
    );
    let rows: Vec<(String, i64, i64)> = provider_models::table
        .group_by(provider_models::provider)
        .order(provider_models::provider)
        .select((provider_models::provider, count_star(), priced))
        .load(conn)?;
    let mut aliases = aliases_of_providers(conn)?;
    let mut all: Vec<ProviderSummary> = rows
        .into_iter()
        .map(|(provider, models, priced)| ProviderSummary {
            aliases: count(aliases.remove(&provider).unwrap_or(0)),
            provider,
            models: count(models),
            priced: count(priced),
        })
        .collect();
    let unknown =
        |(provider, aliases)| ProviderSummary { provider, models: 0, priced: 0, aliases: count(aliases) };
    all.extend(aliases.into_iter().map(unknown));
    all.sort_by(|one, other| one.provider.cmp(&other.provider));
    Ok(all)
}

#[async_trait]
impl ModelCatalogRepository for SqlStore {
    async fn import(
        &self,
        models: Vec<ProviderModel>,
        source: ModelSource,
        dry_run: bool,
        by: &Actor,
    ) -> Result<Written<ImportSummary>, StoreError> {
        if dry_run {
            let now = self.clock.now();
            let value = self.read(move |conn| Ok(plan(conn, &models, source, now)?.summary)).await?;
            return Ok(Written { value, revision: Revision::default() });
        }
        self.change(by, move |conn, now| {
            let plan = plan(conn, &models, source, now)?;
            if plan.models.is_empty() {
                return Ok(Change::Nothing(plan.summary));
            }
            write(conn, &plan)?;
            let entry = taken_in(&models, source, &plan)?;
            Ok(Change::Made(plan.summary, entry))
        })
        .await
    }

    async fn set(
        &self,
        model: &ModelRef,
        change: ModelChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<(KnownModel, Vec<PriceVersion>)>, StoreError> {
        let model = model.clone();
        self.change(by, move |conn, now| {
            let before = expected_known(conn, &model, expected)?;
            let said =
                change.applied_to(model.clone(), before.as_ref().map(|(known, _)| known.model.clone()));
            let said = [said];
            let plan = plan(conn, &said, ModelSource::Manual, now)?;
            if let Some(before) = before.filter(|_| plan.models.is_empty()) {
                return Ok(Change::Nothing(before));
            }
            write(conn, &plan)?;
            let after = known(conn, &folded(&model))?.ok_or_else(|| Failure::not_found(KIND, &model))?;
            Ok(Change::Made(after, taken_in(&said, ModelSource::Manual, &plan)?))
        })
        .await
    }

    async fn find(&self, model: &ModelRef) -> Result<Option<(KnownModel, Vec<PriceVersion>)>, StoreError> {
        let folded = folded(model);
        self.read(move |conn| known(conn, &folded)).await
    }

    async fn list(&self, query: &ModelQuery) -> Result<Page<KnownModel>, StoreError> {
        let query = query.clone();
        self.read(move |conn| page(conn, &query)).await
    }

    async fn providers(&self) -> Result<Vec<ProviderSummary>, StoreError> {
        self.read(providers).await
    }
}
