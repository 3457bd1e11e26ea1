//! The shapes of the objects inside a call that are read: in one pass, without a copy, and with no member unknown.

use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::value::RawValue;

use super::reader::{Name, shortened};
use crate::error::{ApiError, Code};

/// The most items of a list that is read.
const MAX_ITEMS: usize = 1024;

/// What a value inside a call may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Anything well-formed.
    Any,
    /// A boolean or null.
    Flag,
    /// The kind of a tool: a string, and none that makes LiteLLM or the provider call a server of the caller's.
    ToolType,
    /// An object with these members only, sorted by name; at most 64.
    Object(&'static [(&'static str, Shape)]),
    /// A list of such values.
    List(&'static Shape),
}

use Shape::{Any, Flag, List, Object, ToolType};

/// `stream_options` where streams report usage on request.
pub(super) const STREAM_OPTIONS: Shape = Object(&[("include_obfuscation", Flag), ("include_usage", Flag)]);
/// `stream_options` of `/v1/responses`, whose streams always report usage.
pub(super) const RESPONSES_STREAM_OPTIONS: Shape = Object(&[("include_obfuscation", Flag)]);
/// `functions` of `/v1/chat/completions`.
pub(super) const FUNCTIONS: Shape = List(&FUNCTION);
/// `tools` of `/v1/chat/completions`.
pub(super) const CHAT_TOOLS: Shape = List(&Object(&[
    // Anthropic's, which LiteLLM documents for tools of this dialect.
    ("cache_control", Any),
    ("custom", Object(&[("description", Any), ("format", Any), ("name", Any)])),
    ("function", FUNCTION),
    ("type", ToolType),
]));
/// `tools` of `/v1/responses`. The members `model` and `svg` of image generation are left out: they reach models
/// that nobody granted.
pub(super) const RESPONSES_TOOLS: Shape = List(&Object(&[
    ("action", Any),
    ("allowed_callers", Any),
    ("background", Any),
    ("complexity", Any),
    ("container", Any),
    ("defer_loading", Any),
    ("description", Any),
    ("display_height", Any),
    ("display_width", Any),
    ("environment", Any),
    ("execution", Any),
    ("external_web_access", Any),
    ("filters", Any),
    ("format", Any),
    ("frame_count", Any),
    ("frame_duration_ms", Any),
    ("input_fidelity", Any),
    ("input_image_mask", Any),
    ("max_num_results", Any),
    ("moderation", Any),
    ("name", Any),
    ("output_compression", Any),
    ("output_format", Any),
    ("output_schema", Any),
    ("parameters", Any),
    ("partial_images", Any),
    ("quality", Any),
    ("ranking_options", Any),
    ("search_content_types", Any),
    ("search_context_size", Any),
    ("size", Any),
    ("strict", Any),
    ("tools", List(&NAMESPACE_TOOL)),
    ("type", ToolType),
    ("user_location", Any),
    ("vector_store_ids", Any),
]));
/// `tools` of `/v1/messages`.
pub(super) const MESSAGES_TOOLS: Shape = List(&Object(&[
    ("allowed_callers", Any),
    ("allowed_domains", Any),
    ("blocked_domains", Any),
    ("cache_control", Any),
    ("citations", Any),
    ("configs", Any),
    ("defer_loading", Any),
    ("description", Any),
    ("display_height_px", Any),
    ("display_number", Any),
    ("display_width_px", Any),
    ("eager_input_streaming", Any),
    ("enable_zoom", Any),
    ("input_examples", Any),
    ("input_schema", Any),
    ("max_characters", Any),
    ("max_content_tokens", Any),
    ("max_uses", Any),
    ("name", Any),
    ("response_inclusion", Any),
    ("strict", Any),
    ("type", ToolType),
    ("url_sources", Any),
    ("use_cache", Any),
    ("user_location", Any),
]));

const FUNCTION: Shape = Object(&[("description", Any), ("name", Any), ("parameters", Any), ("strict", Any)]);
const NAMESPACE_TOOL: Shape = Object(&[
    ("allowed_callers", Any),
    ("defer_loading", Any),
    ("description", Any),
    ("format", Any),
    ("name", Any),
    ("output_schema", Any),
    ("parameters", Any),
    ("strict", Any),
    ("type", ToolType),
]);

