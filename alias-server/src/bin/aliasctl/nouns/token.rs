//! `aliasctl token`: admin tokens, which programs administer with. A token is shown once, when it is made.

use super::user::ROLES;
use super::{Body, Kind, shown_once};
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, column, wide};

const COLUMNS: &[Column] = &[
    column("TOKEN", "token_id"),
    column("NAME", "name"),
    column("ROLE", "role"),
    column("ORGANIZATION", "organization_id"),
    column("MASKED", "token_masked"),
    column("EXPIRES", "expires_at"),
    column("LAST USED", "last_used_at"),
    wide("CREATED", "created_at"),
];

/// Admin tokens on the wire.
const TOKEN: Kind = Kind {
    noun: "token",
    path: "/api/admin-tokens",
    list: "admin_tokens",
    name: "token_id",
    columns: COLUMNS,
};

/// What is done with admin tokens.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the tokens that are not revoked, masked
    #[command(visible_alias = "ls")]
    List,
    /// Create a token; it is shown once
    Create(CreateArguments),
    /// End a token; requests with it are refused at once
    Revoke(Named),
}

/// One token.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Its public id, as the list shows it
    id: String,
}

/// A new token.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArguments {
    /// What it is for
    name: String,
    /// What it may do
    #[arg(long, value_parser = ROLES)]
    role: String,
    /// The only organization that it is for
    #[arg(long)]
    org: Option<String>,
    /// When it stops working by itself, like 2035-10-14T12:00:00Z
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List => {
                let answer = context.client.send(Request::get(TOKEN.path)).await?;
                context.output.list(&answer, TOKEN.list, COLUMNS)?;
            }
            Self::Create(CreateArguments { name, role, org, expires }) => {
                let sentence = format!("admin token {name} created as {role}");
                let body = Body::default()
                    .with("name", Some(name))
                    .with("role", Some(role))
                    .with("organization_id", org)
                    .with("expires_at", expires);
                let made = context.client.send(Request::post(TOKEN.path, body.into())).await?;
                shown_once(context, &made, ("token", "admin_token"), &sentence, COLUMNS)?;
            }
            Self::Revoke(Named { id }) => {
                let question = format!("Revoke the admin token {id}?");
                confirm(context, &question, "Requests with it are refused at once, for ever.").await?;
                let request = Request::delete(TOKEN.at(&id, ""));
                TOKEN.done(context, &id, request, &format!("admin token {id} revoked")).await?;
            }
        }
        Ok(Exit::Done)
    }
}
