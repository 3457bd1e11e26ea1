//! The body of a call in a job: its own fields are taken out, and the rest is the body of a chat.
//!
//! What is left goes the way of every chat, and is checked there.

use alias_core::alias::Metadata;
use alias_core::job::MetadataDraft;
use serde_json::value::RawValue;

use super::reader::{Members, Name, members, shortened};
use super::values::invalid;
use super::write_member;
use crate::error::{ApiError, Code};

/// The longest `purpose`, in characters.
const MAX_PURPOSE: usize = 200;

/// A call in a job.
#[derive(Debug)]
pub(crate) struct JobCallBody {
    /// The body of the chat.
    pub(crate) chat: Vec<u8>,
    /// Whether it names a model.
    pub(crate) names_model: bool,
    /// What it is for.
    pub(crate) purpose: Option<String>,
    /// The client's own facts.
    pub(crate) call_metadata: Metadata,
    /// The fields that are not the call's, for those who asked for them: an object.
    pub(crate) apart: Vec<u8>,
}

impl JobCallBody {
    /// Takes a body apart. The fields of `apart` are put aside.
    ///
    /// # Errors
    /// 400 for what is no object or holds a name twice; for fields of the job that are wrong; for `stream`, which the
    /// path says.
    pub(crate) fn parse(bytes: &[u8], stream: bool, apart: &[&str]) -> Result<Self, ApiError> {
        let Members(all) = members(bytes)?;
        let mut body = Self {
            chat: Vec::with_capacity(bytes.len() + 32),
            names_model: false,
            purpose: None,
            call_metadata: Metadata::new(),
            apart: Vec::new(),
        };
        for (name, value) in &all {
            body.take(name, value, apart)?;
        }
        if stream {
            write_member(&mut body.chat, "stream", &["true"]);
        }
        close(&mut body.chat);
        close(&mut body.apart);
        Ok(body)
    }

    fn take(&mut self, name: &str, value: &RawValue, apart: &[&str]) -> Result<(), ApiError> {
        match name {
            name if apart.contains(&name) => write_member(&mut self.apart, name, &[value.get()]),
            "purpose" => self.purpose = purpose(value)?,
            "call_metadata" => self.call_metadata = metadata(value)?,
            "model" | "model_group" if value.get() == "null" => {}
            "model" | "model_group" if self.names_model => {
                let detail = "'model_group' is another word for 'model': send one of them.";
                return Err(ApiError::new(Code::InvalidParameter, detail).about("model_group"));
            }
            "model" | "model_group" => {
                self.names_model = true;
                write_member(&mut self.chat, "model", &[value.get()]);
            }
            "stream" | "stream_options" => {
                let why = "is not for calls of jobs: the path says whether the answer is a stream";
                return Err(invalid(name, why));
            }
            _ if is_plain(name) => write_member(&mut self.chat, name, &[value.get()]),
            // No field of a chat has such a name, and it would have to be escaped again.
            _ => {
                let shown = shortened(name);
                let detail = format!("Unknown parameter: '{shown}'. Leave it out.");
                return Err(ApiError::new(Code::UnknownParameter, detail).about(shown));
            }
        }
        Ok(())
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn close(object: &mut Vec<u8>) {
    if object.is_empty() {
        object.push(b'{');
    }
    object.push(b'}');
}

fn purpose(value: &RawValue) -> Result<Option<String>, ApiError> {
    if value.get() == "null" {
        return Ok(None);
    }
    let Name(text) = serde_json::from_str(value.get())
        .map_err(|why| invalid("purpose", "must be a string").caused_by(why))?;
    if text.chars().count() > MAX_PURPOSE || text.chars().any(char::is_control) {
        let why = format!("must be one line of at most {MAX_PURPOSE} characters");
        return Err(invalid("purpose", &why));
    }
    Ok(Some(text.into_owned()))
}

fn metadata(value: &RawValue) -> Result<Metadata, ApiError> {
    if value.get() == "null" {
        return Ok(Metadata::new());
    }
    let wrong = |why| invalid("call_metadata", "must be an object, with no name twice").caused_by(why);
    let Members(all) = serde_json::from_str(value.get()).map_err(wrong)?;
    let each =
        all.into_iter().map(|(name, value)| Ok((name.into_owned(), serde_json::from_str(value.get())?)));
    let metadata = each.collect::<Result<_, serde_json::Error>>().map_err(wrong)?;
    MetadataDraft { metadata }.parse().map_err(|_| {
        invalid("call_metadata", "must have at most 16384 bytes of JSON, and no NUL in its texts")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(body: &str, stream: bool) -> String {
        String::from_utf8(JobCallBody::parse(body.as_bytes(), stream, &[]).unwrap().chat).unwrap()
    }

    #[test]
    fn what_is_the_jobs_is_taken_out_and_the_rest_stays_as_it_was() {
        let body = r#"{"model_group":"smart","messages":[{"role":"user","content":"a\u0041"}],"purpose":"look","call_metadata":{"page":1},"temperature":0.50}"#;
        let call = JobCallBody::parse(body.as_bytes(), false, &[]).unwrap();
        assert_eq!((call.purpose.as_deref(), call.names_model), (Some("look"), true));
        assert_eq!(call.call_metadata["page"], 1);
        let chat = String::from_utf8(call.chat).unwrap();
        assert_eq!(
            chat,
            r#"{"model":"smart","messages":[{"role":"user","content":"a\u0041"}],"temperature":0.50}"#
        );
    }

    #[test]
    fn the_path_says_whether_it_is_a_stream() {
        assert_eq!(chat(r#"{"model":"a"}"#, true), r#"{"model":"a","stream":true}"#);
        assert_eq!(chat("{}", false), "{}");
        for body in [
            r#"{"stream":false}"#,
            r#"{"model":"a","model_group":"b"}"#,
            r#"{"purpose":1}"#,
            r#"{"call_metadata":4}"#,
        ] {
            let error = JobCallBody::parse(body.as_bytes(), false, &[]).unwrap_err();
            assert_eq!(error.code(), Code::InvalidParameter, "{body}");
        }
        let odd = JobCallBody::parse(br#"{"a\"b":1}"#, false, &[]).unwrap_err();
        assert_eq!(odd.code(), Code::UnknownParameter);
    }

    #[test]
    fn fields_of_another_object_are_put_aside() {
        let body = br#"{"job_type":"x","model":"a","metadata":{"k":"v"}}"#;
        let call = JobCallBody::parse(body, false, &["job_type", "metadata"]).unwrap();
        assert_eq!(call.chat, br#"{"model":"a"}"#);
        assert_eq!(call.apart, br#"{"job_type":"x","metadata":{"k":"v"}}"#);
    }
}
