//! Requests of the past: what was decided about them then, from what was kept of them.

use std::fmt::Write as _;

use alias_core::alias::ParameterRules;
use alias_core::usage::{Outcome, RecordedCall};

use super::Records;
use super::fixes::Fixes;
use super::object::{ExplainObject, RecordedObject, StepObject, steps};
use super::words::{Told, printable};
use crate::auth::Admin;
use crate::error::{ApiError, Code};
use crate::explain::Refused;

/// What was decided about the request with this id: the latest, where several had it.
pub(super) async fn explained(
    admin: &Admin,
    (calls, recent, books): &Records,
    id: &str,
    fixes: &Fixes,
) -> Result<ExplainObject, ApiError> {
    let refused = recent.find(id).filter(|refused| reaches(admin, refused));
    books.settled().await;
    let sent = calls.find_by_request(id).await?;
    let sent = sent.filter(|sent| admin.reaches(&sent.call.organization_id).is_ok());
    match (refused, sent) {
        // An error of the upstream is known both ways: as a call, more is known of it.
        (Some(refused), Some(sent))
            if sent.outcome == Outcome::Complete && refused.at > sent.call.started_at =>
        {
            Ok(of_refusal(admin, &refused, fixes))
        }
        (_, Some(sent)) => Ok(of_call(&sent)),
        (Some(refused), None) => Ok(of_refusal(admin, &refused, fixes)),
        (None, None) => Err(unknown(id)),
    }
}

/// Who reaches one organization learns of its teams' requests only.
fn reaches(admin: &Admin, refused: &Refused) -> bool {
    match &refused.caller {
        Some(caller) => admin.reaches(caller.organization_id()).is_ok(),
        None => admin.home().is_none(),
    }
}

fn unknown(id: &str) -> ApiError {
    let detail = format!(
        "No request '{}' is known here. Refusals are known for a while to the server that gave them; calls that were \
         sent, a moment after they ended.",
        printable(id)
    );
    ApiError::new(Code::RequestNotFound, detail)
}

fn of_refusal(admin: &Admin, refused: &Refused, fixes: &Fixes) -> ExplainObject {
    let error = &refused.error;
    let status = error.code().status().as_u16();
    let recorded = RecordedObject {
        request_id: refused.request_id.clone(),
        at: refused.at,
        place: refused.path.clone(),
        outcome: "refused",
        status,
        error_code: Some(error.word().to_owned()),
        call_id: None,
        duration_ms: None,
    };
    let call = refused.call();
    let whole = admin.home().is_none();
    let explanation = call.and_then(|call| call.explanation.clone());
    let explanation = explanation.map(|one| if whole { one } else { one.as_the_caller_sees_it() });
    let mut object = match &explanation {
        Some(explanation) => {
            let model = call.and_then(|call| call.model.as_deref());
            let told = Told { explanation, table: None, model, at: refused.at, whole, of_key: true };
            let mut object = ExplainObject::decided(&told, Some(error));
            object.steps = steps(&told, fixes);
            object
        }
        None => bare(refused),
    };
    if object.steps.iter().all(|step| step.ok) {
        object.steps.push(StepObject::new("request", false, error.detail(), Vec::new()));
    }
    object.recorded = Some(recorded);
    object
}

/// A refusal that came before anything was decided: the key was not valid, or the body could not be read.
fn bare(refused: &Refused) -> ExplainObject {
    let (error, caller) = (&refused.error, refused.caller.as_ref());
    let mut steps = vec![];
    if let Some(caller) = caller {
        steps.push(StepObject::new("key", true, format!("{} works.", caller.id()), Vec::new()));
    }
    ExplainObject {
        allowed: false,
        decision: error.word().to_owned(),
        status: Some(error.code().status().as_u16()),
        message: Some(error.detail().to_owned()),
        team_id: caller.map(|caller| caller.team_id().to_string()),
        organization_id: caller.map(|caller| caller.organization_id().to_string()),
        key_id: caller.map(|caller| caller.id().to_string()),
        model: None,
        alias: None,
        alias_version: None,
        resolves_to: None,
        split: Vec::new(),
        fallbacks: Vec::new(),
        shadow: None,
        parameters: ParameterRules::default(),
        via_groups: Vec::new(),
        available_models: Vec::new(),
        steps,
        revision: None,
        decided_in_ns: None,
        recorded: None,
    }
}

/// A call that was sent passed every check; what became of it is the last step.
fn of_call(sent: &RecordedCall) -> ExplainObject {
    let call = &sent.call;
    let passed = |check, detail: String| StepObject::new(check, true, detail, Vec::new());
    let mut steps = vec![
        passed("key", format!("{} worked.", call.key_id)),
        passed("team", format!("Team {} of organization {} was active.", call.team_id, call.organization_id)),
        passed(
            "model",
            format!(
                "Alias {} pointed to {} (version {}).",
                call.alias, call.litellm_model, call.alias_version
            ),
        ),
        passed("access", format!("{} was granted.", call.alias)),
        passed("active", format!("{} was active.", call.alias)),
    ];
    let code = sent.error_code.as_deref();
    let mut before = String::new();
    for one in &sent.failed {
        let _ = write!(before, "{} failed it with {}. ", one.litellm_model, one.code);
    }
    let end = match (sent.outcome, code) {
        (Outcome::Complete, _) => "The provider answered to the end.".to_owned(),
        (Outcome::Disconnected, None) => "The client left before the end.".to_owned(),
        (Outcome::Interrupted, _) => "The server stopped before the end.".to_owned(),
        (_, Some(code)) => format!("The call was sent, and ended with {code}."),
        (_, None) => "The call was sent, and failed.".to_owned(),
    };
    before.push_str(&end);
    steps.push(StepObject::new("upstream", sent.outcome == Outcome::Complete, before, Vec::new()));
    ExplainObject {
        allowed: true,
        decision: "allowed".to_owned(),
        status: None,
        message: None,
        team_id: Some(call.team_id.to_string()),
        organization_id: Some(call.organization_id.to_string()),
        key_id: Some(call.key_id.to_string()),
        model: Some(call.alias.to_string()),
        alias: Some(call.alias.to_string()),
        alias_version: Some(call.alias_version),
        resolves_to: Some(call.litellm_model.to_string()),
        split: Vec::new(),
        fallbacks: Vec::new(),
        shadow: None,
        parameters: ParameterRules::default(),
        via_groups: Vec::new(),
        available_models: Vec::new(),
        steps,
        revision: None,
        decided_in_ns: None,
        recorded: Some(RecordedObject::of(sent)),
    }
}
