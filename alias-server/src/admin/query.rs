//! Parameters of the query string, strictly: each is known and stands once.

use std::fmt::Display;
use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::error::QueryPayloadError;
use actix_web::{FromRequest, HttpRequest, web};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::error::{ApiError, Code, Member};

/// The longest value of a parameter, in characters: a cursor with the longest names fits.
const MAX_VALUE: usize = 1_024;

/// The query string in the form of `T`, whose fields are the parameters that a path takes: another one is
/// refused, so that nothing asked for is silently left undone.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// Of paths that take no parameters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NoParameters {}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()).map(Self))
    }
}

/// Reads a query string.
///
/// # Errors
/// 400 for parameters that are unknown, stand twice, or are too long.
pub fn read<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query).map_err(|why| refused(&why))?;
    for (name, value) in pairs.iter() {
        if value.chars().count() > MAX_VALUE || value.chars().any(char::is_control) {
            let detail = format!("{}: at most {MAX_VALUE} characters, no control characters", short(name));
            return Err(ApiError::new(Code::InvalidParameter, detail).about(short(name)));
        }
    }
    web::Query::<T>::from_query(query).map(web::Query::into_inner).map_err(|why| refused(&why))
}

/// Turns serde's "unknown field `x`, expected one of `a`, `b`" into a sentence about parameters.
fn refused(why: &QueryPayloadError) -> ApiError {
    let QueryPayloadError::Deserialize(why) = why else {
        return ApiError::new(Code::InvalidParameter, "The query string cannot be read.");
    };
    let why = why.to_string();
    let mut quoted = why.split('`').skip(1).step_by(2);
    let Some(name) = quoted.next().map(short) else {
        return ApiError::new(Code::InvalidParameter, "The query string cannot be read.");
    };
    if why.starts_with("duplicate field") {
        return ApiError::new(Code::InvalidParameter, format!("The parameter {name} stands twice."))
            .about(name);
    }
    let allowed: Vec<&str> = quoted.collect();
    let detail = if allowed.is_empty() {
        format!("This path takes no parameters; {name} is not known.")
    } else {
        format!("There is no parameter {name} here; allowed are: {}.", allowed.join(", "))
    };
    ApiError::new(Code::UnknownParameter, detail)
        .about(name)
        .with(Member::Allowed, serde_json::json!(allowed))
}

fn short(name: &str) -> String {
    name.chars().take(64).filter(|c| !c.is_control()).collect()
}

/// Reads a parameter's value by the value's own rule.
///
/// # Errors
/// 400 that says what is wrong with it.
pub fn parsed<T: FromStr<Err: Display>>(name: &str, value: Option<&str>) -> Result<Option<T>, ApiError> {
    let parse = |text: &str| text.parse().map_err(|why| invalid(name, &format!("{why}")));
    value.map(parse).transpose()
}

/// Reads `true` or `false`, and nothing else.
///
/// # Errors
/// 400 for anything else.
pub fn flag(name: &str, value: Option<&str>) -> Result<Option<bool>, ApiError> {
    match value {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(invalid(name, "must be true or false")),
    }
}

/// A wrong value of a parameter.
pub fn invalid(name: &str, why: &str) -> ApiError {
    ApiError::new(Code::InvalidParameter, format!("{name}: {why}.")).about(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Parameters {
        #[expect(dead_code, reason = "only its name is looked at")]
        q: Option<String>,
        #[expect(dead_code, reason = "only its name is looked at")]
        limit: Option<String>,
    }

    #[test]
    fn an_unknown_parameter_is_refused_and_the_known_ones_named() {
        let error = read::<Parameters>("q=a&dry_run=true").unwrap_err();
        assert_eq!(error.code(), Code::UnknownParameter);
        assert!(error.to_string().ends_with("no parameter dry_run here; allowed are: q, limit."), "{error}");
        assert_eq!(read::<NoParameters>("dry_run=true").unwrap_err().code(), Code::UnknownParameter);
        assert!(read::<NoParameters>("").is_ok());
        for bad in ["q=a&q=b", "q=a%00b", &format!("q={}", "x".repeat(2000))] {
            assert_eq!(read::<Parameters>(bad).unwrap_err().code(), Code::InvalidParameter, "{bad}");
        }
    }
}
