//! Names that stand for many: `anthropic/*` is a prefix here.

use alias_core::model_ref::REST;

/// The target of a prefix that is a wildcard in `LiteLLM`; or why there is none.
pub(super) fn target(name: &str, model: &str) -> Result<String, &'static str> {
    let Some(prefix) = named(name) else {
        return Err(
            "only names that end in the one * that they have can be taken over: make aliases for the \
                    names that are used",
        );
    };
    if prefix.is_empty() {
        return Err(
            "it stands for every name: make a prefix for each provider that is used, as openai/*, or \
                    aliases for the names",
        );
    }
    match model.strip_suffix('*') {
        // LiteLLM sends the name as it was called.
        Some("") if prefix.contains('/') => Ok(format!("{prefix}{REST}")),
        Some("") => Err("its target names no provider"),
        Some(beginning) if !beginning.contains('*') => Ok(format!("{beginning}{REST}")),
        None if !model.contains('*') => {
            Err("many names for one model: make an alias for each name that is used")
        }
        _ => Err("only a target that ends in the one * that it has can be taken over"),
    }
}

/// The prefix that a wildcard is; `None` where it is no such name.
pub(in crate::import) fn named(name: &str) -> Option<&str> {
    name.strip_suffix('*').filter(|prefix| !prefix.contains('*'))
}
