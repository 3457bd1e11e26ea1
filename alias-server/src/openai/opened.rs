//! The ids in a call's body that the team was given: their originals are sent.

use alias_core::usage::Endpoint;

use super::body::CallBody;
use super::provider_ids::ProviderIds;
use crate::error::{ApiError, Code};

/// Puts the originals in the place of the ids that the team was given.
///
/// # Errors
/// 400 `invalid_value` for an id that the team was not given.
pub(super) fn open(call: &mut CallBody, ids: &ProviderIds) -> Result<(), ApiError> {
    if call.endpoint() != Endpoint::Responses {
        return Ok(());
    }
    call.replace(|name, value| match name {
        "previous_response_id" if value != "null" => match ids.open_response(value) {
            Some(original) => Ok(Some(original)),
            None => Err(not_given(name, "must be the id of a response that your team was given here")),
        },
        "input" | "tools" => ids.open_within(value).map_err(|why| not_given(name, &why.to_string())),
        _ => Ok(None),
    })
}

fn not_given(name: &str, why: &str) -> ApiError {
    ApiError::new(Code::InvalidParameter, format!("'{name}' {why}.")).about(name)
}

#[cfg(test)]
mod tests;
