//! Who may call what, and where it goes: decisions about calls, in memory, with lock-free reads.
//!
//! A [`RoutingTable`] is built from a [`Catalog`](alias_core::catalog::Catalog) and never changes. It knows a
//! caller by key ([`RoutingTable::authenticate`]) or by a verified token ([`RoutingTable::vouch`]), and [`decide`] says for a caller and a model name where the
//! call goes, or why it is refused; [`explain`] shows every check of that decision. Lists of models are made by the same rule: what is listed can be called.
//! Deciding does no I/O, waits for nothing and cannot fail, only refuse; to admit a call takes no memory from the
//! heap (a refusal that names models does).
//!
//! [`LiveRouter`] keeps the newest table while the catalogue changes. It does not know where catalogues come
//! from: any [`CatalogSource`](alias_core::catalog::CatalogSource) will do.
//!
//! [`impact`](fn@impact) tells beforehand who loses and gains which names by a change, by the same rule.
//!
//! [`limits`] counts what one of several instances was leased of rate limits.
//!
//! # Embedding
//!
//! ```
//! use alias_core::alias::{OnDisconnect, Visibility};
//! use alias_core::catalog::{
//!     Catalog, CatalogAlias, CatalogGroup, CatalogKey, CatalogOrganization, CatalogStanding, CatalogTeam, Revision,
//! };
//! use alias_core::clock::Timestamp;
//! use alias_core::credits::Billing;
//! use alias_core::key::{Entrance, KeySecret};
//! use alias_core::limit::Limits;
//! use alias_core::price::Pricing;
//! use alias_core::usage::Endpoint;
//! use alias_router::{Arrival, Denied, Request, RouterPolicy, RoutingTable, decide};
//!
//! let now = Timestamp::from_micros(1_728_907_200_000_000);
//! let smart = "mal_01928b00000070008000000000000001".parse()?;
//! let starter = "grp_01928b00000070008000000000000002".parse()?;
//! let client = "ogz_01928b00000070008000000000000003".parse()?;
//! let production = "tem_01928b00000070008000000000000004".parse()?;
//! // Draw these bytes from the system's random number generator.
//! let secret = KeySecret::from_random([1; 10], [2; 32]);
//!
//! let catalog = Catalog {
//!     mark: None,
//!     revision: Revision(1),
//!     aliases: vec![CatalogAlias {
//!         id: smart,
//!         alias: "smart".parse()?,
//!         version: 1,
//!         litellm_model: "openai/gpt-4".parse()?,
//!         active: true,
//!         visibility: Visibility::Listed,
//!         pricing: Pricing::UNSAID,
//!         model: None,
//!         on_disconnect: OnDisconnect::Cancel,
//!         tags: vec![],
//!         created_at: now,
//!         routing: None,
//!         scheduled: None,
//!         next: None,
//!     }],
//!     groups: vec![CatalogGroup { id: starter, name: "starter".parse()?, active: true, aliases: vec![smart] }],
//!     organizations: vec![CatalogOrganization {
//!         uid: client,
//!         organization_id: "org_newclient".parse()?,
//!         standing: CatalogStanding::default(),
//!     }],
//!     teams: vec![CatalogTeam {
//!         uid: production,
//!         team_id: "newclient-prod".parse()?,
//!         organization: client,
//!         groups: vec![starter],
//!         default_model: None,
//!         standing: CatalogStanding::default(),
//!         limits: Limits::default(),
//!         billing: Billing::default(),
//!     }],
//!     keys: vec![CatalogKey {
//!         id: secret.id().clone(),
//!         digest: secret.digest(),
//!         team: production,
//!         expires_at: None,
//!         scope: None,
//!         limits: Limits::default(),
//!     }],
//!     budgets: vec![],
//!     tombstones: vec![],
//! };
//!
//! let table = RoutingTable::build(&catalog, RouterPolicy::default());
//! let entrance = Entrance::Call(Endpoint::ChatCompletions);
//! let arrival = Arrival { at: now, entrance, address: None };
//! let caller = table.authenticate(secret.expose(), arrival)?;
//! assert_eq!(caller.team_id().as_str(), "newclient-prod");
//!
//! let decision = decide(&table, &caller, &Request::new("SMART"))?;
//! assert_eq!(decision.target().as_str(), "openai/gpt-4");
//!
//! let refusal = decide(&table, &caller, &Request::new("smrt"));
//! assert_eq!(
//!     refusal.unwrap_err(),
//!     Denied::UnknownModel { available: vec!["smart".into()], suggestions: vec!["smart".into()], removed: None },
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arrange;
mod budgets;
mod caller;
mod chunks;
mod decide;
mod decision;
mod default_model;
mod demand;
mod denied;
mod explain;
mod grants;
mod impact;
pub mod limits;
mod live;
mod onward;
mod placing;
mod prefixes;
mod shards;
mod table;
mod token;
mod tombstones;
mod trial;
mod visible;
pub mod wallet;

pub use budgets::BudgetEntry;
pub use caller::{Arrival, Caller};
pub use decide::decide;
pub use decision::{Alternative, Decision, Request, ShadowTarget};
pub use demand::{Bounds, Demand, NoBound};
pub use denied::{Denied, MAX_AVAILABLE, Removed};
pub use explain::{Check, Effect, Explanation, MAX_GROUPS, Step, explain};
pub use impact::{KeyImpact, Names, TeamImpact, impact};
pub use live::LiveRouter;
pub use onward::Notice;
pub use table::{NamedGroup, RouterPolicy, RoutingTable};
pub use token::Token;
pub use trial::Trial;
