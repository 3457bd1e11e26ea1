//! What both services share: a catalogue in a document, keys of teams, and the answer to which model a call goes to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use alias_core::alias::AliasName;
use alias_core::catalog::{
    Catalog, CatalogAlias, CatalogChange, CatalogGroup, CatalogKey, CatalogOrganization, CatalogRouting,
    CatalogSource, CatalogStanding, CatalogTeam, Known, Revision,
};
use alias_core::clock::Timestamp;
use alias_core::desired::{Content, Document};
use alias_core::id::{Id, IdKind};
use alias_core::key::{Entrance, KeySecret};
use alias_core::limit::Limits;
use alias_core::repository::StoreError;
use alias_core::usage::Endpoint;
use alias_router::{Arrival, Denied, LiveRouter, Request, RouterPolicy, decide};
use async_trait::async_trait;
use serde_json::{Value, json};
use uuid::Uuid;

/// What examples and their tests begin with.
pub(crate) fn document() -> Value {
    json!({
        "version": 1,
        "aliases": { "smart": "openai/gpt-4", "fast": "openai/gpt-4o-mini" },
        "access_groups": { "starter-models": { "model_aliases": ["fast"] } },
        "organizations": { "org_newclient": { "name": "New Client Inc" } },
        "teams": {
            "newclient-prod": { "organization_id": "org_newclient", "access_groups": ["starter-models"] },
        },
    })
}

/// A key of random bytes. Keep its digest, show its text once.
pub(crate) fn key() -> Result<KeySecret, getrandom::Error> {
    let (mut id, mut secret) = ([0; 10], [0; 32]);
    getrandom::fill(&mut id)?;
    getrandom::fill(&mut secret)?;
    Ok(KeySecret::from_random(id, secret))
}

/// The catalogue, wherever an own service keeps it: here in memory, as a document says.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    revision: u64,
    content: Content,
    keys: HashMap<String, KeySecret>,
    ids: HashMap<String, Uuid>,
}

impl Shelf {
    /// Makes the catalogue as a document says; answers its revision. `keys` are one for each team, by the team's id.
    pub(crate) fn replace(
        &self,
        document: Value,
        keys: HashMap<String, KeySecret>,
    ) -> Result<Revision, String> {
        let read = Document::read(document).map_err(|faults| {
            faults
                .iter()
                .map(|fault| format!("{}: {}", fault.path.join("."), fault.message))
                .collect::<Vec<_>>()
                .join("\n")
        })?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.content = read.content;
        kept.keys.extend(keys);
        // Whoever knows an older state takes this one.
        kept.revision += 1;
        Ok(Revision(kept.revision))
    }
}

#[async_trait]
impl CatalogSource for Shelf {
    async fn changes_since(&self, known: Option<Known>) -> Result<CatalogChange, StoreError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_some_and(|known| known.revision == Revision(kept.revision)) {
            return Ok(CatalogChange::None);
        }
        Ok(CatalogChange::Full(kept.catalog()))
    }
}

impl Kept {
    /// The identity of what has this name. Grants hang on it: it stays for as long as the name does.
    fn id<K: IdKind>(&mut self, name: &str) -> Id<K> {
        let known = format!("{}{}", K::PREFIX, name.to_ascii_lowercase());
        Id::new(*self.ids.entry(known).or_insert_with(Uuid::now_v7))
    }

    fn catalog(&mut self) -> Catalog {
        let content = self.content.clone();
        Catalog {
            revision: Revision(self.revision),
            mark: None,
            aliases: content.aliases.keys().map(|name| self.alias(name)).collect(),
            groups: content
                .access_groups
                .iter()
                .map(|(name, group)| {
                    let aliases = group.model_aliases.iter().map(|alias| self.id(alias.as_str())).collect();
                    CatalogGroup {
                        id: self.id(name.as_str()),
                        name: name.clone(),
                        active: group.active,
                        aliases,
                    }
                })
                .collect(),
            organizations: content
                .organizations
                .keys()
                .map(|id| CatalogOrganization {
                    uid: self.id(id.as_str()),
                    organization_id: id.clone(),
                    standing: CatalogStanding::default(),
                })
                .collect(),
            teams: content
                .teams
                .iter()
                .map(|(id, team)| CatalogTeam {
                    uid: self.id(id.as_str()),
                    team_id: id.clone(),
                    organization: self.id(team.organization_id.as_str()),
                    groups: team.access_groups.iter().map(|group| self.id(group.as_str())).collect(),
                    default_model: team.default_model.as_ref().map(|alias| self.id(alias.as_str())),
                    standing: CatalogStanding::default(),
                    limits: team.limits,
                    billing: team.billing,
                })
                .collect(),
            keys: self.keys(),
            budgets: vec![],
            tombstones: vec![],
        }
    }

