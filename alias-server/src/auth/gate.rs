//! The gate before every admin route: who asks, and whether he may do what the route does.

use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, USER_AGENT};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use alias_core::access::{Action, Authority, Forbidden, Role};
use alias_core::audit::{ActingSession, Actor, ActorKind, Source};
use alias_core::clock::Clock;
use alias_core::organization::OrganizationId;
use alias_core::repository::{SessionRepository, TeamRepository, TokenRepository};
use alias_core::team::TeamId;
use percent_encoding::percent_decode_str;

use super::exposure::Exposure;
use super::principal::{Principal, identify, unauthenticated};
use crate::admin::path::{InPath, not_found};
use crate::edge::RequestId;
use crate::error::{ApiError, Code, FieldError};
use crate::refusals::OutOfReach;

/// The header that says why a change is made, for the audit log.
pub const REASON: &str = "x-alias-reason";

/// The most characters of a reason.
const MAX_REASON: usize = 500;

/// What the gate asks.
pub struct Gate {
    /// Whether keys are needed at all.
    pub exposure: web::Data<Exposure>,
    /// Whose tokens work.
    pub tokens: Arc<dyn TokenRepository>,
    /// Who is signed in.
    pub sessions: Arc<dyn SessionRepository>,
    /// Which organization a team belongs to.
    pub teams: Arc<dyn TeamRepository>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Gate {
    /// Whether requests from this machine need no key: not any more, once there is an account or a token, whoever
    /// made it.
    ///
    /// # Errors
    /// 503 where the storage is away.
    pub async fn is_open(&self) -> Result<bool, ApiError> {
        if self.exposure.is_open() && self.sessions.any_identity().await? {
            self.exposure.close();
        }
        Ok(self.exposure.is_open())
    }

    /// Lets a request through that may do this, and notes whose it is.
    async fn check(&self, action: Action, request: &ServiceRequest) -> Result<Admin, ApiError> {
        let principal = identify(self, request.headers()).await?;
        let admin = Admin::new(principal, request)?;
        // Noted before it is held against anything: a refusal is recorded under its name.
        request.extensions_mut().insert(admin.clone());
        admin.principal().check_csrf(request.method(), request.headers())?;
        admin.may(action)?;
        self.in_reach(&admin, request).await.inspect_err(|_| {
            request.extensions_mut().insert(OutOfReach);
        })?;
        Ok(admin)
    }

    /// Whether the organization or the team in the path is in reach. What is not is answered as if it did not exist.
    async fn in_reach(&self, admin: &Admin, request: &ServiceRequest) -> Result<(), ApiError> {
        if admin.authority().organization.is_none() {
            return Ok(());
        }
        if let Some(name) = in_path::<OrganizationId>(request) {
            let reached = name.parse().is_ok_and(|id| admin.authority().reaches(&id).is_ok());
            return if reached { Ok(()) } else { Err(not_found::<OrganizationId>(&name)) };
        }
        if let Some(name) = in_path::<TeamId>(request) {
            let team = match name.parse() {
                Ok(id) => self.teams.find(&id).await?,
                Err(_) => None,
            };
            let reached =
                team.is_some_and(|found| admin.authority().reaches(&found.team.organization_id).is_ok());
            return if reached { Ok(()) } else { Err(not_found::<TeamId>(&name)) };
        }
        Ok(())
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").field("exposure", &self.exposure).finish_non_exhaustive()
    }
}

/// The name that a request's path holds for a `T`, if it holds one.
fn in_path<T: InPath>(request: &ServiceRequest) -> Option<String> {
    let raw = request.match_info().get(T::PLACEHOLDER)?;
    Some(percent_decode_str(raw).decode_utf8_lossy().into_owned())
}

/// Stands before a route that does `action`.
///
/// # Errors
/// None of its own.
pub async fn guarded(
    action: Action,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let checked = match request.app_data::<web::Data<Gate>>().cloned() {
        Some(gate) => gate.check(action, &request).await,
        None => Err(ApiError::new(Code::InternalError, "The server is not set up.")),
    };
    match checked {
        Ok(_) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(error) => Ok(request.error_response(error)),
    }
}

/// Who sent a request that passed the gate.
#[derive(Debug, Clone)]
pub struct Admin(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    principal: Principal,
    actor: Actor,
}

impl Admin {
    fn new(principal: Principal, request: &ServiceRequest) -> Result<Self, ApiError> {
        let actor = Actor {
            kind: principal.kind.clone(),
            session: principal.session.as_ref().map(|secret| ActingSession {
                digest: secret.digest(),
                organization: principal.authority.organization.as_ref().map(|home| home.uid),
            }),
            source: source(&principal, request.headers()),
            address: request.peer_addr().map(|peer| peer.ip()),
            request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()),
            reason: reason(request.headers())?,
            seen: None,
        };
        Ok(Self(Rc::new(Inner { principal, actor })))
    }

