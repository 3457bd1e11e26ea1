//! Names in paths: decoded once, and what cannot be a name is not found.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use alias_core::alias::{AliasName, ScheduleId};
use alias_core::group::GroupName;
use alias_core::identity::AccountId;
use alias_core::job::JobId;
use alias_core::key::KeyId;
use alias_core::organization::OrganizationId;
use alias_core::repository::StoreError;
use alias_core::team::TeamId;
use percent_encoding::percent_decode_str;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Object, Required, Type};

use crate::error::ApiError;

/// What a path can name.
pub trait InPath: FromStr {
    /// The placeholder in the route.
    const PLACEHOLDER: &'static str;
    /// The noun of messages, as the store says it.
    const KIND: &'static str;
    /// One of the user guide's.
    const EXAMPLE: &'static str;
}

impl InPath for AliasName {
    const PLACEHOLDER: &'static str = "alias";
    const KIND: &'static str = "model alias";
    const EXAMPLE: &'static str = "gpt-4";
}

impl InPath for GroupName {
    const PLACEHOLDER: &'static str = "group";
    const KIND: &'static str = "access group";
    const EXAMPLE: &'static str = "gpt-models";
}

impl InPath for OrganizationId {
    const PLACEHOLDER: &'static str = "organization";
    const KIND: &'static str = "organization";
    const EXAMPLE: &'static str = "org_newclient";
}

impl InPath for TeamId {
    const PLACEHOLDER: &'static str = "team";
    const KIND: &'static str = "team";
    const EXAMPLE: &'static str = "acme-prod";
}

impl InPath for KeyId {
    const PLACEHOLDER: &'static str = "key";
    const KIND: &'static str = "key";
    const EXAMPLE: &'static str = "mfzwizltoqqho33s";
}

impl InPath for JobId {
    const PLACEHOLDER: &'static str = "job";
    const KIND: &'static str = "job";
    const EXAMPLE: &'static str = "0192f0a1-b2c3-7d4e-8f90-a1b2c3d4e5f6";
}

impl InPath for ScheduleId {
    const PLACEHOLDER: &'static str = "change";
    const KIND: &'static str = "scheduled change";
    const EXAMPLE: &'static str = "sch_01928b00000070008000000000000001";
}

impl InPath for AccountId {
    const PLACEHOLDER: &'static str = "user";
    const KIND: &'static str = "account";
    const EXAMPLE: &'static str = "usr_0192f0a1b2c37d4e8f90a1b2c3d4e5f6";
}

/// The name in a request's path. A text that cannot be a name is answered as a name that nothing has: 404.
#[derive(Debug)]
pub struct Named<T>(pub T);

impl<T: InPath> FromRequest for Named<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let raw = request.match_info().get(T::PLACEHOLDER).unwrap_or_default();
        let name = percent_decode_str(raw).decode_utf8_lossy();
        ready(name.parse().map(Self).map_err(|_| not_found::<T>(&name)))
    }
}

impl<T: InPath> IntoParams for Named<T> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description =
            format!("The {}. What is no letter, digit or `-._~:@` is percent-encoded.", T::KIND);
        let parameter = ParameterBuilder::new()
            .name(T::PLACEHOLDER)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(description))
            .schema(Some(Object::with_type(Type::String)))
            .example(Some(T::EXAMPLE.into()));
        vec![parameter.build()]
    }
}

/// Nothing has this name.
pub fn not_found<T: InPath>(name: &str) -> ApiError {
    let name = name.chars().take(alias_core::name::MAX_NAME).collect();
    StoreError::NotFound { kind: T::KIND, name }.into()
}
