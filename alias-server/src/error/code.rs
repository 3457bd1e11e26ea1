//! The table of error codes: word, status, title.

use actix_web::http::StatusCode;

/// Every error that a client can see, by its stable word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[expect(missing_docs, reason = "each variant is explained by its title in the table")]
pub enum Code {
    AliasAlreadyExists,
    AccessGroupAlreadyExists,
    OrganizationAlreadyExists,
    TeamAlreadyExists,
    ModelNotFound,
    /// It was deleted too long ago.
    RestoreExpired,
    ChangeNotFound,
    TooManyScheduled,
    AccessGroupNotFound,
    OrganizationNotFound,
    TeamNotFound,
    KeyNotFound,
    TokenNotFound,
    WebhookNotFound,
    TooManyWebhooks,
    NoticeNotFound,
    TooManyNotices,
    NothingToAnnounce,
    AccountNotFound,
    AccountAlreadyExists,
    RouteNotFound,
    /// Nothing is known of a request with the id.
    RequestNotFound,
    InvalidModel,
    InvalidAlias,
    InvalidValue,
    InvalidParameter,
    UnknownParameter,
    UnknownReference,
    ImmutableField,
    UnknownField,
    MissingField,
    MissingParameter,
    InvalidType,
    MalformedJson,
    UnsupportedMediaType,
    RequestTooLarge,
    RequestTimeout,
    HeadTooLarge,
    PathTooLong,
    MethodNotAllowed,
    NotAcceptable,
    VersionConflict,
    /// Another document manages what this one would change.
    ManagedByAnother,
    /// The plan is another one than was agreed to.
    PlanOutdated,
    /// Something else would come of the write than was told.
    ImpactChanged,
    IdempotencyKeyReused,
    RequestInProgress,
    ResourceInUse,
    Unauthenticated,
    InvalidApiKey,
    InvalidCredentials,
    Forbidden,
    Csrf,
    SetupDone,
    LastOwner,
    /// The catalogue does not have the model.
    CatalogModelNotFound,
    /// No open instance has the id.
    InstanceNotFound,
    /// More credits were to be taken away than are free.
    CreditsHeld,
    /// The team has no credits left for the call.
    InsufficientQuota,
    /// The same, where jobs say it.
    InsufficientCredits,
    /// A budget does not cover the call.
    BudgetExceeded,
    BudgetNotFound,
    TooManyBudgets,
    /// The team has no such job.
    JobNotFound,
    /// The job takes no more calls, or ended otherwise.
    JobFinished,
    /// The server has not heard of its database for too long.
    CatalogueExpired,
    /// Whether there is credit cannot be found out at present.
    CreditUnavailable,
    /// The model has no known price, and the team's limit needs one.
    PriceUnknown,
    /// The most that the call could use cannot be told.
    UnboundedRequest,
    /// The call must say how long its answer may be.
    MaxTokensRequired,
    RateLimited,
    RateLimitExceeded,
    UnknownHost,
    CrossSiteRequest,
    ProxiedOpenMode,
    NotLoopback,
    StorageUnavailable,
    ReplicaBehind,
    TeamSuspended,
    TeamPaused,
    ModelAccessDenied,
    ModelDisabled,
    /// The time of the alias is over.
    ModelSunset,
    ModelBrownout,
    EndpointNotAllowed,
    NetworkNotAllowed,
    UsageLogFull,
    ServerBusy,
    UpstreamUnreachable,
    UpstreamTimeout,
    UpstreamInvalidResponse,
    UpstreamAmbiguous,
    UpstreamRateLimited,
    UpstreamRejected,
    ProviderAuthenticationFailed,
    IdentityProviderUnavailable,
    InternalError,
}

