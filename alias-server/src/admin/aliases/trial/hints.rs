//! What to check where a test failed, in the order in which it is worth it.

use alias_core::model_ref::ModelRef;

use crate::error::{ApiError, Code};

/// What to check after this error of a call to `target`.
pub(super) fn of(error: &ApiError, target: &ModelRef) -> String {
    let directly = format!(
        "ask LiteLLM directly: curl http://<litellm>/chat/completions -H \"Content-Type: application/json\" \
         -H \"Authorization: Bearer $LITELLM_KEY\" -d '{}'",
        serde_json::json!({"model": target, "messages": [{"role": "user", "content": "Hello!"}]})
    );
    match error.code() {
        Code::ProviderAuthenticationFailed => format!(
            "1. Check that LiteLLM's configuration has the credentials of the provider, and that they are valid; and that \
             ALIAS_UPSTREAM_KEY is a key of LiteLLM. 2. Verify that {target} is the right provider/model-name. 3. To see \
             which of both refuses, {directly}"
        ),
        Code::UpstreamUnreachable => {
            "Check that LiteLLM runs, and that ALIAS_UPSTREAM_URL is its address.".to_owned()
        }
        Code::UpstreamTimeout => format!(
            "The model may be loading, or the provider be slow: test again. If it stays so, {directly}"
        ),
        Code::UpstreamRateLimited => {
            "The provider has no room for this key at present: test again later, or raise its limit there."
                .to_owned()
        }
        Code::UpstreamInvalidResponse | Code::UpstreamRejected => format!(
            "1. Check that LiteLLM's model_list has {target}, or a wildcard of its provider. 2. Verify that the provider \
             has a model of this name and serves chats with it. 3. For the provider's own words, {directly}"
        ),
        _ => "The log of this server has the details, under the id of this request.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_refuses_the_credentials_gets_the_three_checks_of_the_guide() {
        let error = ApiError::new(Code::ProviderAuthenticationFailed, "No.");
        let hint = of(&error, &"openai/gpt-4".parse().unwrap());
        for check in
            ["LiteLLM's configuration", "openai/gpt-4 is the right provider/model-name", "curl http://"]
        {
            assert!(hint.contains(check), "{hint}");
        }
    }
}
