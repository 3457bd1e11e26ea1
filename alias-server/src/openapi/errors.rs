//! Errors in their three dialects, as the document describes them.

use serde_json::{Value, json};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{
    Array, Components, ContentBuilder, Object, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Schema,
    Type,
};

use super::headers;
use crate::error::{Dialect, Member};

/// The media type of errors that are no calls'.
pub(super) const PROBLEM: &str = "application/problem+json";

/// The schema, and the shared response, of errors at a path.
pub(super) fn kind(path: &str) -> &'static str {
    match Dialect::of(path) {
        Dialect::Problem => "Problem",
        Dialect::OpenAi => "OpenAiError",
        Dialect::Anthropic => "AnthropicError",
    }
}

/// Adds what operations refer to.
pub(super) fn add(components: &mut Components) {
    let all = [
        ("Problem", PROBLEM, problem()),
        ("OpenAiError", "application/json", openai_error()),
        ("AnthropicError", "application/json", anthropic_error()),
    ];
    for (name, media_type, schema) in all {
        components.schemas.insert(name.into(), schema);
        components.responses.insert(name.into(), response(media_type, name).into());
    }
}

/// An error response.
pub(super) fn response(media_type: &str, schema: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
    let mut response =
        ResponseBuilder::new().description("What went wrong, and how to go on.").content(media_type, content);
    for (name, description) in headers::OF_ERRORS {
        response = response.header(name, headers::text(description));
    }
    response.build()
}

fn of_type(kind: Type, description: &str, example: &Value) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind).description(Some(description)).examples([example.clone()])
}

fn text(description: &str, example: &str) -> Object {
    of_type(Type::String, description, &json!(example)).build()
}

fn number(description: &str, example: u16) -> Object {
    of_type(Type::Integer, description, &json!(example)).build()
}

fn texts(description: &str, example: &[&str]) -> Array {
    let mut list = Array::new(Object::with_type(Type::String));
    list.description = Some(description.into());
    list.examples = vec![json!(example)];
    list
}

fn or_null(mut text: Object) -> Object {
    text.schema_type = SchemaType::from_iter([Type::String, Type::Null]);
    text
}

/// What a member is that only some errors have.
fn described(member: Member) -> RefOr<Schema> {
    const END: &str = "2024-10-14T12:00:00Z";
    let schema: Schema = match member {
        Member::Allowed => texts("The parameters that the path takes.", &["q", "limit"]).into(),
        Member::AvailableModels => {
            texts("What this key can call instead: the first 20, by name.", &["smart", "fast"]).into()
        }
        Member::BrownoutEndsAt => text("When the model serves calls again.", END).into(),
        Member::Column => number("Where the body stops being JSON: the column in that line.", 19).into(),
        Member::CurrentEtag => text("The `ETag` that the object has now.", "\"8\"").into(),
        Member::Errors => Array::new(Ref::from_schema_name("FieldError")).into(),
        Member::Existing => {
            text("The path of the object that has the name.", "/api/model-aliases/gpt-4").into()
        }
        Member::JobId => {
            text("The job that was made for the call.", "0192f0a1-b2c3-7d4e-8f90-a1b2c3d4e5f6").into()
        }
        Member::JobStatus => text("How the job ended.", "completed").into(),
        Member::Line => number("Where the body stops being JSON: the line, from 1 on.", 1).into(),
        Member::Operation => number("Which of several changes was refused, from 0 on.", 0).into(),
        Member::Plan => return Ref::from_schema_name("Plan").into(),
        Member::Replacement => {
            or_null(text("What to call in its place; null where nothing is named.", "smart")).into()
        }
        Member::RestorableUntil => text("Until when it could be brought back.", END).into(),
        Member::Suggestions => texts("Names that are near those.", &["gpt-4"]).into(),
        Member::SunsetAt => or_null(text("When the model ends for good, where that is known.", END)).into(),
        Member::Unknown => texts("The names that nothing has.", &["gtp-4"]).into(),
    };
    schema.into()
}

fn problem() -> RefOr<Schema> {
    let always = [
        ("type", text("Where the error is explained.", "/docs/errors/alias_already_exists")),
        ("title", text("The same for every error of this code.", "Alias already exists")),
        ("status", ObjectBuilder::new().schema_type(Type::Integer).examples([json!(409)]).build()),
        ("code", text("A stable word.", "alias_already_exists")),
        (
            "detail",
            text("What happened, and how to go on.", "Alias already exists: 'gpt-4' points to openai/gpt-4."),
        ),
        ("instance", text("The path that was asked for.", "/api/model-aliases/create")),
        ("request_id", text("The answer's `x-request-id`.", "req_01928b0000007000800000000000000a")),
    ];
    let mut object = ObjectBuilder::new()
        .description(Some("An error (RFC 9457). What only some errors have is absent from the others."));
    for (name, schema) in always {
        object = object.property(name, schema).required(name);
    }
    // Clients of jobs read these.
    object =
        object.property("error", text("Under `/api/jobs`: the title.", "Insufficient credits")).property(
            "message",
            text("Under `/api/jobs`: the detail.", "Your team has no credits left for this job."),
        );
    for member in Member::ALL {
        object = object.property(member.word(), described(member));
    }
    object.build().into()
}

fn openai_error() -> RefOr<Schema> {
    let mut error = ObjectBuilder::new()
        .property("message", text("What happened.", "Model 'smrt' not found. Did you mean 'smart'?"))
        .required("message")
        .property("type", text("The kind of error.", "invalid_request_error"))
        .required("type")
        .property("param", or_null(text("The parameter that it is about, or null.", "model")))
        .required("param")
        .property("code", text("A stable word.", "model_not_found"))
        .required("code")
        .property("request_id", text("The answer's `x-request-id`.", "req_01928b0000007000800000000000000a"))
        .required("request_id");
    for member in Member::ALL.into_iter().filter(|member| member.is_of_calls()) {
        error = error.property(member.word(), described(member));
    }
    ObjectBuilder::new()
        .description(Some(
            "An error, as OpenAI's API says it. What only some errors have is absent from the others.",
        ))
        .property("error", error)
        .required("error")
        .build()
        .into()
}

fn anthropic_error() -> RefOr<Schema> {
    let error = ObjectBuilder::new()
        .property("type", text("The kind of error.", "not_found_error"))
        .required("type")
        .property("message", text("What happened.", "Model 'smrt' not found. Did you mean 'smart'?"))
        .required("message")
        .property("code", text("A stable word.", "model_not_found"))
        .required("code");
    ObjectBuilder::new()
        .description(Some("An error, as Anthropic's API says it."))
        .property("type", text("Always `error`.", "error"))
        .required("type")
        .property("error", error)
        .required("error")
        .property("request_id", text("The answer's `x-request-id`.", "req_01928b0000007000800000000000000a"))
        .required("request_id")
        .build()
        .into()
}
