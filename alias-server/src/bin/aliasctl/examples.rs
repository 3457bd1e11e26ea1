//! Examples of every command: the first thing that its help shows.

/// By the words of a command, what may be typed behind `aliasctl`.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "alias create gpt-4 openai/gpt-4 -d \"Most capable GPT-4 model\"",
            "alias switch smart anthropic/claude-3-opus-20240229",
            "team create newclient-prod --org org_newclient --group starter-models --credits 1000",
            "resolve smart --team newclient-prod",
            "usage --by alias --since 7d",
        ],
    ),
    (
        "alias",
        &[
            "alias list",
            "alias create smart openai/gpt-4",
            "alias switch smart anthropic/claude-3-opus-20240229 --test",
        ],
    ),
    (
        "alias list",
        &[
            "alias list",
            "alias list gpt --provider openai --sort -usage_count",
            "alias list --unused-since 2026-10-01 -o name",
        ],
    ),
    ("alias get", &["alias get smart", "alias get smart --json"]),
    (
        "alias create",
        &[
            "alias create gpt-4 openai/gpt-4 -d \"Most capable GPT-4 model\" --group gpt-models",
            "alias create smart openai/gpt-4 --fallback azure/gpt-4 --if-exists update",
        ],
    ),
    (
        "alias update",
        &[
            "alias update gpt-4 -d \"For complex tasks\" --tag premium",
            "alias update smart --split anthropic/claude-3-opus-20240229=10 --sticky user",
        ],
    ),
    (
        "alias switch",
        &[
            "alias switch smart anthropic/claude-3-opus-20240229 --test",
            "alias switch smart openai/gpt-4o --dry-run",
        ],
    ),
    ("alias enable", &["alias enable smart"]),
    ("alias disable", &["alias disable smart", "alias disable smart --yes --reason \"incident 12\""]),
    (
        "alias deprecate",
        &[
            "alias deprecate gpt-4 --replacement smart --sunset 2027-01-31T06:00:00Z",
            "alias deprecate gpt-4 --replacement smart --sunset 2027-01-31T06:00:00Z --at-sunset redirect",
            "alias deprecate gpt-4 --sunset 2027-01-31T06:00:00Z --brownout 2027-01-17T06:00:00Z/2027-01-17T08:00:00Z",
        ],
    ),
    ("alias undeprecate", &["alias undeprecate gpt-4"]),
    (
        "alias rename",
        &[
            "alias rename gpt4 gpt-4",
            "alias rename gpt4 gpt-4 --sunset 2027-01-31T06:00:00Z",
            "alias rename gpt4 gpt-4 --drop-old",
        ],
    ),
    ("alias delete", &["alias delete old-model", "alias delete old-model --yes --if-version 3"]),
    ("alias arms", &["alias arms smart"]),
    (
        "alias test",
        &["alias test smart", "alias test smart --model openai/gpt-4o --prompt \"Say hello in five words\""],
    ),
    ("alias impact", &["alias impact gpt-4 delete", "alias impact smart switch --model openai/gpt-4o"]),
    ("alias restore", &["alias restore old-model"]),
    ("alias history", &["alias history smart", "alias history smart --limit 5 --json"]),
    ("alias rollback", &["alias rollback smart 4 --reason \"answers got worse\""]),
    (
        "group",
        &[
            "group list",
            "group create gpt-models gpt-4 gpt-3.5-turbo",
            "group add-models starter-models gpt-4",
        ],
    ),
    ("group list", &["group list", "group list gpt -o wide"]),
    ("group get", &["group get gpt-models"]),
    (
        "group create",
        &[
            "group create gpt-models gpt-4 gpt-3.5-turbo -d \"OpenAI GPT models\"",
            "group create starter-models gpt-4 --if-exists update",
        ],
    ),
    (
        "group update",
        &["group update gpt-models -d \"All GPT models\"", "group update old-models --active false"],
    ),
    ("group add-models", &["group add-models starter-models gpt-4 claude-3-haiku"]),
    (
        "group remove-models",
        &["group remove-models starter-models gpt-4", "group remove-models starter-models gpt-4 --dry-run"],
    ),
    ("group set-models", &["group set-models starter-models gpt-3.5-turbo claude-3-haiku"]),
    ("group impact", &["group impact gpt-models delete", "group impact gpt-models remove gpt-4"]),
    ("group delete", &["group delete old-models --if-unused"]),
    ("org", &["org create org_newclient \"New Client Inc\"", "org list"]),
    ("org list", &["org list", "org list client"]),
    ("org get", &["org get org_newclient"]),
    (
        "org create",
        &[
            "org create org_newclient \"New Client Inc\"",
            "org create org_newclient \"New Client Inc\" --default-team --if-exists ignore",
        ],
    ),
    ("org update", &["org update org_newclient --name \"New Client Ltd\""]),
    ("org suspend", &["org suspend org_newclient --because \"contract ended\""]),
    ("org pause", &["org pause org_newclient --until 2035-10-14T12:00:00Z"]),
    ("org resume", &["org resume org_newclient"]),
    ("org delete", &["org delete org_newclient"]),
    (
        "team",
        &[
            "team create newclient-prod --org org_newclient --group starter-models --credits 1000",
            "team models newclient-prod",
        ],
    ),
    ("team list", &["team list", "team list --org org_newclient --status active"]),
    ("team get", &["team get newclient-prod"]),
    ("team models", &["team models newclient-prod"]),
    (
        "team create",
        &["team create newclient-prod --org org_newclient --group starter-models --credits 1000"],
    ),
    (
        "team update",
        &[
            "team update newclient-prod --add-group gpt-models",
            "team update newclient-prod --rpm 60 --default-model smart",
        ],
    ),
    ("team suspend", &["team suspend newclient-prod --because \"key leaked\""]),
    ("team pause", &["team pause newclient-prod --until 2035-10-14T12:00:00Z"]),
    ("team resume", &["team resume newclient-prod"]),
    ("team delete", &["team delete newclient-prod"]),
    ("key", &["key create newclient-prod --name production", "key list newclient-prod"]),
    ("key list", &["key list newclient-prod"]),
    ("key get", &["key get newclient-prod AbCdEfGhIjKlMnOp"]),
    (
        "key create",
        &[
            "key create newclient-prod --name production --expires 2027-01-31T06:00:00Z",
            "key create newclient-prod --model smart --network 10.0.0.0/8",
        ],
    ),
    ("key rotate", &["key rotate newclient-prod AbCdEfGhIjKlMnOp --grace 1h"]),
    ("key revoke", &["key revoke newclient-prod AbCdEfGhIjKlMnOp"]),
    ("credits", &["credits add newclient-prod 500 -d \"invoice 4711\"", "credits balance newclient-prod"]),
    (
        "credits add",
        &[
            "credits add newclient-prod 500 -d \"invoice 4711\"",
            "credits add newclient-prod -100 -d \"refund\"",
        ],
    ),
    ("credits balance", &["credits balance newclient-prod"]),
    ("credits log", &["credits log newclient-prod --limit 20"]),
    ("budget", &["budget create 100 --team newclient-prod --every month", "budget list"]),
    ("budget list", &["budget list", "budget list --team newclient-prod"]),
    ("budget get", &["budget get bdg_0123456789abcdef"]),
    (
        "budget create",
        &[
            "budget create 100 --team newclient-prod --every month --time-zone Europe/Berlin",
            "budget create 20 --tag vision --rolling 7d --soft",
        ],
    ),
    ("budget update", &["budget update bdg_0123456789abcdef --limit 200"]),
    ("budget delete", &["budget delete bdg_0123456789abcdef"]),
    ("job", &["job list newclient-prod"]),
    ("job list", &["job list newclient-prod --status failed --limit 20"]),
    ("webhook", &["webhook create https://ops.example/aliases --event alias.updated", "webhook list"]),
    ("webhook list", &["webhook list --team newclient-prod"]),
    ("webhook get", &["webhook get whk_0123456789abcdef"]),
    (
        "webhook create",
        &[
            "webhook create https://hooks.newclient.example/aliases --team newclient-prod --event team.low_credits",
            "webhook create https://ops.example/aliases --event alias.updated --event alias.deleted",
        ],
    ),
    ("webhook update", &["webhook update whk_0123456789abcdef --to https://ops.example/v2"]),
    ("webhook enable", &["webhook enable whk_0123456789abcdef"]),
    ("webhook disable", &["webhook disable whk_0123456789abcdef"]),
    ("webhook test", &["webhook test whk_0123456789abcdef"]),
    ("webhook rotate", &["webhook rotate whk_0123456789abcdef"]),
    ("webhook deliveries", &["webhook deliveries whk_0123456789abcdef"]),
    ("webhook delete", &["webhook delete whk_0123456789abcdef"]),
    ("notice", &["notice create --kind deprecation --alias gpt-4 --to callers", "notice list"]),
    ("notice list", &["notice list", "notice list --team newclient-prod"]),
    ("notice get", &["notice get ntc_0123456789abcdef"]),
    (
        "notice create",
        &[
            "notice create --kind deprecation --alias gpt-4 --to callers",
            "notice create --kind switch --alias smart --to holders --name-models --dry-run",
            "notice create --title \"Maintenance on Sunday\" --text \"Calls may take longer.\" --to everyone",
        ],
    ),
    ("notice update", &["notice update ntc_0123456789abcdef --title \"Maintenance on Monday\""]),
    ("notice delete", &["notice delete ntc_0123456789abcdef"]),
    ("user", &["user create ops@acme.example --role admin --password-file password.txt", "user list"]),
    ("user list", &["user list"]),
    ("user get", &["user get ops@acme.example"]),
    (
        "user create",
        &[
            "user create ops@acme.example --role admin --password-file password.txt",
            "user create ada@acme.example --role viewer --password-file - < password.txt",
        ],
    ),
    ("user update", &["user update ops@acme.example --role viewer"]),
    ("user enable", &["user enable ops@acme.example"]),
    ("user disable", &["user disable ops@acme.example"]),
    ("user delete", &["user delete ops@acme.example"]),
    ("token", &["token create terraform --role admin", "token list"]),
    ("token list", &["token list"]),
    (
        "token create",
        &[
            "token create terraform --role admin --expires 2035-10-14T12:00:00Z",
            "token create reports --role viewer --org org_newclient",
        ],
    ),
    ("token revoke", &["token revoke tok_0123456789abcdef"]),
    ("plan", &["plan -f aliases.yaml", "plan -f aliases.yaml --prune --json"]),
    ("apply", &["apply -f aliases.yaml", "apply -f aliases.yaml --prune --yes"]),
    ("export", &["export > aliases.yaml", "export --managed-by platform-repo --json"]),
    (
        "import",
        &[
            "import litellm_config.yaml --dry-run",
            "import litellm_config.yaml --document > aliases.yaml",
            "import models.csv --yes",
        ],
    ),
    ("lint", &["lint -f aliases.yaml --strict"]),
    ("resolve", &["resolve smart --team newclient-prod", "resolve smart --file aliases.yaml"]),
    ("explain", &["explain --team newclient-prod --model gpt-4", "explain --request req_0123456789abcdef"]),
    ("usage", &["usage --by alias --since 7d", "usage --by team --org org_newclient --since 30d --csv"]),
    (
        "bench",
        &["bench smart --team-key-file team.key", "bench smart --what resolve --rps 2000 --duration 30s"],
    ),
    ("audit", &["audit tail", "audit list --target smart"]),
    (
        "audit list",
        &[
            "audit list --target smart --limit 20",
            "audit list --action alias.delete --from 2026-10-01T00:00:00Z",
        ],
    ),
    ("audit tail", &["audit tail", "audit tail -n 50 --no-follow"]),
    ("audit verify", &["audit verify"]),
    ("catalog", &["catalog search gpt-4o", "catalog get openai/gpt-4o"]),
    ("catalog search", &["catalog search gpt-4o --provider openai"]),
    ("catalog get", &["catalog get openai/gpt-4o"]),
    (
        "catalog set",
        &[
            "catalog set openai/gpt-4o --input-price 2.5 --output-price 10 --cache-read-price 1.25",
            "catalog set mycloud/large --unpriced --max-input-tokens 128000",
        ],
    ),
    (
        "catalog update",
        &[
            "catalog update model_prices_and_context_window.json --dry-run",
            "catalog update https://models.acme.example/model_prices.json",
        ],
    ),
    ("catalog providers", &["catalog providers"]),
    ("completion", &["completion bash > ~/.local/share/bash-completion/completions/aliasctl"]),
    ("man", &["man | man -l -", "man --dir /usr/local/share/man/man1"]),
];

