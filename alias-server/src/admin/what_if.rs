//! What if: writes that are only tried out (`dry_run`), and writes that count only while what was told of them holds
//! (`impact_token`).

pub mod access_group;
pub mod alias;
pub mod object;
mod switch;
mod token;

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use alias_core::audit::Actor;
use alias_core::clock::Clock;
use alias_core::plan::{Outcome, Plan};
use alias_core::repository::PlanRepository;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Object, ObjectBuilder, Required, Type};

use self::object::{DryRun, Impact};
use crate::admin::aliases::object::{AliasDeleted, AliasObject};
use crate::admin::groups::object::{GroupDeleted, GroupObject, ModelsAdded, ModelsRemoved};
use crate::admin::query::{flag, read};
use crate::admin::teams::object::TeamObject;
use crate::auth::Admin;
use crate::books::Books;
use crate::error::{ApiError, Code};

/// The parameter of a write that is to be tried out only.
const DRY_RUN: &str = "dry_run";
/// The parameter of a write that is to count only while its impact is the one that was told.
const TOKEN: &str = "impact_token";

/// The parameters `P` of a write, which can be tried out first.
#[derive(Debug)]
pub struct WhatIf<P> {
    /// The other parameters.
    pub parameters: P,
    dry_run: bool,
    token: Option<String>,
    trial: Trial,
}

/// How a write goes on.
#[derive(Debug)]
pub enum Weighed {
    /// It was tried out only: this is the answer.
    Tried(HttpResponse),
    /// It is to be done, by him.
    Write(Actor),
}

/// What trying something out takes.
#[derive(Debug)]
struct Trial(HttpRequest);

impl Trial {
    /// What would come of a plan.
    async fn impact(&self, plan: &Plan, actor: &Actor) -> Result<(Impact, Outcome), ApiError> {
        let missing = || ApiError::new(Code::InternalError, "The server is not set up.");
        let plans = self.0.app_data::<web::Data<dyn PlanRepository>>().ok_or_else(missing)?;
        let clock = self.0.app_data::<web::Data<dyn Clock>>().ok_or_else(missing)?;
        if let Some(books) = self.0.app_data::<web::Data<Books>>() {
            books.settled().await;
        }
        let rehearsal = plans.rehearse(plan, actor).await?;
        Ok(Impact::of(rehearsal, clock.now()))
    }
}

impl<P> WhatIf<P> {
    /// Tries a write out where that is asked for, or holds it against what was told of it before.
    ///
    /// # Errors
    /// Those of the write; 409 where something else would come of it now.
    pub async fn weigh(&self, actor: &Actor, plan: impl FnOnce() -> Plan) -> Result<Weighed, ApiError> {
        if !self.dry_run && self.token.is_none() {
            return Ok(Weighed::Write(actor.clone()));
        }
        let (impact, outcome) = self.trial.impact(&plan(), actor).await?;
        if self.token.as_ref().is_some_and(|token| *token != impact.impact_token) {
            return Err(changed(&impact));
        }
        if self.dry_run {
            let answer = DryRun { dry_run: true, result: shown(outcome)?, impact };
            return Ok(Weighed::Tried(HttpResponse::Ok().json(answer)));
        }
        Ok(Weighed::Write(Actor { seen: Some(impact.revision), ..actor.clone() }))
    }

    /// Whether nothing is to be written.
    pub fn is_dry(&self) -> bool {
        self.dry_run
    }
}

/// Something else would come of the write by now.
fn changed(impact: &Impact) -> ApiError {
    let detail = format!(
        "Nothing was changed: what this would do is not any more what it was when its impact was told. Now {} teams \
         and {} keys would lose or gain names. Look at the impact again, and repeat with its token.",
        impact.teams_affected, impact.keys_affected,
    );
    ApiError::new(Code::ImpactChanged, detail).about(TOKEN)
}

/// What the write would have answered.
fn shown(outcome: Outcome) -> Result<Value, ApiError> {
    let shown = match outcome {
        Outcome::Alias(details) => serde_json::to_value(AliasObject::from(*details)),
        Outcome::AliasDeleted(gone) => serde_json::to_value(AliasDeleted::from(*gone)),
        Outcome::Group(details) => serde_json::to_value(GroupObject::from(*details)),
        Outcome::ModelsAdded(changed) => serde_json::to_value(ModelsAdded::from(*changed)),
        Outcome::ModelsRemoved(changed) => serde_json::to_value(ModelsRemoved::from(*changed)),
        Outcome::GroupDeleted(gone) => serde_json::to_value(GroupDeleted::from(*gone)),
        Outcome::Team(details) => serde_json::to_value(TeamObject::from(*details)),
    };
    shown.map_err(|why| ApiError::new(Code::InternalError, "The answer cannot be written.").caused_by(why))
}

impl<P: DeserializeOwned> FromRequest for WhatIf<P> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let take = || {
            let (mut dry_run, mut token) = (Vec::new(), Vec::new());
            let rest: Vec<&str> = request
                .query_string()
                .split('&')
                .filter(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    let found = match name {
                        DRY_RUN => &mut dry_run,
                        TOKEN => &mut token,
                        _ => return true,
                    };
                    found.push(value.to_owned());
                    false
                })
                .collect();
            Ok(Self {
                parameters: read(&rest.join("&"))?,
                dry_run: flag(DRY_RUN, once(DRY_RUN, dry_run)?.as_deref())?.unwrap_or_default(),
                token: once(TOKEN, token)?,
                trial: Trial(request.clone()),
            })
        };
        ready(take())
    }
}

fn once(name: &str, mut values: Vec<String>) -> Result<Option<String>, ApiError> {
    if values.len() > 1 {
        let detail = format!("The parameter {name} stands twice.");
        return Err(ApiError::new(Code::InvalidParameter, detail).about(name));
    }
    Ok(values.pop())
}

impl<P: IntoParams> IntoParams for WhatIf<P> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let one = |name: &str, schema: Object, description: &str| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(description))
                .schema(Some(schema))
                .build()
        };
        let mut all = P::into_params(place);
        all.push(one(
            DRY_RUN,
            Object::with_type(Type::Boolean),
            "`true`: check all of it and tell what would come of it (`DryRun`), and change nothing.",
        ));
        all.push(one(
            TOKEN,
            ObjectBuilder::new().schema_type(Type::String).build(),
            "The `impact_token` that an impact or a dry run answered: 409 where something else would come of it by now.",
        ));
        all
    }
}

/// Who asks for an impact.
#[derive(Debug)]
pub struct Asking {
    admin: Admin,
    trial: Trial,
}

impl Asking {
    /// The impact of a plan, as an answer.
    ///
    /// # Errors
    /// Those of the write.
    async fn answer(&self, plan: &Plan) -> Result<HttpResponse, ApiError> {
        let (impact, _) = self.trial.impact(plan, self.admin.actor()).await?;
        Ok(HttpResponse::Ok().json(impact))
    }
}

impl FromRequest for Asking {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let admin = Admin::from_request(request, payload).into_inner();
        ready(admin.map(|admin| Self { admin, trial: Trial(request.clone()) }))
    }
}
