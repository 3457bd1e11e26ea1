//! The one table of error codes, statuses and bodies: nothing else maps an error to HTTP.
//!
//! `/api` answers `application/problem+json` (RFC 9457) with a string `detail`; `/v1` answers `OpenAI`'s error
//! object, and `/v1/messages` Anthropic's. What a client reads never holds a source error: that is logged.

mod calls;
mod code;
mod member;

use std::fmt;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use alias_core::repository::{CreditFault, StoreError};
use alias_core::validation::WITHIN;
use serde::Serialize;
use serde_json::{Map, Value, json};

use calls::no_credits_for_a_job;

use crate::explain::RefusedCall;

pub use code::Code;
pub use member::Member;

/// One wrong field of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field.
    #[schema(example = "litellm_model")]
    pub field: String,
    /// The field as a JSON pointer (RFC 6901).
    #[schema(example = "#/litellm_model")]
    pub pointer: String,
    /// A stable word.
    #[schema(example = "invalid_format")]
    pub code: String,
    /// What is wrong and how to mend it.
    #[schema(example = "litellm_model must look like provider/model-name, for example `openai/gpt-4`")]
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl FieldError {
    /// A field that is wrong, and why.
    pub fn of(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            pointer: format!("#/{field}"),
            code: code.into(),
            message: message.into(),
            suggestion: None,
        }
    }
}

/// An error on its way to a client.
#[derive(Debug, Clone)]
pub struct ApiError(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: Code,
    detail: String,
    /// The provider's own code, on errors of the caller's making that pass.
    provider_code: Option<String>,
    param: Option<String>,
    members: Map<String, Value>,
    headers: Vec<(&'static str, String)>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    call: Option<Arc<RefusedCall>>,
}

impl ApiError {
    /// An error with a sentence that says what happened and how to go on.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            detail: detail.into(),
            provider_code: None,
            param: None,
            members: Map::new(),
            headers: Vec::new(),
            source: None,
            call: None,
        }))
    }

    /// The body of a report on wrong fields.
    pub fn fields(code: Code, errors: Vec<FieldError>) -> Self {
        let detail = errors.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join("; ");
        let param = errors.first().map(|e| e.field.clone());
        let mut error = Self::new(code, detail).with(Member::Errors, json!(errors));
        error.0.param = param;
        error
    }

    /// Adds a member to the body.
    #[must_use]
    pub fn with(mut self, member: Member, value: Value) -> Self {
        self.0.members.insert(member.word().into(), value);
        self
    }

    /// Names the parameter that the error is about.
    #[must_use]
    pub fn about(mut self, param: impl Into<String>) -> Self {
        self.0.param = Some(param.into());
        self
    }

    /// Shows the provider's own code in place of ours, unless it would put its fault on others.
    #[must_use]
    pub fn coded(mut self, provider_code: Option<String>) -> Self {
        self.0.provider_code = provider_code.filter(|code| !Code::is_no_targets_fault(code));
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// Keeps the cause, for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// Keeps what is known of the call that it refuses, for explanations; what was noted first stays.
    #[must_use]
    pub fn of_call(mut self, call: impl FnOnce() -> RefusedCall) -> Self {
        if self.0.call.is_none() {
            self.0.call = Some(Arc::new(call()));
        }
        self
    }

    /// What is known of the call that it refuses.
    pub fn call(&self) -> Option<&RefusedCall> {
        self.0.call.as_deref()
    }

    /// The sentence that the client reads.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What kind of error it is.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The code that the client reads.
    pub fn word(&self) -> &str {
        self.0.provider_code.as_deref().unwrap_or_else(|| self.0.code.word())
    }

    /// The answer in the dialect of the path, with the request's id.
    pub fn answer(&self, dialect: Dialect, path: &str, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.code.status());
        for (name, value) in &self.0.headers {
            response.insert_header((*name, value.as_str()));
        }
        match dialect {
            Dialect::Problem => response.content_type("application/problem+json"),
            Dialect::OpenAi | Dialect::Anthropic => response.content_type("application/json"),
        };
        response.body(self.body(dialect, path, request_id).to_string())
    }

    /// The body of the answer; also the data of an error event in a stream.
    pub fn body(&self, dialect: Dialect, path: &str, request_id: &str) -> Value {
        let Parts { code, detail, param, members, .. } = &*self.0;
        match dialect {
            Dialect::Problem => {
                let mut body = Map::new();
                body.insert("type".into(), json!(format!("/docs/errors/{}", code.problem_word())));
                body.insert("title".into(), json!(code.title()));
                body.insert("status".into(), json!(code.status().as_u16()));
                body.insert("code".into(), json!(code.problem_word()));
                body.insert("detail".into(), json!(detail));
                body.insert("instance".into(), json!(path));
                body.insert("request_id".into(), json!(request_id));
                if is_of_jobs(path) {
                    // Clients of jobs read these.
                    body.insert("error".into(), json!(code.title()));
                    body.insert("message".into(), json!(detail));
                }
                body.extend(members.clone());
                Value::Object(body)
            }
            Dialect::OpenAi => {
                let mut error = Map::new();
                error.insert("message".into(), json!(detail));
                error.insert("type".into(), json!(self.openai_type()));
                error.insert("param".into(), json!(param));
                error.insert("code".into(), json!(self.word()));
                error.insert("request_id".into(), json!(request_id));
                error.extend(members.clone());
                json!({ "error": error })
            }
            Dialect::Anthropic => json!({
                "type": "error",
                "error": { "type": self.anthropic_type(), "message": detail, "code": self.word() },
                "request_id": request_id,
            }),
        }
    }

    fn openai_type(&self) -> &'static str {
        match self.0.code.status().as_u16() {
            401 => "authentication_error",
            403 => "permission_error",
            429 => "rate_limit_error",
            500.. => "server_error",
            _ => "invalid_request_error",
        }
    }

    fn anthropic_type(&self) -> &'static str {
        match self.0.code.status().as_u16() {
            401 => "authentication_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            500.. => "api_error",
            _ => "invalid_request_error",
        }
    }
}

