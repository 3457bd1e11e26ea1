//! The server's errors without HTTP: a code, and what the message says.

use std::error::Error;

use serde_json::Value;

/// The codes of what is wrong with a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    MalformedJson,
    UnknownParameter,
    MissingParameter,
    InvalidParameter,
}

/// What it says besides.
#[derive(Debug, Clone, Copy)]
pub enum Member {
    Column,
    Line,
}

/// A refusal.
#[derive(Debug)]
pub struct ApiError {
    code: Code,
    detail: String,
    param: String,
}

impl ApiError {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), param: String::new() }
    }

    #[must_use]
    pub fn with(self, _member: Member, _value: Value) -> Self {
        self
    }

    #[must_use]
    pub fn about(mut self, param: impl Into<String>) -> Self {
        self.param = param.into();
        self
    }

    #[must_use]
    pub fn caused_by(self, _source: impl Error + Send + Sync + 'static) -> Self {
        self
    }

    pub fn code(&self) -> Code {
        self.code
    }

    /// How much of an answer it fills, in bytes.
    pub fn size(&self) -> usize {
        self.detail.len() + self.param.len()
    }
}
