//! `/api/audit`: who did what and who was refused, and whether the log is as it was written.

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::audit::{AuditQuery, AuditRecord, ChainReport, Outcome};
use alias_core::repository::AuditRepository;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::admin::csv;
use crate::admin::list::{ListRequest, PageInfo};
use crate::admin::query::{NoParameters, Query, invalid, parsed};
use crate::error::ApiError;

/// Filters combine with "and".
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditParameters {
    /// Only those of this actor: `local`, `admin_key`, `token`, `account`, `anonymous`, `guardrail`, `system`, an id or a name.
    pub actor: Option<String>,
    /// Only those of this action, or below it: `alias` finds `alias.update`.
    pub action: Option<String>,
    /// Only those about the object of this name.
    pub target: Option<String>,
    /// `done` or `refused`.
    pub outcome: Option<String>,
    /// Only those at or after this moment (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<String>,
    /// Only those before this moment (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<String>,
    /// The most records, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// `next_cursor` of the answer before.
    pub cursor: Option<String>,
    /// How many records to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    pub offset: Option<String>,
}

impl AuditParameters {
    /// Checks every parameter.
    ///
    /// # Errors
    /// 400 for the first wrong one.
    pub fn parse(&self) -> Result<AuditQuery, ApiError> {
        let outcome = match self.outcome.as_deref() {
            None => None,
            Some("done") => Some(Outcome::Done),
            Some("refused") => Some(Outcome::Refused),
            Some(_) => return Err(invalid("outcome", "must be done or refused")),
        };
        Ok(AuditQuery {
            actor: self.actor.clone(),
            action: self.action.clone(),
            target: self.target.clone(),
            outcome,
            from: parsed("from", self.from.as_deref())?,
            to: parsed("to", self.to.as_deref())?,
            window: ListRequest::of(self).window()?,
        })
    }
}

/// A part of the audit log, the newest record first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditList {
    /// The records.
    pub records: Vec<AuditRecord>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

/// The columns of a record as CSV.
const COLUMNS: [&str; 18] = [
    "seq",
    "at",
    "action",
    "outcome",
    "object",
    "name",
    "actor",
    "actor_id",
    "actor_name",
    "source",
    "address",
    "request_id",
    "reason",
    "diff",
    "revision",
    "count",
    "id",
    "hash",
];

/// List the audit log, the newest record first.
///
/// With `Accept: text/csv` the same part comes as CSV; the header `Link` leads to the next one.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/api/audit", tag = "audit", operation_id = "list_audit_log",
    params(AuditParameters),
    responses((status = 200, description = "A part of the log.", content(
        (AuditList = "application/json"), (String = "text/csv"),
    ))),
)]
pub async fn list(
    request: HttpRequest,
    log: web::Data<dyn AuditRepository>,
    Query(parameters): Query<AuditParameters>,
) -> Result<HttpResponse, ApiError> {
    let page = log.list(&parameters.parse()?).await?;
    let list = ListRequest::of(&parameters);
    let body = AuditList { page: list.page_info(&page), records: page.items };
    let next = body.page.next_cursor.as_deref();
    if csv::is_wanted(request.headers()) {
        return Ok(csv::answer(list.link(request.path(), next), &COLUMNS, &body.records));
    }
    Ok(list.answer(request.path(), next, &body))
}

/// Check that the audit log is as it was written.
///
/// Every record's hash covers the record before. Keep `head` elsewhere: a later check that finds another hash at
/// that place proves that the log was written anew.
///
/// # Errors
/// 503 where the storage is away.
#[utoipa::path(
    get, path = "/api/audit/verify", tag = "audit", operation_id = "verify_audit_log",
    responses((status = 200, description = "What was found.", body = ChainReport, example = json!({
        "valid": true, "records": 1204, "first_broken": null,
        "head": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    }))),
)]
pub async fn verify(
    log: web::Data<dyn AuditRepository>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(log.verify().await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn a_wrong_filter_is_refused_and_a_right_one_understood() {
        let read = |parameters: AuditParameters| parameters.parse().map_err(|why| why.code());
        let from =
            AuditParameters { from: Some("2026-01-02T03:04:05Z".into()), ..AuditParameters::default() };
        assert_eq!(read(from).unwrap().from.unwrap().to_string(), "2026-01-02T03:04:05Z");
        let refused = AuditParameters { outcome: Some("refused".into()), ..AuditParameters::default() };
        assert_eq!(read(refused).unwrap().outcome, Some(Outcome::Refused));
        for bad in [
            AuditParameters { outcome: Some("maybe".into()), ..AuditParameters::default() },
            AuditParameters { from: Some("yesterday".into()), ..AuditParameters::default() },
            AuditParameters { to: Some("2026-13-01T00:00:00Z".into()), ..AuditParameters::default() },
            AuditParameters { limit: Some("0".into()), ..AuditParameters::default() },
        ] {
            assert_eq!(read(bad).unwrap_err(), Code::InvalidParameter);
        }
    }

    #[test]
    fn every_field_of_a_record_is_a_column() {
        let schema = serde_json::to_value(<AuditRecord as utoipa::PartialSchema>::schema()).unwrap();
        let mut fields: Vec<&str> =
            schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut columns = COLUMNS;
        fields.sort_unstable();
        columns.sort_unstable();
        assert_eq!(fields, columns);
    }
}
