//! Names that people choose: aliases, access groups, organizations, teams.
//!
//! All of them keep their spelling and are equal ignoring ASCII case, so that `GPT-4` and `gpt-4` cannot
//! both exist and a client may write either. They are ASCII only: no look-alike, invisible or
//! differently normalised twin of a granted name can be made.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use crate::text::serde_as_text;

/// The longest name, in characters. The longest key of LiteLLM's model map has 76.
pub const MAX_NAME: usize = 128;

/// Words that are path segments of the API, or are kept for it.
pub const RESERVED: &[&str] =
    &["create", "bulk", "import", "export", "validate", "resolve", "by-name", "catalog"];

/// What kind of thing a [`Name`] names, and which punctuation it may hold.
pub trait NameKind {
    /// The noun of messages, e.g. `alias`.
    const NOUN: &'static str;
    /// The characters allowed between letters and digits.
    const PUNCTUATION: &'static str;
    /// A name that would be right, for messages.
    const EXAMPLE: &'static str;
    /// Whether the last character may be punctuation.
    const OPEN_END: bool;
}

/// A checked name of kind `K`: 1 to [`MAX_NAME`] ASCII characters, not reserved, equal ignoring case.
///
/// `FromStr` is the only door.
///
/// ```
/// use alias_core::alias::AliasName;
///
/// let name: AliasName = "GPT-4".parse()?;
/// assert_eq!(name.as_str(), "GPT-4");
/// assert_eq!(name, "gpt-4".parse()?);
/// assert!("two words".parse::<AliasName>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Name<K: NameKind> {
    /// Shared: every call carries the names of its alias and team along.
    text: Arc<str>,
    kind: PhantomData<fn() -> K>,
}

serde_as_text!(Name<K: NameKind>);

impl<K: NameKind> Name<K> {
    /// The name as it was first written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it ends in what separates names from what follows, as beginnings of names do.
    pub fn has_open_end(&self) -> bool {
        !self.text.ends_with(|c: char| c.is_ascii_alphanumeric())
    }

    /// A name of the code's own, which is right.
    pub(crate) fn known(text: &'static str) -> Self {
        Self { text: text.into(), kind: PhantomData }
    }

    /// The name in ASCII lower case: what uniqueness and look-ups go by.
    pub fn folded(&self) -> String {
        self.text.to_ascii_lowercase()
    }
}

impl<K: NameKind> FromStr for Name<K> {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        check::<K>(text).map_err(|fault| InvalidName { noun: K::NOUN, example: K::EXAMPLE, fault })?;
        Ok(Self { text: text.into(), kind: PhantomData })
    }
}

fn check<K: NameKind>(text: &str) -> Result<(), NameFault> {
    if text.is_empty() {
        return Err(NameFault::Empty);
    }
    if text.chars().count() > MAX_NAME {
        return Err(NameFault::TooLong);
    }
    if let Some(bad) = text.chars().find(|c| !c.is_ascii_alphanumeric() && !K::PUNCTUATION.contains(*c)) {
        return Err(NameFault::Character(bad));
    }
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if !ends(text.chars().next()) {
        return Err(NameFault::Start);
    }
    if !K::OPEN_END && !ends(text.chars().last()) {
        return Err(NameFault::End);
    }
    // In a path, `/./`, or `/.` at the end, would lead to the alias of the name without it.
    let twice = text.as_bytes().windows(2).any(|pair| matches!(pair, b"//" | b".."));
    if twice || text.as_bytes().windows(3).any(|part| part == b"/./") || text.ends_with("/.") {
        return Err(NameFault::Doubled);
    }
    if RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return Err(NameFault::Reserved);
    }
    Ok(())
}

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{noun} {fault}, for example `{example}`")]
pub struct InvalidName {
    noun: &'static str,
    example: &'static str,
    fault: NameFault,
}

impl InvalidName {
    /// What is wrong with it.
    pub fn fault(&self) -> &NameFault {
        &self.fault
    }
}