impl Code {
    /// Word, status, title: the table.
    #[expect(clippy::too_many_lines, reason = "a row each")]
    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::AliasAlreadyExists => ("alias_already_exists", 409, "Alias already exists"),
            Self::AccessGroupAlreadyExists => {
                ("access_group_already_exists", 409, "Access group already exists")
            }
            Self::OrganizationAlreadyExists => {
                ("organization_already_exists", 409, "Organization already exists")
            }
            Self::TeamAlreadyExists => ("team_already_exists", 409, "Team already exists"),
            Self::ModelNotFound => ("model_not_found", 404, "Model not found"),
            Self::RestoreExpired => ("restore_expired", 410, "Too late to restore"),
            Self::ChangeNotFound => ("scheduled_change_not_found", 404, "Scheduled change not found"),
            Self::TooManyScheduled => ("too_many_scheduled_changes", 409, "Too many scheduled changes"),
            Self::AccessGroupNotFound => ("access_group_not_found", 404, "Access group not found"),
            Self::OrganizationNotFound => ("organization_not_found", 404, "Organization not found"),
            Self::TeamNotFound => ("team_not_found", 404, "Team not found"),
            Self::KeyNotFound => ("key_not_found", 404, "Key not found"),
            Self::WebhookNotFound => ("webhook_not_found", 404, "Webhook not found"),
            Self::TooManyWebhooks => ("too_many_webhooks", 409, "Too many webhooks"),
            Self::NoticeNotFound => ("notice_not_found", 404, "Notice not found"),
            Self::TooManyNotices => ("too_many_notices", 409, "Too many notices"),
            Self::NothingToAnnounce => ("nothing_to_announce", 422, "Nothing to announce"),
            Self::TokenNotFound => ("token_not_found", 404, "Admin token not found"),
            Self::AccountNotFound => ("account_not_found", 404, "Account not found"),
            Self::AccountAlreadyExists => ("account_already_exists", 409, "Account already exists"),
            Self::RequestNotFound => ("request_not_found", 404, "Request not found"),
            Self::RouteNotFound => ("route_not_found", 404, "Route not found"),
            Self::InvalidModel => ("invalid_model", 422, "Invalid model"),
            Self::InvalidAlias => ("invalid_alias", 422, "Invalid alias name"),
            Self::InvalidValue => ("invalid_value", 422, "Validation failed"),
            Self::InvalidParameter => ("invalid_value", 400, "Invalid parameter"),
            Self::UnknownParameter => ("unknown_parameter", 400, "Unknown parameter"),
            Self::UnknownReference => ("unknown_reference", 422, "Unknown reference"),
            Self::ImmutableField => ("immutable_field", 422, "Field cannot be changed"),
            Self::UnknownField => ("unknown_field", 422, "Validation failed"),
            Self::MissingField => ("missing_field", 422, "Validation failed"),
            Self::MissingParameter => ("missing_required_parameter", 400, "Missing required parameter"),
            Self::InvalidType => ("invalid_type", 422, "Validation failed"),
            Self::MalformedJson => ("malformed_json", 400, "Malformed JSON"),
            Self::UnsupportedMediaType => ("unsupported_media_type", 415, "Unsupported media type"),
            Self::RequestTooLarge => ("request_too_large", 413, "Request too large"),
            Self::RequestTimeout => ("request_timeout", 408, "Request timeout"),
            Self::HeadTooLarge => ("request_head_too_large", 431, "Request head too large"),
            Self::PathTooLong => ("path_too_long", 414, "Path too long"),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "Method not allowed"),
            Self::NotAcceptable => ("not_acceptable", 406, "Not acceptable"),
            Self::VersionConflict => ("version_conflict", 412, "Changed meanwhile"),
            Self::ManagedByAnother => ("managed_by_another", 409, "Managed by another document"),
            Self::PlanOutdated => ("plan_outdated", 409, "Plan outdated"),
            Self::ImpactChanged => ("impact_changed", 409, "Impact changed"),
            Self::IdempotencyKeyReused => ("idempotency_key_reused", 422, "Idempotency key reused"),
            Self::RequestInProgress => ("request_in_progress", 409, "Request in progress"),
            Self::ResourceInUse => ("resource_in_use", 409, "Resource in use"),
            Self::Unauthenticated => ("unauthenticated", 401, "Authentication required"),
            Self::InvalidApiKey => ("invalid_api_key", 401, "Invalid API key"),
            Self::InvalidCredentials => ("invalid_credentials", 401, "Sign-in failed"),
            Self::Forbidden => ("forbidden", 403, "Not allowed"),
            Self::Csrf => ("csrf", 403, "Cross-site request forgery token missing"),
            Self::SetupDone => ("setup_done", 409, "Setup is done"),
            Self::LastOwner => ("last_owner", 409, "Last owner"),
            Self::CatalogModelNotFound => ("catalog_model_not_found", 404, "Model not in the catalogue"),
            Self::InstanceNotFound => ("instance_not_found", 404, "Instance not found"),
            Self::CreditsHeld => ("credits_held", 409, "Credits are held"),
            Self::InsufficientQuota => ("insufficient_quota", 429, "Insufficient credits"),
            Self::BudgetExceeded => ("budget_exceeded", 429, "Budget exceeded"),
            Self::BudgetNotFound => ("budget_not_found", 404, "Budget not found"),
            Self::TooManyBudgets => ("too_many_budgets", 409, "Too many budgets"),
            Self::InsufficientCredits => ("insufficient_credits", 403, "Insufficient credits"),
            Self::JobNotFound => ("job_not_found", 404, "Job not found"),
            Self::JobFinished => ("job_finished", 409, "Job finished"),
            Self::CatalogueExpired => ("catalogue_expired", 503, "Catalogue expired"),
            Self::CreditUnavailable => ("credit_unavailable", 503, "Credit unavailable"),
            Self::PriceUnknown => ("price_unknown", 403, "Price unknown"),
            Self::UnboundedRequest => ("unbounded_request", 400, "Request has no bound"),
            Self::MaxTokensRequired => ("max_tokens_required", 400, "max_tokens is required"),
            Self::RateLimited => ("rate_limited", 429, "Too many failed attempts"),
            Self::RateLimitExceeded => ("rate_limit_exceeded", 429, "Rate limit exceeded"),
            Self::UnknownHost => ("unknown_host", 421, "Unknown host"),
            Self::CrossSiteRequest => ("cross_site_request", 403, "Cross-site request"),
            Self::ProxiedOpenMode => ("proxied_open_mode", 403, "Open mode behind a proxy"),
            Self::NotLoopback => ("not_loopback", 403, "Open mode is for this machine only"),
            Self::StorageUnavailable => ("storage_unavailable", 503, "Storage unavailable"),
            Self::ServerBusy => ("server_busy", 503, "Server busy"),
            Self::ReplicaBehind => ("replica_behind", 503, "Replica behind"),
            Self::TeamSuspended => ("team_suspended", 403, "Team suspended"),
            Self::TeamPaused => ("team_paused", 429, "Team paused"),
            Self::ModelAccessDenied => ("model_access_denied", 403, "Model access denied"),
            Self::ModelDisabled => ("model_disabled", 403, "Model is disabled"),
            Self::ModelBrownout => ("model_brownout", 503, "Model refuses calls for a while"),
            Self::ModelSunset => ("model_sunset", 410, "Model has reached its end"),
            Self::EndpointNotAllowed => ("endpoint_not_allowed", 403, "Endpoint not allowed"),
            Self::NetworkNotAllowed => ("network_not_allowed", 403, "Network not allowed"),
            Self::UsageLogFull => ("usage_log_full", 503, "Usage log full"),
            Self::UpstreamUnreachable => ("upstream_unreachable", 502, "Upstream unreachable"),
            Self::UpstreamTimeout => ("upstream_timeout", 504, "Upstream timeout"),
            Self::UpstreamInvalidResponse => ("upstream_invalid_response", 502, "Invalid upstream response"),
            Self::UpstreamAmbiguous => ("upstream_ambiguous", 502, "Upstream connection lost"),
            Self::UpstreamRateLimited => ("upstream_rate_limited", 429, "Upstream rate limited"),
            Self::UpstreamRejected => ("upstream_rejected", 400, "Rejected by the provider"),
            Self::ProviderAuthenticationFailed => {
                ("provider_authentication_failed", 502, "Provider authentication failed")
            }
            Self::IdentityProviderUnavailable => {
                ("identity_provider_unavailable", 502, "Identity provider unavailable")
            }
            Self::InternalError => ("internal_error", 500, "Internal error"),
        }
    }

    /// The stable word.
    pub const fn word(self) -> &'static str {
        self.row().0
    }

    /// Whether a word says that no target is at fault: what the server itself could not take, and a proxy that is away, for
    /// all targets.
    pub fn is_no_targets_fault(word: &str) -> bool {
        [Self::ServerBusy, Self::UpstreamUnreachable].iter().any(|code| code.word() == word)
    }

    /// The word in problem documents: those call the same refusal by a word of their own.
    pub const fn problem_word(self) -> &'static str {
        match self {
            Self::RateLimitExceeded => Self::RateLimited.word(),
            _ => self.word(),
        }
    }

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The fixed title.
    pub const fn title(self) -> &'static str {
        self.row().2
    }
}
