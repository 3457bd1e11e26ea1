//! `--dev`: a temporary store with the user guide's aliases, and one command to copy.

use std::net::SocketAddr;

use actix_web::web;
use alias_core::alias::AliasDraft;
use alias_core::audit::Actor;
use alias_core::group::GroupDraft;
use alias_core::key::{KeyDraft, KeySecret, NewKey};
use alias_core::organization::OrganizationDraft;
use alias_core::repository::{
    AliasRepository, GroupRepository, KeyRepository, OrganizationRepository, StoreError, TeamRepository,
};
use alias_core::team::{TeamDraft, TeamId};
use alias_router::LiveRouter;
use alias_store::SqlStore;

use super::StartError;
use crate::admin::keys::draw_secret;
use crate::config::Config;

/// The guide's hybrid set: standard names, convenience names, use cases.
const ALIASES: [(&str, &str, &str); 7] = [
    ("gpt-4", "openai/gpt-4", "Most capable GPT-4 model"),
    ("gpt-3.5-turbo", "openai/gpt-3.5-turbo", "Fast and efficient for most tasks"),
    ("claude-3-opus", "anthropic/claude-3-opus-20240229", "Most capable Claude 3 model"),
    ("claude-3-sonnet", "anthropic/claude-3-sonnet-20240229", "Balanced Claude 3 model"),
    ("fast", "openai/gpt-3.5-turbo", "For quick answers"),
    ("smart", "openai/gpt-4", "For complex tasks"),
    ("vision", "openai/gpt-4-vision-preview", "For images"),
];
const GROUP: &str = "dev-models";
const ORGANIZATION: &str = "org_dev";
const TEAM: &str = "dev";

/// Moves the data to a temporary folder, unless one was named.
pub(super) fn prepare(config: &mut Config) -> Result<Option<tempfile::TempDir>, StartError> {
    if !config.dev || !config.data_dir_is_default {
        return Ok(None);
    }
    let fail = |why| StartError::DataDir { path: "a temporary folder".into(), why };
    let folder = tempfile::Builder::new().prefix("alias-server-dev-").tempdir().map_err(fail)?;
    folder.path().clone_into(&mut config.data_dir);
    config.database = format!("sqlite://{}", folder.path().join("aliases.db").display())
        .parse()
        .map_err(|why: alias_store::InvalidDatabaseUrl| fail(std::io::Error::other(why)))?;
    Ok(Some(folder))
}

/// Makes what the first call needs, where it is not there yet, and prints the call.
pub(super) async fn seed(
    store: &SqlStore,
    live: &web::Data<LiveRouter>,
    scheme: &str,
    addresses: &[SocketAddr],
) -> Result<(), StartError> {
    let actor = Actor::system();
    for (alias, model, description) in ALIASES {
        let draft = AliasDraft { description: Some(description.into()), ..AliasDraft::new(alias, model) };
        there(AliasRepository::create(store, draft.parse().map_err(invalid)?, &actor).await)?;
    }
    let group = GroupDraft {
        group_name: GROUP.into(),
        description: Some("Everything, for trying things out".into()),
        model_aliases: Some(ALIASES.map(|(alias, ..)| alias.to_owned()).to_vec()),
        ..GroupDraft::default()
    };
    there(GroupRepository::create(store, group.parse().map_err(invalid)?, &actor).await)?;
    let organization = OrganizationDraft {
        organization_id: ORGANIZATION.into(),
        name: "Development".into(),
        ..OrganizationDraft::default()
    };
    there(OrganizationRepository::create(store, organization.parse().map_err(invalid)?, None, &actor).await)?;
    let key = seed_team(store, &actor).await?;
    live.poll().await?;
    print(scheme, addresses, key.secret.expose());
    Ok(())
}

/// The team with a new key; where the team is there already, one more key of it that lasts a day.
async fn seed_team(store: &SqlStore, actor: &Actor) -> Result<NewKey, StartError> {
    use alias_core::clock::Clock;
    let team = TeamDraft {
        organization_id: ORGANIZATION.into(),
        team_id: TEAM.into(),
        access_groups: Some(vec![GROUP.into()]),
        credits_allocated: Some(1_000.into()),
        ..TeamDraft::default()
    };
    let now = crate::clock::SystemClock.now();
    let tomorrow = (now.utc() + chrono::Duration::days(1)).into();
    let draft = KeyDraft { name: Some("dev".into()), expires_at: Some(tomorrow), ..KeyDraft::default() };
    let key = draft
        .parse(
            draw_secret(KeySecret::from_random)
                .map_err(|why| StartError::Serve(std::io::Error::other(why)))?,
            now,
        )
        .map_err(invalid)?;
    match TeamRepository::create(store, team.parse().map_err(invalid)?, key.clone(), actor).await {
        Ok(_) => {}
        Err(StoreError::AlreadyExists { .. }) => {
            let team: TeamId = TEAM.parse().map_err(invalid)?;
            KeyRepository::create(store, &team, key.clone(), actor).await?;
        }
        Err(why) => return Err(why.into()),
    }
    Ok(key)
}

fn invalid(why: impl std::error::Error + Send + Sync + 'static) -> StartError {
    StartError::Store(StoreError::Corrupt(Box::new(why)))
}

/// What is there already is as good as made.
fn there<T>(made: Result<T, StoreError>) -> Result<(), StoreError> {
    match made {
        Ok(_) | Err(StoreError::AlreadyExists { .. }) => Ok(()),
        Err(why) => Err(why),
    }
}

#[expect(clippy::print_stdout, reason = "where to go on is what --dev is for")]
fn print(scheme: &str, addresses: &[SocketAddr], key: &str) {
    let Some(address) = addresses.first() else { return };
    let base = format!("{scheme}://{address}");
    let without =
        if crate::ui::is_there() { "" } else { "   (this build has none: the page says how to get it)" };
    println!(
        "\nA trial with a mock provider: no call leaves this machine.\n\n  Dashboard  {base}/ui{without}\n  API        \
         {base}/docs\n  Team {TEAM}   {key}\n\nTry it:\n\n  curl {base}/v1/chat/completions \\\n    -H \
         \"Authorization: Bearer {key}\" \\\n    -H \"Content-Type: application/json\" \\\n    -d \
         '{{\"model\": \"smart\", \"messages\": [{{\"role\": \"user\", \"content\": \"Hello\"}}]}}'\n"
    );
}