impl Shape {
    /// Reads a parameter's value by its shape.
    ///
    /// # Errors
    /// 400 `unknown_parameter` for a member that the shape does not have, 400 `invalid_value` otherwise; both name
    /// the place, as in `tools[0].function.url`.
    pub(super) fn check(self, param: &str, value: &RawValue) -> Result<(), ApiError> {
        let refusal = RefCell::new(None);
        let root = Checked { shape: self, refusal: &refusal };
        let read = root.deserialize(&mut serde_json::Deserializer::from_str(value.get()));
        read.map_err(|why| {
            let why: serde_json::Error = root.within(String::new, why);
            let Refusal { code, path, why: what } = refusal.take().unwrap_or_else(|| root.wrong());
            ApiError::new(code, format!("'{param}{path}' {what}."))
                .about(format!("{param}{path}"))
                .caused_by(why)
        })
    }

    fn noun(self) -> &'static str {
        match self {
            Any => "a value",
            Flag => "true or false",
            ToolType => "a string",
            Object(_) => "an object",
            List(_) => "a list",
        }
    }
}

/// Why a value does not have its shape, and where.
struct Refusal {
    code: Code,
    path: String,
    why: String,
}

/// A shape on its way through a value. Serde's errors hold only text, so the refusal has a place of its own.
#[derive(Clone, Copy)]
struct Checked<'r> {
    shape: Shape,
    refusal: &'r RefCell<Option<Refusal>>,
}

impl Checked<'_> {
    fn refuse<E: Error>(self, code: Code, path: String, why: impl Into<String>) -> E {
        *self.refusal.borrow_mut() = Some(Refusal { code, path, why: why.into() });
        E::custom("refused")
    }

    /// The refusal of a value of another type, which serde reports without its place.
    fn wrong(self) -> Refusal {
        Refusal {
            code: Code::InvalidParameter,
            path: String::new(),
            why: format!("must be {}", self.shape.noun()),
        }
    }

    /// Puts the value's place in the outer one before the place of the refusal.
    fn within<E>(self, place: impl FnOnce() -> String, why: E) -> E {
        self.refusal.borrow_mut().get_or_insert_with(|| self.wrong()).path.insert_str(0, &place());
        why
    }
}

impl<'de> DeserializeSeed<'de> for Checked<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.shape {
            Any => deserializer.deserialize_ignored_any(IgnoredAny).map(drop),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Checked<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shape.noun())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        if matches!(self.shape, Flag) { Ok(()) } else { Err(E::invalid_type(Unexpected::Unit, &self)) }
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        if matches!(self.shape, Flag) { Ok(()) } else { Err(E::invalid_type(Unexpected::Bool(value), &self)) }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        if !matches!(self.shape, ToolType) {
            return Err(E::invalid_type(Unexpected::Other("a string"), &self));
        }
        if ["mcp", "mcp_toolset"].iter().any(|kind| kind.eq_ignore_ascii_case(value)) {
            let why =
                "asks for a remote MCP server: version 1 lets no call reach servers of the caller's choice";
            return Err(self.refuse(Code::InvalidParameter, String::new(), why));
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Object(members) = self.shape else {
            return Err(A::Error::invalid_type(Unexpected::Map, &self));
        };
        let mut seen = 0_u64;
        while let Some(Name(name)) = map.next_key()? {
            let place = || format!(".{}", shortened(&name));
            let Ok(index) = members.binary_search_by(|(known, _)| (**known).cmp(&*name)) else {
                return Err(self.refuse(Code::UnknownParameter, place(), "is not known here: leave it out"));
            };
            if seen & (1 << index) != 0 {
                return Err(self.refuse(Code::InvalidParameter, place(), "stands twice"));
            }
            seen |= 1 << index;
            let shape = members.get(index).map_or(Any, |(_, shape)| *shape);
            let inner = Self { shape, ..self };
            map.next_value_seed(inner).map_err(|why| inner.within(place, why))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let List(item) = self.shape else {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        };
        let inner = Self { shape: *item, ..self };
        let mut index = 0;
        while let Some(()) =
            seq.next_element_seed(inner).map_err(|why| inner.within(|| format!("[{index}]"), why))?
        {
            index += 1;
            if index > MAX_ITEMS {
                let why = format!("has more than {MAX_ITEMS} items");
                return Err(self.refuse(Code::InvalidParameter, String::new(), why));
            }
        }
        Ok(())
    }
}
