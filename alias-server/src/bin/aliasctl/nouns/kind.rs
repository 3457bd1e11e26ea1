//! What is done with objects of every kind in the same way: finding, listing, showing, and telling what was done.

use serde_json::{Map, Value};

use super::{Body, segment};
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::failure::Failure;
use crate::list::{self, Limit};
use crate::output::Column;

/// Where objects of a kind are, what lists of them are called, and which member names them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// The word of the command line.
    pub(super) noun: &'static str,
    /// The path of the list.
    pub(super) path: &'static str,
    /// The member of an answer that has the list.
    pub(super) list: &'static str,
    /// The member of an object that has its name.
    pub(super) name: &'static str,
    /// What people are shown of it.
    pub(super) columns: &'static [Column],
}

/// What to do where an object exists already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum IfExists {
    /// Refuse
    #[default]
    Error,
    /// Leave it as it is
    Ignore,
    /// Change it to what is said
    Update,
}

impl IfExists {
    /// What became of one that existed.
    pub(super) const fn done(self) -> &'static str {
        match self {
            Self::Update => "updated",
            Self::Error | Self::Ignore => "exists already, and was left as it is",
        }
    }
}

/// What an object has in its lists, and would not have after a change.
fn gone(object: &Value, change: &Map<String, Value>) -> Vec<String> {
    let name =
        |entry: &Value| entry.as_str().or_else(|| entry["alias"].as_str()).unwrap_or_default().to_owned();
    let names = |list: &Value| list.as_array().into_iter().flatten().map(name).collect::<Vec<_>>();
    let lists = change.iter().filter(|(_, value)| value.is_array());
    let gone = lists.flat_map(|(member, new)| {
        let kept = names(new);
        names(&object[member])
            .into_iter()
            .filter(move |had| !kept.iter().any(|one| one.eq_ignore_ascii_case(had)))
    });
    gone.collect()
}

impl Kind {
    /// The path of an object, with what comes behind it.
    pub(super) fn at(&self, name: &str, behind: &str) -> String {
        format!("{}/{}{behind}", self.path, segment(name))
    }

    /// One object of a name. Where there is none, names that are near are told.
    pub(super) async fn find(&self, context: &Context, name: &str) -> Result<Value, Failure> {
        self.about(context, name, Request::get(self.at(name, ""))).await
    }

    /// A request about an object of a name.
    pub(super) async fn about(
        &self,
        context: &Context,
        name: &str,
        request: Request,
    ) -> Result<Value, Failure> {
        match context.client.send(request).await {
            Err(Failure::Refused(mut refusal)) if refusal.status == 404 => {
                refusal.near = self.near(context, name).await;
                refusal.next = Some(format!("aliasctl {} list", self.noun));
                Err(Failure::Refused(refusal))
            }
            done => done,
        }
    }

    /// Names that are near; none where the list cannot be read, for that is not what was asked.
    pub(super) async fn near(&self, context: &Context, name: &str) -> Vec<String> {
        let list = context.client.send(Request::get(self.path)).await.unwrap_or_default();
        let names = list[self.list].as_array().into_iter().flatten();
        let names: Vec<&str> = names.filter_map(|object| object[self.name].as_str()).collect();
        alias_core::name::nearest(name, names.iter().copied()).into_iter().map(str::to_owned).collect()
    }

    /// Shows a list; `with` says of what.
    pub(super) async fn list(
        &self,
        context: &Context,
        limit: Limit,
        with: impl Fn(Request) -> Request,
    ) -> Result<(), Failure> {
        let answer = list::read(context, || with(Request::get(self.path)), self.list, limit).await?;
        context.output.list(&answer, self.list, self.columns)
    }

    /// Shows one object.
    pub(super) async fn show(&self, context: &Context, name: &str) -> Result<(), Failure> {
        context.output.object(&self.find(context, name).await?, self.columns)
    }

    /// Makes a new object; answers it, and what became of it. `once` are members that only new ones are given: where one
    /// of them is a name, an object with another one is another object.
    pub(super) async fn create(
        &self,
        context: &Context,
        body: Body,
        if_exists: IfExists,
        once: &[&str],
    ) -> Result<(Value, &'static str), Failure> {
        let body: Value = body.into();
        let name = body[self.name].as_str().unwrap_or_default().to_owned();
        // What is only told as a request has to be the one that would be sent.
        let there = context.dry_run && if_exists != IfExists::Error;
        let there = if there { self.there(context, &name).await? } else { None };
        let (object, refusal) = if let Some(object) = there {
            (object, None)
        } else {
            let request = Request::post(format!("{}/create", self.path), body.clone());
            match context.client.send(request).await {
                Ok(object) => return Ok((object, "created")),
                Err(Failure::Refused(refusal)) if refusal.is_taken() && if_exists != IfExists::Error => {
                    (self.find(context, &name).await?, Some(refusal))
                }
                Err(why) => return Err(why),
            }
        };
        let other =
            once.iter().find(|member| body[**member].is_string() && body[**member] != object[**member]);
        if let Some(other) = other {
            let message =
                format!("there is a {} {name}, with another {other}: {}", self.noun, object[*other]);
            return Err(refusal.map_or(Failure::Failed(message), Failure::Refused));
        }
        let object = match (if_exists, body) {
            (IfExists::Update, Value::Object(mut change)) => {
                change.retain(|member, _| member != self.name && !once.contains(&member.as_str()));
                self.update(context, &name, &object, change).await?
            }
            _ => object,
        };
        Ok((object, if_exists.done()))
    }

    /// The object of a name, where there is one.
    async fn there(&self, context: &Context, name: &str) -> Result<Option<Value>, Failure> {
        match context.client.send(Request::get(self.at(name, ""))).await {
            Ok(object) => Ok(Some(object)),
            Err(Failure::Refused(refusal)) if refusal.status == 404 => Ok(None),
            Err(why) => Err(why),
        }
    }

    /// Changes an object as it was seen, and asks before it loses something.
    async fn update(
        &self,
        context: &Context,
        name: &str,
        seen: &Value,
        change: Map<String, Value>,
    ) -> Result<Value, Failure> {
        let mut losses = Vec::new();
        let gone = gone(seen, &change);
        if !gone.is_empty() {
            losses.push(format!("It loses {}.", gone.join(", ")));
        }
        if change.get("active") == Some(&Value::Bool(false)) && seen["active"] == true {
            losses.push("Its calls are refused.".to_owned());
        }
        if !losses.is_empty() {
            confirm(context, &format!("Update the {} {name}?", self.noun), &losses.join(" ")).await?;
        }
        let version = seen["version"].as_u64().and_then(|version| u32::try_from(version).ok());
        let request = Request::put(self.at(name, ""), change.into()).at_version(version);
        self.about(context, name, request).await
    }

    /// Sends a request about an object, and says what was done.
    pub(super) async fn done(
        &self,
        context: &Context,
        name: &str,
        request: Request,
        done: &str,
    ) -> Result<(), Failure> {
        let answer = self.about(context, name, request).await?;
        context.output.done(&answer, done, self.columns)
    }
}
