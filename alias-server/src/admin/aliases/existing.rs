//! A creation of an alias that exists: a refusal that says how to go on, or what the client asked for instead.

use actix_web::HttpResponse;
use alias_core::alias::{AliasDetails, AliasDraft, AliasEdit, AliasName};
use alias_core::audit::Actor;
use alias_core::repository::{AliasRepository, StoreError};
use alias_router::LiveRouter;
use serde_json::json;

use super::filters::IfExists;
use super::location;
use super::object::AliasObject;
use crate::admin::answer::{found, publish, updated};
use crate::admin::path::InPath;
use crate::error::{ApiError, Code, FieldError, Member};

/// Refuses, answers what is there, or changes it.
pub(super) async fn answer(
    name: &AliasName,
    draft: AliasDraft,
    if_exists: IfExists,
    aliases: &dyn AliasRepository,
    live: &LiveRouter,
    actor: &Actor,
) -> Result<HttpResponse, ApiError> {
    let Some(there) = aliases.find(name).await? else {
        // Deleted meanwhile: the refusal was right when it was made.
        return Err(StoreError::AlreadyExists { kind: AliasName::KIND, name: name.to_string() }.into());
    };
    match if_exists {
        IfExists::Error => Err(ApiError::new(Code::AliasAlreadyExists, sentence(&there))
            .with(Member::Existing, json!(location(&there.alias.alias)))),
        IfExists::Ignore => {
            let object = AliasObject::from(there);
            Ok(found(object.version, &object))
        }
        IfExists::Update => {
            let change = edit(draft, &there)?.parse()?;
            change.clone().applied_to(&there.alias.spec).check(&there.alias.alias)?;
            let written = aliases.update(name, change, None, actor).await?;
            publish(live, written.revision).await;
            let object = AliasObject::from(written.value);
            Ok(updated(object.version, written.revision, &object))
        }
    }
}

/// What is in the way, and what to do.
pub(super) fn sentence(there: &AliasDetails) -> String {
    let alias = &there.alias;
    format!(
        "Alias already exists: '{}' points to {}. Use a different name, or update it with PUT {}.",
        alias.alias,
        alias.spec.litellm_model,
        location(&alias.alias),
    )
}

/// The change that makes of an alias what a draft says. Groups are the groups' business: they are compared only.
fn edit(draft: AliasDraft, there: &AliasDetails) -> Result<AliasEdit, ApiError> {
    let holds =
        |group: &String| there.access_groups.iter().any(|held| held.as_str().eq_ignore_ascii_case(group));
    if draft.access_groups.is_some_and(|groups| !groups.iter().all(holds)) {
        return Err(ApiError::fields(
            Code::InvalidValue,
            vec![FieldError {
                field: "access_groups".into(),
                pointer: "#/access_groups".into(),
                code: "invalid_value".into(),
                message: "the alias exists and is not in all these groups: add it with POST \
                      /api/model-access-groups/{group}/add-models"
                    .into(),
                suggestion: None,
            }],
        ));
    }
    Ok(AliasEdit {
        litellm_model: Some(draft.litellm_model),
        description: draft.description.map(Some),
        active: draft.active,
        display_name: draft
            .display_name
            .map(|label| Some(label).filter(|label| there.alias.alias.as_str() != label)),
        pricing_input: draft.pricing_input.map(Some),
        pricing_output: draft.pricing_output.map(Some),
        pricing: draft.pricing.map(Some),
        tags: draft.tags,
        visibility: draft.visibility,
        on_disconnect: draft.on_disconnect,
        metadata: draft.metadata,
        matching: draft.matching,
        split: draft.split,
        sticky: draft.sticky,
        fallbacks: draft.fallbacks,
        overrides: draft.overrides,
        shadow: draft.shadow.map(Some),
        parameters: draft.parameters,
        response_model: draft.response_model,
        deprecation: draft.deprecation.map(Some),
        allow_unknown_provider: draft.allow_unknown_provider,
    })
}
