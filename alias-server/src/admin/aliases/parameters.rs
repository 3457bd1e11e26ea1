//! Rules on parameters that no endpoint takes: they could have no effect, and are refused wherever an alias is written.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use alias_core::alias::ParameterRules;
use alias_core::name::nearest;

use crate::error::{ApiError, Code, FieldError};
use crate::openai::{DataPlane, fields};

/// The parameters that some endpoint takes: the listed ones, and those that the operator allows besides.
#[derive(Debug)]
pub struct TakenParameters(Option<web::Data<DataPlane>>);

impl TakenParameters {
    /// What is wrong with rules that are about something else.
    pub fn fault(&self, rules: &ParameterRules) -> Option<FieldError> {
        let unknown = rules.0.keys().find(|name| !self.has(name))?;
        let near = nearest(unknown, fields::all_names());
        let hint = near.first().map(|near| format!(": did you mean {near}?")).unwrap_or_default();
        let message = format!("parameters: no endpoint takes a parameter {unknown}{hint}");
        let suggestion = near.first().map(|near| (*near).to_owned());
        Some(FieldError { suggestion, ..FieldError::of("parameters", "invalid_value", message) })
    }

    /// Refuses such rules.
    ///
    /// # Errors
    /// 422 with the first parameter that no endpoint takes.
    pub fn check(&self, rules: &ParameterRules) -> Result<(), ApiError> {
        self.fault(rules).map_or(Ok(()), |fault| Err(ApiError::fields(Code::InvalidValue, vec![fault])))
    }

    fn has(&self, name: &str) -> bool {
        let extra = self.0.as_ref().map(|plane| plane.extra_fields());
        fields::is_listed(name) || extra.is_some_and(|extra| extra.contains(name))
    }
}

impl FromRequest for TakenParameters {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.app_data::<web::Data<DataPlane>>().cloned())))
    }
}
