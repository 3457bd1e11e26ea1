//! `aliasctl user`: the accounts of people who administer. A password is never a flag.

use std::path::{Path, PathBuf};

use alias_core::access::Role;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{Body, Kind};
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, column, wide};
use crate::settings;
use crate::table;

const COLUMNS: &[Column] = &[
    column("USER", "user_id"),
    column("EMAIL", "email"),
    column("NAME", "display_name"),
    column("ROLE", "role"),
    column("ORGANIZATION", "organization_id"),
    column("ACTIVE", "active"),
    column("LAST SIGN-IN", "last_sign_in_at"),
    wide("SIGN-IN", "sign_in"),
    wide("CREATED", "created_at"),
];

/// The words of the roles that there are.
pub(super) const ROLES: [&str; 6] = {
    let [a, b, c, d, e, f] = Role::ALL;
    [a.as_str(), b.as_str(), c.as_str(), d.as_str(), e.as_str(), f.as_str()]
};

/// Accounts on the wire.
const USER: Kind =
    Kind { noun: "user", path: "/api/admin-users", list: "users", name: "user_id", columns: COLUMNS };

/// What is done with accounts.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the accounts
    #[command(visible_alias = "ls")]
    List,
    /// Show one account
    #[command(visible_alias = "show")]
    Get(Named),
    /// Create an account with a password
    Create(CreateArguments),
    /// Change an account; a new password ends all its sessions
    Update(UpdateArguments),
    /// Let somebody sign in again
    Enable(Named),
    /// End all sessions of an account, and let nobody sign in with it
    Disable(Named),
    /// Delete an account, with its sessions
    #[command(visible_alias = "rm")]
    Delete(Named),
}

/// One account.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Its address, or its id
    user: String,
}

/// A new account.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArguments {
    /// The address that the person signs in with
    #[arg(value_name = "EMAIL")]
    email: String,
    /// What it may do
    #[arg(long, value_parser = ROLES)]
    role: String,
    /// File that holds the password; - reads it from standard input
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
    /// Its name for people
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// The only organization that it is for
    #[arg(long)]
    org: Option<String>,
}

/// A change of an account.
#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArguments {
    #[command(flatten)]
    named: Named,
    /// What it may do
    #[arg(long, value_parser = ROLES)]
    role: Option<String>,
    /// File that holds the new password; - reads it from standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Its name for people
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// The only organization that it is for
    #[arg(long)]
    org: Option<String>,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List => {
                let answer = context.client.send(Request::get(USER.path)).await?;
                context.output.list(&answer, USER.list, COLUMNS)?;
            }
            Self::Get(Named { user }) => USER.show(context, &id_of(context, &user).await?).await?,
            Self::Create(new) => create(context, new).await?,
            Self::Update(change) => update(context, change).await?,
            Self::Enable(Named { user }) => {
                let body = Body::default().with("active", Some(true)).change()?;
                changed(context, &user, body, "enabled").await?;
            }
            Self::Disable(Named { user }) => {
                let question = format!("Disable the account {user}?");
                confirm(context, &question, "All its sessions end at once.").await?;
                let body = Body::default().with("active", Some(false)).change()?;
                changed(context, &user, body, "disabled").await?;
            }
            Self::Delete(Named { user }) => {
                let id = id_of(context, &user).await?;
                let question = format!("Delete the account {user}?");
                confirm(context, &question, "All its sessions end at once.").await?;
                let request = Request::delete(USER.at(&id, ""));
                USER.done(context, &id, request, &format!("user {user} deleted")).await?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn create(context: &Context, new: CreateArguments) -> Result<(), Failure> {
    let body = Body::default()
        .with("email", Some(new.email))
        .with("role", Some(new.role))
        .with("password", Some(password(&new.password_file)?))
        .with("display_name", new.name)
        .with("organization_id", new.org);
    let made = context.client.send(Request::post(USER.path, body.into())).await?;
    let (email, role) = (table::cell(&made, "email"), table::cell(&made, "role"));
    context.output.done(&made, &format!("user {email} created as {role}"), COLUMNS)
}

async fn update(context: &Context, change: UpdateArguments) -> Result<(), Failure> {
    let body = Body::default()
        .with("role", change.role)
        .with("password", change.password_file.as_deref().map(password).transpose()?)
        .with("display_name", change.name)
        .with("organization_id", change.org)
        .change()?;
    changed(context, &change.named.user, body, "updated").await
}

async fn changed(context: &Context, user: &str, body: Value, done: &str) -> Result<(), Failure> {
    let id = id_of(context, user).await?;
    let request = Request::put(USER.at(&id, ""), body);
    USER.done(context, &id, request, &format!("user {user} {done}")).await
}

fn password(file: &Path) -> Result<String, Failure> {
    Ok(settings::secret_in(file, "password")?.expose_secret().to_owned())
}

/// The id of an account that is named by its address. What is no address of an account is taken for an id.
async fn id_of(context: &Context, user: &str) -> Result<String, Failure> {
    if !user.contains('@') {
        return Ok(user.to_owned());
    }
    let answer = context.client.send(Request::get(USER.path)).await?;
    let users = answer[USER.list].as_array().into_iter().flatten();
    let mut emails = Vec::new();
    for account in users {
        let email = account["email"].as_str().unwrap_or_default();
        if email.eq_ignore_ascii_case(user) {
            return Ok(table::cell(account, USER.name));
        }
        emails.push(email);
    }
    let near = alias_core::name::nearest(user, emails);
    let hint = near.first().map(|near| format!(": did you mean {near}?")).unwrap_or_default();
    Err(Failure::Missing(format!("there is no account of {user}{hint}")))
}