/// The command of these words, and those below it, with their examples before all else.
pub(crate) fn added(command: clap::Command, words: &str) -> clap::Command {
    let lines = EXAMPLES.iter().find(|(of, _)| *of == words).map_or(&[][..], |(_, lines)| lines);
    let lines: Vec<String> = lines.iter().map(|line| format!("  aliasctl {line}")).collect();
    let command = match lines.as_slice() {
        [] => command,
        lines => command.before_help(format!("Examples:\n{}", lines.join("\n"))),
    };
    command.mut_subcommands(|below| {
        let words = format!("{words} {}", below.get_name());
        added(below, words.trim_start())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments;

    fn check(command: &clap::Command, words: &str, known: &mut Vec<String>) {
        known.push(words.to_owned());
        assert!(command.get_before_help().is_some(), "{words:?} has no examples");
        for below in command.get_subcommands() {
            check(below, format!("{words} {}", below.get_name()).trim_start(), known);
        }
    }

    #[test]
    fn every_command_has_examples_and_each_of_them_is_understood() {
        let mut known = Vec::new();
        check(&arguments::command(), "", &mut known);
        for (of, lines) in EXAMPLES {
            assert!(known.iter().any(|words| words == of), "there is no command {of:?}");
            for line in *lines {
                assert!(line.starts_with(of) && line.len() <= 110, "{line}");
                // As a shell reads it: quotes hold words together, and what is behind > < | is not ours.
                let ours = line.split(['>', '<', '|']).next().unwrap();
                let parts = ours.split('"').enumerate();
                let words = parts.flat_map(|(at, part)| match at % 2 {
                    0 => part.split_whitespace().collect::<Vec<_>>(),
                    _ => vec![part],
                });
                let all = std::iter::once("aliasctl").chain(words);
                if let Err(why) = arguments::command().try_get_matches_from(all) {
                    panic!("{line}: {why}");
                }
            }
        }
    }
}