/// The single thing that is wrong with a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameFault {
    /// Nothing, or nothing but the field.
    #[error("is required")]
    Empty,
    /// More than [`MAX_NAME`] characters.
    #[error("has more than {MAX_NAME} characters: choose a shorter one")]
    TooLong,
    /// A character outside the allowed set.
    #[error("must not contain {0:?}: use letters, digits, dots and hyphens")]
    Character(char),
    /// The first character is punctuation.
    #[error("must start with a letter or a digit")]
    Start,
    /// The last character is punctuation.
    #[error("must end with a letter or a digit")]
    End,
    /// `//`, `..` or `/./` inside.
    #[error("must not contain `//`, `..` or `/./`")]
    Doubled,
    /// One of [`RESERVED`].
    #[error("is a reserved word: choose another")]
    Reserved,
}

impl<K: NameKind> TryFrom<String> for Name<K> {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl<K: NameKind> From<Name<K>> for String {
    fn from(name: Name<K>) -> Self {
        name.as_str().to_owned()
    }
}

impl<K: NameKind> AsRef<str> for Name<K> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<K: NameKind> Clone for Name<K> {
    fn clone(&self) -> Self {
        Self { text: Arc::clone(&self.text), kind: PhantomData }
    }
}

impl<K: NameKind> fmt::Debug for Name<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.text)
    }
}

impl<K: NameKind> fmt::Display for Name<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K: NameKind> PartialEq for Name<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}

impl<K: NameKind> Eq for Name<K> {}

impl<K: NameKind> Hash for Name<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.bytes().for_each(|b| state.write_u8(b.to_ascii_lowercase()));
    }
}

impl<K: NameKind> PartialOrd for Name<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: NameKind> Ord for Name<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        let folded = |byte: u8| byte.to_ascii_lowercase();
        self.text.bytes().map(folded).cmp(other.text.bytes().map(folded))
    }
}

/// The names of `known` that are at most two edits away from `text`, nearest first, at most three.
///
/// Used for "did you mean": callers pass only names that the reader of the message may see.
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let text = text.to_ascii_lowercase();
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|name| name.len().abs_diff(text.len()) <= 2)
        .map(|name| (strsim::damerau_levenshtein(&text, &name.to_ascii_lowercase()), name))
        .filter(|(distance, name)| *distance <= 2 && *distance < name.len())
        .collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alias::AliasName;
    use crate::team::TeamId;

    #[test]
    fn names_of_the_user_guide_are_valid() {
        for name in ["gpt-4", "gpt-3.5-turbo", "openai-gpt4", "a", "0", "anthropic/claude-3", "x@y:v1"] {
            assert_eq!(name.parse::<AliasName>().unwrap().as_str(), name);
        }
        for id in ["newclient-prod", "org_newclient", "acme-prod"] {
            assert!(id.parse::<TeamId>().is_ok(), "{id}");
        }
    }

    #[test]
    fn hostile_names_are_refused_with_their_fault() {
        let fault = |text: &str| text.parse::<AliasName>().unwrap_err().fault().clone();
        assert_eq!(fault(""), NameFault::Empty);
        assert_eq!(fault("a b"), NameFault::Character(' '));
        assert_eq!(fault("gрt"), NameFault::Character('р'));
        assert_eq!(fault("a\u{0}"), NameFault::Character('\0'));
        assert_eq!(fault("-a"), NameFault::Start);
        assert!("a/".parse::<AliasName>().unwrap().has_open_end());
        assert_eq!(fault("a..b"), NameFault::Doubled);
        assert_eq!(fault("a//b"), NameFault::Doubled);
        assert_eq!(fault("a/./b"), NameFault::Doubled);
        assert_eq!(fault("a/."), NameFault::Doubled);
        assert_eq!(fault("Create"), NameFault::Reserved);
        assert_eq!(fault("__all"), NameFault::Start);
        assert_eq!(fault(&"n".repeat(129)), NameFault::TooLong);
        assert!("n".repeat(128).parse::<AliasName>().is_ok());
        assert!("a/b".parse::<TeamId>().is_err());
    }

    #[test]
    fn names_are_equal_ignoring_case_and_keep_their_spelling() {
        let (a, b): (AliasName, AliasName) = ("GPT-4".parse().unwrap(), "gpt-4".parse().unwrap());
        assert_eq!(a, b);
        assert_eq!(a.cmp(&b), Ordering::Equal);
        assert_eq!(a.to_string(), "GPT-4");
        assert_eq!(a.folded(), "gpt-4");
    }

    #[test]
    fn nearest_finds_typing_errors_only() {
        assert_eq!(nearest("smrt", ["start", "smart", "fast"]), ["smart", "start"]);
        assert!(nearest("x", ["y"]).is_empty());
    }
}