    /// Who acts, for the audit log.
    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }

    /// Who acts, with the reason that the body gives, if it gives one: it goes before that of the header.
    ///
    /// # Errors
    /// 422 for a reason that is too long, or has control characters.
    pub fn actor_because(&self, given: Option<&str>) -> Result<Actor, ApiError> {
        let Some(given) = given.map(str::trim).filter(|given| !given.is_empty()) else {
            return Ok(self.actor().clone());
        };
        if !is_reason(given) {
            let why = format!("reason must be a text of at most {MAX_REASON} characters in one line");
            return Err(ApiError::fields(
                Code::InvalidValue,
                vec![FieldError::of("reason", "invalid_value", why)],
            ));
        }
        Ok(Actor { reason: Some(given.to_owned()), ..self.actor().clone() })
    }

    /// Who it is, and how that was proved.
    pub fn principal(&self) -> &Principal {
        &self.0.principal
    }

    /// What he may do.
    pub fn authority(&self) -> &Authority {
        &self.0.principal.authority
    }

    /// Whether he may do this besides what the route does.
    ///
    /// # Errors
    /// 403, with the role.
    pub fn may(&self, action: Action) -> Result<(), ApiError> {
        self.authority().may(action).map_err(|why| refused("Not allowed", why, action))
    }

    /// Whether he may set a field that is a matter of its own.
    ///
    /// # Errors
    /// 403, with the field and the roles that may.
    pub fn may_set(&self, field: &'static str, action: Action) -> Result<(), ApiError> {
        let what = format!("Leave {field} out");
        self.authority().may(action).map_err(|why| refused(&what, why, action).about(field))
    }

    /// Whether he may make an identity of this role. The first one closes the server, and so must be able to make
    /// others.
    ///
    /// # Errors
    /// 403, with the role; 422 for a first one that is no owner.
    pub fn may_make(&self, role: Role) -> Result<(), ApiError> {
        if self.actor().kind == ActorKind::Local && role != Role::Owner {
            let detail = "The first account or token must be an owner: from then on a key is needed, and nobody else \
                could make one.";
            return Err(ApiError::fields(
                Code::InvalidValue,
                vec![FieldError::of("role", "first_owner", detail)],
            ));
        }
        self.may_appoint(role)
    }

    /// Whether he may change or end an identity of this role.
    ///
    /// # Errors
    /// 403, with the role.
    pub fn may_appoint(&self, role: Role) -> Result<(), ApiError> {
        self.authority().may_appoint(role).map_err(ApiError::from)
    }

    /// Whether this organization, which a body names, is in reach.
    ///
    /// # Errors
    /// 403.
    pub fn reaches(&self, organization: &OrganizationId) -> Result<(), ApiError> {
        self.authority().reaches(organization).map_err(ApiError::from)
    }

    /// The only organization in reach, if there is only one.
    pub fn home(&self) -> Option<&OrganizationId> {
        self.authority().organization.as_ref().map(|home| &home.organization_id)
    }
}

/// Why somebody acts, in his own words.
fn reason(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(sent) = headers.get(REASON) else { return Ok(None) };
    let text = std::str::from_utf8(sent.as_bytes()).ok().map(str::trim);
    match text.filter(|text| is_reason(text)) {
        Some(text) => Ok(Some(text.to_owned()).filter(|text| !text.is_empty())),
        None => Err(ApiError::new(
            Code::InvalidParameter,
            format!("{REASON} must be a text of at most {MAX_REASON} characters, in UTF-8."),
        )
        .about(REASON)),
    }
}

fn is_reason(text: &str) -> bool {
    text.chars().count() <= MAX_REASON && !text.chars().any(char::is_control)
}

/// Through what somebody acts: pages sign in, our command line says its name.
fn source(principal: &Principal, headers: &HeaderMap) -> Source {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    match principal.session {
        Some(_) => Source::Ui,
        None if agent.starts_with("aliasctl/") => Source::Cli,
        None => Source::Api,
    }
}

/// What somebody reads who may not do this, and who may.
fn refused(what: &str, why: Forbidden, action: Action) -> ApiError {
    let roles: Vec<&str> = action.roles().map(Role::as_str).collect();
    let ask = match why {
        Forbidden::Role(_) => format!("Roles that may: {}.", roles.join(", ")),
        // Beyond the role it is a matter of where: who reaches everything can help.
        _ => "Ask an owner or admin.".to_owned(),
    };
    ApiError::new(Code::Forbidden, format!("{what}: {why}. {ask}"))
}

impl From<Forbidden> for ApiError {
    fn from(why: Forbidden) -> Self {
        Self::new(Code::Forbidden, format!("Not allowed: {why}. Ask an owner or admin."))
    }
}

impl FromRequest for Admin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(unauthenticated))
    }
}