/// Whether a path is one of those that teams themselves use for their jobs.
pub fn is_of_jobs(path: &str) -> bool {
    path.strip_prefix("/api/jobs").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The shape of error bodies, chosen by the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `/api` and everything that is no API of models.
    Problem,
    /// `/v1` and the path without it.
    OpenAi,
    /// `/v1/messages`.
    Anthropic,
}

impl Dialect {
    /// The dialect of a path.
    pub fn of(path: &str) -> Self {
        if path.starts_with("/v1/messages") {
            Self::Anthropic
        } else if path == "/v1" || path.starts_with("/v1/") || path.starts_with("/chat/") {
            Self::OpenAi
        } else {
            Self::Problem
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.word(), self.0.detail)
    }
}

impl std::error::Error for ApiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    /// A placeholder: the edge, which knows path and request id, renders the answer.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// Names the codes of one kind of object.
fn codes_of(kind: &str) -> (Code, Code) {
    match kind {
        "model alias" => (Code::ModelNotFound, Code::AliasAlreadyExists),
        "access group" => (Code::AccessGroupNotFound, Code::AccessGroupAlreadyExists),
        "organization" => (Code::OrganizationNotFound, Code::OrganizationAlreadyExists),
        "team" => (Code::TeamNotFound, Code::TeamAlreadyExists),
        "key" => (Code::KeyNotFound, Code::InternalError),
        "admin token" => (Code::TokenNotFound, Code::InternalError),
        "notice" => (Code::NoticeNotFound, Code::InternalError),
        "webhook" => (Code::WebhookNotFound, Code::InternalError),
        "budget" => (Code::BudgetNotFound, Code::InternalError),
        "job" => (Code::JobNotFound, Code::InternalError),
        "catalog model" => (Code::CatalogModelNotFound, Code::InternalError),
        "scheduled change" => (Code::ChangeNotFound, Code::InternalError),
        "account" => (Code::AccountNotFound, Code::AccountAlreadyExists),
        _ => (Code::InternalError, Code::InternalError),
    }
}

/// The most names that nothing has which one answer names.
const MOST_UNKNOWN: usize = 100;

