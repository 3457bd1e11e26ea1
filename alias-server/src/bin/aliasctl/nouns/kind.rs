//! What is done with objects of every kind in the same way: finding, listing, showing, and telling what was done.

use serde_json::Value;

use super::{Body, segment};
use crate::client::Request;
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

    /// Sends what makes a new object, and says so.
    pub(super) async fn create(&self, context: &Context, body: Body, done: &str) -> Result<(), Failure> {
        let path = format!("{}/create", self.path);
        let object = context.client.send(Request::post(path, body.into())).await?;
        context.output.done(&object, done, self.columns)
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