    fn alias(&mut self, name: &AliasName) -> CatalogAlias {
        let spec = self.content.aliases[name].clone();
        let models = spec.routing.targets().map(|_| None).collect();
        CatalogAlias {
            id: self.id(name.as_str()),
            alias: name.clone(),
            version: 1,
            scheduled: None,
            litellm_model: spec.litellm_model,
            active: spec.active,
            visibility: spec.visibility,
            pricing: spec.pricing,
            model: None,
            on_disconnect: spec.on_disconnect,
            tags: spec.tags,
            created_at: now(),
            next: None,
            routing: (!spec.routing.is_plain())
                .then(|| Arc::new(CatalogRouting { rules: spec.routing, models })),
        }
    }

    fn keys(&mut self) -> Vec<CatalogKey> {
        let digests: Vec<_> =
            self.keys.iter().map(|(team, key)| (team.clone(), key.id().clone(), key.digest())).collect();
        let key = |(team, id, digest): (String, _, _)| CatalogKey {
            id,
            digest,
            team: self.id(&team),
            expires_at: None,
            scope: None,
            limits: Limits::default(),
        };
        digests.into_iter().map(key).collect()
    }
}

/// A service's state: the newest table of decisions, and where it comes from.
pub(crate) struct Service {
    live: LiveRouter,
    #[cfg_attr(not(test), expect(dead_code, reason = "a service that is asked to change writes here"))]
    shelf: Arc<Shelf>,
}

/// Where a call goes.
pub(crate) struct Route {
    /// The name that the client called: its answer carries it.
    pub(crate) alias: String,
    /// The model that the call is sent as.
    pub(crate) target: String,
}

impl Service {
    pub(crate) async fn start(shelf: Arc<Shelf>) -> Result<Self, StoreError> {
        let live = LiveRouter::start(Arc::<Shelf>::clone(&shelf), RouterPolicy::default()).await?;
        Ok(Self { live, shelf })
    }

    /// What a call of `model` comes to. Needs no database, takes no lock, and waits for nothing.
    pub(crate) fn route(&self, authorization: Option<&str>, model: &str) -> Result<Route, Denied> {
        let key = authorization.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let entrance = Entrance::Call(Endpoint::ChatCompletions);
        let table = self.live.table();
        let caller = table.authenticate(key, Arrival { at: now(), entrance, address: None })?;
        let decision = decide(&table, &caller, &Request::new(model))?;
        Ok(Route { alias: decision.name().to_string(), target: decision.target().to_string() })
    }

    /// Makes the catalogue as another document says. The next call is decided by it.
    #[cfg(test)]
    pub(crate) async fn replace(&self, document: Value) {
        let revision = self.shelf.replace(document, HashMap::new()).unwrap();
        self.live.refresh(revision).await.unwrap();
    }
}

/// A refusal as OpenAI's clients read it: the status, and the body.
pub(crate) fn refusal(why: &Denied) -> (u16, Value) {
    let (status, code, param) = match why {
        Denied::UnknownKey => (401, "invalid_api_key", Value::Null),
        Denied::UnknownModel { .. } => (404, "model_not_found", json!("model")),
        Denied::NoModel { .. } => (400, "missing_field", json!("model")),
        Denied::NotGranted { .. } => (403, "model_access_denied", json!("model")),
        _ => (403, "refused", Value::Null),
    };
    let mut message = why.to_string();
    if let Denied::UnknownModel { available, .. } | Denied::NotGranted { available, .. } = why {
        message = format!("{message}. Available: {}", available.join(", "));
    }
    let error = json!({ "message": message, "type": "invalid_request_error", "param": param, "code": code });
    (status, json!({ "error": error }))
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