/// Nobody who may administer.
pub(crate) fn unauthenticated(detail: &'static str) -> ApiError {
    ApiError::new(Code::Unauthenticated, detail).header("www-authenticate", "Bearer realm=\"alias-server\"")
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { kind, ref name } => Self::new(codes_of(kind).0, format!("The {kind} '{name}' was not found.")),
            StoreError::AlreadyExists { kind, ref name } => {
                Self::new(codes_of(kind).1, format!("The {kind} '{name}' already exists. Use a different name."))
            }
            StoreError::UnknownReference { kind, field, ref names, ref suggestions } => {
                let named = names.get(..MOST_UNKNOWN).unwrap_or(names);
                let more = match names.len() - named.len() {
                    0 => String::new(),
                    more => format!(", and {more} more"),
                };
                Self::new(Code::UnknownReference, format!("Not found, {kind}: {}{more}. Create it first, or correct {field}.", named.join(", ")))
                    .about(field)
                    .with(Member::Unknown, json!(named))
                    .with(Member::Suggestions, json!(suggestions))
            }
            StoreError::Conflict { kind, ref name, current } => Self::new(
                Code::VersionConflict,
                format!("The {kind} '{name}' is at version {current}, which is not the one of If-Match: it was changed meanwhile, or the header \
                    is no ETag of ours. Nothing was changed. Read it again, then repeat the change."),
            )
            .with(Member::CurrentEtag, json!(format!("\"{current}\""))),
            StoreError::Moved { .. } => Self::new(
                Code::ImpactChanged,
                "Something else was written at the same moment; nothing was changed. Look at the impact again, and repeat with its token.",
            ),
            StoreError::NoVersion { ref name, asked, current, .. } => {
                let detail = format!("'{name}' never had a version {asked}: its versions are 1 to {current}");
                Self::fields(Code::InvalidValue, vec![FieldError::of("version", "unknown_version", detail)])
            }
            StoreError::Expired { kind, ref name, until } => Self::new(
                Code::RestoreExpired,
                format!("The {kind} '{name}' could be brought back until {until}. Create it anew; its history can still be read."),
            )
            .with(Member::RestorableUntil, json!(until)),
            StoreError::InUse { kind, ref name } => {
                Self::new(Code::ResourceInUse, format!("The {kind} '{name}' is in use. Repeat without if_unused to delete it all the same."))
            }
            StoreError::TooMany { kind: "budget", most } => Self::new(
                Code::TooManyBudgets,
                format!("There are {most} budgets of this already, as many as there may be. Delete one, or change it."),
            ),
            StoreError::TooMany { kind: "scheduled change", most } => Self::new(
                Code::TooManyScheduled,
                format!("{most} changes of this alias wait already, as many as may. Take one back, or wait for its moment."),
            ),
            StoreError::TooMany { kind: "notice", most } => Self::new(
                Code::TooManyNotices,
                format!("There are {most} notices already, as many as there may be. Delete those that nobody needs any more."),
            ),
            StoreError::TooMany { most, .. } => Self::new(
                Code::TooManyWebhooks,
                format!("There are {most} webhooks of this kind already, as many as there may be. Delete one, or let one be told of more events."),
            ),
            StoreError::ActorRevoked => unauthenticated("Your key, token or session stopped working meanwhile; nothing was changed."),
            StoreError::Forbidden(why) => why.into(),
            StoreError::Credits(fault) => Self::new(
                match fault {
                    CreditFault::Spent { .. } => return no_credits_for_a_job(),
                    CreditFault::Held { .. } => Code::CreditsHeld,
                    // Too many; or a reason to come, which its sentence tells as well.
                    _ => Code::InvalidValue,
                },
                format!("Nothing was changed: {fault}."),
            ),
            StoreError::JobFinished { ref job, status } => Self::new(
                Code::JobFinished,
                format!("The job '{job}' is {status}: it takes no more calls, and cannot end otherwise. Create another."),
            )
            .with(Member::JobStatus, json!(status)),
            StoreError::TooLarge { kind, most } => {
                let detail = format!("{kind} would have more than {most} bytes of JSON in all: nothing was changed");
                Self::fields(Code::InvalidValue, vec![FieldError::of(kind, "invalid_value", detail)])
            }
            StoreError::Invalid(report) => report.into(),
            StoreError::LastOwner => Self::new(
                Code::LastOwner,
                "This is the last active owner: without it nobody could appoint another. Make somebody else an owner first.",
            ),
            StoreError::Busy => {
                Self::new(Code::ServerBusy, "Another change is being made; nothing was changed. Try again shortly.")
                    .header("retry-after", "1")
            }
            StoreError::Unavailable(_) => {
                Self::new(Code::StorageUnavailable, "The storage cannot be reached; nothing was changed. Try again shortly.")
                    .header("retry-after", "1")
                    .caused_by(error)
            }
            StoreError::Corrupt(_) => Self::new(Code::InternalError, "The storage holds invalid data; the log has the details.").caused_by(error),
            other => Self::new(Code::InternalError, "Something went wrong; the log has the details.").caused_by(other),
        }
    }
}

impl From<validator::ValidationErrors> for ApiError {
    fn from(report: validator::ValidationErrors) -> Self {
        let errors = field_errors(&report);
        let only = |field: &str| errors.iter().all(|e| e.field == field);
        let code = match errors.first().map(|e| e.code.as_str()) {
            Some("missing_field") => Code::MissingField,
            _ if only("litellm_model") => Code::InvalidModel,
            _ if only("alias") => Code::InvalidAlias,
            _ => Code::InvalidValue,
        };
        Self::fields(code, errors)
    }
}

/// The entries of a report, by field.
pub fn field_errors(report: &validator::ValidationErrors) -> Vec<FieldError> {
    let mut errors: Vec<FieldError> = report
        .field_errors()
        .into_iter()
        .flat_map(|(field, errors)| errors.iter().map(move |error| field_error(&field, error)))
        .collect();
    errors.sort_by(|a, b| a.field.cmp(&b.field));
    errors
}

fn field_error(field: &str, error: &validator::ValidationError) -> FieldError {
    let field = match error.params.get(WITHIN).and_then(|path| path.as_str()) {
        Some(path) => format!("{field}.{path}"),
        None => field.to_owned(),
    };
    FieldError {
        pointer: format!("#/{}", field.replace('.', "/")),
        code: error.code.to_string(),
        message: error.message.as_ref().map_or_else(|| format!("{field} is not valid"), ToString::to_string),
        suggestion: error.params.get("suggestion").and_then(|s| s.as_str()).map(str::to_owned),
        field,
    }
}
